"""Money: integers of minor units with an ISO 4217 code, never a float.

Percentages are exact fractions until they are rounded, once: a `Decimal` would be rounded before, to the digits of
whatever context a caller has set.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

# ISO 4217, "List One": the currencies whose minor unit is not a hundredth.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS = {code: places for places, codes in ((0, _NONE), (3, _THREE), (4, "CLF UYW")) for code in codes.split()}

# Babel knows them too, and takes 20 to 50 ms to import: too long for the first prices on a screen.
_COMMON_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}

_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]*)?|\.[0-9]+")


def digits(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (ISO 4217)."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` units (cents, yen, fils) of `currency` (ISO 4217).

    Amounts of two currencies neither add nor compare: that raises `ValueError`.
    """

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Reads plain digits with a point, such as `19.99`, `20` or `.5`.

        Raises:
            ValueError: Not a plain amount, or more digits than the currency has.
        """
        text = text.strip()
        if not _AMOUNT.fullmatch(text):
            raise ValueError(f"{text!r} is not an amount; write it like 19.99")
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0")  # of any length: a Decimal would round it
        if len(fraction) > digits(currency):
            raise ValueError(f"{text!r} has more digits than {currency} knows ({digits(currency)})")
        return cls(int(whole + fraction.ljust(digits(currency), "0") or "0"), currency)

    def plain(self) -> str:
        """The amount as `parse` reads it: `19.99`."""
        return f"{'-' if self.minor < 0 else ''}{with_decimals(abs(self.minor), digits(self.currency), group='')}"

    def percent(self, rate: Decimal) -> Money:
        """`rate` percent of it, rounded half up to a minor unit."""
        return Money(round_half_up(self.minor * Fraction(rate) / 100), self.currency)

    def percent_included(self, rate: Decimal) -> Money:
        """The part of it that a rate of `rate` percent has already added, rounded half up."""
        return Money(round_half_up(self.minor * Fraction(rate) / (100 + Fraction(rate))), self.currency)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Shares it out in proportion to `weights`; the shares add up to it (largest remainder).

        Weights are non-negative; where all are zero, all of it goes to the first.
        """
        whole = sum(weights)
        if not whole:
            return [Money(self.minor if i == 0 else 0, self.currency) for i in range(len(weights))]
        shares = [self.minor * weight // whole for weight in weights]
        remainders = [self.minor * weight % whole for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
        for i in by_remainder[: self.minor - sum(shares)]:
            shares[i] += 1
        return [Money(share, self.currency) for share in shares]

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return _written(self.minor, self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


def round_half_up(amount: Decimal | Fraction) -> int:
    """Return the nearest integer; halves go away from zero."""
    exact = Fraction(amount)
    nearest = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -nearest if exact < 0 else nearest


def with_decimals(units: int, places: int, *, group: str = ",") -> str:
    """Write non-negative `units` of 10**-`places`: `1,234.50`. `group` stands between thousands."""
    whole, rest = divmod(units, 10**places)
    return f"{whole:,}".replace(",", group) + (f".{rest:0{places}}" if places else "")


def percentage(rate: Decimal) -> str:
    """Write a rate for people: `8.25 %`."""
    return f"{plain_decimal(rate)} %"


def plain_decimal(number: Decimal) -> str:
    """Write a number without an exponent and without zeros that say nothing: `8.25`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def _written(minor: int, currency: str) -> str:
    return f"{'-' if minor < 0 else ''}{symbol(currency)}{with_decimals(abs(minor), digits(currency))}"


def is_currency(code: str) -> bool:
    """Whether it is an ISO 4217 code, in capitals (CLDR's list)."""
    if code in _COMMON_SYMBOLS:
        return True
    from babel.numbers import list_currencies

    return code in list_currencies()


def symbol(currency: str) -> str:
    """The currency's symbol in American English (CLDR)."""
    if currency in _COMMON_SYMBOLS:
        return _COMMON_SYMBOLS[currency]
    from babel.numbers import get_currency_symbol

    return get_currency_symbol(currency, locale="en_US")
