"""How a total comes about, to the last minor unit."""
from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import Cart, CartLine, Money, ShopSettings, explain
from shopkeeper.cart.totals import totals


def cart(*lines: tuple[int, int], ships: bool = True, **terms: object) -> Cart:
    """A cart with lines of so many at so many minor units, under these terms."""
    settings = ShopSettings(**terms)  # type: ignore[arg-type]
    bought = tuple(
        CartLine(at, "", f"Thing {at}", "", {"size": "L"} if at == 1 else {}, quantity, Money(price, settings.currency),
                 Money(price * quantity, settings.currency), requires_shipping=ships)
        for at, (quantity, price) in enumerate(lines))
    sums = totals(sum((line.total for line in bought), Money(0, settings.currency)), settings, ships=ships)
    return Cart(bought, sums.subtotal, sums.shipping, sums.tax, sums.total, 0, 1, (), sums.tax_included, settings)


def told(bill: Cart) -> dict[str, tuple[str, str]]:
    return {step.label: (step.how, str(step.amount)) for step in explain(bill)}


def usd(amount: str) -> Money:
    return Money.parse(amount, "USD")


def test_lines_shipping_and_tax_are_derived() -> None:
    bill = cart((2, 1999), (1, 1400), tax_rate=Decimal("8.25"), shipping_flat=usd("5"), shipping_free_from=usd("60"))
    assert told(bill) == {
        "Thing 0": ("2 × $19.99", "$39.98"),
        "Thing 1, L": ("1 × $14.00", "$14.00"),
        "Items": ("the 2 lines added up", "$53.98"),
        "Shipping": ("free from $60.00 on; $6.02 short of it", "$5.00"),
        "Tax": ("8.25 % of ($53.98 + $5.00) = $4.86585, rounded half up to $4.87", "$4.87"),
        "Total": ("items + shipping + tax", "$63.85"),
    }


def test_what_is_not_rounded_is_not_said_to_be() -> None:
    assert told(cart((1, 1000), tax_rate=Decimal(10)))["Tax"] == ("10 % of $10.00 = $1.00", "$1.00")


def test_tax_that_prices_include_is_derived_from_the_total() -> None:
    steps = told(cart((1, 11450), shipping_flat=usd("5"), tax_rate=Decimal(8), prices_include_tax=True))
    assert steps["Total"] == ("items + shipping", "$119.50")
    assert steps["Tax included"] == (
        "8 % are in $119.50: $119.50 × 8 / 108 = $8.851851…, rounded half up to $8.85", "$8.85")
    assert "Tax" not in steps


@pytest.mark.parametrize(("terms", "ships", "how"), [
    ({}, True, "this shop sends for free"),
    ({"shipping_flat": usd("5")}, True, "the same for each order"),
    ({"shipping_flat": usd("5")}, False, "nothing here is sent"),
    ({"shipping_flat": usd("5"), "shipping_free_from": usd("10")}, True, "free from $10.00 on"),
])
def test_why_shipping_costs_what_it_does(terms: dict[str, object], ships: bool, how: str) -> None:
    assert told(cart((1, 1000), ships=ships, **terms))["Shipping"][0] == how


def test_a_currency_without_cents_has_none() -> None:
    steps = told(cart((1, 501), currency="JPY", shipping_flat=Money(0, "JPY"), tax_rate=Decimal(10)))
    assert steps["Tax"] == ("10 % of ¥501 = ¥50.1, rounded half up to ¥50", "¥50")


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 10**7)), min_size=1, max_size=5),
       st.decimals(0, 100, places=3), st.booleans(), st.integers(0, 2000))
def test_every_amount_follows_from_what_is_said(
    lines: list[tuple[int, int]], rate: Decimal, included: bool, flat: int
) -> None:
    bill = cart(*lines, tax_rate=rate, prices_include_tax=included, shipping_flat=Money(flat, "USD"))
    steps = {step.label: step for step in explain(bill)}
    assert steps["Items"].amount == sum((each.amount for each in explain(bill)[:len(lines)]), Money(0, "USD"))
    tax = steps["Tax"].amount if "Tax" in steps else Money(0, "USD")
    assert steps["Total"].amount == steps["Items"].amount + steps["Shipping"].amount + tax
    for label in {"Tax", "Tax included"} & steps.keys():
        if exact := re.search(r"= \$([0-9,.]+)(…?), rounded", steps[label].how):
            said = Decimal(exact.group(1).replace(",", ""))
            assert said.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(steps[label].amount.plain())
