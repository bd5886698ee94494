"""Cards, and what a payment portal answers."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shopkeeper.money import Money
from shopkeeper.numbers import is_digits

_LONGEST_TOKEN = 200  # characters

PaymentState = Literal["submitting", "succeeded", "declined", "unknown"]


@dataclass(frozen=True, slots=True)
class Card:
    """A payment card as typed. Only its brand and last four digits are ever stored."""

    number: str = field(repr=False)
    expiry_month: int = field(repr=False)
    expiry_year: int = field(repr=False)
    cvc: str = field(repr=False)

    @classmethod
    def test(cls, number: str) -> Card:
        """A card for demonstrations and tests: any well-known test number, a far expiry, a fitting CVC."""
        return cls(number, 12, date.today().year + 3, "1234" if brand(number) == "American Express" else "123")

    @property
    def digits(self) -> str:
        """The number without blanks and dashes."""
        return self.number.replace(" ", "").replace("-", "")

    @property
    def brand(self) -> str:
        """`Visa`, `Mastercard`, `American Express`, `Discover`, or `Card`."""
        return brand(self.number)

    @property
    def last4(self) -> str:
        """The last four digits, which may be shown and stored (PCI DSS 3.4)."""
        return self.digits[-4:]

    def problems(self, today: date) -> dict[str, str]:
        """What is wrong with it by field (`card_number`, `expiry`, `cvc`); empty where nothing is."""
        found = {"card_number": number_problem(self.number),
                 "expiry": expiry_problem(self.expiry_month, self.expiry_year, today),
                 "cvc": cvc_problem(self.cvc, self.brand)}
        return {name: message for name, message in found.items() if message}


@dataclass(frozen=True, slots=True)
class CardToken:
    """A card that the portal knows by a name of its own: the shop never sees its number (Stripe's `pm_…`)."""

    token: str = field(repr=False)
    brand: str = "Card"
    last4: str = ""

    def problems(self, _today: date) -> dict[str, str]:
        """What is wrong with it by field (`payment_token`); empty where nothing is."""
        if self.token.isascii() and self.token.isprintable() and 1 <= len(self.token) <= _LONGEST_TOKEN:
            return {}
        return {"payment_token": "This is no token of a payment portal."}


Means = Card | CardToken
"""What an order is paid with."""


def brand(number: str) -> str:
    """The card's brand by its first digits (issuer identification numbers, ISO/IEC 7812)."""
    plain = number.replace(" ", "").replace("-", "")
    if plain[:1] == "4":
        return "Visa"
    if plain[:2] in {"34", "37"}:
        return "American Express"
    if is_digits(plain[:4]) and (51 <= int(plain[:2]) <= 55 or 2221 <= int(plain[:4].ljust(4, "0")) <= 2720):
        return "Mastercard"
    if plain[:4] == "6011" or plain[:2] == "65":
        return "Discover"
    return "Card"


def number_problem(number: str) -> str:
    """What is wrong with a card number, or an empty string (length and Luhn: ISO/IEC 7812-1)."""
    plain = number.replace(" ", "").replace("-", "")
    if not plain:
        return "Type the number on the card."
    if not is_digits(plain):
        return "A card number has digits only."
    if not 12 <= len(plain) <= 19 or (brand(plain) == "Visa" and len(plain) not in {13, 16, 19}):
        return f"This number has {len(plain)} digits; a card number has 16, some 12 to 19."
    if not _luhn(plain):
        return "This number cannot be right: a digit is wrong or two are swapped."
    return ""


def expiry_problem(month: int, year: int, today: date) -> str:
    """What is wrong with an expiry date, or an empty string. A card is good to the end of its month."""
    if not 1 <= month <= 12:
        return "The month is 01 to 12."
    if (year, month) < (today.year, today.month):
        return "This card has expired."
    if year > today.year + 25:
        return "This year is too far away."
    return ""


def cvc_problem(cvc: str, brand: str) -> str:
    """What is wrong with a CVC, or an empty string: four digits on American Express, else three."""
    wanted = 4 if brand == "American Express" else 3
    if not (is_digits(cvc) and len(cvc) == wanted):
        return f"The CVC has {wanted} digits."
    return ""


def _luhn(plain: str) -> bool:
    doubled = [int(digit) * (2 if i % 2 else 1) for i, digit in enumerate(reversed(plain))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


@dataclass(frozen=True, slots=True)
class Payment:
    """How an order is, was or was not paid; `refunded` is what was given back, `refunding` that it is under way."""

    state: PaymentState
    amount: Money
    brand: str
    last4: str
    reason: str = ""
    refunded: Money | None = None
    refunding: bool = False
