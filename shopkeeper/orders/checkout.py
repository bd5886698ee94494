"""Checkout."""
from __future__ import annotations


class Checkout:
    def __init__(self, *args: object) -> None: ...
