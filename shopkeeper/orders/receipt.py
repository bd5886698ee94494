"""Receipts, and the digest by which one can tell that an order was not altered."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256

from shopkeeper.catalog.model import called
from shopkeeper.orders import terms
from shopkeeper.orders.model import Order
from shopkeeper.text import clean

_WIDTH = 72
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~])")  # what Markdown reads as markup
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_NUMBER = re.compile(r"\bSK-[0-9]{6,}\b")


def digest(order: Order) -> str:
    """The SHA-256 of all that was agreed on, in hexadecimal: what was bought, for how much, when, and how it was paid.

    Neither the order's status nor what became of its payment is part of it: they go on. `terms` are part of it.
    """
    agreed = {
        "number": order.number, "placed_at": order.placed_at.isoformat(), "currency": order.total.currency,
        "lines": [[line.title, line.sku, dict(line.options), line.quantity, line.unit_price.minor, line.total.minor,
                   line.variant_id, line.handle, dict(line.specs), line.tax.minor] for line in order.lines],
        "amounts": [amount.minor for amount in (order.subtotal, order.shipping, order.tax, order.tax_included,
                                                order.total)],
        "address": asdict(order.address) if order.address else None,
        "card": [order.payment.brand, order.payment.last4],
        "terms": terms.dumped(order.terms) if order.terms else None,
    }
    return sha256(json.dumps(agreed, sort_keys=True).encode()).hexdigest()


def receipt(order: Order, *, markdown: bool = False) -> str:
    """The receipt of a placed order, as plain text or as Markdown. The same order always has the same receipt.

    All but the last paragraph, which says what became of the order since.
    """
    lines = _markdown(order) if markdown else _plain(order)
    return "\n".join(lines) + "\n"


def number_and_digest(text: str) -> tuple[str, str] | None:
    """Which order a receipt speaks of, and its digest; none: it is no receipt."""
    number, found = _NUMBER.search(text), _DIGEST.search(text)
    return (number.group(), found.group()) if number and found else None


def _plain(order: Order) -> Iterator[str]:
    yield from (_heading(order), "", f"Order {order.number}", _when(order), _paid(order), "")
    for line in order.lines:
        yield from _in_columns(f"{line.quantity} × {clean(called(line.title, line.options))}", str(line.total))
        if line.quantity > 1:
            yield f"    {line.unit_price} each"
    yield ""
    for label, amount in _amounts(order):
        yield from _in_columns(f"{label:>{_WIDTH - 20}}", amount)
    yield ""
    yield from _after(order)


def _markdown(order: Order) -> Iterator[str]:
    yield f"# {_escaped(_heading(order))}"
    yield from ("", f"Order **{order.number}**  ", f"{_when(order)}  ", _escaped(_paid(order)), "")
    yield from ("| | | each | amount |", "| --: | --- | --: | --: |")
    for line in order.lines:
        name = _escaped(clean(called(line.title, line.options)))
        yield f"| {line.quantity} × | {name} | {_escaped(str(line.unit_price))} | {_escaped(str(line.total))} |"
    for label, amount in _amounts(order):
        yield f"| | {label} | | {_escaped(amount)} |"
    yield ""
    yield from (_escaped(line) if line != order.digest else line for line in _after(order))


def _heading(order: Order) -> str:
    return f"Receipt from {clean(order.terms.name)}" if order.terms else "Receipt"


def _when(order: Order) -> str:
    return f"{order.placed_at:%Y-%m-%d %H:%M} UTC"


def _paid(order: Order) -> str:
    card = order.payment
    return f"Paid with {card.brand} ending {card.last4}" if card.last4 else f"Paid with {card.brand}"


def _amounts(order: Order) -> Iterator[tuple[str, str]]:
    yield "Items", str(order.subtotal)
    if order.requires_shipping:
        yield "Shipping", str(order.shipping) if order.shipping else "free"
    if order.tax:
        yield "Tax", str(order.tax)
    yield "Total", str(order.total)
    if order.tax_included:
        yield "Tax included", str(order.tax_included)


def _after(order: Order) -> Iterator[str]:
    if order.address:
        address = order.address
        parts = (address.name, address.street, f"{address.postal_code} {address.city}", address.country)
        yield from (f"Goes to {', '.join(clean(part) for part in parts)}", "")
    yield "Digest (SHA-256 of what was agreed on):"
    yield order.digest
    if order.status == "cancelled":
        yield from ("", f"Cancelled since, and {order.total} given back.")


def _in_columns(left: str, right: str) -> Iterator[str]:
    room = _WIDTH - len(right) - 2
    while len(left) > room:
        yield left[:room]
        left = f"    {left[room:]}"
    yield f"{left:<{room}}  {right}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
