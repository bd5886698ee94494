"""Real catalogs made large: the products of an export again and again, under other names and at other prices."""
from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from random import Random
from typing import get_args

from shopkeeper.catalog.model import Query, Sort
from shopkeeper.money import Money
from tests.shelf import Item, Piece

Row = dict[str, str]


def multiplied(path: Path, variants: int, seed: int = 1) -> Iterator[Item]:
    """Products with about that many variants together, the same each time; the first ones are those of the export."""
    random, real, made, times = Random(seed), _products(path), 0, 0
    words = sorted({word for item in real for word in item.title.split()})
    while made < variants:
        for item in real:
            made += len(item.pieces)
            yield _another(random, item, words) if times else item
            if made >= variants:
                return
        times += 1


def queries(path: Path, number: int, seed: int = 2) -> Iterator[Query]:
    """What shoppers ask of such a shop, as `generator.queries` does of a made-up one."""
    random, real = Random(seed), _products(path)
    for _ in range(number):
        item = random.choice(real)
        words, options = item.title.split(), [*random.choice(item.pieces).options.items()]
        text = " ".join(random.choice((words[:1], words[-1:], words)))[: random.randint(1, 20)].lower()
        yield Query(
            text=random.choice(("", text)),
            category=random.choice((None, None, item.category or None)),
            options={code: {label} for code, label in options[: random.choice((0, 0, 1, 2))]},
            price_min=random.choice((None, None, Money(500, "USD"))),
            price_max=random.choice((None, None, Money(6000, "USD"))),
            in_stock=random.random() < 0.3,
            sort=random.choice(get_args(Sort)),
        )


def _another(random: Random, item: Item, words: list[str]) -> Item:
    """Much the same product: a word more in its title, dearer or cheaper, and some of its variants are sold out."""
    at, factor = random.randint(0, item.title.count(" ")), random.uniform(0.7, 1.4)
    title = item.title.split(" ")
    pieces = [Piece(each.options, round(each.price * factor / 5) * 5, random.choice((each.on_hand, 0, 3, 40)),
                    sku=f"{each.sku}-{random.randrange(10**6)}") for each in item.pieces]
    return Item(" ".join([*title[:at], random.choice(words), *title[at:]]), pieces, item.category, item.vendor,
                item.kind, item.tags, item.description, created=random.randrange(500_000))


def _products(path: Path) -> list[Item]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    known: dict[tuple[str, str], str] = {}
    return [_product(list(of_product), known) for _, of_product in groupby(rows, key=lambda row: row["Handle"])]


def _product(rows: list[Row], known: dict[tuple[str, str], str]) -> Item:
    """A product out of its rows; `known` has the spelling of each label, by option, that came first."""
    whole = rows[0]
    codes = [_slug(whole[f"Option{place} Name"]) for place in (1, 2, 3)]
    pieces: dict[tuple[str, ...], Piece] = {}
    for row in rows:
        labels = {code: row[f"Option{place} Value"].strip() for place, code in enumerate(codes, start=1)
                  if code and code != "title"}
        labels = {code: known.setdefault((code, label.casefold()), label) for code, label in labels.items() if label}
        if row["Variant Price"]:
            pieces.setdefault(tuple(labels.values()), _piece(row, labels))
    category = "/".join(map(_slug, (whole["Product Category"] or whole["Type"]).split(">")))
    return Item(whole["Title"], list(pieces.values()), category, whole["Vendor"], whole["Type"].lower(),
                [tag.strip() for tag in whole["Tags"].split(",")], re.sub(r"<[^>]*>", " ", whole["Body (HTML)"]))


def _piece(row: Row, labels: dict[str, str]) -> Piece:
    counted = row["Variant Inventory Tracker"] and row["Variant Inventory Policy"] != "continue"
    on_hand = max(0, int(row["Variant Inventory Qty"] or 0)) if counted else None
    return Piece(labels, round(100 * float(row["Variant Price"])), on_hand, sku=row["Variant SKU"])


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
