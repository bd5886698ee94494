"""A shop that is paid through Stripe: who chooses it, and that its books stay true."""
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopkeeper import Card, GatewayUnavailable, PaymentDeclined, Session, Shop
from shopkeeper.commands.command_line import run
from shopkeeper.payments.stripe_gateway import StripeGateway
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.orders.buying import orders_written, pay, stock_of
from tests.payments.localstripe import KEY, LocalStripe
from tests.waiting import PATIENCE

with_localstripe = pytest.mark.xdist_group("localstripe")


@pytest.fixture
def paid_by_stripe(tmp_path: Path, clock: FakeClock, localstripe: LocalStripe, monkeypatch: pytest.MonkeyPatch
                   ) -> Iterator[Shop]:
    monkeypatch.setenv("SHOPKEEPER_STRIPE_KEY", f" {KEY}\n")  # as a file may bring it into the environment
    monkeypatch.setenv("SHOPKEEPER_STRIPE_BASE", f"{localstripe.base}/")
    with Shop.open(str(tmp_path / "paid.db"), clock=clock) as shop:
        yield shop


@pytest.fixture
def bob(paid_by_stripe: Shop) -> Session:
    """An account with two of five mugs at $20.00 in the cart."""
    session = add_account(paid_by_stripe, "bob@example.com")
    paid_by_stripe.cart.add(session, add_product(paid_by_stripe, "Plain Mug", stock=5).variants[0].id, 2)
    return session


@with_localstripe
def test_an_order_is_paid_once_and_given_back_when_it_is_cancelled(
    paid_by_stripe: Shop, bob: Session, localstripe: LocalStripe
) -> None:
    assert paid_by_stripe.demo_portal is None
    order = pay(paid_by_stripe, bob)
    assert (order.status, localstripe.taken()) == ("placed", 4000)
    assert paid_by_stripe.orders.cancel(bob, order.number).status == "cancelled"
    assert localstripe.taken() == 0


@with_localstripe
def test_a_decline_leaves_the_cart_as_it_was(paid_by_stripe: Shop, bob: Session, localstripe: LocalStripe) -> None:
    before = paid_by_stripe.cart.view(bob)
    with pytest.raises(PaymentDeclined, match="Your card was declined"):
        pay(paid_by_stripe, bob, Card.test("4000 0000 0000 0341"))
    assert (paid_by_stripe.cart.view(bob), localstripe.taken()) == (before, 0)


@with_localstripe
def test_a_bank_that_wants_to_ask_declines(paid_by_stripe: Shop, bob: Session, localstripe: LocalStripe) -> None:
    with pytest.raises(PaymentDeclined, match="asks for a confirmation"):
        pay(paid_by_stripe, bob, Card.test("4000 0025 0000 3155"))
    assert [each.status for each in localstripe.client.v1.payment_intents.list().data] == ["canceled"]


@with_localstripe
@pytest.mark.parametrize("dies_before", ["_write_down", "_confirm", "_answer"])
def test_a_program_that_dies_while_paying_leaves_nothing_untrue(
    paid_by_stripe: Shop, bob: Session, localstripe: LocalStripe, clock: FakeClock, monkeypatch: pytest.MonkeyPatch,
    dies_before: str
) -> None:
    def dies(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(StripeGateway, dies_before, dies)
        with pytest.raises(KeyboardInterrupt):
            pay(paid_by_stripe, bob)
    clock.advance(61)
    paid_by_stripe.checkout.settle()
    placed = [each.status for each in paid_by_stripe.orders.history(bob).items]
    charged = dies_before == "_answer"
    assert (placed, localstripe.taken()) == ((["placed"], 4000) if charged else ([], 0))
    assert paid_by_stripe.cart.view(bob).count == (0 if charged else 2)
    assert (orders_written(paid_by_stripe), stock_of(paid_by_stripe, 1)) == (1, (3, 0) if charged else (5, 0))


# Who chooses it

def test_a_key_without_the_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPKEEPER_STRIPE_KEY", KEY)
    monkeypatch.setitem(sys.modules, "stripe", None)
    monkeypatch.delitem(sys.modules, "shopkeeper.payments.stripe_gateway")
    with pytest.raises(GatewayUnavailable, match=r"stripe is not installed.*shopkeeper\[stripe\]"):
        Shop.open(str(tmp_path / "shop.db"))


@pytest.mark.parametrize("base", ["http://stripe.example.com", "http://127.0.0.1.example.com", "stripe"])
def test_card_numbers_are_sent_to_no_address_that_others_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    monkeypatch.setenv("SHOPKEEPER_STRIPE_KEY", KEY)
    monkeypatch.setenv("SHOPKEEPER_STRIPE_BASE", base)
    with pytest.raises(GatewayUnavailable, match="SHOPKEEPER_STRIPE_BASE"):
        Shop.open(str(tmp_path / "shop.db"))


def test_a_shop_without_a_key_does_not_import_the_library(tmp_path: Path) -> None:
    code = "import sys; from shopkeeper import Shop; Shop.open(sys.argv[1]).close(); print('stripe' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code, tmp_path / "shop.db"], capture_output=True, text=True,
                           timeout=PATIENCE, check=True)
    assert ended.stdout == "False\n"


def test_a_throw_away_shop_is_never_paid_in_earnest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPKEEPER_STRIPE_KEY", KEY)
    demo_portals: list[bool] = []

    def terminal(opens: Shop | Callable[[], Shop], _folder: Path | None) -> int:
        with opens() if callable(opens) else opens as shop:
            demo_portals.append(shop.demo_portal is not None)
        return 0

    assert run(["--db", str(tmp_path / "shop.db"), "demo"], terminal) == 0
    assert demo_portals == [True]
