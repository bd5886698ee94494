"""The public interface, as its documentation shows it."""
from __future__ import annotations

from pathlib import Path

import pytest

import shopkeeper
from shopkeeper import Card, Query, Shop, public

_EXPORT = """\
Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,\
Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Requires Shipping,Status
hood,Essential Hoodie,<p>Warm.</p>,Northwind,Hoodies,true,Size,M,Color,Black,H-M-BLK,shopify,5,deny,58.00,true,active
hood,,,,,,,L,,Black,H-L-BLK,shopify,5,deny,58.00,true,
"""


def test_the_code_of_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("products_export.csv").write_text(_EXPORT, "utf-8")

    with Shop.open("sqlite:///shop.db") as shop:      # creates and migrates; no argument: the default place
        shop.catalog.import_csv("products_export.csv")            # -> ImportReport
        session = shop.accounts.register("ada@example.com", "correct horse battery staple", name="Ada")
        page = shop.catalog.browse(Query(text="hood", options={"size": {"M", "L"}}, in_stock=True))
        product = shop.catalog.product(page.products[0].handle)
        variant = product.variant(size="M", color="Black")
        cart = shop.cart.add(session, variant.id, quantity=2)
        order = shop.checkout.place(session, Card.test("4242 4242 4242 4242"),
                                    expected_total=cart.total, idempotency_key="a-key-of-the-callers-own")
        history = shop.orders.history(session)                    # -> Page of Order, newest first

    assert [each.number for each in history.items] == [order.number]
    assert str(order.subtotal) == "$116.00"
    assert order.total == cart.total
    assert [(line.title, dict(line.options), line.quantity) for line in order.lines] == [
        ("Essential Hoodie", {"size": "M", "color": "Black"}, 2)
    ]


def test_every_public_name_is_listed_and_can_be_imported() -> None:
    assert {"Shop", "Query", "Money", "explain", "ShopError"} <= set(dir(shopkeeper))
    assert all(getattr(shopkeeper, name) is getattr(public, name) for name in public.__all__)
    with pytest.raises(ImportError, match="Shopp"):
        from shopkeeper import Shopp  # type: ignore[attr-defined]  # noqa: F401
