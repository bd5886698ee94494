"""What logging in and registering have in common: the way to the other one, and what follows when it went well."""
from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui.backend import Account
from tui.screens.form import FormScreen


class SignInScreen(FormScreen):
    """A form that opens an account. A subclass gives `fields`, `button`, `other_way` and `sign_in`.

    Args:
        then: What the shopper wanted an account for.
    """

    welcome = "Welcome"
    draft_name = "sign-in"

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self.then = then

    def other_way(self) -> Content:
        """What to do who came to the wrong door."""
        raise NotImplementedError

    async def sign_in(self) -> Account:
        """Asks the shop. Raises its errors."""
        raise NotImplementedError

    def below(self) -> ComposeResult:
        yield Static(self.other_way(), id="other-way")

    async def send(self) -> None:
        cart = self.shop_app.cart
        account = await self.sign_in()
        await self.shop_app.entered(account)
        brought = " Your cart came along." if cart and cart.count else ""
        waited = self.come_to_front()
        signed_in = "" if waited else " You are signed in."
        self.shop_app.tell(f"{self.welcome}, {account.name}.{signed_in}{brought}")
        if waited:
            while isinstance(self.app.screen, SignInScreen):
                self.app.pop_screen()
            self.then()

    def shown(self) -> None:
        if self.shop_app.account is not None:  # it was left before the answer came
            self.app.pop_screen()
