"""What makes a file be refused, as a whole and with every wrong line named."""
from __future__ import annotations

import pytest

from shopkeeper.catalog import csv_named, csv_sheet
from shopkeeper.database.engine import Database
from shopkeeper.errors import ImportFailed
from tests.catalog.conftest import Bring
from tests.catalogs import contents, simple

TRACKED = {"Variant Inventory Tracker": "shopify"}
TEE = {"Handle": "tee", "Title": "Tee", "Option1 Name": "Size", "Option1 Value": "S", "Variant Price": "20"}


@pytest.mark.parametrize(("rows", "line", "message"), [
    ([simple("mug", **{"Variant Price": ""})], 2, "price is blank"),
    ([TEE, {"Handle": "tee", "Option1 Value": "M"}], 3, "price is blank"),
    ([simple("mug", **{"Variant Price": "-1"})], 2, "not an amount"),
    ([simple("mug", **{"Variant Price": "12,50 €"})], 2, "not an amount"),
    ([simple("mug", **{"Variant Price": "1e3"})], 2, "not an amount"),
    ([simple("mug", **{"Variant Price": "1.999"})], 2, "more digits"),
    ([simple("mug", **{"Variant Compare At Price": "free"})], 2, "compare-at price"),
    ([simple("mug", **TRACKED, **{"Variant Inventory Qty": "many"})], 2, "inventory quantity"),
    ([simple("mug", **TRACKED, **{"Variant Inventory Qty": "9" * 30})], 2, "inventory quantity"),
    ([simple("mug", **{"Variant Inventory Policy": "perhaps"})], 2, "deny or continue"),
    ([simple("mug", Status="secret")], 2, "active, draft or archived"),
    ([simple("mug", Published="maybe")], 2, "TRUE or FALSE"),
    ([simple("mug", Title="")], 2, "title"),
    ([simple("mug", Title="\u200b")], 2, "title"),
    ([simple("mug", Handle="")], 2, "handle is blank"),
    ([simple("mug", **{"Body (HTML)": "x" * 250_001})], 2, "description"),
    ([{"Handle": "mug", "Title": "Mug", "Variant Price": "", "Image Src": "mug.png"}], 2, "price is blank"),
    ([TEE, {**TEE, "Title": "", "Option1 Value": "s "}], 3, "line 2"),
    ([simple("mug"), simple("mug")], 3, "without options stands in line 2"),
    ([TEE, {"Handle": "tee", "Option1 Value": "", "Variant Price": "20"}], 3, "Size is blank"),
    ([{**TEE, "Option2 Value": "Red"}], 2, "Option2 has values, but no name"),
    ([{**TEE, "Option1 Name": "Color", "Option2 Name": "Colour", "Option2 Value": "Red"}], 2, "the same option"),
])
def test_a_wrong_row_is_named_by_its_line(
        rows: list[dict[str, str]], line: int, message: str, bring: Bring, database: Database) -> None:
    before = contents(database)
    with pytest.raises(ImportFailed, match=message) as refused:
        bring(*rows)
    assert refused.value.problems[0].line == line
    assert contents(database) == before


def test_one_wrong_row_refuses_the_whole_file(bring: Bring, database: Database) -> None:
    bring(simple("mug"))
    before = contents(database)
    with pytest.raises(ImportFailed):
        bring(simple("mug", Title="New"), simple("cup"), simple("jug", **{"Variant Price": "?"}))
    assert contents(database) == before


def test_every_wrong_line_is_told_and_the_message_stays_short(bring: Bring) -> None:
    with pytest.raises(ImportFailed) as refused:
        bring(*(simple(f"mug-{n}", **{"Variant Price": "?"}) for n in range(40)))
    assert [each.line for each in refused.value.problems] == list(range(2, 42))
    assert refused.value.message.splitlines()[-1] == "and 30 more"
    assert len(refused.value.message.splitlines()) == 12


def test_a_row_with_two_mistakes_has_two_problems(bring: Bring) -> None:
    with pytest.raises(ImportFailed) as refused:
        bring(simple("mug", **TRACKED, **{"Variant Price": "?", "Variant Inventory Qty": "?"}))
    assert [each.line for each in refused.value.problems] == [2, 2]


def test_more_names_than_a_shop_can_sort_are_told_once(
        bring: Bring, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_sheet, "_BATCH", 2)
    monkeypatch.setattr(csv_named, "_MOST", {"types": 3})
    bring(*(simple(f"cup-{n}", Type=f"Cup {n}") for n in range(3)))
    before = contents(database)
    with pytest.raises(ImportFailed, match="line 1: The file names more than 3 different types") as refused:
        bring(*(simple(f"mug-{n}", Type=f"Mug {n}") for n in range(9)))
    assert len(refused.value.problems) == 1
    assert contents(database) == before
