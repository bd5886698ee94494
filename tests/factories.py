"""What tests put into a shop: products as a file would bring them, accounts, and what happens to both later."""
from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product as combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from shopkeeper import Product, Session, Shop
from shopkeeper.catalog.tables import product, variant
from shopkeeper.text import slug

PASSWORD = "correct horse battery staple"

_NO_OPTIONS = {f"Option{i} {what}": "" for i in (1, 2, 3) for what in ("Name", "Value")}


def add_product(
    shop: Shop, title: str = "Plain Mug", *, options: Mapping[str, Sequence[str]] | None = None, price: str = "20.00",
    stock: int | None = 10, policy: str = "deny", ships: bool = True, vendor: str = "Northwind", category: str = "",
    product_type: str = "", status: str = "active", handle: str | None = None,
) -> Product:
    """A product in every combination of its options (a label to its choices), each with this price and stock.

    `stock=None`: it is not counted. Adding a handle again changes that product, stock included.
    """
    handle = handle or slug(title)
    names = list(options or {"Title": ()})
    labels = list(combinations(*options.values())) if options else [("Default Title",)]
    rows = []
    for values in labels:
        row = {"Handle": handle, "Variant SKU": "-".join((handle, *values)).upper() if options else handle.upper(),
               "Variant Inventory Tracker": "" if stock is None else "shopify",
               "Variant Inventory Qty": "" if stock is None else str(stock), "Variant Inventory Policy": policy,
               "Variant Price": price, "Variant Requires Shipping": str(ships).lower()}
        row |= {f"Option{i} Value": value for i, value in enumerate(values, start=1)}
        rows.append(row)
    rows[0] |= {"Title": title, "Vendor": vendor, "Type": product_type, "Product Category": category,
                "Published": "true", "Status": status}
    rows[0] |= {f"Option{i} Name": name for i, name in enumerate(names, start=1)}
    rows[0] = _NO_OPTIONS | rows[0]
    _import(shop, rows)
    return shop.catalog.product(handle)


def add_account(shop: Shop, email: str = "ada@example.com", *, name: str = "Ada", guest: Session | None = None
                ) -> Session:
    """An account, logged in."""
    return shop.accounts.register(email, PASSWORD, name=name, guest=guest)


def set_price(shop: Shop, variant_id: int, price: str) -> None:
    """Another price for a variant, in a currency of hundredths."""
    minor = int(Decimal(price) * 100)
    with shop._database.write() as connection:
        connection.execute(update(variant).where(variant.c.id == variant_id).values(price_minor=minor))


def set_stock(shop: Shop, variant_id: int, on_hand: int) -> None:
    """So many are counted on the shelf."""
    shop.inventory.set_on_hand(variant_id, on_hand, reason="counted")


def withdraw(shop: Shop, handle: str) -> None:
    """The product is no longer for sale."""
    with shop._database.write() as connection:
        connection.execute(update(product).where(product.c.handle == handle).values(status="archived"))


def _import(shop: Shop, rows: Sequence[Mapping[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "products.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            header = list(dict.fromkeys(name for row in [rows[0], *rows] for name in row))
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
        shop.catalog.import_csv(path)
