"""Files as they really come: headers, encodings, line breaks, quotation marks."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Money
from shopkeeper.catalog.service import Catalog
from shopkeeper.errors import ImportFailed

PLAIN = "Handle,Title,Vendor,Variant Price\ncafe,Café Crème,Åse,4.50\n"
Take = Callable[[bytes], Catalog]


@pytest.fixture
def take(catalog: Catalog, tmp_path: Path) -> Take:
    """Imports a file with these bytes."""

    def take(data: bytes) -> Catalog:
        (tmp_path / "products.csv").write_bytes(data)
        catalog.import_csv(tmp_path / "products.csv")
        return catalog

    return take


@pytest.mark.parametrize("data", [
    PLAIN.encode(),
    PLAIN.encode("utf-8-sig"),
    PLAIN.encode("utf-16"),
    b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    PLAIN.encode("windows-1252"),
    PLAIN.replace("\n", "\r\n").encode(),
    PLAIN.replace("\n", "\r").encode(),
    PLAIN.rstrip("\n").encode(),
    PLAIN.replace("\n", "\n\n,,,\n").encode(),
    PLAIN.replace("Café", "Cafe\u0301").encode(),
    PLAIN.replace("Café Crème", '"Café\u00a0\u2028Crème "').encode(),
    PLAIN.replace("Café Crème", '"Café\nCrème"').encode(),
], ids=["utf-8", "bom", "utf-16", "utf-16-be", "windows-1252", "crlf", "cr", "no last line break", "empty lines",
        "decomposed", "odd blanks", "line break in a cell"])
def test_a_file_reads_the_same_in_every_encoding(data: bytes, take: Take) -> None:
    product = take(data).product("cafe")
    assert (product.title, product.vendor, product.variant().price) == ("Café Crème", "Åse", Money(450, "USD"))


def test_the_current_header_is_read_too(take: Take) -> None:
    header = ("Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,"
              "Option1 name,Option1 value,Price,Compare-at price,Inventory tracker,Inventory quantity,"
              "Continue selling when out of stock,Requires shipping,Product image URL,Image position,Image alt text,"
              "Variant image URL,Gift card,Barcode,Cost per item\n")
    rows = ('Tee,tee,<p>Soft.</p>,Me,Apparel > Tees,T-shirt,"a, b",TRUE,Active,T-S,'
            "Size,S,20,25,shopify,7,FALSE,TRUE,tee.png,1,A tee,s.png,FALSE,123,9\n"
            ",tee,,,,,,,,T-M,,M,21,,shopify,0,TRUE,TRUE,,,,,,,\n")
    tee = take((header + rows).encode()).product("tee")
    small, medium = tee.variants
    assert (tee.description, tee.vendor, tee.product_type, tee.tags) == ("Soft.", "Me", "T-shirt", ("a", "b"))
    assert [each.slug for each in tee.categories] == ["apparel", "apparel/tees"]
    assert (tee.images[0].source, tee.images[0].alt) == ("tee.png", "A tee")
    assert (small.sku, small.price, small.compare_at, small.available, small.image) == (
        "T-S", Money(2000, "USD"), Money(2500, "USD"), 7, "s.png")
    assert (medium.sku, medium.price, medium.available) == ("T-M", Money(2100, "USD"), None)


def test_headers_match_in_any_case_and_other_columns_do_not_matter(take: Take) -> None:
    take(b"HANDLE,Colour of the box,title , variant PRICE\nmug,red,Mug,3\n").product("mug")


def test_a_description_may_be_longer_than_csv_fields_usually_are(take: Take) -> None:
    body = "word " * 40_000
    product = take(f'Handle,Title,Body (HTML),Variant Price\nmug,Mug,"{body}",3\n'.encode()).product("mug")
    assert product.description == body.strip()


def test_lines_of_a_row_with_line_breaks_are_counted(take: Take) -> None:
    data = 'Handle,Title,Body (HTML),Variant Price\nmug,Mug,"one\ntwo\r\nthree",3\ncup,Cup,,oops\n'
    with pytest.raises(ImportFailed) as refused:
        take(data.encode())
    assert [(each.line, each.handle) for each in refused.value.problems] == [(5, "cup")]


@pytest.mark.parametrize(("data", "message"), [
    (b"", "is empty"),
    (b"\xef\xbb\xbf", "is empty"),
    (b"\n ,,\n", "is empty"),
    (b"name;price\nmug;3\n", "no product CSV"),
    (b"Handle;Title;Variant Price\nmug;Mug;3,00\n", "separated by semicolons. Save the file with commas"),
    ("Handle\tTitle\tVariant Price\nmug\tMug\t3.00\n".encode("utf-16"), "separated by tabs"),
    (b"SKU;price\nM-1;3,00\n", "line 1: The columns are separated by semicolons"),
    (b"\n\nprice|Variant SKU\n3|M-1\n", "line 3: The columns are separated by vertical bars"),
    (b"sku\tprice\nM-1\t3\n", "separated by tabs"),
    (b'"SKU";"price"\n"M-1";"3,00"\n', "separated by semicolons"),
    (b'"Handle"\t"Title"\n"m"\t"M"\n', "separated by tabs"),
    (b"\xef\xbb\xbfsep=;\nHandle;Title\nmug;Mug\n", "line 2: The columns are separated by semicolons"),
    (b'"sep=,"\r\nHandle,Title,Variant Price\r\nmug,Mug,3\r\n', "line 1: The first line is \"?sep=,\"?. Remove it"),
    (b"Handle,Title,Price,Variant_Price\nmug,Mug,3,4\n", "line 1: Two columns say the same: Price and Variant_Price"),
    (b"Handle,Title,Title ,Variant Price\nmug,Mug,Cup,3\n", "Two columns say the same: Title and Title"),
    (b"Handle,Title\nmug,Mug\n", "Variant Price"),
    (b"\x89PNG\r\n\x1a\n\x00\x81\x8d", "no text file"),
    (b"\xff\xfea", "no text file"),
    (b'Handle,Title,Variant Price\nmug,"Mug,3\ncup,Cup,4\n', "line 2"),
    (b"Handle,Title,Variant Price\nmug,Mug,3,and,more\n", "line 2"),
])
def test_what_is_no_product_csv_is_refused_with_a_reason(data: bytes, message: str, take: Take) -> None:
    with pytest.raises(ImportFailed, match=message):
        take(data)


@pytest.mark.parametrize("header", [
    "Handle,Title,Variant Price", "handle ,\u00a0TITLE,Variant\u00a0Price", "Handle,Title,Variant_Price",
    "\ufeffHandle,Title,variant-price", "\u201cHandle\u201d,'Title',VariantPrice", '"""Handle""",Title:,Variant  Price',
    "Ｈａｎｄｌｅ,Title\u200b,Variant\u2011Price",
])
def test_a_column_is_known_in_any_spelling_of_its_title(header: str, catalog: Catalog, take: Take) -> None:
    take(f"{header}\nmug,Mug,3\n".encode())
    assert str(catalog.product("mug").variants[0].price) == "$3.00"


def test_a_file_that_is_not_there_is_refused(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="cannot be read"):
        catalog.import_csv(tmp_path / "nothing.csv")


def test_a_header_alone_is_an_empty_catalog(take: Take) -> None:
    assert take(b"Handle,Title,Variant Price\n").is_empty()
