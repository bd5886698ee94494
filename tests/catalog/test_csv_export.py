"""Export writes what import reads."""
from __future__ import annotations

import csv
from pathlib import Path

import pytest

from shopkeeper import InvalidInput
from shopkeeper.catalog.service import Catalog
from shopkeeper.database.engine import Database
from tests.catalog.conftest import Bring
from tests.catalogs import contents, shown, simple

TEE = {"Handle": "tee", "Title": "Tee", "Option1 Name": "Size", "Option1 Value": "S", "Option2 Name": "Color",
       "Option2 Value": "Red", "Variant Price": "20"}


def exported(catalog: Catalog, path: Path) -> list[dict[str, str]]:
    catalog.export_csv(path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_looks_like_markup_or_entities_goes_round(
        bring: Bring, catalog: Catalog, database: Database, tmp_path: Path) -> None:
    bring(simple("mug", Title="Fish &amp;amp; [XL] &lt;b&gt;", Tags="a &amp;copy; b, =1+1",
                 Vendor="[@click=app.quit]hi[/]", **{"Body (HTML)": "<p>1 &lt; 2 &amp;lt; 3</p><ul><li>• a</li></ul>",
                                                     "Image Src": "a.png?x=1&copy=2", "Image Alt Text": "&amp;lt;"}))
    before, shops = contents(database), shown(database, catalog)
    mug = shops["mug"]
    assert mug
    assert (mug.title, mug.tags, mug.images[0].source) == (
        "Fish &amp; [XL] <b>", ("a &copy; b", "=1+1"), "a.png?x=1&copy=2")
    catalog.export_csv(tmp_path / "out.csv")
    assert catalog.import_csv(tmp_path / "out.csv").unchanged == 1
    assert contents(database) == before


def test_variants_are_rows_and_images_stand_beside_them(bring: Bring, catalog: Catalog, tmp_path: Path) -> None:
    bring({**TEE, "Image Src": "1.png"}, {"Handle": "tee", "Option1 Value": "M", "Option2 Value": "Red",
                                          "Variant Price": "21.5", "Variant SKU": "T-M", "Image Src": "2.png"},
          {"Handle": "tee", "Image Src": "3.png"})
    rows = exported(catalog, tmp_path / "out.csv")
    columns = ("Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Value", "Variant SKU", "Variant Price",
               "Image Src", "Image Position")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("tee", "Tee", "Size", "S", "Red", "", "20.00", "1.png", "1"),
        ("tee", "", "", "M", "Red", "T-M", "21.50", "2.png", "2"),
        ("tee", "", "", "", "", "", "", "3.png", "3"),
    ]


def test_archived_variants_stay_at_home(bring: Bring, catalog: Catalog, tmp_path: Path) -> None:
    bring(TEE, {"Handle": "tee", "Option1 Value": "M", "Option2 Value": "Red", "Variant Price": "20"})
    bring(TEE)
    assert [row["Option1 Value"] for row in exported(catalog, tmp_path / "out.csv")] == ["S"]


def test_specifications_go_out_as_people_read_them(bring: Bring, catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "attributes.toml").write_text('[heat]\nlabel = "Heat"\ntype = "number"\nunit = "°C"\n', "utf-8")
    catalog.import_attributes(tmp_path / "attributes.toml")
    bring(simple("tea", **{"x (product.metafields.custom.heat)": "92"}), simple("mug"))
    rows = exported(catalog, tmp_path / "out.csv")
    assert [row["Heat (product.metafields.custom.heat)"] for row in rows] == ["92 °C", ""]
    assert catalog.import_csv(tmp_path / "out.csv").unchanged == 2


def test_an_option_whose_label_means_another_attribute_goes_out_by_its_code(
        bring: Bring, catalog: Catalog, tmp_path: Path) -> None:
    bring(simple("a", **{"Material (product.metafields.custom.fabric)": "Wool"}),
          {**TEE, "Option2 Name": "fabric"}, {**TEE, "Handle": "bag", "Option2 Name": "Material"})
    assert [row["Option2 Name"] for row in exported(catalog, tmp_path / "out.csv")] == ["", "fabric", "Material"]
    assert catalog.import_csv(tmp_path / "out.csv").unchanged == 3


def test_an_empty_catalog_is_a_header(catalog: Catalog, tmp_path: Path) -> None:
    assert exported(catalog, tmp_path / "out.csv") == []
    assert catalog.import_csv(tmp_path / "out.csv").products == 0


def test_a_file_that_cannot_be_written_is_said_so_and_nothing_is_left_behind(
        catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    problems = {tmp_path / "nowhere" / "out.csv": "cannot be written", tmp_path / "folder": "is a folder"}
    for path, problem in problems.items():
        with pytest.raises(InvalidInput, match=problem):
            catalog.export_csv(path)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
