"""The bar on top: the shop, where one is, who is shopping, and the cart."""
from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.text import clean
from tui.widgets.action_text import ActionText, clickable

if TYPE_CHECKING:
    from tui.backend import Account, Cart

_TABS = (("Catalog", "app.catalog"), ("Orders", "app.orders"), ("Account", "app.account"))


class TopBar(Horizontal):
    """One line. The app keeps it up to date through `show`."""

    DEFAULT_CSS = """
    TopBar {
        dock: top; height: 1; padding: 0 2; margin-bottom: 1; background: $background;
        & > Static { width: auto; }
        #tabs { width: 1fr; }
    }
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        yield Static(id="brand", markup=False)
        yield ActionText(self._tabs(), id="tabs")
        yield Static(id="working", markup=False)
        yield Static(id="who", markup=False)
        yield ActionText(id="cart-summary", markup=False)

    def on_mount(self) -> None:
        from tui.app import ShopApp

        app = self.app
        assert isinstance(app, ShopApp)  # no other app has this bar
        self.watch(app, "shop_name", self._show_name)
        self.watch(app, "account", self._show_account)
        self.watch(app, "cart", self._show_cart)
        self.watch(app, "working", self._show_working)

    def _tabs(self) -> Content:
        styles = {name: "$foreground bold underline" if name == self._place else "$muted" for name, _ in _TABS}
        return Content("   ").join(clickable(Content.styled(name, styles[name]), action) for name, action in _TABS)

    def _show_name(self, name: str) -> None:
        self.query_one("#brand", Static).update(Content.styled(clean(name), "$accent bold") + "    ")

    def _show_account(self, account: Account | None) -> None:
        self.query_one("#who", Static).update(Content.styled(clean(account.name) if account else "guest", "$muted"))

    def _show_cart(self, cart: Cart | None) -> None:
        count, amount = (cart.count, f" · {cart.subtotal}") if cart else (0, "")
        parts = (("Cart ", "$muted"), (f"{count}", "$accent bold"), (amount, "$foreground bold"))
        link = Content.assemble("     ", *parts)
        self.query_one("#cart-summary", Static).update(clickable(link, "app.cart"))

    def _show_working(self, working: bool) -> None:
        self.query_one("#working", Static).update(Content.styled("◌ working   " if working else "", "$muted"))
