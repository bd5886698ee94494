"""What a cart comes to."""
from __future__ import annotations

from decimal import Context, Decimal, Inexact, localcontext

import pytest

from shopkeeper import Shop
from shopkeeper.cart.totals import totals
from shopkeeper.money import Money
from shopkeeper.settings_model import ShopSettings
from tests.factories import add_product


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def settings(**values: object) -> ShopSettings:
    return ShopSettings(**({"shipping_flat": usd(500)} | values))  # type: ignore[arg-type]  # each of its field's type


def test_shipping_is_flat_for_whatever_is_sent() -> None:
    assert totals(usd(9900), settings(), ships=True).total == usd(10400)


def test_nothing_to_send_costs_no_shipping() -> None:
    assert totals(usd(9900), settings(), ships=False).shipping == usd(0)


@pytest.mark.parametrize(("subtotal", "shipping"), [(11999, 500), (12000, 0), (12001, 0)])
def test_shipping_is_free_from_a_subtotal_on(subtotal: int, shipping: int) -> None:
    rules = settings(shipping_free_from=usd(12000))
    assert totals(usd(subtotal), rules, ships=True).shipping == usd(shipping)


def test_tax_is_added_once_on_items_and_shipping_and_rounded_half_up() -> None:
    sums = totals(usd(1000), settings(shipping_flat=usd(50), tax_rate=Decimal(5)), ships=True)
    assert (sums.tax, sums.total, sums.tax_included) == (usd(53), usd(1103), usd(0))  # 52.5


def test_prices_that_include_tax_are_what_is_paid() -> None:
    sums = totals(usd(11450), settings(tax_rate=Decimal(8), prices_include_tax=True), ships=True)
    assert (sums.tax, sums.total, sums.tax_included) == (usd(0), usd(11950), usd(885))


def test_a_currency_without_cents_is_taxed_in_whole_units() -> None:
    yen = ShopSettings(currency="JPY", shipping_flat=Money(0, "JPY"), tax_rate=Decimal(10))
    assert totals(Money(105, "JPY"), yen, ships=True).tax == Money(11, "JPY")


def test_a_callers_decimal_context_changes_no_total(shop: Shop) -> None:
    shop.settings.change(tax_rate="8.25", shipping_flat="5")
    session = shop.accounts.guest()
    bill = shop.cart.add(session, add_product(shop, price="1234.56").variants[0].id)
    with localcontext(Context(prec=1, traps=[Inexact])):
        assert shop.cart.view(session) == bill
        assert shop.settings.change(tax_rate="8.375").tax_rate == Decimal("8.375")
