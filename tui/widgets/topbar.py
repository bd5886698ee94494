"""The bar on top: the shop, where one is, who is shopping, and the cart."""
from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.columns import GAP, left
from tui.text import clean
from tui.widgets.action_text import ActionText, clickable

if TYPE_CHECKING:
    from tui.app import ShopApp
    from tui.backend import Cart

_TABS = (("Catalog", "app.catalog"), ("Orders", "app.orders"), ("Account", "app.account"))
_BETWEEN_TABS = "   "
_TABS_WIDTH = len(_BETWEEN_TABS.join(name for name, _ in _TABS))
_WORKING = "◌ working"
_GAP_AFTER_BRAND, _GAP_BEFORE_CART = 4, 5
"""Cells, where there is room; elsewhere `columns.GAP`."""
_MIN_WHO_WIDTH = 8
_MIN_NAMES_WIDTH = 22
"""Cells that the names of shop and shopper need together: for more, the cart's amount is left out."""


class TopBar(Horizontal):
    """One line, which fits: tabs and cart are whole in any window, names are cut. It follows the app by itself."""

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
        self._parts: dict[str, Content] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="brand", markup=False)
        yield ActionText(self._tabs(), id="tabs")
        yield Static(id="who", markup=False)
        yield ActionText(id="cart-summary", markup=False)

    def on_mount(self) -> None:
        for name in ("shop_name", "account", "cart", "working"):
            self.watch(self.app, name, self._fit)

    def on_resize(self) -> None:
        self._fit()

    def _tabs(self) -> Content:
        styles = {name: "$foreground bold underline" if name == self._place else "$muted" for name, _ in _TABS}
        tabs = [clickable(Content.styled(name, styles[name]), action) for name, action in _TABS]
        return Content(_BETWEEN_TABS).join(tabs)

    def _fit(self) -> None:
        """Share out the line, and show what has changed."""
        app = _shop_app(self)
        brand, who = clean(app.shop_name), clean(app.account.name) if app.account else "guest"
        summary = _summary(app.cart)
        room = (self.content_size.width or app.size.width - self.styles.padding.width) - _TABS_WIDTH - 2 * GAP
        if room - summary.cell_length < _MIN_NAMES_WIDTH:
            summary = _summary(app.cart, with_amount=False)
        room -= summary.cell_length
        if app.working:
            both = f"{_WORKING}   {who}"
            who = both if cell_len(brand) + GAP + cell_len(both) <= room else _WORKING
        who_width = min(cell_len(who), max(room - GAP - cell_len(brand), _MIN_WHO_WIDTH))
        brand_width = min(cell_len(brand), max(0, room - GAP - who_width))
        spare = room - brand_width - GAP - who_width
        wide = spare >= _GAP_AFTER_BRAND + _GAP_BEFORE_CART - 2 * GAP
        after_brand, before_cart = (_GAP_AFTER_BRAND, _GAP_BEFORE_CART) if wide else (GAP, GAP)
        self._update("brand", left(Content.styled(brand, "$accent bold"), brand_width) + " " * after_brand)
        self._update("who", Content(" " * GAP) + left(Content.styled(who, "$muted"), who_width))
        self._update("cart-summary", clickable(Content(" " * before_cart) + summary, "app.cart"))

    def _update(self, name: str, part: Content) -> None:
        if not part.is_same(self._parts.get(name, Content(""))):
            self._parts[name] = part
            self.query_one(f"#{name}", Static).update(part)


def _summary(cart: Cart | None, *, with_amount: bool = True) -> Content:
    count, amount = (cart.count, f" · {cart.subtotal}") if cart else (0, "")
    parts = (("Cart ", "$muted"), (f"{count}", "$accent bold"), (amount if with_amount else "", "$foreground bold"))
    return Content.assemble(*parts)


def _shop_app(bar: TopBar) -> ShopApp:
    from tui.app import ShopApp

    assert isinstance(bar.app, ShopApp)  # no other app has this bar
    return bar.app
