"""Orders."""
from __future__ import annotations


class Orders:
    def __init__(self, *args: object) -> None: ...
