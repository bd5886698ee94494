"""What it comes to: items, shipping, tax and the total, amounts in one column."""
from __future__ import annotations

from decimal import Decimal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.backend import Cart, Order, ShopSettings
from tui.columns import right

_WIDTH = 34


class Totals(Vertical):
    """A block at the right, under the amounts it sums up."""

    DEFAULT_CSS = f"""
    Totals {{
        width: {_WIDTH}; height: auto;
        & > Static {{ height: auto; }}
    }}
    """

    def compose(self) -> ComposeResult:
        yield Static(id="parts", markup=False)
        yield Static(id="total", markup=False)
        yield Static(id="tax-included", markup=False)

    def show(self, amounts: Cart | Order, settings: ShopSettings | None = None) -> None:
        """Shows a cart's or an order's amounts. The settings of today say only of a cart how they came about."""
        parts = [_line("Items", str(amounts.subtotal))]
        if amounts.shipping:
            parts.append(_line("Shipping", str(amounts.shipping)))
            parts.extend(_to_free_shipping(amounts, settings))
        elif _is_sent(amounts):
            parts.append(_line("Shipping", "free"))
        if amounts.tax:
            parts.append(_line(f"Tax {_percent(settings.tax_rate)}" if settings else "Tax", str(amounts.tax)))
        self.query_one("#parts", Static).update(Content("\n").join(parts))
        self.query_one("#total", Static).update(_line("Total", str(amounts.total), "bold", "$accent bold"))
        included = self.query_one("#tax-included", Static)
        included.display = bool(amounts.tax_included)
        included.update(right(f"includes {amounts.tax_included} tax", _WIDTH, "$muted"))


def _line(label: str, amount: str, label_style: str = "$muted", style: str = "") -> Content:
    room = max(12, len(amount) + 2)
    return Content.assemble(right(label, _WIDTH - room, label_style), right(amount, room, style))


def _to_free_shipping(amounts: Cart | Order, settings: ShopSettings | None) -> list[Content]:
    free_from = settings.shipping_free_from if settings else None
    if free_from is None or free_from <= amounts.subtotal:
        return []
    return [right(f"free from {free_from}: {free_from - amounts.subtotal} to go", _WIDTH, "$muted")]


def _is_sent(amounts: Cart | Order) -> bool:
    return amounts.requires_shipping if isinstance(amounts, Cart) else amounts.address is not None


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f} %"
