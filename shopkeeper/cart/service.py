"""Carts."""
from __future__ import annotations


class Carts:
    def __init__(self, *args: object) -> None: ...

    merge = None
