"""The bar on top: the shop, where one is, who is shopping, and the cart."""
from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.text import clean

if TYPE_CHECKING:
    from tui.backend import Account, Cart

_TABS = (("Catalog", "app.catalog"), ("Orders", "app.orders"), ("Account", "app.account"))


class TopBar(Horizontal):
    """One line. The app keeps it up to date through `show`."""

    DEFAULT_CSS = """
    TopBar {
        dock: top; height: 1; padding: 0 2; margin-bottom: 1; background: $background;
        & > Static {
            width: auto; link-background: $background; link-color: $muted; link-style: none;
            link-color-hover: $accent; link-background-hover: $background; link-style-hover: underline;
        }
        #tabs { width: 1fr; }
        #cart-summary { link-color: $foreground; }
    }
    .-narrow TopBar #who { display: none; }
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        yield Static(id="brand", markup=False)
        yield Static(self._tabs(), id="tabs")
        yield Static(id="working", markup=False)
        yield Static(id="who", markup=False)
        yield Static(id="cart-summary", markup=False)

    def on_mount(self) -> None:
        from tui.app import ShopApp

        app = self.app
        assert isinstance(app, ShopApp)  # noqa: S101 (no other app has this bar)
        self.watch(app, "shop_name", self._show_name)
        self.watch(app, "account", self._show_account)
        self.watch(app, "cart", self._show_cart)
        self.watch(app, "working", self._show_working)

    def _tabs(self) -> Content:
        styles = {name: "$foreground bold underline" if name == self._place else "$muted" for name, _ in _TABS}
        tabs = [Content.from_markup(f"[@click={action}][{styles[name]}]{name}[/][/]") for name, action in _TABS]
        return Content("   ").join(tabs)

    def _show_name(self, name: str) -> None:
        self.query_one("#brand", Static).update(Content.styled(clean(name), "$accent bold") + "    ")

    def _show_account(self, account: Account | None) -> None:
        self.query_one("#who", Static).update(Content.styled(clean(account.name) if account else "guest", "$muted"))

    def _show_cart(self, cart: Cart | None) -> None:
        link = Content.from_markup("     [@click=app.cart][$muted]Cart[/] [$accent b]$count[/][$muted]$sum[/][/]",
                                   count=f"{cart.count if cart else 0}", sum=f" · {cart.subtotal}" if cart else "")
        self.query_one("#cart-summary", Static).update(link)

    def _show_working(self, working: bool) -> None:
        self.query_one("#working", Static).update(Content.styled("◌ working   " if working else "", "$muted"))
