"""Log in with an account one has."""
from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input

from tui.backend import Account
from tui.commands import FIELD, LOGIN, bindings
from tui.screens.sign_in import SignInScreen
from tui.widgets.field import Field, SecretInput


class LoginScreen(SignInScreen):
    """Email and password."""

    BINDINGS = bindings(LOGIN)
    commands = (*FIELD, *LOGIN)
    title_of_card = "Log in"
    welcome = "Welcome back"

    def fields(self) -> ComposeResult:
        yield Field("Email", Input(id="email"))
        yield Field("Password", SecretInput(id="password"))

    def button(self) -> Button:
        return Button("Log in", id="login", classes="main")

    def other_way(self) -> Content:
        return Content.from_markup("No account yet?  [@click=screen.register][$accent]ctrl+r[/] register[/]")

    def problems(self) -> Mapping[str, str]:
        asked = {"email": "Type your email.", "password": "Type your password."}
        return {name: what for name, what in asked.items() if not self.typed(name).strip()}

    async def sign_in(self) -> Account:
        return await self.backend.login(self.typed("email"), self.typed("password"))

    def action_register(self) -> None:
        """Over to making an account."""
        from tui.screens.register import RegisterScreen

        if not self.under_way:
            self.app.push_screen(RegisterScreen(self.then))
