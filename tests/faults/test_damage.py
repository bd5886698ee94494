"""Damage of a shop's file is said: never by a traceback, and never not at all where money or an order changed."""
from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from shopkeeper import CardToken, PaymentDeclined, Query, Session, Shop, ShopError
from shopkeeper.commands.command_line import run
from shopkeeper.upkeep.doctor import examine
from tests.conftest import FakeClock
from tests.factories import add_account, add_product
from tests.faults.damages import DAMAGES, precious
from tests.orders.buying import DECLINED, HOME, pay

QUICK, SOAK, SEED = 60, 1_000, 14


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Session]:
    """A shop with a past, closed, and the session of its customer."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    with Shop.open(str(path), clock=FakeClock()) as shop:
        shop.settings.change(name="Ada's", tax_rate="8.25", shipping_flat="4.99")
        tee = add_product(shop, "Plain Tee", options={"Size": ("S", "M"), "Color": ("Red", "Blue")}, stock=9)
        mug = add_product(shop, "Plain Mug", stock=9, category="Kitchen > Mugs", product_type="Mug")
        gift = add_product(shop, "Gift", price="0", ships=False, stock=None)
        session = add_account(shop)
        for key, variants in (("kept", (tee.variants[0], mug.variants[0])), ("cancelled", (mug.variants[0],)),
                              ("sent", (tee.variants[3],)), ("free", (gift.variants[0],))):
            for variant in variants:
                shop.cart.add(session, variant.id, 2)
            order = pay(shop, session, key=key, address=HOME if key != "free" else None)
            if key == "cancelled":
                shop.orders.cancel(session, order.number)
            if key == "sent":
                shop.back_office.fulfil(order.number)
        shop.cart.add(session, mug.variants[0].id)
        with pytest.raises(PaymentDeclined):
            pay(shop, session, DECLINED, key="declined", address=HOME)
        shop.cart.add(shop.accounts.guest(), tee.variants[1].id)
    return path, session


@pytest.mark.parametrize("part", range(4))
def test_damage_is_said_and_never_crashes(template: tuple[Path, Session], tmp_path: Path, part: int,
                                          capsys: pytest.CaptureFixture[str],
                                          tried: Callable[[str, int], None]) -> None:
    go_through(template, tmp_path, range(part, QUICK, 4), capsys)
    tried("damages of a file", QUICK // 4)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_damages_are_said(template: tuple[Path, Session], tmp_path: Path,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    go_through(template, tmp_path, range(SOAK), capsys)


def go_through(template: tuple[Path, Session], folder: Path, numbers: range,
               capsys: pytest.CaptureFixture[str]) -> None:
    """Damages a copy of the shop for each number, and uses it; all that went wrong is told at the end."""
    whole, session = template
    untouched = precious(whole)
    problems: list[str] = []
    for number in numbers:
        random = Random(f"{SEED} {number}")
        file = folder / f"{number}" / "shop.db"
        file.parent.mkdir(mode=0o700)
        shutil.copy(whole, file)
        file.chmod(0o600)
        damage = random.choice(DAMAGES)
        what = f"{number}: {damage.__name__}, {damage(file, random)}"
        changed = precious(file) != untouched
        problems += [f"{what}: {problem}" for problem in problems_of(file, session, changed=changed)]
        capsys.readouterr()
        shutil.rmtree(file.parent)
    assert problems == []


def problems_of(file: Path, session: Session, *, changed: bool) -> Iterator[str]:
    """What a damaged shop does that it must not."""
    found = None
    try:
        found = examine(str(file), clock=FakeClock())
    except Exception as error:  # noqa: BLE001 (told)
        yield f"the doctor raises {error!r}"
    if changed and found and not found.findings:
        yield "the doctor says nothing"
    restored = file.with_name("restored.db")
    if run(["--db", str(restored), "restore", str(file)], lambda _shop, _folder: 0) == 0 and found and found.findings:
        yield f"it is restored, though the doctor says {found.findings[0].message}"
    for arguments in (["doctor", "--json"], ["orders", "list", "--json"], ["orders", "verify"], ["ledger"],
                      ["settings"], ["export", str(file.with_name("catalog.csv"))],
                      ["backup", str(file.with_name("backup.db"))]):
        try:
            code = run(["--db", str(file), *arguments], lambda _shop, _folder: 0)
        except Exception as error:  # noqa: BLE001 (told)
            yield f"{arguments[0]} raises {error!r}"
        else:
            if code not in (0, 1):
                yield f"{arguments[0]} ends with {code}"
    try:
        yield from shopping_problems(file, session)
    except ShopError:
        pass
    except Exception as error:  # noqa: BLE001 (told)
        yield f"opening raises {error!r}"


def shopping_problems(file: Path, session: Session) -> Iterator[str]:
    with Shop.open(str(file), clock=FakeClock()) as shop:
        verbs: dict[str, Callable[[], object]] = {
            "browse": lambda: shop.catalog.browse(Query(options={"size": {"M"}})),
            "search": lambda: shop.catalog.browse(Query(text="mug")),
            "product": lambda: shop.catalog.product("plain-tee"),
            "categories": shop.catalog.categories,
            "resume": lambda: shop.accounts.resume(session.token),
            "history": lambda: [repr(order) for order in shop.orders.history(session).items],
            "receipts": lambda: [shop.orders.receipt(session, f"SK-00000{number}") for number in (1, 2, 3, 4)],
            "reorder": lambda: shop.orders.reorder(session, "SK-000001"),
            "view": lambda: str(shop.cart.view(session).total),
            "quote": lambda: shop.checkout.quote(session),
            "place": lambda: shop.checkout.place(
                session, CardToken("tok_visa"), expected_total=shop.cart.view(session).total, idempotency_key="later",
                address=HOME),
            "cancel": lambda: shop.orders.cancel(session, "SK-000001"),
            "fulfil": lambda: shop.back_office.fulfil("SK-000001"),
            "settle": shop.checkout.settle,
            "ledger": lambda: [str(balance.amount) for balance in shop.ledger.balances()],
            "books": lambda: shop.ledger.export(file.with_name("books.beancount"), title="Books"),
            "data": lambda: json.loads(shop.privacy.export(session)),
            "sessions": lambda: shop.accounts.sessions(session),
        }
        for name, verb in verbs.items():
            try:
                verb()
            except ShopError:
                pass
            except Exception as error:  # noqa: BLE001 (told)
                yield f"{name} raises {error!r}"
