"""Make an account."""
from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input

from tui.backend import Account
from tui.commands import FIELD, REGISTER, bindings
from tui.screens.login import LoginScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.field import Field, SecretInput
from tui.widgets.new_password import NewPassword


class RegisterScreen(SignInScreen):
    """Name, email, and a password twice, with advice while it is typed."""

    BINDINGS = bindings(REGISTER)
    commands = (*FIELD, *REGISTER)
    title_of_card = "Register"

    def fields(self) -> ComposeResult:
        yield Field("Name", Input(id="name"))
        yield Field("Email", Input(id="email"))
        yield NewPassword("Password", SecretInput(id="password"), self._password_problem)
        yield Field("Password again", SecretInput(id="confirm"))

    def button(self) -> Button:
        return Button("Register", id="register", classes="main")

    def other_way(self) -> Content:
        return Content.from_markup("Been here before?  [@click=screen.login][$accent]ctrl+l[/] log in[/]")

    def problems(self) -> Mapping[str, str]:
        same = self.typed("password") == self.typed("confirm")
        return {} if same else {"confirm": "This is another password than the one above."}

    async def sign_in(self) -> Account:
        return await self.backend.register(self.typed("email"), self.typed("password"), name=self.typed("name"))

    async def _password_problem(self, password: str) -> str:
        return await self.backend.in_thread(
            self.backend.password_problem, password, email=self.typed("email"), name=self.typed("name"))

    def action_login(self) -> None:
        """Over to logging in: back to it, where one came from there."""
        if self.under_way:
            return
        if isinstance(self.app.screen_stack[-2], LoginScreen):
            self.dismiss()
        else:
            self.app.switch_screen(LoginScreen(self.then))
