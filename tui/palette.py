"""What the command palette offers: every command by its words, the themes, and the products by title."""
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.command import (
    CommandInput,
    CommandList,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Provider,
    SearchIcon,
)
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click, Mount
from textual.message import Message
from textual.types import IgnoreReturnCallbackType
from textual.widgets import Input, LoadingIndicator, OptionList

from tui.backend import Query, ShopError
from tui.commands import EVERYWHERE, LEAVE_PALETTE, PALETTE, bindings
from tui.navigation import BaseScreen
from tui.screens.base import ShopScreen
from tui.text import clean, price_range
from tui.themes import THEMES
from tui.widgets.keybar import KeyBar
from tui.widgets.option_list import ShopOptionList

if TYPE_CHECKING:
    from tui.app import ShopApp

_MOST_PRODUCTS = 8


class ShopCommandList(CommandList, ShopOptionList, can_focus=False):
    """Textual's list of commands, safe for keys that come early and for clicks on rows that have gone."""


class ShopCommandInput(CommandInput):
    """Textual's input of the palette, whose enter stands at the foot."""

    BINDINGS = bindings(PALETTE)


class ShopPalette(CommandPalette, BaseScreen[None]):
    """Textual's palette, with what the shop has and nothing else, and with its own keys at the foot."""

    DEFAULT_CSS = """
    ShopPalette CommandList { max-height: 60vh; }
    """
    BINDINGS = bindings(LEAVE_PALETTE)

    commands = (*PALETTE, *LEAVE_PALETTE)

    def __init__(self) -> None:
        super().__init__([CommandsProvider, ProductsProvider], placeholder="What would you like to do, or find?")

    def on_mount(self, event: Mount) -> None:
        # Its own sign is an emoji, as wide as each terminal likes.
        self.query_one(SearchIcon).icon = "▸"
        self._ignore_when_left(event)

    @on(Click)
    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _ignore_when_left(self, event: Message) -> None:
        """Keep Textual's handlers from a palette that was left: they would run its command once more."""
        if self not in self.app.screen_stack:
            event.prevent_default()

    def compose(self) -> ComposeResult:
        with Vertical(id="--container"):
            with Horizontal(id="--input"):
                yield SearchIcon()
                yield ShopCommandInput(placeholder=self._placeholder, select_on_focus=False)
            with Vertical(id="--results"):
                yield ShopCommandList()
                yield LoadingIndicator()
        yield KeyBar()


class CommandsProvider(Provider):
    """The commands of the screen below and of everywhere, and the themes by name."""

    async def discover(self) -> Hits:
        for sentence, key, run in self._offers():
            yield DiscoveryHit(_row(Content(sentence), key), run, text=sentence)

    async def search(self, query: str) -> Hits:
        for sentence, key, run in self._offers():
            if _begin_words_of(sentence, query):
                yield Hit(1, _row(Content(sentence), key), run, text=sentence)

    def _offers(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        """What can be done, as a sentence of ours, its key, and how it is done."""
        here = self.screen.commands if isinstance(self.screen, ShopScreen) else ()
        for namespace, commands in ((self.screen, here), (self.app, EVERYWHERE)):
            for each in commands:
                if each.palette and each.action:
                    run = partial(self.app.run_action, each.action, namespace)
                    yield each.help, each.key_in_words, run
        for name in THEMES:
            yield f"Take these colors: {name}", "", partial(_shop_app(self).choose_theme, name)


class ProductsProvider(Provider):
    """Products whose words begin like what was typed."""

    async def search(self, query: str) -> Hits:
        app = _shop_app(self)
        if not app.opened:
            return
        try:
            page = await app.backend.browse(Query(text=query), limit=_MOST_PRODUCTS)
        except ShopError:
            return  # a palette without products is still a palette
        for place, card in enumerate(page.products):
            facts = Content.styled(f"{clean(card.vendor)} · {price_range(card)}", "$muted")
            title = Content.assemble((clean(card.title), "bold"), "   ", facts)
            # Below the commands, in the order of the search.
            yield Hit(0.5 - place / 100, title, partial(app.open_product, card.handle), text=clean(card.title))


def _begin_words_of(sentence: str, query: str) -> bool:
    """Whether each word of the query begins a word of the sentence, as in the catalog's search."""
    words = re.findall(r"\w+", sentence.casefold())
    return all(any(word.startswith(typed) for word in words) for typed in query.casefold().split())


def _row(sentence: Content, key: str) -> Content:
    return Content.assemble(sentence, "   ", (key, "$accent"))


def _shop_app(provider: Provider) -> ShopApp:
    from tui.app import ShopApp

    assert isinstance(provider.app, ShopApp)  # no other app has this palette
    return provider.app
