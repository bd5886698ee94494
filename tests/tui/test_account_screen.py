"""The account on the screen: what it shows, where each way leads, and the sessions."""
from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.screen import Screen

from shopkeeper import SessionExpired, Shop
from tests.conftest import FakeClock
from tests.factories import PASSWORD
from tests.tui.snapshots import Snapshots
from tests.tui.terminals import account_of_ada, app_of, fill_in, shows
from tui.commands import ACCOUNT, ACCOUNT_WAYS
from tui.screens.account import AccountScreen
from tui.screens.cart import CartScreen
from tui.screens.catalog import CatalogScreen
from tui.screens.change_details import ChangeDetailsScreen
from tui.screens.change_password import ChangePasswordScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.delete_account import DeleteAccountScreen
from tui.screens.login import LoginScreen
from tui.screens.orders import OrdersScreen
from tui.screens.save_my_data import SaveMyDataScreen
from tui.state import TerminalState
from tui.testing import Shopper
from tui.themes import THEMES
from tui.widgets.session_list import SessionList
from tui.widgets.ways import Ways

EMAIL = "ada@example.com"
DAY = 24 * 60 * 60
SIZES = [(60, 18), (80, 24), (120, 40)]

# What leads there, a word by which the palette finds it, and where it leads.
WAYS: dict[str, tuple[str, type[Screen[object]]]] = {
    "account.details": ("name", ChangeDetailsScreen), "account.password": ("password", ChangePasswordScreen),
    "account.save": ("keeps", SaveMyDataScreen), "account.log_out_everywhere": ("everywhere", ConfirmScreen),
    "account.delete": ("delete", DeleteAccountScreen),
}


def is_alive(shop: Shop, token: str) -> bool:
    try:
        shop.accounts.resume(token)
    except SessionExpired:
        return False
    return True


async def test_it_tells_who_one_is_and_where_one_is_logged_in(shop: Shop, tmp_path: Path, clock: FakeClock) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        assert shows(shopper, "Name Ada")
        assert shows(shopper, f"Email {EMAIL}")
        assert shows(shopper, "● this one 22 Nov 2026 22 Nov 2026")
        assert not shows(shopper, "○ another")
        clock.advance(DAY)
        shop.accounts.login(EMAIL, PASSWORD)
        await shopper.press("s", "escape")
        assert shows(shopper, "○ another 23 Nov 2026 23 Nov 2026")
        assert [each.current for each in shopper.screen.query_one(SessionList).sessions] == [False, True]


async def test_a_name_is_shown_to_the_letter(shop: Shop, tmp_path: Path) -> None:
    name = "[XL] [/] [@click=app.quit]Ada[/]"
    async with account_of_ada(shop, tmp_path, name=name) as (shopper, _):
        assert shows(shopper, f"Name {name}")
        await shopper.press("e")
        assert shows(shopper, name)


@pytest.mark.parametrize("hand", ["key", "row", "mouse", "palette"])
async def test_each_way_is_gone_by_its_key_on_its_row_with_the_mouse_and_from_the_palette(
    shop: Shop, tmp_path: Path, hand: str
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        for place, way in enumerate(ACCOUNT_WAYS):
            if way.id not in WAYS:
                continue
            word, there = WAYS[way.id]
            match hand:
                case "key":
                    await shopper.press(way.key)
                case "row":
                    await shopper.press("home", *["down"] * place, "enter")
                case "mouse":
                    await shopper.pilot.click(Ways, offset=Offset(5, place))
                    await shopper.wait()
                case _:
                    await shopper.press("ctrl+p", *word)
                    await shopper.press("enter")
            assert isinstance(shopper.screen, there), way.id
            await shopper.press("escape")
            assert isinstance(shopper.screen, AccountScreen)


async def test_one_logs_out_on_the_row_as_well(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        await shopper.pilot.click(Ways, offset=Offset(5, 3))
        await shopper.wait()
        assert isinstance(shopper.screen, CatalogScreen)
        assert not is_alive(shop, session.token)


async def test_the_help_knows_every_key_of_the_account(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path, size=(80, 40)) as (shopper, _):
        await shopper.press("question_mark")
        for command in ACCOUNT:
            assert shows(shopper, command.help)


# Sessions

@pytest.mark.parametrize("by_mouse", [False, True])
async def test_a_session_elsewhere_is_ended_once_asked_again(
    shop: Shop, tmp_path: Path, clock: FakeClock, by_mouse: bool
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        clock.advance(60)
        elsewhere = shop.accounts.login(EMAIL, PASSWORD)
        await shopper.press("s", "escape", "tab", "x", "n")
        assert is_alive(shop, elsewhere.token)
        if by_mouse:
            await shopper.pilot.click(SessionList, offset=Offset(3, 0))
            await shopper.click("#yes")
        else:
            await shopper.press("x", "y")
        assert shows(shopper, "That session has ended.")
        assert not shows(shopper, "○ another")
        assert not is_alive(shop, elsewhere.token)
        assert is_alive(shop, session.token)


async def test_to_end_the_session_one_is_in_is_to_log_out(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        await shopper.press("x")
        assert shows(shopper, "This is the session you are in. Log out here?")
        await shopper.press("y")
        assert isinstance(shopper.screen, CatalogScreen)
        assert app_of(shopper).account is None
        assert not is_alive(shop, session.token)


async def test_a_session_that_ended_meanwhile_is_told_and_goes_from_the_list(
    shop: Shop, tmp_path: Path, clock: FakeClock
) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, _):
        clock.advance(60)
        elsewhere = shop.accounts.login(EMAIL, PASSWORD)
        await shopper.press("s", "escape", "x")
        shop.accounts.logout(elsewhere)
        await shopper.press("y")
        assert shows(shopper, "This session has ended already.")
        assert not shows(shopper, "○ another")


async def test_one_logs_out_everywhere_once_asked_again(shop: Shop, tmp_path: Path) -> None:
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        elsewhere = shop.accounts.login(EMAIL, PASSWORD)
        await shopper.press("a", "n")
        assert is_alive(shop, elsewhere.token)
        await shopper.press("a", "y")
        assert isinstance(shopper.screen, CatalogScreen)
        assert shows(shopper, "You are logged out everywhere.")
        assert app_of(shopper).account is None
        assert not is_alive(shop, elsewhere.token)
        assert not is_alive(shop, session.token)
        assert not TerminalState(tmp_path).has_tokens


@pytest.mark.parametrize("keys, place", [("s enter", AccountScreen), ("a y", AccountScreen), ("o", OrdersScreen),
                                         ("c", CartScreen)])
async def test_whose_session_ended_elsewhere_logs_in_again_and_is_back(
    shop: Shop, tmp_path: Path, keys: str, place: type[Screen[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with account_of_ada(shop, tmp_path) as (shopper, session):
        shop.accounts.logout_everywhere(session)
        await shopper.press(*keys.split())
        assert isinstance(shopper.screen, LoginScreen)
        assert shows(shopper, "Your session has ended. Log in again to go on.")
        assert app_of(shopper).account is None
        await fill_in(shopper, email=EMAIL, password=PASSWORD)
        assert [type(each) for each in shopper.app.screen_stack] == [CatalogScreen, place]
        assert app_of(shopper).account is not None


# The look

@pytest.mark.parametrize("size", SIZES)
async def test_the_account_looks_as_it_did(
    shop: Shop, tmp_path: Path, clock: FakeClock, snapshots: Snapshots, size: tuple[int, int]
) -> None:
    async with account_of_ada(shop, tmp_path, name="Ada Lovelace", size=size) as (shopper, _):
        clock.advance(DAY)
        shop.accounts.login(EMAIL, PASSWORD)
        await shopper.press("s", "escape")
        snapshots.compare(shopper, "account-sessions")
        await shopper.press("tab", "x")
        snapshots.compare(shopper, "account-end-session")
        await shopper.press("n", "e")
        await shopper.type_into("#email", "ada@king.example")
        snapshots.compare(shopper, "account-details")
        await shopper.press("escape", "w")
        snapshots.compare(shopper, "account-password")
        await shopper.press("escape", "s")
        snapshots.compare(shopper, "account-save")
        await shopper.press("escape", "d", "enter")
        snapshots.compare(shopper, "account-delete")


@pytest.mark.parametrize("size, theme", [*zip(SIZES, THEMES, strict=True)])
async def test_every_control_can_be_reached_and_seen_at_any_size(
    shop: Shop, tmp_path: Path, size: tuple[int, int], theme: str
) -> None:
    async with account_of_ada(shop, tmp_path, size=size) as (shopper, _):
        app_of(shopper).choose_theme(theme)
        await shopper.wait()
        seen = await _tab_through(shopper)
        assert seen == {"ways", "sessions", "themes"}
        for key, controls in {"e": {"name", "email", "change"}, "w": {"current", "new", "confirm", "change"},
                              "s": {"file", "save"}, "d": {"password", "delete"}}.items():
            await shopper.press(key)
            assert await _tab_through(shopper) == controls
            await shopper.press("escape")
        await shopper.press("e")
        await fill_in(shopper, name="", email="ada", password="")
        assert await _tab_through(shopper) == {"name", "email", "password", "change"}


async def _tab_through(shopper: Shopper) -> set[str]:
    """The controls that have the focus one after the other; each is seen, whole, while it does."""
    seen = set()
    for _ in shopper.screen.focus_chain:
        focused = shopper.app.focused
        assert focused is not None
        place = shopper.screen.find_widget(focused)
        assert place.visible_region.size == focused.region.size, f"{focused!r} is cut\n{shopper.screen_text()}"
        seen.add(focused.id or "")
        await shopper.press("tab")
    return seen
