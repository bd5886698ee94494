"""What was typed into forms and not sent yet: kept in memory for this visit, and written nowhere."""
from __future__ import annotations

from tui.backend import Account


class Drafts:
    """Texts by the id of their input, for each form and each account: nobody is shown what another one typed."""

    def __init__(self) -> None:
        self._drafts: dict[tuple[object, str], dict[str, str]] = {}

    def of(self, account: Account | None, form: str) -> dict[str, str]:
        """Return the draft of a form, to read and to change; empty at first."""
        return self._drafts.setdefault((account.id if account else None, form), {})
