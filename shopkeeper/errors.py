"""Every failure a caller can act on, each with a stable code."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class ShopError(Exception):
    """A failure with a message for people, a code for programs and details for both.

    Attributes:
        message: What is wrong and what to do about it, in plain words.
        details: The facts behind it, ready for JSON.
    """

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = details

    @property
    def code(self) -> str:
        """The class's name in snake case: `out_of_stock`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class SchemaTooNew(ShopError):
    """The database was written by a newer program."""


class DatabaseUnavailable(ShopError):
    """The database cannot be opened, read or written now."""


class DatabaseReplaced(DatabaseUnavailable):
    """The database's file was moved, replaced or removed while the shop was open; nothing is saved any more."""


class ShopDamaged(DatabaseUnavailable):
    """What the database holds is not what a shop writes; the message says where, as far as that is known."""


class BackupFailed(ShopError):
    """No backup was made, and nothing was changed; the message says why."""


class RestoreRefused(ShopError):
    """The shop is as it was, for the backup cannot take its place; the message says why."""


class InvalidInput(ShopError):
    """Some of what was given cannot be accepted; `fields` says what, field by field."""

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        self.fields: dict[str, str] = dict(fields or {})
        super().__init__(message or "; ".join(self.fields.values()), fields=self.fields)


class EmailTaken(ShopError):
    """An account with this email exists."""


class AuthenticationFailed(ShopError):
    """Email and password do not belong together."""


class TooManyAttempts(ShopError):
    """Too many failed tries; `retry_after` is how many seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"Too many tries. Try again in {_in_words(retry_after)}.", retry_after=retry_after)


class SessionExpired(ShopError):
    """The session ended: logged out, timed out or unknown."""


class LoginRequired(ShopError):
    """Only an account can do this."""


class NotFound(ShopError):
    """There is no such thing, or it is not yours."""


class Problem(NamedTuple):
    """What is wrong with one line of a file."""

    line: int
    handle: str
    message: str


class ImportFailed(ShopError):
    """A file was refused as a whole; `problems` name the lines."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(message, problems=[problem._asdict() for problem in self.problems])


class OutOfStock(ShopError):
    """Fewer can be had than were asked for; `available` is how many."""

    def __init__(self, message: str, *, available: int, variant_id: int) -> None:
        self.available = available
        self.variant_id = variant_id
        super().__init__(message, available=available, variant_id=variant_id)


class CartChanged(ShopError):
    """The cart is no longer as its caller saw it; `version` is what it is now."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__("The cart was changed meanwhile. Look at it and try again.", version=version)


class EmptyCart(ShopError):
    """There is nothing to check out."""


class PriceChanged(ShopError):
    """The total is no longer what was shown; `total` is what it is now (a `Money`)."""

    def __init__(self, message: str, *, total: Any) -> None:
        self.total = total
        super().__init__(message, total={"amount": total.minor, "currency": total.currency})


class PaymentDeclined(ShopError):
    """The portal refused the payment; `reason` says why in plain words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason, reason=reason)


class IdempotencyMismatch(ShopError):
    """The idempotency key was used before, with another request."""


class InvalidState(ShopError):
    """The order is not in a state that allows this."""


class GatewayUnavailable(ShopError):
    """The payment portal cannot be used as it is set up."""


class BadSignature(ShopError):
    """A message claims to be from the payment portal, and cannot be trusted."""


def _in_words(seconds: int) -> str:
    number, unit = (seconds, "second") if seconds < 100 else (-(-seconds // 60), "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
