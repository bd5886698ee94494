"""How many there are, and that nobody sells more."""
from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row, func, select, update

from shopkeeper import InvalidInput, NotFound, OutOfStock, Shop
from shopkeeper.catalog.availability import StockCount
from shopkeeper.catalog.tables import stock, variant
from shopkeeper.inventory.tables import stock_movement
from tests.factories import add_product, set_stock


def stock_of(shop: Shop, variant_id: int) -> Row[Any]:
    with shop._database.read() as connection:
        return connection.execute(select(stock).where(stock.c.variant_id == variant_id)).one()


def movements(shop: Shop, variant_id: int) -> list[tuple[int, str, str | None]]:
    with shop._database.read() as connection:
        rows = connection.execute(select(stock_movement).where(stock_movement.c.variant_id == variant_id)
                                  .order_by(stock_movement.c.id))
        return [(row.quantity, row.reason, row.order_number) for row in rows]


def mug(shop: Shop, count: int | None = 5, policy: str = "deny") -> int:
    return add_product(shop, "Plain Mug", stock=count, policy=policy).variants[0].id


def test_what_is_counted_is_booked_as_the_difference(shop: Shop) -> None:
    id_ = mug(shop, 5)
    set_stock(shop, id_, 12)
    set_stock(shop, id_, 12)
    set_stock(shop, id_, 3)
    assert [moved[0] for moved in movements(shop, id_)] == [5, 7, -9]
    assert stock_of(shop, id_).on_hand == 3


def test_what_is_reserved_cannot_be_reserved_again(shop: Shop) -> None:
    id_ = mug(shop, 3)
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 2})
    with pytest.raises(OutOfStock, match="1 of Plain Mug is left") as refused, shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 2})
    assert (refused.value.available, refused.value.variant_id) == (1, id_)
    assert stock_of(shop, id_).reserved == 2


def test_all_is_reserved_or_nothing(shop: Shop) -> None:
    mugs, bowls = mug(shop, 3), add_product(shop, "Bowl", stock=0).variants[0].id
    with pytest.raises(OutOfStock, match="Bowl is sold out"), shop._database.write() as connection:
        shop.inventory.reserve(connection, {mugs: 1, bowls: 1})
    assert stock_of(shop, mugs).reserved == 0


def test_what_is_committed_is_sold(shop: Shop) -> None:
    id_ = mug(shop, 3)
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 2})
        shop.inventory.commit(connection, {id_: 2}, "SK-000001")
    assert (stock_of(shop, id_).on_hand, stock_of(shop, id_).reserved) == (1, 0)
    assert movements(shop, id_)[-1] == (-2, "sold", "SK-000001")


def test_what_is_released_can_be_had_again(shop: Shop) -> None:
    id_ = mug(shop, 3)
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 3})
        shop.inventory.release(connection, {id_: 3})
        shop.inventory.reserve(connection, {id_: 3})
    assert len(movements(shop, id_)) == 1


def test_what_is_cancelled_comes_back(shop: Shop) -> None:
    id_ = mug(shop, 3)
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 2})
        shop.inventory.commit(connection, {id_: 2}, "SK-000001")
        shop.inventory.restock(connection, {id_: 2}, "SK-000001")
    assert stock_of(shop, id_).on_hand == 3
    assert movements(shop, id_)[-1] == (2, "cancelled", "SK-000001")


def test_what_is_not_counted_has_no_limit_and_no_movements(shop: Shop) -> None:
    id_ = mug(shop, None)
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 900})
        shop.inventory.commit(connection, {id_: 900}, "SK-000001")
        shop.inventory.restock(connection, {id_: 900}, "SK-000001")
    assert (stock_of(shop, id_).on_hand, stock_of(shop, id_).reserved) == (0, 0)
    assert movements(shop, id_) == []


def test_what_continues_to_sell_may_be_owed(shop: Shop) -> None:
    id_ = mug(shop, 1, "continue")
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 4})
        shop.inventory.commit(connection, {id_: 4}, "SK-000001")
    assert stock_of(shop, id_).on_hand == -3


@pytest.mark.parametrize("counted", [StockCount(False, 0, "deny"), StockCount(True, 0, "deny"),
                                     StockCount(True, -4, "continue")])
@pytest.mark.parametrize("first", [None, 5])
@pytest.mark.parametrize("ends", ["commit", "release"])
def test_a_reservation_outlives_a_change_of_counting(
    shop: Shop, first: int | None, counted: StockCount, ends: str
) -> None:
    id_ = mug(shop, first)
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 2})
        shop.inventory.receive(connection, {id_: counted}, "counted")
        if ends == "commit":
            shop.inventory.commit(connection, {id_: 2}, "SK-000001")
        else:
            shop.inventory.release(connection, {id_: 2})
        booked = connection.scalar(select(func.coalesce(func.sum(stock_movement.c.quantity), 0)))
    assert stock_of(shop, id_).reserved == 0
    assert stock_of(shop, id_).on_hand == booked


def test_what_open_orders_hold_cannot_be_counted_away(shop: Shop) -> None:
    id_ = mug(shop, 5)
    with shop._database.write() as connection:
        shop.inventory.reserve(connection, {id_: 2})
    assert shop.inventory.set_on_hand(id_, 0, reason="counted") == 2


def test_counting_names_what_it_cannot_count(shop: Shop) -> None:
    id_ = mug(shop, None)
    with pytest.raises(InvalidInput, match="not tracked"):
        shop.inventory.set_on_hand(id_, 3, reason="counted")
    with pytest.raises(InvalidInput, match="0 up"):
        shop.inventory.set_on_hand(id_, -1, reason="counted")
    with pytest.raises(NotFound):
        shop.inventory.set_on_hand(id_ + 1, 3, reason="counted")


@pytest.mark.parametrize("sku", ["\0", "\u200b", " \t", "\x1b", "\ud800"])
def test_a_sku_of_nothing_that_can_be_seen_names_no_variant(shop: Shop, sku: str) -> None:
    mug(shop)
    with shop._database.write() as connection:
        connection.execute(update(variant).values(sku=""))
    assert len(shop.inventory.levels("")) == 1
    assert shop.inventory.levels(sku) == ()
