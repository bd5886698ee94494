"""The portal that takes the payments where a program names none: what the environment says."""
from __future__ import annotations

import os
from urllib.parse import urlsplit

from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.errors import GatewayUnavailable
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.gateway import Gateway
from shopkeeper.settings import Settings

STRIPE_KEY = "SHOPKEEPER_STRIPE_KEY"
STRIPE_WEBHOOK_SECRET = "SHOPKEEPER_STRIPE_WEBHOOK_SECRET"  # noqa: S105 (its name, not the secret)
STRIPE_BASE = "SHOPKEEPER_STRIPE_BASE"

_HERE = {"localhost", "127.0.0.1", "::1"}


def configured_gateway(database: Database, clock: Clock, settings: Settings) -> Gateway:
    """Stripe where its key is in the environment, else the demo portal. Keys are kept in no file.

    Raises:
        GatewayUnavailable: Stripe cannot be used so; the message says why.
    """
    key = os.environ.get(STRIPE_KEY, "").strip()
    if not key:
        return DemoGateway(database, clock)
    try:
        from shopkeeper.payments.stripe_gateway import StripeGateway
    except ModuleNotFoundError as error:
        raise GatewayUnavailable(f"{STRIPE_KEY} is set, but {error.name} is not installed. Install"
                                 " the extra shopkeeper[stripe] (in a clone of the shop: pip install -e '.[stripe]'),"
                                 " or unset it to use the demo payment provider.") from error
    return StripeGateway(database, clock, shop_id=settings.shop_id, key=key,
                         webhook_secret=os.environ.get(STRIPE_WEBHOOK_SECRET, "").strip(), base=_base())


def _base() -> str | None:
    base = os.environ.get(STRIPE_BASE, "").strip().rstrip("/") or None
    if base and not base.startswith("https://") and urlsplit(base).hostname not in _HERE:
        raise GatewayUnavailable(f"{STRIPE_BASE} is not an https address. Card numbers are sent there: only a test"
                                 " server on this machine may do without.")
    return base
