"""Terminals in which somebody is logged in already."""
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shopkeeper import Session, Shop
from tests.factories import add_account
from tui.app import ShopApp
from tui.shared_session import SharedSession
from tui.state import TerminalState
from tui.testing import Shopper


@asynccontextmanager
async def account_of_ada(
    shop: Shop, folder: Path, *, name: str = "Ada", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Shopper, Session]]:
    """Ada, who logged in the last time, before her account; and her session."""
    session = add_account(shop, name=name)
    SharedSession(shop, TerminalState(folder)).keep(session)
    async with ShopApp(shop, state_folder=folder).run_test(size=size, notifications=True) as pilot:
        shopper = Shopper(pilot)
        await shopper.wait()
        await shopper.press("escape", "p")
        yield shopper, session


def app_of(shopper: Shopper) -> ShopApp:
    """The app, by its own type."""
    assert isinstance(shopper.app, ShopApp)
    return shopper.app


def shows(shopper: Shopper, text: str) -> bool:
    """Whether the screen says so, on however many lines."""
    frames = str.maketrans("▌│", "  ")
    return text in " ".join(" ".join(shopper.screen_text()).translate(frames).split())


async def fill_in(shopper: Shopper, **texts: str) -> None:
    """Types into fields, by their ids, and sends the form from the last of them."""
    for field, text in texts.items():
        await shopper.type_into(f"#{field}", text)
    await shopper.press("enter")
