"""The index of a large shop: when there is one, that it is kept, and that no change escapes it."""
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import get_args

import pytest
from sqlalchemy import Connection, Executable, delete, select, text, update

from shopkeeper import Card, NotFound, Query, Shop
from shopkeeper.catalog import browse
from shopkeeper.catalog.cursors import Begin
from shopkeeper.catalog.index import build, frequent, held, keeper, snapshot
from shopkeeper.catalog.index.index import Index, Line
from shopkeeper.catalog.index.keeper import Keeper
from shopkeeper.catalog.model import BrowsePage, Sort
from shopkeeper.catalog.tables import attribute, catalog_index, category, choice, product, variant
from shopkeeper.upkeep.restore import restore
from tests.factories import add_account, add_product, set_price, set_stock
from tests.waiting import PATIENCE, wait_until

QUERIES = (
    *map(Query, ("", "hoodie", "zip hood", "north", "moss", "mug")), Query(in_stock=True),
    Query(options={"size": {"M"}}), Query(options={"size": {"M"}, "color": {"Moss"}}, in_stock=True),
    Query(category="apparel"), Query("hoodie", "apparel", {"color": {"Moss"}}),
    *(Query(sort=sort) for sort in get_args(Sort)),
    *map(Query, ("oodi", "hodie", "plian mug", "nrothern", "aonther", "mosss", "fren", "kithcen", "colthes")),
    Query("crokcery"),
)
SMALL_SHOP = """
import sys
from shopkeeper import Query, Shop
with Shop.open(sys.argv[1], sample=True) as shop:
    assert shop.catalog.browse(Query("hoodie")).total
assert "numpy" not in sys.modules
"""


@pytest.fixture
def shop(shop_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A few things, in a shop that counts as large, and every word as frequent."""
    monkeypatch.setattr(frequent, "_FEW", 1)
    monkeypatch.setattr(snapshot, "_PIECE", 4_096)
    monkeypatch.setattr(keeper, "_IS_LARGE", select(variant.c.id).limit(1))
    with Shop.open(str(shop_file)) as shop:
        add_product(shop, "Zip Hoodie", options={"Size": ["S", "M"], "Color": ["Moss", "Plum"]}, stock=1,
                    category="Apparel > Hoodies")
        add_product(shop, "Hoodie", options={"Size": ["M"]}, stock=2, price="30.00", category="Apparel")
        add_product(shop, "Plain Mug")
        shop.catalog._keeper.make()
        yield shop


@pytest.fixture
def other(shop: Shop) -> Iterator[Shop]:
    """The same shop, open in another program as it were."""
    with Shop.open(str(shop._database.path)) as other:
        yield other


def found(shop: Shop, *, by_index: bool) -> list[object]:
    """What a page of each query says."""
    with shop._database.read() as connection:
        if by_index:
            assert shop.catalog._keeper.find(connection, Query(), 50, Begin()) is not None
        return [browse.page(connection, query, 50, None, "USD", shop.catalog._keeper if by_index else None)
                for query in QUERIES]


def buy_all_hoodies(shop: Shop) -> None:
    ada = add_account(shop)
    cart = shop.cart.add(ada, shop.catalog.product("hoodie").variants[0].id, 2)
    shop.checkout.place(ada, Card.test("4242 4242 4242 4242"), expected_total=cart.total, idempotency_key="key")


def add_draft(shop: Shop, title: str) -> None:
    """A product that nobody sees."""
    with pytest.raises(NotFound):
        add_product(shop, title, status="draft")


def write(shop: Shop, statement: Executable) -> None:
    with shop._database.write() as connection:
        connection.execute(statement)


CHANGES: dict[str, Callable[[Shop], object]] = {
    "a price": lambda shop: set_price(shop, 1, "1.00"),
    "the last one goes": lambda shop: set_stock(shop, 1, 0),
    "one comes back": lambda shop: (set_stock(shop, 1, 0), set_stock(shop, 1, 3)),
    "all are bought": buy_all_hoodies,
    "a new product": lambda shop: add_product(shop, "Northern Hoodie", options={"Size": ["M", "XL"]}, stock=1),
    "a word that begins like another": lambda shop: add_product(shop, "Most"),
    "another takes its place": lambda shop: (write(shop, update(product).where(product.c.id == 1).values(
        status="draft")), add_product(shop, "Paint", options={"Size": ["1 l", "2 l", "3 l"]})),
    "more variants": lambda shop: add_product(shop, "Hoodie", options={"Size": ["S", "M", "L"]}, category="Apparel"),
    "fewer variants": lambda shop: add_product(shop, "Zip Hoodie", options={"Size": ["M"]}, category="Apparel"),
    "a variant is not made any more": lambda shop: write(shop, update(variant).where(variant.c.id == 1).values(
        archived=True)),
    "no options any more": lambda shop: add_product(shop, "Zip Hoodie"),
    "another name": lambda shop: add_product(shop, "A Hoodie by another name", handle="plain-mug"),
    "a new kind": lambda shop: add_product(shop, "Plain Mug", product_type="Crockery"),
    "another category": lambda shop: add_product(shop, "Plain Mug", category="Kitchen > Mugs"),
    "a product is not shown": lambda shop: write(shop, update(product).where(product.c.id == 1).values(status="draft")),
    "a product is not published": lambda shop: write(shop, update(product).where(product.c.id == 1).values(
        published=False)),
    "a label": lambda shop: write(shop, update(choice).where(choice.c.label == "Moss").values(label="Fern")),
    "an option": lambda shop: write(shop, update(attribute).where(attribute.c.code == "size").values(label="Fit")),
    "a category's name": lambda shop: write(shop, update(category).values(name="Clothes")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_another_program_changes_is_seen_at_once(
        shop: Shop, other: Shop, change: Callable[[Shop], object]) -> None:
    before = found(shop, by_index=True)
    assert before == found(shop, by_index=False)
    made = shop.catalog._keeper._held
    change(other)
    now = found(shop, by_index=True)
    assert now == found(shop, by_index=False)
    assert now != before or change is CHANGES["one comes back"]
    assert shop.catalog._keeper._held is made  # it was brought up to date, not made again


def test_a_small_shop_has_no_index_and_never_loads_what_it_is_made_of(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SMALL_SHOP, tmp_path / "shop.db"], check=True)


def test_a_large_shop_is_answered_by_sql_until_its_index_is_there(shop: Shop) -> None:
    shop.catalog._keeper = Keeper(shop._database)
    first = shop.catalog.browse(Query("hoodie"))
    wait_until(lambda: shop.catalog._keeper._held is not None, "there is no index")
    assert shop.catalog.browse(Query("hoodie")) == first
    assert found(shop, by_index=True) == found(shop, by_index=False)


def test_a_shop_says_whether_its_index_is_being_made(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_A_MOMENT", 0)
    go_on, shop.catalog._keeper = Event(), Keeper(shop._database)
    monkeypatch.setattr(shop.catalog._keeper, "make", lambda: go_on.wait(PATIENCE))
    assert not shop.catalog.is_preparing()
    shop.catalog.browse(Query())
    assert shop.catalog.is_preparing()
    go_on.set()
    wait_until(lambda: not shop.catalog.is_preparing(), "it is being made for ever")


def test_a_shop_that_can_have_no_index_is_not_read_again_for_every_question(
        shop: Shop, other: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop._database.write() as connection:
        connection.execute(delete(catalog_index))
    monkeypatch.setattr("shopkeeper.catalog.index.build._LARGEST_ID", 1)
    other.catalog.browse(Query())
    other.catalog._keeper._making.join()
    made = other.catalog._keeper._making
    assert other.catalog.browse(Query("hoodie")).total == 2
    assert other.catalog._keeper._making is made


def test_the_first_question_waits_for_what_another_program_kept(other: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_A_MOMENT", 20)
    monkeypatch.setattr(browse, "_by_sql", None)
    assert other.catalog.browse(Query("hoodie")).total == 2


def test_the_next_program_takes_what_this_one_kept(other: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    set_price(other, 1, "1.00")
    monkeypatch.setattr("shopkeeper.catalog.index.build.build", None)
    other.catalog._keeper.make()
    assert found(other, by_index=True) == found(other, by_index=False)


@pytest.mark.parametrize("damage", [
    "UPDATE catalog_index SET data = CAST(substr(data, 1, 30) || x'ff00' || substr(data, 33) AS BLOB) WHERE piece = 1",
    "UPDATE catalog_index SET data = substr(data, 1, 100)", "UPDATE catalog_index SET data = x''",
    "UPDATE catalog_index SET piece = -piece",
    "DELETE FROM catalog_index WHERE piece = 0", "DELETE FROM catalog_index WHERE piece = 1",
    "DELETE FROM catalog_index WHERE piece = (SELECT max(piece) FROM catalog_index)", "DELETE FROM catalog_index",
])
def test_what_is_kept_and_damaged_is_made_again(shop: Shop, other: Shop, damage: str) -> None:
    with shop._database.write() as connection:
        connection.execute(text(damage))
        assert snapshot.load(connection) is None
    other.catalog._keeper.make()
    assert found(other, by_index=True) == found(other, by_index=False)
    with shop._database.read() as connection:
        assert snapshot.load(connection) is not None


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_page_goes_on_where_words_stand_farther_from_the_title(shop: Shop, limit: int) -> None:
    for title, vendor in (("Fern", ""), ("Tall Fern", ""), ("Old Fern", ""), ("Fernery", ""), ("Pot", "Fern")):
        add_product(shop, title, vendor=vendor)
    by_relevance = ["Fern", "Old Fern", "Tall Fern", "Fernery", "Pot"]
    with shop._database.read() as connection:
        def page(keeper: Keeper | None, cursor: str | None = None, around: int | None = None) -> BrowsePage:
            return browse.page(connection, Query("fern"), limit, cursor, "USD", keeper, around=around)

        keeper = shop.catalog._keeper
        pages = [page(keeper)]
        while pages[-1].next_cursor:
            pages.append(page(keeper, pages[-1].next_cursor))
        assert [card.title for page in pages for card in page.products] == by_relevance
        for each in pages:
            assert [page(keeper, around=card.id) for card in each.products] == [each] * len(each.products)
            assert page(None, around=each.products[0].id) == each


def test_an_index_is_made_again_where_too_much_changed(
        shop: Shop, other: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "AT_ONCE", 1)
    monkeypatch.setattr(held, "ASIDE", 2)
    monkeypatch.setattr(keeper, "_A_MOMENT", 3_600)
    made, answered, build_it = shop.catalog._keeper._held, Event(), build.build

    def build_later(connection: Connection, go_on: Callable[[], None]) -> Index | None:
        answered.wait()
        return build_it(connection, go_on)

    monkeypatch.setattr(build, "build", build_later)
    for number in range(3):
        add_product(other, f"Thing {number}")
    with shop._database.read() as connection:
        assert shop.catalog._keeper.find(connection, Query(), 50, Begin()) is None
    assert shop.catalog.browse(Query("thing")).total == 3  # by SQL: nobody waits for an index that is built
    answered.set()
    wait_until(lambda: shop.catalog._keeper._held not in (None, made), "it is not made again")
    assert found(shop, by_index=True) == found(shop, by_index=False)


def test_an_index_is_brought_up_to_date_aside_where_much_changed(
        shop: Shop, other: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "AT_ONCE", 2)
    monkeypatch.setattr(keeper, "_A_MOMENT", 0)
    monkeypatch.setattr(build, "build", None)
    made = shop.catalog._keeper._held
    for number in range(5):
        add_product(other, f"Thing {number}", options={"Size": ["M", "L"][: 1 + number % 2]})
    set_price(other, 1, "77.00")
    assert shop.catalog.browse(Query("thing")).total == 5
    wait_until(lambda: shop.catalog._keeper._held is not None, "it is not brought up to date")
    assert shop.catalog._keeper._held is made
    assert found(shop, by_index=True) == found(shop, by_index=False)


@pytest.mark.parametrize(("worth_keeping", "is_kept"), [(4, True), (1_000, False)])
def test_the_next_program_brings_what_was_kept_up_to_date_and_keeps_it_where_that_took_long(
        worth_keeping: int, is_kept: bool, shop: Shop, other: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def version_kept() -> int:
        with shop._database.read() as connection:
            index = snapshot.load(connection)
            assert index is not None
            return index.version

    for number in range(5):
        add_product(other, f"Thing {number}")
    before = version_kept()
    monkeypatch.setattr(held, "AT_ONCE", 2)
    monkeypatch.setattr(held, "ASIDE", 2 * worth_keeping)
    monkeypatch.setattr(build, "build", None)
    with Shop.open(shop._database.place) as later:
        assert later.catalog.browse(Query("thing")).total == 5
        assert found(later, by_index=True) == found(later, by_index=False)
    assert (version_kept() > before) == is_kept


def test_a_shop_that_closes_does_not_wait_for_its_index(shop: Shop, other: Shop, monkeypatch: pytest.MonkeyPatch
                                                        ) -> None:
    monkeypatch.setattr(held, "AT_ONCE", 1)
    kept = shop.catalog._keeper
    for number in range(3):
        add_product(other, f"Thing {number}")
    read, lines = list[int](), build.lines

    def one_by_one(connection: Connection, ids: Sequence[int], texts: Collection[int]) -> dict[int, Line]:
        read.append(ids[0])
        kept._closing.set()
        return lines(connection, ids, texts)

    monkeypatch.setattr(build, "lines", one_by_one)
    assert shop.catalog.browse(Query("thing")).total == 3
    kept.close()
    assert len(read) == 1
    assert kept._held is None


def test_choices_that_nobody_sees_need_no_row(shop_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_IS_LARGE", select(variant.c.id).limit(1))
    with Shop.open(str(shop_file)) as shop:
        add_product(shop, "Plain Mug")
        with pytest.raises(NotFound):
            add_product(shop, "Hoodie", options={"Size": ["M"]}, status="draft")
        shop.catalog._keeper.make()
        assert found(shop, by_index=True) == found(shop, by_index=False)


def test_what_nobody_sees_is_no_change(shop: Shop, other: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "AT_ONCE", 0)
    made = shop.catalog._keeper._held
    first = shop.catalog.browse(Query(), limit=1)
    for number in range(3):
        add_draft(other, f"Hook {number}")
    assert shop.catalog.browse(Query(), limit=1, cursor=first.next_cursor).products[0].title == "Plain Mug"
    assert found(shop, by_index=True) == found(shop, by_index=False)
    assert shop.catalog._keeper._held is made


def test_an_index_is_made_again_where_a_product_has_no_room(shop: Shop, other: Shop) -> None:
    made = shop.catalog._keeper._held
    add_product(other, "Paint", options={"Size": [f"{number} ml" for number in range(70)]})
    assert shop.catalog.browse(Query("paint")).total == 1
    wait_until(lambda: shop.catalog._keeper._held not in (None, made), "it is not made again")
    assert found(shop, by_index=True) == found(shop, by_index=False)


def test_an_index_is_made_again_where_a_price_takes_more_room_than_all_before(shop: Shop, other: Shop) -> None:
    made = shop.catalog._keeper._held
    set_price(other, 1, "99000000.00")
    assert str(shop.catalog.browse(Query()).price_high) == "$99,000,000.00"
    wait_until(lambda: shop.catalog._keeper._held not in (None, made), "it is not made again")
    assert found(shop, by_index=True) == found(shop, by_index=False)


def test_who_still_sees_the_shop_as_it_was_is_not_told_of_what_came_later(shop: Shop, other: Shop) -> None:
    with other._database.read() as earlier:
        before = browse.page(earlier, Query("hoodie"), 50, None, "USD", shop.catalog._keeper)
        add_product(other, "Northern Hoodie")
        assert shop.catalog.browse(Query("hoodie")).total == before.total + 1
        assert browse.page(earlier, Query("hoodie"), 50, None, "USD", shop.catalog._keeper) == before


def test_a_backup_brings_no_index(shop: Shop, tmp_path: Path) -> None:
    shop.upkeep.backup(tmp_path / "backup.db")
    restored = restore(str(tmp_path / "restored" / "shop.db"), tmp_path / "backup.db").database
    with Shop.open(str(restored)) as again, again._database.read() as connection:
        assert connection.execute(select(catalog_index.c.piece)).all() == []
