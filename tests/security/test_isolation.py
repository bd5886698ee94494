"""Nobody sees or changes anything of anybody else: every public method of every service is tried, with every session.

Ada is the victim. What is handed in is hers: her orders' numbers, her sessions, her password, the key of her last
payment. What holds the door is the session alone. A new method is among those that are tried as soon as it is written.
"""
from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shopkeeper import Card, PaymentDeclined, Session, SessionExpired, Shop, ShopError
from shopkeeper.accounts.service import Accounts
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product
from tests.orders.buying import DECLINED, GOOD, HOME, pay
from tests.portals import Portal
from tests.privacy.belongings import rows_of
from tests.security.doors import Door, doors

# Services that take no session, method by method, and why they need none.
WITHOUT_SESSION = {
    "accounts": ("they are how one gets a session, or ask for nothing that is kept", {
        "guest", "login", "password_problem", "register", "resume"}),
    "catalog": ("what is sold is for everybody to see; to bring it in is the owner's", {
        "browse", "categories", "close", "export_csv", "import_attributes", "import_csv", "is_empty", "is_preparing",
        "make_index", "needs_index", "product"}),
    "settings": ("they are the shop's", {
        "all", "change", "currency", "name", "prices_include_tax", "shipping_flat", "shipping_free_from", "shop_id",
        "tax_rate"}),
    "inventory": ("the owner counts", {"levels", "set_on_hand"}),
    "checkout": ("the shop and its portal settle what is open; nothing is told of whose it was", {"hear", "settle"}),
    "back_office": ("it is the owner's", {"altered", "fulfil", "get", "orders", "problem_of_receipt"}),
    "ledger": ("it is the owner's", {"balances", "entries", "export"}),
    "upkeep": ("whoever has the file may copy it", {"backup", "before_migration", "daily_backup"}),
    "demo_portal": ("it stands for a portal outside of the shop", {
        "charge", "charges_left", "lookup", "mood", "refund", "set_mood"}),
}

NEW_PASSWORD = "another four word phrase"


class Victim(NamedTuple):
    """Ada, and what is hers."""

    session: Session
    id: int
    arguments: dict[str, list[Any]]
    secrets: list[str]


class Scene(NamedTuple):
    """A shop's file, the victim, and the sessions of others by what they are."""

    file: Path
    ada: Victim
    others: dict[str, Session]


OTHERS = ("another account", "a guest", "a session that was ended", "a deleted account", "a made-up session",
          "another account that says it is Ada's")
NOBODYS = ("a session that was ended", "a deleted account", "a made-up session")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    file = tmp_path_factory.mktemp("isolation") / "shop.db"
    with opened(file) as shop:
        mug = add_product(shop, "Plain Mug", stock=100).variants[0].id
        ada = victim(shop, mug)
        mallory = add_account(shop, "mallory@example.com", name="Mallory")
        shop.cart.add(mallory, mug, 3)
        guest = shop.accounts.guest()
        shop.cart.add(guest, mug, 3)
        ended = shop.accounts.login("ada@example.com", PASSWORD)
        shop.accounts.logout(ended)
        gone = add_account(shop, "carol@example.com", name="Carol")
        shop.cart.add(gone, mug)
        pay(shop, gone, address=HOME)
        shop.privacy.delete_account(gone, PASSWORD)
    made_up = Session("A" * 43, ada.session.account, ada.session.expires_at)
    forged = Session(mallory.token, ada.session.account, ada.session.expires_at)
    sessions = (mallory, guest, ended, gone, made_up, forged)
    return Scene(file, ada, dict(zip(OTHERS, sessions, strict=True)))


def victim(shop: Shop, mug: int) -> Victim:
    session = add_account(shop, "ada@example.com", name="Ada Lovelace")
    shop.accounts.login("ada@example.com", PASSWORD)
    shop.cart.add(session, mug, 3)
    with pytest.raises(PaymentDeclined):
        pay(shop, session, DECLINED, key="declined", address=HOME)
    numbers = ["SK-000001"]
    for key in ("sent", "kept"):
        total = shop.cart.view(session).total
        numbers.append(pay(shop, session, key=key, address=HOME).number)
        shop.cart.add(session, mug, 3)
    shop.back_office.fulfil(numbers[1])
    infos = shop.accounts.sessions(session)
    assert session.account is not None
    arguments: dict[str, list[Any]] = {
        "variant_id": [mug], "quantity": [1], "number": numbers, "session_id": [each.id for each in infos],
        "cursor": [None, "4", "99"], "name": ["Ada King"], "email": ["ada@example.com", "countess@example.com"],
        "password": [PASSWORD], "current": [PASSWORD], "new": [NEW_PASSWORD], "payment": [GOOD],
        "expected_total": [total], "idempotency_key": ["kept"], "address": [HOME], "path": [Path("told.txt")],
    }
    secrets = ["ada@example.com", "Ada Lovelace", HOME.street, HOME.postal_code, *numbers, *arguments["session_id"]]
    return Victim(session, session.account.id, arguments, secrets)


def opened(file: Path) -> Shop:
    return Shop.open(str(file), gateway=Portal(), clock=FakeClock())


class Copies:
    """The scene's shop, and a fresh copy of it as soon as something in it was changed."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self._scene = scene
        self._file = folder / "shop.db"
        self._shop: Shop | None = None
        self.before: Mapping[str, object] = {}

    def fresh(self) -> Shop:
        """A shop that is as it was at first."""
        if self._shop is None or everything(self._shop) != self.before:
            self.close()
            shutil.copy(self._scene.file, self._file)
            self._shop = opened(self._file)
            self.before = everything(self._shop)
        return self._shop

    def close(self) -> None:
        if self._shop is not None:
            self._shop.close()


@pytest.fixture
def copies(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copies]:
    """What is written into files goes beside them."""
    monkeypatch.chdir(tmp_path)
    copies = Copies(scene, tmp_path)
    yield copies
    copies.close()


def kept_of(shop: Shop, ada: Victim) -> Mapping[str, object]:
    """All that the shop keeps of Ada, and that nobody failed to log in as her."""
    with shop._database.read() as connection:
        failures = connection.exec_driver_sql("SELECT * FROM login_failure WHERE email_key LIKE 'ada%'").all()
        return {**rows_of(connection, ada.id), "login_failure": failures}


def everything(shop: Shop) -> Mapping[str, object]:
    """All that the shop keeps."""
    with shop._database.read() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").scalars().all()
        return {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()  # noqa: S608 - ours
                for name in names}


def attempt(shop: Shop, door: Door, arguments: Mapping[str, Any]) -> tuple[type[ShopError] | None, str]:
    """How the shop refused, if it did; and all that it told."""
    told = Path("told.txt")
    told.unlink(missing_ok=True)
    try:
        answer = door.on(shop)(**arguments)
    except ShopError as error:
        return type(error), ""
    return None, f"{answer!r} {told.read_text() if told.exists() else ''}"


def doors_with_a_session(shop: Shop) -> list[Door]:
    return [door for door in doors(shop) if door.takes_session and not door.is_inside]


def wrongs(scene: Scene, door: Door, who: str, copies: Copies) -> Iterator[str]:
    """What goes wrong at a door, in sentences."""
    for arguments in door.calls(scene.others[who], scene.ada.arguments):
        shop = copies.fresh()
        before = kept_of(shop, scene.ada)
        refused, told = attempt(shop, door, arguments)
        given = {name: value for name, value in arguments.items() if not isinstance(value, Session | Card)}
        handed_in = repr(arguments.get("address"))  # whoever buys is told where it goes
        here = f"{door.name}({given}) with {who}"
        if kept_of(shop, scene.ada) != before:
            yield f"{here} changed something of Ada's."
        if seen := [secret for secret in scene.ada.secrets if secret in told and secret not in handed_in]:
            yield f"{here} told {seen}."
        if who in NOBODYS and everything(shop) != copies.before:
            yield f"{here} changed something."
        if who in NOBODYS and refused is not SessionExpired and door.name != "accounts.logout":
            yield f"{here} was not refused as ended, but {refused or 'answered'}."


@pytest.mark.parametrize("who", OTHERS)
def test_no_door_opens_to_anybody_else(
    scene: Scene, copies: Copies, who: str, tried: Callable[[str, int], None]
) -> None:
    with_session = doors_with_a_session(copies.fresh())
    found = [wrong for door in with_session for wrong in wrongs(scene, door, who, copies)]
    assert found == []
    tried("doors, each with another's session", len(with_session))


def test_each_door_opens_to_ada_herself(scene: Scene, copies: Copies) -> None:
    """So what is handed in makes sense, and it was the session that kept others out."""
    refusals = {door.name: [attempt(copies.fresh(), door, arguments)[0]
                            for arguments in door.calls(scene.ada.session, scene.ada.arguments)]
                for door in doors_with_a_session(copies.fresh())}
    assert {name: each for name, each in refusals.items() if all(each)} == {}


def test_what_takes_no_session_is_on_the_list_with_the_reason(shop: Shop) -> None:
    listed = {f"{service}.{method}" for service, (_, methods) in WITHOUT_SESSION.items() for method in methods}
    found = {door.name for door in doors(shop) if not door.takes_session and not door.is_inside}
    assert found - listed == set(), "Let it take a session, or say in WITHOUT_SESSION why it needs none."
    assert listed - found == set(), "This is no longer there, or takes a session now."


def test_a_new_method_is_found_and_so_is_an_argument_that_nobody_knows(
    shop: Shop, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lend(self: Accounts, session: Session, neighbor: str, limit: int = 1) -> None:
        """Something new."""

    before = {door.name for door in doors(shop)}
    monkeypatch.setattr(Accounts, "lend", lend, raising=False)
    (new,) = [door for door in doors(shop) if door.name not in before]
    assert (new.name, new.takes_session, new.is_inside) == ("accounts.lend", True, False)
    with pytest.raises(AssertionError, match=r"what to give `accounts\.lend` for `neighbor`"):
        list(new.calls(scene.ada.session, scene.ada.arguments))
    (call,) = new.calls(scene.ada.session, scene.ada.arguments | {"neighbor": ["Bob"]})
    assert call == {"session": scene.ada.session, "neighbor": "Bob"}
