"""Where an account is logged in, one session a row."""
from __future__ import annotations

from textual.content import Content

from tui.backend import SessionInfo
from tui.columns import left
from tui.text import when
from tui.widgets.rows import RowList

_WHICH, _WHEN = 14, 17
"""Cells for the two kinds of columns, the gap to the next one included."""


class SessionList(RowList):
    """The last used first; the one of this terminal is marked."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's word)
        super().__init__(id=id, markup=False)
        self.sessions: tuple[SessionInfo, ...] = ()

    @staticmethod
    def heading() -> Content:
        """What the columns are, to stand above the list."""
        return Content(f" {'':<{_WHICH}}{'begun':<{_WHEN}}last seen")

    @property
    def chosen(self) -> SessionInfo | None:
        """The session under the bar."""
        return self.sessions[self.highlighted] if self.sessions and self.highlighted is not None else None

    def show(self, sessions: tuple[SessionInfo, ...]) -> None:
        """Shows these sessions."""
        self.sessions = sessions
        self.show_rows(range(len(sessions)))  # the bar stays at its place: what it ends is asked first

    def rows(self, width: int) -> list[Content]:
        return [left(_row(session), width) for session in self.sessions]


def _row(session: SessionInfo) -> Content:
    which = Content.styled("● this one", "$success") if session.current else Content("○ another")
    begun, seen = Content.styled(when(session.created_at), "$muted"), Content(when(session.last_seen_at))
    return Content.assemble(left(which, _WHICH), left(begun, _WHEN), seen)
