"""What requests say, strictly: no field too many, and no text where a number belongs."""
from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopkeeper import Address, Card, CardToken, Money
from shopkeeper.payments.model import Means

_LARGEST = 2**53 - 1  # the largest number that every reader of JSON takes for what it is (RFC 8259, 6)

Line = Annotated[str, StringConstraints(max_length=1000)]
VariantId = Annotated[int, Field(ge=1, le=_LARGEST, examples=[17], description="A variant's `id`.")]


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Registration(_Body):
    """Who opens an account."""

    email: Annotated[Line, Field(examples=["ada@example.com"])]
    password: Annotated[Line, Field(examples=["correct horse battery staple"])]
    name: Annotated[Line, Field(examples=["Ada"])]


class Login(_Body):
    """Who comes back."""

    email: Annotated[Line, Field(examples=["ada@example.com"])]
    password: Annotated[Line, Field(examples=["correct horse battery staple"])]


class ToAdd(_Body):
    """So many more of a variant."""

    variant_id: VariantId
    quantity: Annotated[int, Field(ge=1, le=999, examples=[2])] = 1


class ToSet(_Body):
    """Exactly so many of a variant; 0 removes it."""

    variant_id: VariantId
    quantity: Annotated[int, Field(ge=0, le=999, examples=[3])]


class ToRemove(_Body):
    """A variant that is not wanted any more."""

    variant_id: VariantId


class Amount(_Body):
    """An amount: minor units (cents, yen) of a currency (ISO 4217)."""

    amount: Annotated[int, Field(ge=0, le=_LARGEST, examples=[9600])]
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$"), Field(examples=["USD"])]

    def money(self) -> Money:
        return Money(self.amount, self.currency)


class CardBody(_Body):
    """A payment card as typed. The number is never stored."""

    number: Annotated[Line, Field(examples=["4242 4242 4242 4242"])]
    expiry: Annotated[str, StringConstraints(pattern="^[0-9]{2} ?/ ?([0-9]{2}|[0-9]{4})$"),
                      Field(examples=["12/30"], description="Month and year.")]
    cvc: Annotated[Line, Field(examples=["123"])]

    def typed(self) -> Card:
        month, year = (int(part) for part in self.expiry.split("/"))
        return Card(self.number, month, year if year > 99 else 2000 + year, self.cvc)


class CardPayment(_Body):
    """Paid with a card as typed."""

    card: CardBody

    def means(self) -> Means:
        return self.card.typed()


class TokenPayment(_Body):
    """Paid with a card that the payment portal knows: with Stripe `pm_…`, with the demo portal `tok_visa`."""

    token: Annotated[Line, Field(examples=["tok_visa"])]

    def means(self) -> Means:
        return CardToken(self.token)


class AddressBody(_Body):
    """Where the order is sent."""

    name: Annotated[Line, Field(examples=["Ada Lovelace"])]
    street: Annotated[Line, Field(examples=["12 St James's Square"])]
    city: Annotated[Line, Field(examples=["London"])]
    postal_code: Annotated[Line, Field(examples=["SW1Y 4JH"])]
    country: Annotated[Line, Field(examples=["United Kingdom"])]

    def address(self) -> Address:
        return Address(self.name, self.street, self.city, self.postal_code, self.country)


class Purchase(_Body):
    """What is bought is what is in the cart, if it comes to `expected_total`."""

    expected_total: Amount
    payment: CardPayment | TokenPayment
    address: AddressBody | None = None
