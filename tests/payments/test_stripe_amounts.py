"""The shop's minor units as Stripe's API counts them."""
from __future__ import annotations

import pytest

from shopkeeper.money import Money
from shopkeeper.payments.stripe_amounts import stripe_amount


@pytest.mark.parametrize(("amount", "counted"), [
    (Money(1000, "USD"), 1000),
    (Money(500, "JPY"), 500),
    (Money(5, "ISK"), 500),         # no decimals, yet two in the API
    (Money(5, "UGX"), 500),
    (Money(300, "MGA"), 3),         # two by ISO 4217, none in the API
    (Money(5120, "KWD"), 5120),
    (Money(1045, "HUF"), 1045),
    (Money(0, "USD"), 0),
])
def test_an_amount_is_the_same_amount_at_stripe(amount: Money, counted: int) -> None:
    assert stripe_amount(amount) == counted


@pytest.mark.parametrize("amount", [Money(5124, "KWD"), Money(301, "MGA"), Money(1, "TND")])
def test_an_amount_that_would_have_to_be_rounded_is_none(amount: Money) -> None:
    assert stripe_amount(amount) is None
