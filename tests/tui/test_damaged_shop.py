"""On the screens, a damaged or moved shop is a sentence; the app goes on, or ends with exit code 1."""
from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from shopkeeper import Session, Shop
from shopkeeper.upkeep.files import sqlite_file
from tests.factories import PASSWORD, add_account, add_product
from tests.orders.buying import HOME, pay
from tui.app import ShopApp
from tui.testing import Shopper


@pytest.fixture(autouse=True)
def ada(shop: Shop) -> Session:
    """An account with an order and a mug in the cart."""
    session = add_account(shop)
    mug = add_product(shop, "Plain Mug", options={"Size": ["L"]}).variants[0].id
    shop.cart.add(session, mug)
    pay(shop, session, address=HOME)
    shop.cart.add(session, mug)
    return session


def damage(file: Path, statement: str) -> None:
    with sqlite_file(file) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement)


def told(app: ShopApp) -> str:
    """What the toasts say."""
    return " ".join(toast.message for toast in app._notifications)


async def visit(pilot: Pilot[object], keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await Shopper(pilot).wait()


@pytest.mark.parametrize("statement", [
    """UPDATE "order" SET status = 'plbced'""", "UPDATE setting SET value = 'x8' WHERE name = 'tax_rate'",
    "UPDATE choice SET label = CAST(x'bb' AS TEXT)", "UPDATE account SET created_at = 1 << 62",
])
async def test_a_shop_that_is_damaged_while_it_is_open_is_told_on_every_screen(
    shop: Shop, shop_file: Path, tmp_path: Path, statement: str
) -> None:
    shop.settings.change(tax_rate="8.25")
    app = ShopApp(shop, state_folder=tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.log_in("ada@example.com", PASSWORD)
        damage(shop_file, statement)
        await visit(pilot, "bcop")
    assert app.report is None
    assert app.return_code in {None, 0, 1}


async def test_an_order_that_is_damaged_is_told_in_a_sentence(shop: Shop, shop_file: Path, tmp_path: Path) -> None:
    app = ShopApp(shop, state_folder=tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.log_in("ada@example.com", PASSWORD)
        damage(shop_file, "UPDATE order_line SET options = ';'")
        await visit(pilot, "o")
        assert "is damaged: table order_line, row order_id=1" in told(app)
    assert app.report is None


async def test_a_shop_that_is_damaged_from_the_start_is_left_with_a_sentence(shop_file: Path, tmp_path: Path) -> None:
    Shop.open(str(shop_file)).close()
    with Shop.open(str(shop_file)) as shop:
        shop.settings.change(tax_rate="8.25")
    damage(shop_file, "UPDATE setting SET value = 'x8' WHERE name = 'tax_rate'")
    app = ShopApp(lambda: Shop.open(str(shop_file)), state_folder=tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await Shopper(pilot).wait()
    assert (app.return_code, app.report) == (1, None)


async def test_a_shop_that_was_moved_is_told_in_a_sentence(shop: Shop, shop_file: Path, tmp_path: Path) -> None:
    app = ShopApp(shop, state_folder=tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.log_in("ada@example.com", PASSWORD)
        shop_file.rename(shop_file.with_name("elsewhere.db"))
        await visit(pilot, "o")
        assert "was moved, replaced or removed" in told(app)
        assert not shop_file.exists()
    assert app.report is None


async def test_a_log_out_that_the_shop_refuses_is_told_and_the_shopper_stays(
    shop: Shop, shop_file: Path, tmp_path: Path
) -> None:
    app = ShopApp(shop, state_folder=tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.log_in("ada@example.com", PASSWORD)
        await visit(pilot, "p")
        shop_file.rename(shop_file.with_name("elsewhere.db"))
        await visit(pilot, "l")
        assert "was moved, replaced or removed" in told(app)
        assert app.account is not None
    assert app.report is None
