"""The catalog: search, filter, browse."""
from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from tui.backend import Query
from tui.commands import CATALOG, bindings
from tui.screens.base import ShopScreen
from tui.text import plain


class CatalogScreen(ShopScreen):
    """What the shop has."""

    BINDINGS = bindings(CATALOG)
    commands = CATALOG
    place = "Catalog"

    def body(self) -> ComposeResult:
        yield Input(placeholder="Search", id="search")
        yield OptionList(id="products", markup=False)
        yield Static(id="status", markup=False)

    def on_mount(self) -> None:
        self.watch(self.app, "opened", self._opened)

    def _opened(self, opened: bool) -> None:
        if opened:
            self._look()

    @work
    async def _look(self) -> None:
        page = await self.backend.browse(Query())
        self.query_one(OptionList).add_options([plain(card.title) for card in page.products])
        self.query_one("#status", Static).update(f"{page.total} products")
