"""The catalog: search, filter, browse. Results follow every key; what is late is dropped."""
from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace

from textual import on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import Click, DescendantFocus
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Input

from tui.backend import BrowsePage, Category, Facet, Product, Query, ShopError
from tui.commands import CATALOG, FACETS, SEARCH, Command, bindings
from tui.filters import Chip, chips, cleared, next_sort
from tui.input_queue import BEFORE_NEXT_COMMAND, OPENING
from tui.screens.base import ShopScreen
from tui.widgets.action_text import run_clicked
from tui.widgets.details import Details
from tui.widgets.facets import Facets
from tui.widgets.filters_line import FiltersLine
from tui.widgets.nothing_found import nothing_found
from tui.widgets.pages import PAGE
from tui.widgets.product_list import Place, ProductList
from tui.widgets.search_input import SearchInput

_PATIENCE = 0.15  # seconds until the screen says that the shop is still being opened
_TOGETHER = 10  # rounds of the event loop, after which all widgets have asked to be painted; a frame may come between
_PAUSE = 0.08  # seconds that the bar rests on a product before all of it is read
_REMEMBERED = 50  # products whose details are kept


class CatalogScreen(ShopScreen):
    """What the shop has."""

    AUTO_FOCUS = "#search"
    BINDINGS = [
        *bindings(CATALOG),
        Binding("escape", "leave", show=False),
    ]
    commands = (*FACETS, *CATALOG, *SEARCH)
    place = "Catalog"

    search = query_one("#search", Input)
    facets = query_one("#facets", Facets)
    products = query_one("#products", ProductList)
    details = query_one("#details", Details)
    filters = query_one(FiltersLine)

    def __init__(self) -> None:
        super().__init__()
        self._query = Query()
        self._page: BrowsePage | None = None
        self._shown = Query()
        self._fetching = False
        self._preparing: Timer | None = None
        self._of_all = 0
        self._categories: tuple[Category, ...] = ()
        self._facets: dict[str, Facet] = {}
        self._chips: list[Chip] = []
        self._suggestions: tuple[str, ...] = ()
        self._known: OrderedDict[str, Product] = OrderedDict()

    def body(self) -> ComposeResult:
        yield SearchInput(placeholder="Search", id="search")
        yield FiltersLine(id="filters")
        with Horizontal(id="shelf") as shelf:
            shelf.display = False  # there is nothing to lay out until the shop is open
            yield Facets(id="facets", classes="panel")
            yield ProductList(id="products", classes="panel")
            yield Details(id="details", classes="panel")

    def offers(self, command: Command) -> bool:
        return command.id != "catalog.open" or (self._page is not None and self._page.total > 0)

    def on_mount(self) -> None:
        self.facets.border_title = "Filters"
        self.products.border_title = "Products"
        self.set_timer(_PATIENCE, self._say_opening)
        self.watch(self.app, "opened", self._opened)

    def shown(self) -> None:
        if self._page is not None:
            self._read_again()

    def _say_opening(self) -> None:
        if not self.shop_app.opened:
            self.filters.say("opening the shop …")

    def _opened(self, opened: bool) -> None:
        if opened:
            self._enter()
            self.set_timer(_PATIENCE, self._watch_preparing)  # the first answer may take longer

    def _watch_preparing(self) -> None:
        """Says that the index is being made, and does so until it is there."""
        if self._preparing is None and self.backend.is_preparing():
            self._preparing = self.set_interval(_PATIENCE, self._say_preparing)

    def _say_preparing(self) -> None:
        preparing = self.backend.is_preparing()
        self.filters.say_aside("making the search index …" if preparing else "")
        if not preparing and self._preparing is not None:
            self._preparing.stop()
            self._preparing = None

    # Asking

    def ask(self, query: Query) -> None:
        """Shows what matches another query, from the top."""
        self._query = query
        self._suggestions = ()
        if self.search.value != query.text:
            with self.prevent(Input.Changed):
                self.search.value = query.text
        if self.shop_app.opened:
            self._look(query)

    @work(group=OPENING)
    async def _enter(self) -> None:
        with self.telling_errors():
            page = await self.backend.browse(Query(), limit=PAGE)
            self._learn(page)
            self.search.placeholder = f"Search {page.total:,} products"
            if self._query == Query():
                await self._show_in_a_frame(page)
            else:
                self._look(self._query)

    @work(exclusive=True, group=BEFORE_NEXT_COMMAND)
    async def _look(self, query: Query) -> None:
        await self.wait_for_refresh()  # the key that was typed is painted first
        with self.telling_errors():
            page = await self.backend.browse(query, limit=PAGE)
            if query == self._query:
                await self._show_in_a_frame(page)

    @work(group="pages")
    async def _fetch_pages(self) -> None:
        """Reads what the list wants, one page after the other; what it wants changes while one is read."""
        try:
            with self.telling_errors():
                while (start := self.products.wanted) is not None:
                    shown = self._page
                    page = await self.backend.browse(self._shown, limit=PAGE, start=start)
                    if self._page is shown and not self.products.take(page):
                        self._read_again()
                        return
        finally:
            self._fetching = False

    @work(exclusive=True, group=BEFORE_NEXT_COMMAND)
    async def _read_again(self) -> None:
        """Reads what is shown anew, for stock or prices may have changed meanwhile."""
        query = self._query
        place = self.products.place if query == self._shown else Place(0, None)
        with self.telling_errors():
            page = await self.backend.browse(
                query, limit=PAGE, start=place.at - place.at % PAGE, around=place.product_id)
            if query == self._query:
                self._known.clear()
                self._show(page, keeping=place if query == self._shown else None)

    # Showing

    async def _show_in_a_frame(self, page: BrowsePage) -> None:
        """Shows it all at once; what is told of the product under the bar follows in the next frame."""
        with self.app.batch_update(), self.prevent(ProductList.Highlighted):
            self._show(page)
            for _ in range(_TOGETHER):
                await asyncio.sleep(0)
        self._on_timer_update()  # at once: the next frame may be due only in a sixtieth of a second
        self._describe_next()

    def _show(self, page: BrowsePage, *, keeping: Place | None = None) -> None:
        query = self._query
        self.query_one("#shelf").display = True
        self._page, self._shown = page, query
        self._watch_preparing()
        self._facets.update((facet.code, facet) for facet in page.facets)
        if query == cleared(query):
            self._learn(page)
        self._chips = chips(query, self._categories, self._facets)
        self.filters.show(query, self._chips)
        self.filters.count(page.total, self._of_all)
        self.facets.show(query, page)
        self._suggestions = page.suggestions
        self.refresh_bindings()
        if page.total:
            self.products.show(page, keeping=keeping)
        else:
            self.products.say(*nothing_found(query.text, self._chips, page.suggestions))

    def _learn(self, whole: BrowsePage) -> None:
        """Takes note of what there is when nothing is filtered."""
        self._of_all, self._categories = whole.total, whole.categories

    @on(ProductList.Highlighted)
    def _describe_next(self) -> None:
        if self._page is not None:
            self.call_after_refresh(self._describe)  # the list is painted first

    def _describe(self) -> None:
        card = self.products.highlighted
        if card is None and self.products.total:
            return  # it is told once it is there
        self.details.show_card(card)
        if card is not None and self.has_class("-wide"):
            self._tell_more(card.handle)

    def on_resize(self) -> None:
        self._describe_next()

    @work(exclusive=True, group="details")
    async def _tell_more(self, handle: str) -> None:
        if handle not in self._known:
            await asyncio.sleep(_PAUSE)
            try:
                self._known[handle] = await self.backend.product(handle)
            except ShopError:
                return  # Gone meanwhile: opening it will say so.
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        now = self.products.highlighted
        if now is not None and now.handle == handle:  # the bar may have gone on, or all products away
            self.details.show_product(self._known[handle])

    # Doing

    @on(Input.Changed, "#search")
    def _typed(self) -> None:
        # Not the value of the event: keys may have come since, and `ask` would take them back.
        self.ask(replace(self._query, text=self.search.value))

    def action_enter_list(self) -> None:
        self.products.focus()

    @on(Facets.Changed)
    def _filtered(self, event: Facets.Changed) -> None:
        self.ask(event.change(self._query))

    @on(ProductList.PagesWanted)
    def _pages_wanted(self) -> None:
        if not self._fetching:
            self._fetching = True
            self._fetch_pages()

    @on(ProductList.Opened)
    def _open_card(self, event: ProductList.Opened) -> None:
        if self.app.screen is self:  # a double click opens it once
            self.shop_app.open_product(event.card.handle, self._query.options)

    def action_open(self) -> None:
        self.products.action_open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether this can be done: a suggestion is taken where enter has nothing else to do."""
        if action == "enter_suggestion":
            return bool(self._suggestions) and self.focused in (self.search, self.products)
        return super().check_action(action, parameters)

    def action_enter_suggestion(self) -> None:
        """Takes the first text that is offered."""
        if not self.check_action("enter_suggestion", ()):
            raise SkipAction
        self.action_take_suggestion(0)

    def action_take_suggestion(self, at: int) -> None:
        """Searches for a text that is offered instead."""
        if at < len(self._suggestions):
            self.ask(replace(self._query, text=self._suggestions[at]))
            self.search.action_end()

    async def on_click(self, event: Click) -> None:
        await run_clicked(self, event)

    def action_search(self) -> None:
        self.search.focus()

    def action_sort(self) -> None:
        self.ask(next_sort(self._query))

    def action_clear_filters(self) -> None:
        self.ask(cleared(self._query))

    def action_drop(self, at: int) -> None:
        """Takes one of the filters in force away."""
        if at < len(self._chips):
            self.ask(replace(self._chips[at].without, text=self._query.text))

    def action_facets(self) -> None:
        """Shows the filters and goes there; from there, hides them."""
        hide = self.facets.has_focus
        self.set_class(hide, "-folded")
        self.set_class(not hide, "-panel")
        if hide:
            self.products.focus()
        else:
            self.facets.focus()

    async def action_leave(self) -> None:
        """Leaves the search or the filters for the list."""
        if self.focused in (self.search, self.facets):
            self.products.focus()
        else:
            await self.app.run_action("app.back")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        if event.widget is not self.facets:
            self.remove_class("-panel")
