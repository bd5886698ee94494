"""Amounts as Stripe's API counts them, which is not always as ISO 4217 does."""
from __future__ import annotations

from shopkeeper.money import Money, digits

# https://docs.stripe.com/currencies: "Zero-decimal currencies", "Three-decimal currencies" and "Special cases". ISK
# and UGX have no decimals, but stay two-decimal in the API, which wants 00 there; MGA has two only by ISO 4217.
_NONE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS = {code: places for places, codes in ((0, _NONE), (3, _THREE)) for code in codes.split()}


def stripe_amount(amount: Money) -> int | None:
    """The integer that stands for this amount in Stripe's API; `None` where none does. Nothing is rounded.

    Amounts in three-decimal currencies have to end with 0.
    """
    ours, theirs = digits(amount.currency), _DIGITS.get(amount.currency, 2)
    counted, rest = divmod(amount.minor * 10 ** theirs, 10 ** ours)
    return None if rest or (theirs == 3 and counted % 10) else counted
