"""Money, accounts and sessions as JSON."""
from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper import Account, Money, Session

Moment = Annotated[str, Field(description="A moment in UTC, ISO 8601.", examples=["2026-11-22T14:05:00+00:00"])]


class MoneyAnswer(TypedDict):
    """An amount: minor units (cents, yen) of a currency (ISO 4217)."""

    amount: Annotated[int, Field(examples=[1999])]
    currency: Annotated[str, Field(examples=["USD"])]


class AccountAnswer(TypedDict):
    """Who is shopping."""

    id: int
    email: str
    name: str
    created_at: Moment


class SessionAnswer(TypedDict):
    """The token for `Authorization: Bearer …`; `account` is null for a guest."""

    token: str
    account: AccountAnswer | None
    expires_at: Moment


def money(amount: Money) -> MoneyAnswer:
    """An amount."""
    return {"amount": amount.minor, "currency": amount.currency}


def money_or_none(amount: Money | None) -> MoneyAnswer | None:
    """An amount, where there is one."""
    return None if amount is None else money(amount)


def session(held: Session) -> SessionAnswer:
    """A session, with its token."""
    return {"token": held.token, "account": None if held.account is None else account(held.account),
            "expires_at": held.expires_at.isoformat()}


def account(holder: Account) -> AccountAnswer:
    """An account."""
    return {"id": holder.id, "email": holder.email, "name": holder.name, "created_at": holder.created_at.isoformat()}
