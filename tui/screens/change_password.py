"""Another password."""
from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.widgets import Button

from tui.backend import Account
from tui.commands import FIELD, FORM, bindings
from tui.screens.form import FormScreen
from tui.widgets.field import Field, SecretInput
from tui.widgets.new_password import NewPassword


class ChangePasswordScreen(FormScreen):
    """The password as it is, and the new one twice, with advice while it is typed.

    Args:
        account: Whose password: neither name nor email makes a good one.
    """

    BINDINGS = bindings(FORM)
    commands = (*FIELD, *FORM)
    title_of_card = "Change your password"
    proof = "current"

    def __init__(self, account: Account) -> None:
        super().__init__()
        self._account = account

    def fields(self) -> ComposeResult:
        yield Field("Password now", SecretInput(id="current"))
        yield NewPassword("New password", SecretInput(id="new"), self._problem)
        yield Field("New password again", SecretInput(id="confirm"))

    def button(self) -> Button:
        return Button("Change", id="change", classes="main")

    def problems(self) -> Mapping[str, str]:
        if not self.typed("current"):
            return {"current": "Type the password that you have now."}
        same = self.typed("new") == self.typed("confirm")
        return {} if same else {"confirm": "This is another password than the one above."}

    async def send(self) -> None:
        await self.backend.change_password(self.typed("current"), self.typed("new"))
        self.done("Your password is changed. Your other sessions have ended.")

    async def _problem(self, password: str) -> str:
        return await self.backend.in_thread(
            self.backend.password_problem, password, email=self._account.email, name=self._account.name)
