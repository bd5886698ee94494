"""The end of an account."""
from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.widgets import Button, Static

from tui.commands import FIELD, FORM, bindings
from tui.screens.form import FormScreen
from tui.widgets.field import Field, SecretInput

_WHAT = """\
This cannot be taken back. Your name, email, password, sessions and cart are deleted.
Your orders stay in the books, made anonymous: nobody can tell any more whose they were. What was not sent yet can be \
sent no more."""


class DeleteAccountScreen(FormScreen):
    """What it means, and the password, without which it is not done."""

    BINDINGS = bindings(FORM)
    commands = (*FIELD, *FORM)
    title_of_card = "Delete your account"
    proof = "password"

    def fields(self) -> ComposeResult:
        yield Static(_WHAT, classes="words", markup=False)
        yield Field("Password", SecretInput(id="password"))

    def button(self) -> Button:
        return Button("Delete my account", id="delete", classes="main")

    def problems(self) -> Mapping[str, str]:
        return {} if self.typed("password") else {"password": "Type your password to delete your account."}

    async def send(self) -> None:
        await self.backend.delete_account(self.typed("password"))
        self.shop_app.become_guest("Your account is deleted.")
