"""A canary password, session token and card go through every flow and every error of the services, and get nowhere."""
from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import Pool

from shopkeeper import Card, PaymentDeclined, Session, Shop, ShopError, crash, log
from shopkeeper.database.driver import sqlite_driver
from shopkeeper.database.metadata import metadata
from shopkeeper.payments import demo
from shopkeeper.payments.gateway import GatewayError
from shopkeeper.upkeep.doctor import examine
from tests.conftest import FakeClock
from tests.factories import add_product
from tests.portals import Portal
from tests.security.canary import CVC, NUMBER, PASSWORD, WRONG_PASSWORD, Secrets, files

CARD = Card(NUMBER, 12, 2031, CVC)
EMAIL, NAME = "ada@example.com", "Canaria Nomen"


class Walk:
    """Goes through a shop with secrets in its hands, and keeps all that is said."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder = folder
        self.clock = clock
        self.shop = Shop.open(str(folder / "shop.db"), clock=clock)
        self.variant = add_product(self.shop, ships=False).variants[0].id
        self.session = self.shop.accounts.guest()
        self.tokens = [self.session.token]
        self.said: list[str] = []
        self.complained: list[str] = []
        self.errors = 0
        self._keys = iter(range(1000))

    def steps(self) -> dict[str, Callable[[], object]]:
        accounts, shop = self.shop.accounts, self.shop
        return {
            "a bad email": lambda: accounts.register("nobody", PASSWORD, name="Ada"),
            "a bad password": lambda: accounts.register(EMAIL, PASSWORD + "\n", name="Ada"),
            "register": lambda: self._sign_in(accounts.register(EMAIL, PASSWORD, name=NAME, guest=self.session)),
            "an email that is taken": lambda: accounts.register(EMAIL, PASSWORD, name="Ada"),
            "a wrong password": lambda: accounts.login(EMAIL, WRONG_PASSWORD),
            "nobody's password": lambda: accounts.login("bob@example.com", PASSWORD),
            "log out": lambda: accounts.logout(self.session),
            "a dead session": lambda: accounts.resume(self.session.token),
            "log in": lambda: self._sign_in(accounts.login(EMAIL, PASSWORD)),
            "resume": lambda: accounts.resume(self.session.token),
            "a declined payment": lambda: self._pay("decline"),
            "a card that cannot be": lambda: self._pay("well", Card(NUMBER + "9", 12, 2031, CVC)),
            "an expired card": lambda: self._pay("well", Card(NUMBER, 12, 2021, CVC)),
            "a payment": lambda: self._pay("well"),
            "a receipt": lambda: shop.orders.save_receipt(self.session, self._newest(), self.folder / "receipt.txt"),
            "a refund": lambda: shop.orders.cancel(self.session, self._newest()),
            "a time-out": lambda: self._pay("time-out"),
            "a second payment meanwhile": lambda: self._pay("well"),
            "settling": self._settle,
            "an answer that is lost": lambda: self._pay("lose-answer"),
            "history": lambda: shop.orders.history(self.session),
            "export": lambda: shop.catalog.export_csv(self.folder / "catalog.csv"),
            "ledger": lambda: shop.ledger.export(self.folder / "books.beancount", title="Shop"),
            "backup": lambda: shop.upkeep.backup(self.folder / "backup.db"),
            "daily backup": shop.upkeep.daily_backup,
            "doctor": lambda: examine(str(self.folder / "shop.db"), clock=self.clock),
        }

    def take(self, step: Callable[[], object]) -> None:
        """Takes a step, and keeps what it says, in every way in which it could be shown."""
        try:
            self.said.append(repr(step()))
        except (ShopError, SQLAlchemyError, GatewayError, Bug, sqlite_driver().Error) as error:
            self.errors += 1
            self.complained += [str(error), repr(error), *traceback.format_exception(error), crash.report(error).text]

    def _sign_in(self, session: Session) -> Session:
        self.session = session
        self.tokens.append(session.token)
        return session

    def _pay(self, mood: Any, card: Card = CARD) -> object:
        assert self.shop.demo_portal is not None
        self.shop.demo_portal.set_mood(mood)
        self.shop.cart.clear(self.session)
        cart = self.shop.cart.add(self.session, self.variant)
        return self.shop.checkout.place(self.session, card, expected_total=cart.total,
                                        idempotency_key=f"key-{next(self._keys)}")

    def _newest(self) -> str:
        return self.shop.orders.history(self.session).items[0].number

    def _settle(self) -> object:
        self.clock.advance(120)
        return self.shop.checkout.settle()


class Bug(Exception):
    """Something in the program is broken."""


# What is provoked at each step

@contextmanager
def refusing(walk: Walk) -> Iterator[None]:
    """Every table refuses to be changed: what was to be written stands in the error, if anything lets it."""
    with walk.shop._database.write() as connection:
        tables = [each for each in metadata.tables if each != "alembic_version"]
        names = {f"refuse_{verb}_{table}": (verb, table) for table in tables for verb in ("INSERT", "UPDATE", "DELETE")}
        for name, (verb, table) in names.items():
            connection.exec_driver_sql(f'CREATE TRIGGER {name} BEFORE {verb} ON "{table}"'
                                       " BEGIN SELECT RAISE(ABORT, 'refused'); END")
    yield
    with walk.shop._database.write() as connection:
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


@contextmanager
def listening(to: str, listener: Callable[..., None]) -> Iterator[None]:
    event.listen(Pool, to, listener)
    try:
        yield
    finally:
        event.remove(Pool, to, listener)


@contextmanager
def locked(walk: Walk) -> Iterator[None]:
    """Another program writes, and does not let go."""
    other = sqlite_driver().connect(walk.folder / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with listening("checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout = 0")):
        yield
    other.close()
    with listening("checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout = 10000")), \
            walk.shop._database.read():
        pass


@contextmanager
def broken(_walk: Walk) -> Iterator[None]:
    """The program itself breaks at each beginning of a transaction, with everything around it in its hands."""
    def breaks(*_: object) -> None:
        raise Bug("broken")

    with listening("checkout", breaks):
        yield


FAULTS = [refusing, locked, broken]


@pytest.fixture
def walk(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
         ) -> Iterator[Walk]:
    """A shop in which everything logs as much as it can."""
    monkeypatch.setattr(demo, "APPROVED", (NUMBER,))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    log.begin(tmp_path / "log")
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "sqlalchemy"):
        walk = Walk(tmp_path, clock)
        yield walk
        walk.shop.close()
    log.end()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_no_secret_gets_anywhere_whatever_goes_wrong(
    walk: Walk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tried: Callable[[str, int], None]
) -> None:
    for step in walk.steps().values():
        for fault in FAULTS:
            with fault(walk):
                walk.take(step)
        walk.take(step)
    assert walk.errors > 60
    complained = "\n".join(walk.complained)
    assert "\nafter:\n" in complained  # reports were among them
    assert "hide_parameters" in complained  # and statements
    assert NAME not in complained
    secrets = Secrets(password=PASSWORD, wrong=WRONG_PASSWORD, **dict(zip("abc", walk.tokens, strict=False)))
    said = "\n".join([*walk.said, complained, caplog.text, *capfd.readouterr()]).encode()
    assert secrets.found_in(said) == []
    looked_at = files(walk.folder)
    assert {"shop.db", "backup.db", "catalog.csv", "receipt.txt", "books.beancount", "shopkeeper.log"} <= {
        each.name for each in looked_at}
    assert {each.name: found for each in looked_at if (found := secrets.found_in(each.read_bytes()))} == {}
    assert b"8431" in (walk.folder / "receipt.txt").read_bytes()  # what may be shown is
    tried("steps with secrets, and errors in them", walk.errors + len(walk.steps()))
    tried("files searched for secrets", len(looked_at))


def test_a_portal_that_quotes_the_card_breaks_the_shop_and_no_report_repeats_it(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quotes() -> None:
        raise Bug(f"no idea what to do with {NUMBER} {CVC}")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with Shop.open(str(tmp_path / "shop.db"), clock=clock, gateway=Portal(meanwhile=quotes)) as shop:
        session = shop.accounts.register(EMAIL, PASSWORD, name="Ada")
        cart = shop.cart.add(session, add_product(shop, ships=False).variants[0].id)
        with pytest.raises(Bug) as caught:
            shop.checkout.place(session, CARD, expected_total=cart.total, idempotency_key="a")
    report = crash.report(caught.value)
    assert Secrets(password=PASSWORD).found_in(f"{report.text}{report.told}".encode()) == []
    assert {each: Secrets(password=PASSWORD).found_in(each.read_bytes()) for each in files(tmp_path)} == {
        each: [] for each in files(tmp_path)}


def test_nothing_shows_a_secret_by_its_repr(shop: Shop, tried: Callable[[str, int], None]) -> None:
    session = shop.accounts.register(EMAIL, PASSWORD, name="Ada")
    secrets = Secrets(password=PASSWORD, token=session.token)
    things = [session, CARD, PaymentDeclined("no"), shop, shop.accounts, shop.checkout]
    for each in things:
        shown = [repr(each), str(each), f"{each}", "%r" % (each,)]  # noqa: UP031 (as a log's arguments are)
        assert secrets.found_in("\n".join(shown).encode()) == []
    tried("representations", len(things) * 4)


def test_the_search_finds_a_secret_in_every_form() -> None:

    secrets = Secrets(password=PASSWORD)
    for form in (PASSWORD.encode(), PASSWORD.encode("utf-16-le"), PASSWORD.encode("utf-16-be"),
                 *(base64.b64encode(b"x" * before + PASSWORD.encode() + b"y" * after)
                   for before in range(4) for after in range(4)), PASSWORD[:12].encode(), PASSWORD[12:].encode()):
        assert secrets.found_in(b"\xff" + form + b"\xff") == ["password"]
    for form in (NUMBER, "3714 496353 98431", "3714 4963 5398 431", "3714-496353-98431", "37144963539"):
        assert secrets.found_in(form.encode()) == ["card number"]
    assert secrets.found_in(b"ends in 8431") == []
    assert secrets.found_in(f'"cvc": "{CVC}"'.encode()) == ["CVC"]
