"""Money: read, written, shared out, and never lost."""
from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, Context, Decimal, Inexact, InvalidOperation, Rounded, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import Money, ShopSettings, explain
from shopkeeper.cart.model import Cart
from shopkeeper.cart.totals import totals
from shopkeeper.money import digits, percentage, round_half_up
from shopkeeper.orders.terms import dumped

currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])
minors = st.integers(-(10**12), 10**12)
amounts = st.builds(Money, st.integers(0, 10**12), currencies)
rates = st.decimals(0, 100, places=4)
long_rates = st.one_of(rates, st.builds(Decimal, st.from_regex(r"[0-9]{1,2}\.[0-9]{0,60}", fullmatch=True)))
CALLERS_CONTEXT = Context(prec=1, rounding=ROUND_CEILING, capitals=0, traps=[Inexact, Rounded, InvalidOperation])


@pytest.mark.parametrize(("money", "shown", "plain"), [
    (Money(1999, "USD"), "$19.99", "19.99"), (Money(500, "JPY"), "¥500", "500"), (Money(0, "USD"), "$0.00", "0.00"),
    (Money(123456789, "USD"), "$1,234,567.89", "1234567.89"), (Money(-1999, "USD"), "-$19.99", "-19.99"),
    (Money(5, "EUR"), "€0.05", "0.05"), (Money(1005, "KWD"), "KWD1.005", "1.005"),
])
def test_an_amount_is_written_for_people_and_for_programs(money: Money, shown: str, plain: str) -> None:
    assert str(money).replace("\N{NO-BREAK SPACE}", "") == shown
    assert money.plain() == plain


@pytest.mark.parametrize(("text", "currency", "minor"), [
    ("19.99", "USD", 1999), ("20", "USD", 2000), (" 20. ", "USD", 2000), (".5", "USD", 50), ("0", "USD", 0),
    ("19.990", "USD", 1999), ("1.005", "KWD", 1005), ("500", "JPY", 500), ("500.00", "JPY", 500),
])
def test_plain_amounts_are_read(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(("text", "currency"), [
    ("", "USD"), (".", "USD"), ("-1", "USD"), ("+1", "USD"), ("1,000", "USD"), ("1e3", "USD"), ("NaN", "USD"),
    ("$5", "USD"), ("19.999", "USD"), ("500.5", "JPY"), ("١٢", "USD"), ("1 000", "USD"), ("1" * 14, "USD"),
    ("." + "0" * 100 + "1", "USD"), ("0x10", "USD"), ("1_000", "USD"),
])
def test_anything_else_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|digits"):
        Money.parse(text, currency)


@given(amounts)
def test_what_is_written_plain_is_read_as_it_was(money: Money) -> None:
    assert Money.parse(money.plain(), money.currency) == money


@given(amounts)
def test_amounts_for_people_have_the_digits_of_their_currency(money: Money) -> None:
    whole, _, rest = str(money).partition(".")
    assert len(rest) == digits(money.currency)
    assert int("".join(c for c in whole + rest if c.isdigit())) == money.minor


def two_currencies(*operations: Callable[[Money, Money], object]) -> None:
    for operation in operations:
        with pytest.raises(ValueError, match="do not mix"):
            operation(Money(1, "USD"), Money(1, "EUR"))


def test_two_currencies_neither_add_nor_compare() -> None:
    two_currencies(Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__)
    assert Money(1, "USD") != Money(1, "EUR")


@given(minors, minors, st.integers(0, 999))
def test_money_adds_as_integers_do(one: int, other: int, quantity: int) -> None:
    a, b = Money(one, "USD"), Money(other, "USD")
    assert a + b - b == a
    assert a * quantity == Money(one * quantity, "USD")
    assert -a + a == Money(0, "USD")
    assert (a < b, a <= b, a > b, a >= b) == (one < other, one <= other, one > other, one >= other)
    assert bool(a) == bool(one)


@pytest.mark.parametrize(("amount", "nearest"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("-0.5", -1)])
def test_halves_go_away_from_zero(amount: str, nearest: int) -> None:
    assert round_half_up(Decimal(amount)) == nearest


def half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


@given(amounts, long_rates)
def test_percent_is_exact_but_for_one_rounding(money: Money, rate: Decimal) -> None:
    exact = Fraction(rate)
    assert money.percent(rate).minor == half_up(money.minor * exact / 100)
    assert money.percent_included(rate).minor == half_up(money.minor * exact / (100 + exact))


def test_a_rate_of_28_digits_is_not_rounded_twice() -> None:
    assert Money(1168350, "USD").percent(Decimal("0.3333333333333333333333333333")).minor == 3894


@given(amounts, long_rates, st.booleans())
def test_a_callers_decimal_context_changes_no_amount_and_no_text(money: Money, rate: Decimal, included: bool) -> None:
    terms = ShopSettings(currency=money.currency, tax_rate=rate, prices_include_tax=included,
                         shipping_flat=Money(500, money.currency))

    def results() -> tuple[object, ...]:
        bill = totals(money, terms, ships=True)
        cart = Cart((), bill.subtotal, bill.shipping, bill.tax, bill.total, 0, 0, (), bill.tax_included, terms)
        return bill, explain(cart), money.plain(), percentage(rate), dumped(terms)

    expected = results()
    with localcontext(CALLERS_CONTEXT):
        assert results() == expected


@given(amounts, rates)
def test_tax_that_is_included_is_the_tax_that_was_added(money: Money, rate: Decimal) -> None:
    with_tax = money + money.percent(rate)
    included = with_tax.percent_included(rate)
    assert abs(included.minor - money.percent(rate).minor) <= 1
    off = included.minor - Fraction(with_tax.minor) * Fraction(rate) / (100 + Fraction(rate))
    assert abs(off) <= Fraction(1, 2)


@given(st.builds(Money, minors, currencies), st.lists(st.integers(0, 10**12), min_size=1, max_size=50))
def test_shares_add_up_and_are_off_by_less_than_one(money: Money, weights: list[int]) -> None:
    shares = money.allocate(weights)
    assert len(shares) == len(weights)
    assert sum(share.minor for share in shares) == money.minor
    if whole := sum(weights):
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share.minor - Fraction(money.minor * weight, whole)) < 1


def test_what_is_left_over_goes_where_most_was_cut_off() -> None:
    assert [share.minor for share in Money(100, "USD").allocate([1, 1, 1])] == [34, 33, 33]
    assert [share.minor for share in Money(10, "USD").allocate([1, 2, 4])] == [1, 3, 6]


def test_nothing_to_go_by_gives_all_to_the_first() -> None:
    assert [share.minor for share in Money(5, "USD").allocate([0, 0])] == [5, 0]
    assert Money(0, "USD").allocate([]) == []
