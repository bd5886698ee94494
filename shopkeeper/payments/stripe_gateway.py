"""Stripe as the payment portal (extra `[stripe]`). Imported only where it is used: the library takes 0.15 s.

A charge takes three calls: the card becomes a payment method, that a payment intent, and the intent is confirmed,
which alone moves money. Between the second and the third the intent's name is written into the shop's own database.
So a look-up asks for one intent by name and sees it as it is. Stripe's search by metadata would not do: it may lag
behind by a minute and more (https://docs.stripe.com/search, "Data freshness"), and what it does not find yet would
count as never paid. Nor would repeating the request by its idempotency key, which is forgotten after a day
(https://docs.stripe.com/idempotency) and then charges anew. A key without a name was never confirmed; and an intent
that nobody confirmed in time is canceled before it is given up, so that it can never be confirmed later.

The account has to be allowed to send card numbers to the API
(https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis).
"""
from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from shopkeeper.clock import Clock, is_recent
from shopkeeper.database.engine import Database
from shopkeeper.errors import BadSignature, GatewayUnavailable
from shopkeeper.money import Money
from shopkeeper.payments.gateway import PATIENCE, Charge, GatewayError
from shopkeeper.payments.model import CardToken, Means
from shopkeeper.payments.stripe_amounts import stripe_amount
from shopkeeper.payments.stripe_declines import decline_reason
from shopkeeper.payments.tables import stripe_intent

TIMEOUTS = (4.0, 14.0)
"""Seconds to connect and to wait for an answer: three calls are over within the portal's patience."""

_OUR_KEY = "shopkeeper_key"  # in an intent's and a refund's metadata

_NOT_FINISHED = "The payment was not finished. Your card was not charged."

_REFUSED = (stripe.InvalidRequestError, stripe.AuthenticationError, stripe.PermissionError)


def _keep_secrets() -> None:
    """The library would write the shopper's card into its debug log, and an id into the user's home."""
    stripe.enable_telemetry = False
    logging.getLogger("stripe").addFilter(lambda record: record.levelno > logging.DEBUG)
    if "debug" in {stripe.log, os.environ.get("STRIPE_LOG")}:
        stripe.log = "info"


_keep_secrets()


class StripeGateway:
    """A Stripe account. The shop's keys go with the shop's id in front: other shops may use the same account."""

    name = "stripe"

    def __init__(self, database: Database, clock: Clock, *, shop_id: str, key: str, webhook_secret: str = "",
                 base: str | None = None, timeouts: tuple[float, float] = TIMEOUTS) -> None:
        self._database = database
        self._clock = clock
        self._shop_id = shop_id
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            key, base_addresses={"api": base} if base else {}, max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeouts))

    def charge(self, card: Means, amount: Money, *, key: str) -> Charge:
        """Charges the card, if this key has not charged before."""
        known = self.lookup(key)
        if known is not None:
            return known
        minor = stripe_amount(amount)
        if minor is None:
            return Charge("declined", reason=f"Stripe cannot charge exactly {amount}. Your card was not charged.")
        try:
            with _asking(stripe.CardError, *_REFUSED):
                reference = self._prepare(card, minor, amount.currency, key)
        except stripe.CardError as declined:
            return Charge("declined", reason=_reason(declined))
        except _REFUSED as refused:
            return Charge("declined", reason=f"Stripe does not take this payment ({_code(refused)}). Your card was not"
                                             " charged.")
        if not self._write_down(key, reference):  # another call with this key is ahead
            return self.lookup(key) or Charge("unknown")
        return self._confirm(reference, key)

    def lookup(self, key: str) -> Charge | None:
        """What became of the charge with this key; `None` if it was never confirmed, and so never charged."""
        with self._database.read() as connection:
            written = connection.execute(select(stripe_intent).where(stripe_intent.c.key == key)).one_or_none()
        if written is None:
            return None
        with _asking():
            intent = self._client.v1.payment_intents.retrieve(written.reference)
        return self._answer(intent, given_up=self._is_given_up(written))

    def refund(self, reference: str, amount: Money, *, key: str) -> Charge:
        """Gives back from the intent of this name. Looks first: an idempotency key is forgotten after a day."""
        try:
            with _asking(stripe.InvalidRequestError):
                refund = self._refund_of(reference, key) or self._client.v1.refunds.create(
                    {"payment_intent": reference, "amount": stripe_amount(amount) or 0,
                     "metadata": {_OUR_KEY: self._ours(key)}},
                    {"idempotency_key": self._ours(key)})
        except stripe.InvalidRequestError as refused:
            return Charge("declined", reference, f"Stripe cannot give this back ({_code(refused)}).")
        match refund.status:
            case "succeeded":
                return Charge("succeeded", reference)
            case "failed" | "canceled":
                return Charge("declined", reference, "Stripe could not give this back.")
        return Charge("unknown", reference)

    def heard(self, payload: bytes, signature: str) -> str | None:
        """The key of the payment intent that a webhook's message is about, if it is one of this shop's.

        `signature` is the header `Stripe-Signature`. A message is good for five minutes.
        """
        if not self._webhook_secret:
            raise GatewayUnavailable("Set SHOPKEEPER_STRIPE_WEBHOOK_SECRET to the webhook's signing secret: without it"
                                     " no message can be trusted.")
        try:
            _check_signature(payload, signature, self._webhook_secret)
        except (stripe.SignatureVerificationError, UnicodeError):
            raise BadSignature("This message is not from Stripe, or was changed or held up on its way. If it is:"
                               " SHOPKEEPER_STRIPE_WEBHOOK_SECRET is that of another webhook.") from None
        about = json.loads(payload).get("data", {}).get("object", {})
        key: str = (about.get("metadata") or {}).get(_OUR_KEY, "") if about.get("object") == "payment_intent" else ""
        ours = self._ours("")
        return key.removeprefix(ours) if key.startswith(ours) else None

    def _ours(self, key: str) -> str:
        return f"{self._shop_id}:{key}"

    def _prepare(self, card: Means, minor: int, currency: str, key: str) -> str:
        """A payment intent that is not confirmed yet; its name."""
        intent = self._client.v1.payment_intents.create(
            {"amount": minor, "currency": currency.lower(), "payment_method": self._method_of(card),
             "allowed_payment_method_types": ["card"], "metadata": {_OUR_KEY: self._ours(key)}},
            {"idempotency_key": self._ours(key)})
        return intent.id

    def _method_of(self, card: Means) -> str:
        if isinstance(card, CardToken):
            return card.token
        made = self._client.v1.payment_methods.create(
            {"type": "card", "card": {"number": card.digits, "exp_month": card.expiry_month,
                                      "exp_year": card.expiry_year, "cvc": card.cvc}})
        return made.id

    def _write_down(self, key: str, reference: str) -> bool:
        """Whether this is the first intent of this key: only that one may be confirmed."""
        with self._database.write() as connection:
            try:
                connection.execute(insert(stripe_intent).values(key=key, reference=reference, at=self._clock()))
            except IntegrityError:  # within the transaction: outside of it, it would be taken for a sign of damage
                return False
        return True

    def _is_given_up(self, written: Row[Any]) -> bool:
        """Return whether nobody can be about to confirm an intent; one that a clock dated in the future counts as new.
        """
        now = self._clock()
        if written.at > now:
            with self._database.write() as connection:
                connection.execute(update(stripe_intent).where(stripe_intent.c.key == written.key).values(at=now))
        return not is_recent(min(written.at, now), now, PATIENCE)

    def _confirm(self, reference: str, key: str) -> Charge:
        try:
            with _asking(stripe.CardError):
                intent = self._client.v1.payment_intents.confirm(
                    reference, options={"idempotency_key": self._ours(f"{key}:confirm")})
        except stripe.CardError as declined:
            return Charge("declined", reference, _reason(declined))
        return self._answer(intent, given_up=False)

    def _answer(self, intent: stripe.PaymentIntent, *, given_up: bool) -> Charge:
        failure = intent.last_payment_error
        match intent.status:
            case "succeeded":
                return Charge("succeeded", intent.id)
            case "requires_payment_method" | "canceled" if failure:
                return Charge("declined", intent.id, decline_reason(_attribute(failure, "decline_code"), failure.code))
            case "canceled":
                return Charge("declined", intent.id, _NOT_FINISHED)
            case "requires_action":  # nobody can be asked in a terminal
                self._cancel(intent.id)
                return Charge("declined", intent.id, decline_reason("authentication_required", None))
            case "requires_confirmation" if given_up:
                self._cancel(intent.id)
                return Charge("declined", intent.id, _NOT_FINISHED)
        return Charge("unknown", intent.id)

    def _cancel(self, reference: str) -> None:
        with _asking():
            self._client.v1.payment_intents.cancel(reference)

    def _refund_of(self, reference: str, key: str) -> stripe.Refund | None:
        made = self._client.v1.refunds.list({"payment_intent": reference, "limit": 100})
        ours = self._ours(key)
        return next((each for each in made.auto_paging_iter() if _attribute(each.metadata, _OUR_KEY) == ours), None)


@contextmanager
def _asking(*answers: type[stripe.StripeError]) -> Iterator[None]:
    """Lets through what is an answer. With every other error Stripe did not say what became of it."""
    try:
        yield
    except answers:
        raise
    except stripe.StripeError as silence:  # nothing of it is kept: it may quote what was sent
        raise GatewayError(f"Stripe did not say: {type(silence).__name__}.") from None


def _check_signature(payload: bytes, signature: str, secret: str) -> None:
    signature.encode("ascii")  # the library's comparison takes no other
    stripe.WebhookSignature.verify_header(payload, signature, secret, stripe.Webhook.DEFAULT_TOLERANCE)


def _reason(declined: stripe.CardError) -> str:
    return decline_reason(_attribute(declined.error, "decline_code"), declined.code)


def _code(refused: stripe.StripeError) -> str:
    return refused.code or type(refused).__name__


def _attribute(thing: object, name: str) -> str | None:
    """What Stripe says of a thing, where it says so."""
    value: str | None = getattr(thing, name, None)
    return value
