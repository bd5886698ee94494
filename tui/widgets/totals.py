"""What it comes to: items, shipping, tax and the total, amounts in one column."""
from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.backend import Cart, Order, percentage
from tui.columns import right
from tui.widgets.action_text import ActionText, clickable

_WIDTH = 34


class Totals(Vertical):
    """A block at the right, under the amounts it sums up.

    Args:
        explain_key: The key that explains the total, as people read it.
    """

    DEFAULT_CSS = f"""
    Totals {{
        width: {_WIDTH}; height: auto;
        & > Static {{ height: auto; }}
    }}
    """

    def __init__(self, explain_key: str = "=") -> None:
        super().__init__()
        self._explain_key = explain_key

    def compose(self) -> ComposeResult:
        yield Static(id="parts", markup=False)
        yield ActionText(id="total", markup=False)
        yield Static(id="tax-included", markup=False)

    def show(self, amounts: Cart | Order) -> None:
        """Shows a cart's or an order's amounts."""
        terms = amounts.terms
        parts = [_line("Items", str(amounts.subtotal))]
        if amounts.shipping:
            parts.append(_line("Shipping", str(amounts.shipping)))
            parts.extend(_to_free_shipping(amounts))
        elif amounts.requires_shipping:
            parts.append(_line("Shipping", "free"))
        if amounts.tax:
            parts.append(_line(f"Tax {percentage(terms.tax_rate)}" if terms else "Tax", str(amounts.tax)))
        self.query_one("#parts", Static).update(Content("\n").join(parts))
        total = _line("Total", str(amounts.total), "bold", "$accent bold", hint=f"{self._explain_key} explain")
        self.query_one("#total", Static).update(total)
        included = self.query_one("#tax-included", Static)
        included.display = bool(amounts.tax_included)
        included.update(right(f"includes {amounts.tax_included} tax", _WIDTH, "$muted"))


def _line(label: str, amount: str, label_style: str = "$muted", style: str = "", hint: str = "") -> Content:
    room = max(12, len(amount) + 2)
    explain = clickable(Content.styled(hint, "$muted"), "screen.explain")
    return Content.assemble(explain, right(label, _WIDTH - room - len(hint), label_style), right(amount, room, style))


def _to_free_shipping(amounts: Cart | Order) -> list[Content]:
    free_from = amounts.terms.shipping_free_from if isinstance(amounts, Cart) else None
    if free_from is None or free_from <= amounts.subtotal:
        return []
    return [right(f"free from {free_from}: {free_from - amounts.subtotal} to go", _WIDTH, "$muted")]
