"""Product CSV of any size as Shopify exports it: the same number of products gives the same file."""
from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.generator import items
from tests.shelf import Item

HEADER = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name",
    "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service",
    "Variant Price", "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode",
    "Image Src", "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description", "Variant Image",
    "Variant Weight Unit", "Variant Tax Code", "Cost per item", "Status",
)


def write(path: Path, variants: int) -> None:
    """A file of about that many variants, four to a product on average."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        for number, item in enumerate(items(variants), start=1):
            writer.writerows(_rows(number, item))


def _rows(number: int, item: Item) -> Iterator[dict[str, object]]:
    names = list(item.pieces[0].options)
    for place, piece in enumerate(item.pieces):
        row: dict[str, object] = {
            "Handle": f"{item.title.lower().replace(' ', '-')}-{number}", "Variant SKU": piece.sku,
            "Variant Grams": "250", "Variant Inventory Tracker": "" if piece.on_hand is None else "shopify",
            "Variant Inventory Qty": piece.on_hand or 0, "Variant Inventory Policy": "deny",
            "Variant Fulfillment Service": "manual", "Variant Price": f"{piece.price / 100:.2f}",
            "Variant Compare At Price": f"{piece.compare_at / 100:.2f}" if piece.compare_at else "",
            "Variant Requires Shipping": "true", "Variant Taxable": "true", "Variant Weight Unit": "g",
            **{f"Option{n} Value": label for n, label in enumerate(piece.options.values(), start=1)},
        }
        yield row | (_of_product(number, item, names) if place == 0 else {})


def _of_product(number: int, item: Item, names: list[str]) -> dict[str, object]:
    return {
        "Title": item.title, "Body (HTML)": f"<p>{item.description}</p>", "Vendor": item.vendor,
        "Product Category": " > ".join(item.category.split("/")), "Type": item.kind, "Tags": "new, warm",
        "Published": "true", **{f"Option{n} Name": name for n, name in enumerate(names, start=1)},
        **({} if names else {"Option1 Name": "Title", "Option1 Value": "Default Title"}),
        "Image Src": f"https://cdn.example.com/s/files/1/{number}.png?v=1730925500", "Image Position": 1,
        "Image Alt Text": item.title, "Gift Card": "false", "Status": "active" if item.live else "draft",
    }
