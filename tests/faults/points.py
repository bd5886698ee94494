"""Where a program can die: before and after each statement, each commit and each new connection."""
from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from tests.faults.scenes import Scene

Flow = Callable[[Scene, Callable[[], None]], None]
"""What is done in a scene; it calls its second argument where the points begin to count."""


class _Points:
    """Passes through the points of a flow, and dies at one of them."""

    def __init__(self, last: int | None) -> None:
        self.passed: list[str] = []
        self._last = last
        self._counting = False

    def begin(self) -> None:
        self._counting = True
        self.reach("begin")

    def reach(self, name: str) -> None:
        if not self._counting:
            return
        if len(self.passed) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(name)

    def listen(self) -> None:
        def before(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
            self.reach(f"before {statement}")

        def after(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
            self.reach(f"after {statement}")

        event.listen(Engine, "before_cursor_execute", before)
        event.listen(Engine, "after_cursor_execute", after)
        event.listen(Engine, "commit", lambda _connection: self.reach("before COMMIT"))
        event.listen(Engine, "rollback", lambda _connection: self.reach("before ROLLBACK"))
        event.listen(Pool, "checkin", lambda *_: self.reach("after the transaction"))
        event.listen(Pool, "connect", lambda *_: self.reach("after connecting"))


def pass_through(flow: Flow, scene: Scene, *, last: int | None = None) -> list[str]:
    """Runs a flow in this process, which dies at the point of this number; else, the names of the points."""
    points = _Points(last)
    points.listen()
    flow(scene, points.begin)
    points.reach("end")
    return points.passed
