"""The demo portal."""
from __future__ import annotations


class DemoGateway:
    name = "demo"

    def __init__(self, *args: object) -> None: ...
