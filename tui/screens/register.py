"""Make an account."""
from __future__ import annotations

import asyncio
from collections.abc import Mapping

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input

from tui.backend import Account
from tui.commands import REGISTER, bindings
from tui.screens.login import LoginScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.field import Field, SecretInput

_PAUSE = 0.25
"""Seconds without a key after which a password is looked at."""


class RegisterScreen(SignInScreen):
    """Name, email, and a password twice, with advice while it is typed."""

    BINDINGS = bindings(REGISTER)
    commands = REGISTER
    title_of_card = "Register"

    def fields(self) -> ComposeResult:
        yield Field("Name", Input(id="name"))
        yield Field("Email", Input(id="email"))
        yield Field("Password", SecretInput(id="password"))
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

    @on(Input.Changed, "#password")
    @work(exclusive=True, group="advice")
    async def _advise(self, event: Input.Changed) -> None:
        await asyncio.sleep(_PAUSE)
        advice = await self.backend.in_thread(
            self.backend.password_problem, event.value, email=self.typed("email"), name=self.typed("name")
        ) if event.value else ""
        field = self._field(event.input)
        if not field.has_class("-wrong"):
            field.advise(advice or ("● A good password." if event.value else ""))

    def action_login(self) -> None:
        """Over to logging in: back to it, where one came from there."""
        if self.under_way:
            return
        if isinstance(self.app.screen_stack[-2], LoginScreen):
            self.app.pop_screen()
        else:
            self.app.switch_screen(LoginScreen(self.then))
