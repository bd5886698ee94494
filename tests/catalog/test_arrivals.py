"""A long import: nobody sees any of it before all is there, shoppers buy meanwhile, and it survives being killed."""
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shopkeeper import DatabaseUnavailable, ImportReport, NotFound, Query, Shop
from shopkeeper.catalog import csv_sheet
from shopkeeper.catalog.tables import arriving_product, product, variant
from shopkeeper.database import lock
from tests.catalogs import contents, simple, write_csv
from tests.factories import add_account, add_product
from tests.indexed import answer_by_index
from tests.laws import LAWS, broken
from tests.orders.buying import pay

Step = Callable[[], None]

SIZES = [{"Handle": "tee", "Title": "Tee", "Option1 Name": "Size", "Option1 Value": "S", "Variant Price": "20"},
         {"Handle": "tee", "Option1 Value": "M", "Variant Price": "21"}]
BEFORE = [*SIZES, simple("cup"),
          simple("mug", **{"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "5"})]
# Of what is there, one changes and loses a variant, one changes its stock, one stays; a draft comes with the others.
FILE = [
    simple("bowl", **{"Product Category": "Kitchen > Bowls", "Type": "Bowl", "Tags": "deep"}),
    {**SIZES[1], "Title": "Great tee", "Option1 Name": "Size"},
    simple("jug", **{"Variant SKU": "J-1", "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "7",
                     "Origin (product.metafields.custom.origin)": "Porto"}),
    simple("cup"),
    simple("sock", **{"Option1 Name": "Length", "Option1 Value": "Long"}),
    simple("mug", **{"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "-1"}),
    simple("secret", Status="draft"),
    simple("hat", Published="false"),
]

# It says how far it is, and goes on at a word; a signal comes instead.
_PROGRAM = """
import sys
from shopkeeper import Shop
from shopkeeper.catalog import csv_sheet
csv_sheet._BATCH = 2
def tell(done, total):
    print(done / total, flush=True)
    sys.stdin.readline()
with Shop.open(sys.argv[1]) as shop:
    shop.catalog.import_csv(sys.argv[2], progress=tell)
"""


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long is what has more than two products."""
    monkeypatch.setattr(csv_sheet, "_BATCH", 2)


@pytest.fixture
def shop(tmp_path: Path, shop_file: Path) -> Iterator[Shop]:
    """Where the import comes in."""
    with Shop.open(str(shop_file)) as shop:
        shop.catalog.import_csv(write_csv(tmp_path / "before.csv", *BEFORE))
        yield shop


@pytest.fixture
def other(shop: Shop) -> Iterator[Shop]:
    """The same shop in another program."""
    with Shop.open(shop._database.place) as other:
        yield other


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "file.csv", *FILE)


def seen(shop: Shop) -> list[object]:
    """All that anybody can ask of the catalog; texts, options and filters are those of the products on their way."""
    pages = [shop.catalog.browse(query) for query in (
        Query(), Query("bowl"), Query("j-1"), Query("tee", options={"size": {"M"}}), Query(category="kitchen"),
        Query(options={"length": {"Long"}}))]
    return [pages, shop.catalog.categories(), shop.catalog.is_empty(), shop.inventory.levels("J-1"),
            [opened(shop, row["Handle"]) for row in FILE]]


def opened(shop: Shop, handle: str) -> object:
    try:
        return shop.catalog.product(handle)
    except NotFound:
        return None


def exported(shop: Shop, path: Path) -> bytes:
    shop.catalog.export_csv(path)
    return path.read_bytes()


def arriving(shop: Shop) -> int:
    with shop._database.read() as connection:
        return connection.scalar(select(func.count()).select_from(arriving_product)) or 0


def at_each_step(shop: Shop, file: Path, look: Step, until: float = 1) -> ImportReport:
    """Imports the file and looks whenever it says how far it is, before the end or before that part of it is done."""
    def told(done: int, total: int) -> None:
        if done / total < until:
            look()

    return shop.catalog.import_csv(file, progress=told)


@pytest.mark.parametrize("by_index", [False, True], ids=["SQL", "the index"])
def test_nothing_is_seen_before_all_is_there(
        by_index: bool, shop: Shop, other: Shop, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if by_index:
        answer_by_index(monkeypatch)
    before, on_the_way = (seen(other), exported(other, tmp_path / "a.csv")), list[int]()

    def look() -> None:
        on_the_way.append(arriving(other))
        assert (seen(other), exported(other, tmp_path / "a.csv")) == before

    at_each_step(shop, file, look)
    assert max(on_the_way) == 5
    assert arriving(other) == 0
    assert seen(other) != before[0]
    there = [handle for handle in ("bowl", "secret", "hat", "jug") if opened(other, handle)]
    assert there == ["bowl", "jug"]


def test_in_parts_an_import_does_and_says_the_same_as_in_one(
        shop: Shop, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = shop.catalog.import_csv(file, dry_run=True)
    assert shop.catalog.import_csv(file) == told
    assert (told.created, told.updated, told.unchanged, len(told.problems)) == (5, 2, 1, 1)
    monkeypatch.setattr(csv_sheet, "_BATCH", 500)
    with Shop.open(str(tmp_path / "whole.db")) as whole:
        whole.catalog.import_csv(tmp_path / "before.csv")
        assert whole.catalog.import_csv(file) == told
        assert exported(shop, tmp_path / "a.csv") == exported(whole, tmp_path / "a.csv")
        assert whole.catalog.browse(Query("deep")).total == shop.catalog.browse(Query("deep")).total == 1
    assert shop.catalog.import_csv(file).unchanged == 8


def test_a_dry_run_in_parts_changes_nothing(shop: Shop, file: Path) -> None:
    before = contents(shop._database)
    shop.catalog.import_csv(file, dry_run=True)
    assert contents(shop._database) == before


def test_shoppers_buy_while_an_import_goes_on(shop: Shop, other: Shop, file: Path) -> None:
    print_ = add_product(other, "Print", stock=99)
    ada, keys = add_account(other), list[str]()

    def buy() -> None:
        other.cart.add(ada, print_.variants[0].id)
        keys.append(f"key-{len(keys)}")
        pay(other, ada, key=keys[-1])

    at_each_step(shop, file, buy, until=0.6)  # the last transaction tells how far it is, too
    assert len(keys) > 3
    assert other.orders.history(ada).total == len(keys)
    with shop._database.read() as connection:
        assert broken(connection, LAWS) == []


def test_a_shop_is_empty_until_its_first_import_has_ended(tmp_path: Path, file: Path) -> None:
    empty: list[tuple[bool, int]] = []
    with Shop.open(str(tmp_path / "shop.db")) as shop:
        at_each_step(shop, file, lambda: empty.append((shop.catalog.is_empty(), arriving(shop))), until=0.9)
        assert not shop.catalog.is_empty()
    assert {each for each, _ in empty} == {True}
    assert max(arriving for _, arriving in empty) > 4


def test_what_is_on_its_way_cannot_be_put_into_a_cart(shop: Shop, other: Shop, file: Path) -> None:
    ada = add_account(other)

    def add() -> None:
        with other._database.read() as connection:
            ids = connection.scalars(select(variant.c.id).join(arriving_product,
                                                               arriving_product.c.product_id == variant.c.product_id))
        for id_ in ids.all():
            with pytest.raises(NotFound):
                other.cart.add(ada, id_)
            refused.append(id_)

    refused: list[int] = []
    at_each_step(shop, file, add, until=0.6)
    assert refused


def test_an_import_that_is_stopped_at_any_step_has_changed_nothing_that_is_seen(
        shop: Shop, file: Path, tmp_path: Path, tried: Callable[[str, int], None]) -> None:
    before, steps, left = (seen(shop), exported(shop, tmp_path / "a.csv")), list[int](), list[int]()
    shop.catalog.import_csv(file, dry_run=True, progress=lambda done, _total: steps.append(done))
    for step in steps[:-1]:
        def stop(done: int, _total: int, step: int = step) -> None:
            if done >= step:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            shop.catalog.import_csv(file, progress=stop)
        assert (seen(shop), exported(shop, tmp_path / "a.csv")) == before
        left.append(arriving(shop))
    assert max(left) > 2
    assert shop.catalog.import_csv(file).created == 5
    tried("imports that were stopped", len(left))


def test_what_a_stopped_import_left_is_taken_out_by_the_next(shop: Shop, file: Path, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done / total > 0.6:
            raise KeyboardInterrupt

    before = contents(shop._database)
    with pytest.raises(KeyboardInterrupt):
        shop.catalog.import_csv(file, progress=stop)
    assert arriving(shop)
    assert shop.catalog.import_csv(file, dry_run=True).created == 5
    shop.catalog.import_csv(write_csv(tmp_path / "other.csv", simple("cup")))
    after = contents(shop._database)
    of_products = [name for name in after if name.startswith(("product", "variant", "stock", "arriving"))
                   and not name.startswith("product_type")]
    assert len(of_products) == 9
    assert {name: after[name] for name in of_products} == {name: before[name] for name in of_products}
    with shop._database.read() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM product_search").scalar()
        assert found == connection.scalar(select(func.count()).select_from(product))


@pytest.mark.parametrize("part", [0.55, 0.75])
def test_a_program_that_is_killed_while_it_imports_is_started_again(
        part: float, shop: Shop, file: Path, tmp_path: Path, tried: Callable[[str, int], None]) -> None:
    before = (seen(shop), exported(shop, tmp_path / "a.csv"))
    with subprocess.Popen([sys.executable, "-c", _PROGRAM, tmp_path / "shop.db", file], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin
        assert program.stdout
        while float(program.stdout.readline()) < part:
            program.stdin.write("go\n")
            program.stdin.flush()
        program.kill()
    assert arriving(shop)
    assert (seen(shop), exported(shop, tmp_path / "a.csv")) == before
    assert shop.catalog.import_csv(file).created == 5
    assert arriving(shop) == 0
    assert shop.catalog.import_csv(file).unchanged == 8
    with shop._database.read() as connection:
        assert broken(connection, LAWS) == []
    tried("imports that were killed", 1)


def test_of_two_imports_at_once_the_second_waits_and_then_says_so(
        shop: Shop, other: Shop, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.1)
    with other._database.alone("import"), pytest.raises(DatabaseUnavailable, match="Another import is under way"):
        shop.catalog.import_csv(file)
    assert shop.catalog.import_csv(file).created == 5


def test_an_index_that_is_in_use_is_not_read_again_for_what_nobody_sees(
        shop: Shop, other: Shop, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_by_index(monkeypatch)
    other.catalog.browse(Query())
    versions: dict[int, int] = {}

    def ask() -> None:
        other.catalog.browse(Query())
        assert other.catalog._keeper._held
        versions[arriving(other)] = other.catalog._keeper._held.index.version

    at_each_step(shop, file, ask, until=0.9)
    del versions[0]  # the names that the file brings are noted with the first of its products
    assert len(versions) > 1
    assert len({*versions.values()}) == 1
