"""The button that pays: it names the amount, and becomes a moving line while paying."""
from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Button

_LINE = "━" * 6
_ROOM = 20


class PayButton(Button):
    """`Pay $119.50`."""

    amount: reactive[str] = reactive("")
    paying: reactive[bool] = reactive(False)
    _moving: Timer | None = None
    _step = 0

    def watch_amount(self) -> None:
        self._show()

    def watch_paying(self, paying: bool) -> None:
        self.disabled = paying
        if self._moving is not None:
            self._moving.stop()
        self._moving = self.set_interval(0.1, self._move) if paying else None
        self._show()

    def _move(self) -> None:
        self._step += 1
        self._show()

    def _show(self) -> None:
        if not self.paying:
            self.label = Content(f"Pay {self.amount}")
            return
        place = self._step % (_ROOM + len(_LINE))
        line = (" " * place + _LINE)[len(_LINE):][:_ROOM].ljust(_ROOM)
        self.label = Content(f"paying {line}")
