"""What one can do with one's account, form by form."""
from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from shopkeeper import AuthenticationFailed, Card, Session, SessionExpired, Shop
from shopkeeper.accounts.service import Accounts
from tests.conftest import FakeClock
from tests.factories import PASSWORD, add_account, add_product
from tests.machine import umask
from tests.portals import Portal
from tests.tui.terminals import account_of_ada, app_of, fill_in, shows
from tests.waiting import PATIENCE
from tui.screens.account import AccountScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.change_password import ChangePasswordScreen
from tui.screens.delete_account import DeleteAccountScreen
from tui.screens.save_my_data import SaveMyDataScreen
from tui.state import TerminalState
from tui.testing import Shopper
from tui.text import duration
from tui.widgets.field import Field

EMAIL = "ada@example.com"
ANOTHER = "another four word phrase"


def at(shopper: Shopper, entry: str) -> str:
    """What is said at a field."""
    field = next(each for each in shopper.screen.query(Field) if each.entry.id == entry)
    return str(field.query_one(".said").render()) if field.has_class("-wrong") else ""


def buy(shop: Shop, session: Session) -> str:
    """A mug, which Ada has not got yet; the number of the order."""
    shop.cart.add(session, add_product(shop, ships=False).variants[0].id)
    total = shop.cart.view(session).total
    card = Card.test("4242 4242 4242 4242")
    return shop.checkout.place(session, card, expected_total=total, idempotency_key="mug").number


# Name and email

async def test_a_name_is_changed_without_the_password(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        await shopper.press("e")
        await shopper.type_into("#name", "Ada King")
        assert not shows(shopper, "Password")
        await shopper.press("enter", "enter")
        assert isinstance(shopper.screen, AccountScreen)
        assert shows(shopper, "Name Ada King")
        assert shows(shopper, "Your name and email are kept.")
        assert "Ada King" in shopper.screen_text()[0]
        account = shop.accounts.resume(session.token).account
        assert account is not None
        assert (account.name, account.email) == ("Ada King", EMAIL)


async def test_another_email_takes_the_password(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("e")
        await fill_in(shopper, email="ada@king.example", password="")
        assert "Type your password" in at(shopper, "password")
        await fill_in(shopper, password=ANOTHER)
        assert "This is not your password." in at(shopper, "password")
        await fill_in(shopper, password=PASSWORD)
        assert shows(shopper, "Email ada@king.example")
        assert shop.accounts.login("ada@king.example", PASSWORD).account is not None


async def test_details_that_cannot_be_are_told_at_their_fields(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        add_account(shop, "bob@example.com", name="Bob")
        await shopper.press("e")
        await fill_in(shopper, name="", email="ada", password=PASSWORD)
        assert "Type your name." in at(shopper, "name")
        assert "Write the email like" in at(shopper, "email")
        assert shopper.app.focused is shopper.screen.query_one("#name")
        await fill_in(shopper, name="Ada", email="BOB@example.com", password=PASSWORD)
        assert "There is an account with this email." in at(shopper, "email")


async def test_an_email_that_was_changed_elsewhere_is_not_changed_back_without_the_password(
    shop: Shop, tmp_path: Path
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        shop.accounts.change_details(session, name="Ada", email="ada@king.example", password=PASSWORD)
        await shopper.press("e", "enter", "enter")
        assert shows(shopper, "▲ Type your password to change the email.")
        assert shopper.app.focused is shopper.screen.query_one("#password")


# The password

async def test_a_password_is_changed_and_other_sessions_end(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        elsewhere = shop.accounts.login(EMAIL, PASSWORD)
        await shopper.press("w")
        await fill_in(shopper, current=PASSWORD, new=ANOTHER, confirm=ANOTHER)
        assert isinstance(shopper.screen, AccountScreen)
        assert shows(shopper, "Your password is changed.")
        assert shop.accounts.login(EMAIL, ANOTHER).account is not None
        for dead in (session, elsewhere):
            with pytest.raises(SessionExpired):
                shop.accounts.resume(dead.token)
        kept = TerminalState(tmp_path).token(shop.settings.shop_id)
        assert kept and shop.accounts.resume(kept).account is not None


async def test_advice_comes_while_a_new_password_is_typed(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("w")
        await shopper.type_into("#new", "short")
        assert shows(shopper, "Use at least 8 characters")
        await shopper.type_into("#new", EMAIL)
        assert not shows(shopper, "● A good password.")
        await shopper.type_into("#new", ANOTHER)
        assert shows(shopper, "● A good password.")


async def test_a_password_that_cannot_be_is_told_at_its_field_and_nothing_changes(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("w")
        await fill_in(shopper, confirm=ANOTHER)
        assert "Type the password that you have now." in at(shopper, "current")
        await fill_in(shopper, current=PASSWORD, new=ANOTHER, confirm=PASSWORD)
        assert "This is another password than the one above." in at(shopper, "confirm")
        await fill_in(shopper, new="1234", confirm="1234")
        assert "Use at least 8 characters" in at(shopper, "new")
        await fill_in(shopper, current="not my password", new=ANOTHER, confirm=ANOTHER)
        assert "This is not your password." in at(shopper, "current")
        assert shop.accounts.login(EMAIL, PASSWORD).account is not None
        with pytest.raises(AuthenticationFailed):
            shop.accounts.login(EMAIL, ANOTHER)


async def test_who_tried_too_often_is_told_when_to_try_again(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        for _ in range(6):
            with pytest.raises(AuthenticationFailed):
                shop.accounts.proof(session, ANOTHER)
        for key, last in {"w": "confirm", "d": "password"}.items():
            await shopper.press(key)
            filled = {"current": PASSWORD, "new": ANOTHER, "confirm": ANOTHER} if key == "w" else {last: PASSWORD}
            await fill_in(shopper, **filled)
            field = "current" if key == "w" else "password"
            assert at(shopper, field) == "▲ Too many tries. Try again in 1 second."
            await shopper.press("escape")


@pytest.mark.parametrize("seconds, words", [(1, "1 second"), (64, "64 seconds"), (91, "2 minutes"),
                                            (900, "15 minutes"), (841, "15 minutes")])
def test_a_wait_is_told_in_words(seconds: int, words: str) -> None:
    assert duration(seconds) == words


async def test_while_the_shop_is_asked_the_button_says_so_and_no_key_leads_away(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    asked: list[str] = []
    really = Accounts.change_password

    def slowly(accounts: Accounts, session: Session, current: str, new: str) -> Session:
        asked.append(new)
        assert go_on.wait(PATIENCE)
        return really(accounts, session, current, new)

    monkeypatch.setattr(Accounts, "change_password", slowly)
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("w")
        for field, text in {"current": PASSWORD, "new": ANOTHER, "confirm": ANOTHER}.items():
            await shopper.type_into(f"#{field}", text)
        await shopper.pilot.click("#change")
        await shopper.pilot.press("escape", "b", "c", "enter")
        await shopper.pilot.click("#tabs")
        stayed = isinstance(shopper.screen, ChangePasswordScreen)
        said = [line.strip(" │") for line in shopper.screen_text()]
        go_on.set()
        await shopper.wait()
        assert stayed
        assert "◌ working" in said
        assert isinstance(shopper.screen, AccountScreen)
        assert asked == [ANOTHER]


# One's data

async def test_ones_data_are_saved_at_home_and_for_nobody_else(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        number = buy(shop, session)
        await shopper.press("s")
        with umask(0):
            await shopper.press("enter")
        path = tmp_path / "my-shop-data.json"
        assert isinstance(shopper.screen, AccountScreen)
        assert shows(shopper, "Your data is in")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        saved = json.loads(path.read_text("utf-8"))
        assert saved["account"]["email"] == EMAIL
        assert [order["number"] for order in saved["orders"]] == [number]


async def test_a_file_that_is_there_is_replaced_only_by_saving_once_more(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary", "utf-8")
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("s")
        await fill_in(shopper, file="diary.txt")
        assert "There is such a file." in at(shopper, "file")
        assert diary.read_text("utf-8") == "Dear diary"
        await shopper.press("enter")
        assert json.loads(diary.read_text("utf-8"))["account"]["email"] == EMAIL


@pytest.mark.parametrize("typed, told", [
    ("", "Type the name of a file."), ("~", "Type the name of a file."), ("/", "Type the name of a file."),
    ("nowhere/data.json", "cannot be written: No such file"), ("~nobody-here/x", "cannot be written: No such file"),
    ("x" * 300, "cannot be written: File name too long"),
])
async def test_a_path_that_cannot_be_written_is_told_at_its_field(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, told: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        await shopper.press("s")
        shopper.screen.query_one("#file", Input).value = typed
        await shopper.press("enter")
        assert told in at(shopper, "file")
        assert isinstance(shopper.screen, SaveMyDataScreen)


# The end

async def test_who_deletes_the_account_is_a_guest_at_the_catalog(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        number = buy(shop, session)
        await shopper.press("d")
        assert shows(shopper, "Your orders stay in the books, made anonymous")
        assert shows(shopper, "What was not sent yet can be sent no more.")
        await fill_in(shopper, password=PASSWORD)
        assert isinstance(shopper.screen, CatalogScreen)
        assert shows(shopper, "Your account is deleted.")
        assert app_of(shopper).account is None
        assert "guest" in shopper.screen_text()[0]
        assert not TerminalState(tmp_path).has_tokens
        with pytest.raises(AuthenticationFailed):
            shop.accounts.login(EMAIL, PASSWORD)
        assert number in [order.number for order in shop.back_office.orders()]
        await shopper.register(EMAIL, PASSWORD, name="Ada again")
        assert shows(shopper, "Name Ada again")


async def test_an_account_is_deleted_by_its_password_only(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        await shopper.press("d", "enter")
        assert "Type your password to delete your account." in at(shopper, "password")
        await fill_in(shopper, password=ANOTHER)
        assert "This is not your password." in at(shopper, "password")
        await shopper.press("escape")
        assert isinstance(shopper.screen, AccountScreen)
        assert shop.accounts.resume(session.token).account is not None


async def test_an_account_with_a_payment_under_way_is_not_deleted(tmp_path: Path, clock: FakeClock) -> None:
    with Shop.open(str(tmp_path / "shop.db"), clock=clock, gateway=Portal(mood="silent")) as shop:
        async with account_of_ada(shop, tmp_path) as (shopper, session):
            buy(shop, session)
            await shopper.press("d")
            await fill_in(shopper, password=PASSWORD)
            assert isinstance(shopper.screen, DeleteAccountScreen)
            assert shows(shopper, "Try again once it is decided.")
            assert not shopper.screen.query_one("#delete", Button).disabled
