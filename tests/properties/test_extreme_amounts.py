"""Orders of nothing, of one minor unit and of the largest amounts keep every law, in any currency."""
from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from beancount import loader
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shopkeeper import Money, Order, Session, Shop
from shopkeeper.upkeep.doctor import examine
from shopkeeper.upkeep.restore import restore
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.orders.buying import HOME, pay
from tests.portals import Portal
from tests.upkeep.looking import orders_in

EXAMPLES = 6
DEAREST = 10**12  # minor units: the highest price that an import takes

prices = st.sampled_from([0, 1, DEAREST - 1, DEAREST])
quantities = st.sampled_from([1, 2, 999])
tax_rates = st.sampled_from(["0", "0.01", "8.25", "100"])
shipping_rates = st.sampled_from([0, 1, DEAREST])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop with an account, to be copied."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path), clock=FakeClock()) as shop:
        add_account(shop)
    return path


@pytest.mark.parametrize("gateway", ["demo", "another"])
@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_an_order_of_any_amount_keeps_the_laws(template: Path, currency: str, gateway: str) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(prices, quantities, tax_rates, st.booleans(), shipping_rates)
    @example(0, 1, "0", False, 0)
    @example(DEAREST, 999, "100", False, DEAREST)
    def keeps_the_laws(price: int, quantity: int, tax_rate: str, included: bool, shipping: int) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "shop.db"
            shutil.copy(template, file)
            portal = Portal() if gateway == "another" else None
            with Shop.open(str(file), clock=FakeClock(), gateway=portal) as shop:
                shop.settings.change(currency=currency, tax_rate=tax_rate, prices_include_tax=included,
                                     shipping_flat=Money(shipping, currency))
                sell_and_cancel(shop, Money(price, currency), quantity)
                books_are_right(shop, file.with_suffix(".beancount"))
                shop.upkeep.backup(file.with_name("backup.db"))
            assert examine(str(file), clock=FakeClock()).findings == ()
            restored = file.with_name("restored.db")
            restore(str(restored), file.with_name("backup.db"), clock=FakeClock())
            assert orders_in(restored) == ["SK-000001", "SK-000002"]
            assert examine(str(restored), clock=FakeClock()).findings == ()

    keeps_the_laws()


def sell_and_cancel(shop: Shop, price: Money, quantity: int) -> None:
    """Sells an amount twice, cancels the second order, and looks at both."""
    session = shop.accounts.login("ada@example.com", "correct horse battery staple")
    variant = add_product(shop, "Sample", price=price.plain(), stock=None).variants[0]
    for key in ("kept", "cancelled"):
        shop.cart.add(session, variant.id, quantity)
        order = pay(shop, session, key=key, address=HOME)
        assert (order.status, order.subtotal) == ("placed", price * quantity)
        has_a_receipt(shop, session, order)
    assert shop.orders.cancel(session, order.number).status == "cancelled"
    has_a_receipt(shop, session, order)
    assert shop.checkout.settle() == ()
    assert shop.back_office.altered() == ()


def has_a_receipt(shop: Shop, session: Session, order: Order) -> None:
    text = shop.orders.receipt(session, order.number)
    assert str(order.total) in text
    assert shop.back_office.problem_of_receipt(text) == ""


def books_are_right(shop: Shop, file: Path) -> None:
    """The balances come to nothing, and an accountant reads the same from the export."""
    first = shop.back_office.get("SK-000001")
    assert sum(balance.amount.minor for balance in shop.ledger.balances()) == 0
    portal = [balance.amount for balance in shop.ledger.balances() if balance.account == "portal"]
    assert portal == ([first.total] if first.total else [])
    shop.ledger.export(file, title="Extremes")
    entries, errors, _ = loader.load_file(str(file))
    assert errors == []
    paid = [posting.units.number for entry in entries if hasattr(entry, "postings") for posting in entry.postings
            if posting.account == "Assets:Portal"]
    total = Decimal(first.total.plain())
    assert paid == ([total, total, -total] if total else [])
