"""Another name, or another email."""
from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.widgets import Button, Input

from tui.backend import Account
from tui.commands import FIELD, FORM, bindings
from tui.screens.form import FormScreen
from tui.text import clean
from tui.widgets.field import Field, SecretInput


class ChangeDetailsScreen(FormScreen):
    """Name and email as they are, to be changed; the password is asked for when the email becomes another.

    Args:
        account: The account as it is.
    """

    BINDINGS = bindings(FORM)
    commands = (*FIELD, *FORM)
    title_of_card = "Change name or email"
    proof = "password"

    def __init__(self, account: Account) -> None:
        super().__init__()
        self._account = account
        self._password = Field("Password, for another email", SecretInput(id="password"))

    def fields(self) -> ComposeResult:
        yield Field("Name", Input(clean(self._account.name), id="name"))
        yield Field("Email", Input(clean(self._account.email), id="email"))
        yield self._password

    def button(self) -> Button:
        return Button("Change", id="change", classes="main")

    def on_mount(self) -> None:
        self._password.display = False

    @on(Input.Changed, "#email")
    def _watch_email(self, event: Input.Changed) -> None:
        self._password.display = event.value.strip() != self._account.email

    def tell(self, problems: Mapping[str, str], summary: str = "") -> None:
        if "password" in problems:
            self._password.display = True  # the shop knows of another email than this terminal
        super().tell(problems, summary)

    async def send(self) -> None:
        account = await self.backend.change_details(
            name=self.typed("name"), email=self.typed("email"), password=self.typed("password"))
        if self.shop_app.account is not None:  # else the session ended meanwhile
            self.shop_app.account = account
        self.done("Your name and email are kept.")
