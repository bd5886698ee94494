"""A shop whose database was filled by a stranger: nothing in it went through the cleaner. It tries the doors alone."""
from __future__ import annotations

from sqlalchemy import insert, select, update

from shopkeeper import Address, Card, Order, Session, Shop
from shopkeeper.accounts.tables import account
from shopkeeper.cart.tables import cart_line
from shopkeeper.catalog.tables import variant
from shopkeeper.settings import setting
from tests.factories import add_account
from tests.security import hostile
from tests.shelf import Item, Piece, put_on_shelf

SKU = "SAME"
NAME = hostile.ANSI[0] + hostile.BIDI[0] + hostile.ACTIONS[0]
HOME = Address(hostile.ACTIONS[0], hostile.MARKUP[0], hostile.HTML[0], hostile.FORMULAS[0], hostile.EMOJI[0])


def fill(shop: Shop) -> None:
    """A product for each string, which is all its texts; and one of which every string is a choice, and described."""
    items = [Item(text, [Piece(sku=SKU, on_hand=None)], vendor=text, kind=f"{text} {number}", tags=[text],
                  description=text, category=text.replace("/", "∕"), created=number)
             for number, text in enumerate(hostile.STORABLE)]
    pieces = [Piece({"size": f"{text} {number}", hostile.ANSI[0]: hostile.MARKUP[0]}, on_hand=None)
              for number, text in enumerate(hostile.STORABLE)]
    put_on_shelf(shop._database, [*items, Item("Choosy", pieces, description="\n".join(hostile.STORABLE))])
    shop.settings.change(name="Clean")
    with shop._database.write() as connection:
        connection.execute(update(setting).where(setting.c.name == "name").values(value=NAME))


def add_hostile_account(shop: Shop) -> Session:
    """Ada, whose name is none of the kind that she could have typed."""
    session = add_account(shop)
    with shop._database.write() as connection:
        connection.execute(update(account).values(name=NAME))
    return shop.accounts.resume(session.token)


def fill_cart(shop: Shop, session: Session) -> None:
    """One of every product; the first is put there, the others beside it."""
    with shop._database.read() as connection:
        first, *others = connection.scalars(select(variant.c.id).where(variant.c.sku == SKU)).all()
    shop.cart.add(session, first)
    with shop._database.write() as connection:
        line = connection.execute(select(cart_line)).mappings().one()
        rows = [{**line, "id": None, "variant_id": variant_id} for variant_id in others]
        connection.execute(insert(cart_line), rows)


def buy(shop: Shop, session: Session) -> Order:
    """What is in the cart."""
    return shop.checkout.place(session, Card.test("4242 4242 4242 4242"), expected_total=shop.cart.view(session).total,
                               idempotency_key="everything", address=HOME)
