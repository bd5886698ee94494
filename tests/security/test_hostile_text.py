"""Where text enters: whatever a stranger wrote, what is kept of it can be read and steers nothing."""
from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import String, select

from shopkeeper import Address, Card, ImportFailed, InvalidInput, NotFound, Query, SessionExpired, Shop
from shopkeeper.accounts.details import email_problem, name_problem, normal_email, normal_name
from shopkeeper.catalog import cursors
from shopkeeper.catalog.csv_formulas import unguarded
from shopkeeper.database.metadata import metadata
from shopkeeper.text import clean, hides, visible
from tests.catalogs import simple, write_csv
from tests.factories import add_account, add_product
from tests.security import hostile

Tried = Callable[[str, int], None]


# The cleaner

@pytest.mark.parametrize("category", hostile.CATEGORIES)
def test_what_is_kept_or_shown_steers_nothing_and_can_be_read(category: str, tried: Tried) -> None:
    for text in hostile.CATEGORIES[category]:
        for safe in (clean(text), visible(text)):
            assert (hostile.steers(safe), hostile.seen(safe)) == (set(), hostile.seen(text))
            assert hostile.tallest(safe) <= 4
        assert clean(clean(text)) == clean(text)
        assert unicodedata.is_normalized("NFC", clean(text))
    tried("hostile strings", len(hostile.CATEGORIES[category]))


def test_there_are_more_than_200_hostile_strings_and_each_can_be_seen() -> None:
    assert len(set(hostile.ALL)) == len(hostile.ALL) > 200
    assert all(hostile.seen(text) for text in hostile.ALL)


@pytest.mark.parametrize("emoji", hostile.EMOJI)
def test_emoji_stay_whole(emoji: str) -> None:
    assert clean(emoji) == visible(emoji) == emoji
    assert not hides(emoji)


def test_of_all_characters_those_that_steer_go_and_letters_stay() -> None:
    unsafe = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    everything = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [c for c in everything if unicodedata.category(c) in unsafe and c in visible(f"a{c}b")] == []
    letters = [c for c in everything if unicodedata.category(c)[0] in "LNPS" and c not in "\u115f\u1160\u3164\uffa0"]
    assert [c for c in letters if visible(f"a{c}b") != f"a{c}b"] == []
    marks = [c for c in everything if unicodedata.category(c) in {"Mn", "Me"}]
    towers = [safe(f"a{c * 9}") for c in marks for safe in (clean, visible)]
    assert [tower for tower in towers if hostile.tallest(tower) > 4] == []


def test_what_joins_no_emoji_goes() -> None:
    assert clean("a\u200db") == "ab"
    assert clean("👨\u200db\u200d👩") == "👨b👩"
    assert clean("👨\u200d" * 200 + "👩").count("\u200d") < 200
    assert clean("\U0001f3f4\U000e0067\U000e0062\U000e0078\U000e007f") == "\U0001f3f4"


# Import

def hostile_rows() -> list[dict[str, str]]:
    """A product for each string, which stands in every field of it that takes any text."""
    return [{
        "Handle": f"{text} {number}", "Title": text, "Body (HTML)": f"About {text}", "Vendor": text, "Type": text,
        "Tags": text, "Product Category": text, "Option1 Name": text, "Option1 Value": text, "Variant SKU": text,
        "Variant Price": "1.00", "Image Src": "mug", "Image Alt Text": text,
        "Care (product.metafields.custom.care)": text,
    } for number, text in enumerate(hostile.IN_A_FILE)]


def kept_texts(shop: Shop) -> set[str]:
    """Every line of text in every table."""
    with shop._database.read() as connection:
        return {line for table in metadata.tables.values()
                for column in table.c if isinstance(column.type, String)
                for value in connection.scalars(select(column)) if value for line in value.split("\n")}


def test_a_hostile_file_lands_in_every_field_and_nothing_of_it_steers(shop: Shop, tmp_path: Path, tried: Tried) -> None:
    report = shop.catalog.import_csv(write_csv(tmp_path / "hostile.csv", *hostile_rows()))
    assert (report.created, report.problems) == (len(hostile.IN_A_FILE), ())
    texts = kept_texts(shop)
    assert {text for text in texts if hostile.steers(text) or hostile.tallest(text) > 4} == set()
    for number, text in enumerate(map(unguarded, hostile.IN_A_FILE)):
        product = shop.catalog.product(f"{text} {number}")
        shown = hostile.seen(unescape(text))
        fields = (product.title, product.vendor, product.specs[0].value, product.images[0].alt)
        assert {hostile.seen(field) for field in fields} == {shown}
        assert hostile.seen(product.variants[0].sku) == hostile.seen(text)
        assert hostile.seen(product.options[0].choices[0].label) == shown
    exported = tmp_path / "out.csv"
    shop.catalog.export_csv(exported)
    again = shop.catalog.import_csv(exported)
    assert (again.unchanged, again.created, again.updated) == (len(hostile.IN_A_FILE), 0, 0)
    tried("hostile strings through import and export", len(hostile.IN_A_FILE))


@pytest.mark.parametrize("category", hostile.CATEGORIES)
def test_a_hostile_picture_is_kept_harmlessly_or_refused(category: str, shop: Shop, tmp_path: Path) -> None:
    for text in set(hostile.CATEGORIES[category]) & set(hostile.IN_A_FILE):
        try:
            shop.catalog.import_csv(write_csv(tmp_path / "one.csv", simple(**{"Image Src": text})))
        except ImportFailed:
            continue
        assert not any(hostile.steers(image.source) for image in shop.catalog.product("mug").images)


LONG = {"Handle": 256, "Title": 256, "Vendor": 256, "Type": 256, "Product Category": 256, "Tags": 256,
        "Option1 Value": 256, "Variant SKU": 256, "Image Src": 2049, "Image Alt Text": 513, "Variant Image": 2049,
        "Care (product.metafields.custom.care)": 5001}


@pytest.mark.parametrize("column", LONG)
def test_what_is_too_long_is_refused_with_its_line(column: str, shop: Shop, tmp_path: Path) -> None:
    row = simple("cap", **({"Option1 Name": "Size"} if column == "Option1 Value" else {}))
    row |= {"Image Src": "mug"} if column == "Image Alt Text" else {}
    row |= {"Product Category": "Caps"} if column == "Type" else {}  # else the type is the category, too
    fits = write_csv(tmp_path / "fits.csv", row | {column: "x" * (LONG[column] - 1)})
    assert shop.catalog.import_csv(fits).created == 1
    with pytest.raises(ImportFailed) as refused:
        shop.catalog.import_csv(write_csv(tmp_path / "long.csv", simple(), row | {column: "x" * LONG[column]}))
    [problem] = refused.value.problems
    assert problem.line == 3
    assert f"{LONG[column]:,} characters" in problem.message
    assert len(problem.handle) < 100


def test_too_many_tags_and_too_deep_a_category_are_refused(shop: Shop, tmp_path: Path) -> None:
    many, deep = ",".join(f"t{n}" for n in range(251)), " > ".join("a" for _ in range(21))
    with pytest.raises(ImportFailed) as refused:
        shop.catalog.import_csv(write_csv(tmp_path / "all.csv", simple(Tags=many), simple("cap", Type=deep)))
    assert [problem.line for problem in refused.value.problems] == [2, 3]


@pytest.mark.parametrize("toml", [f"label = '{'x' * 256}'", f"aliases = ['{'x' * 256}']", f"choices = ['{'x' * 256}']",
                                  f"unit = '{'x' * 256}'"])
def test_an_attributes_file_is_as_brief(toml: str, shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text(f"[size]\n{toml}\n", "utf-8")
    with pytest.raises(ImportFailed, match="1 to 255 characters"):
        shop.catalog.import_attributes(tmp_path / "long.toml")


def test_an_attributes_file_is_cleaned(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "hostile.toml"
    path.write_text('[size]\nlabel = "S\\u202eize"\nchoices = ["S\\u001b[31m", "M\\u200b"]\n', "utf-8")
    shop.catalog.import_attributes(path)
    assert {text for text in kept_texts(shop) if hostile.steers(text)} == set()


# Everybody else who writes

def test_names_of_people_and_their_emails_are_harmless_or_refused() -> None:
    for text in hostile.ALL:
        name = normal_name(text)
        assert not hostile.steers(name)
        assert hostile.seen(name) == hostile.seen(text)
        assert name_problem(name) == "" or len(name) > 80
        email = normal_email(f"{text}@example.com")
        assert email_problem(email) or not (hostile.steers(email) or hostile.tallest(email) > 4)


def test_the_shops_name_is_harmless_or_refused(shop: Shop) -> None:
    for text in hostile.ALL:
        try:
            name = shop.settings.change(name=text).name
        except InvalidInput:
            assert hides(text) or not 1 <= len(clean(text)) <= 60
            continue
        assert name == shop.settings.name
        assert hostile.tallest(name) <= 4
        assert not hostile.steers(name)


def test_an_address_is_kept_harmlessly_or_refused(shop: Shop, tried: Tried) -> None:
    ada = add_account(shop)
    add_product(shop, stock=None)
    variant = shop.catalog.product("plain-mug").variants[0].id
    kept = 0
    some = hostile.ALL[::3]
    for text in some:
        shop.cart.clear(ada)
        total = shop.cart.add(ada, variant).total
        address = Address(text, text, text, text, text)
        try:
            order = shop.checkout.place(ada, Card.test("4242 4242 4242 4242"), expected_total=total, address=address,
                                        idempotency_key=str(kept))
        except InvalidInput as refused:
            assert all(field.startswith("address.") for field in refused.fields)
            assert hides(text) or len(clean(text)) > 200
            continue
        assert order.address is not None
        assert not hostile.steers(order.address.street)
        assert hostile.tallest(order.address.street) <= 4
        kept += 1
    assert kept > 30
    tried("hostile addresses", len(some))


# Looking things up

def test_what_is_looked_up_by_a_hostile_name_is_not_found(shop: Shop, tried: Tried) -> None:
    add_product(shop)
    ada = add_account(shop)
    for text in hostile.ALL:
        for look_up in (shop.catalog.product, shop.back_office.get, lambda number: shop.orders.get(ada, number),
                        lambda number: shop.orders.cancel(ada, number)):
            with pytest.raises(NotFound):
                look_up(text)
        with pytest.raises(SessionExpired):
            shop.accounts.resume(text)
        with pytest.raises(InvalidInput):
            shop.catalog.browse(Query(), cursor=text)
        with pytest.raises(InvalidInput):
            shop.orders.history(ada, cursor=text)
        for query in (Query(category=text), Query(options={text: {text}}), Query(options={"size": {text}})):
            assert shop.catalog.browse(query).products == ()
        assert shop.inventory.levels(text) == ()
    tried("hostile names looked up", len(hostile.ALL))


@pytest.mark.parametrize("last", [5, "x", None, {}, [], [1], ["x"], ["x", 1, 2], [1, "x"], ["x", 2**70], [True, 1],
                                  ["x", 1.5], ["\ud800", 1], [["x"], 1]])
def test_a_cursor_that_somebody_made_up_is_refused(last: object, shop: Shop) -> None:
    add_product(shop)
    made_up = cursors.encode(Query(), last)  # type: ignore[arg-type]  # which is the point
    with pytest.raises(InvalidInput):
        shop.catalog.browse(Query(), cursor=made_up)


@pytest.mark.parametrize("payload", ["", "!", "ä", "bnVsbA", "W1tbW1tb" * 9000])
def test_nor_does_a_cursor_of_nonsense_do_harm(payload: str, shop: Shop) -> None:
    with pytest.raises(InvalidInput):
        shop.catalog.browse(Query(), cursor=cursors._digest(Query(), payload) + payload)
