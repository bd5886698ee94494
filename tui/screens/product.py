"""One product: what it is, which variant, how many, into the cart."""
from __future__ import annotations

from collections.abc import Mapping, Set
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static
from textual.worker import Worker

from tui.backend import Product, Variant
from tui.choosing import Choosing
from tui.columns import labeled
from tui.commands import OPTION, PRODUCT, bindings
from tui.input_queue import BEFORE_NEXT_KEY
from tui.screens.base import ShopScreen
from tui.text import clean, joined, options_in_words, plain, stock_in_words
from tui.widgets.fitted import FittedContent
from tui.widgets.option_row import LABEL_WIDTH, OptionRow
from tui.widgets.picture import Picture
from tui.widgets.stepper import Stepper

_MAX_LABEL_WIDTH = 24


class ProductScreen(ShopScreen):
    """A product to choose from.

    Args:
        handle: Which product.
        wanted: The choices to begin with where they can be had: labels by option code.
    """

    CSS_PATH = "../styles/product.tcss"
    BINDINGS = bindings(PRODUCT)
    commands = (*OPTION, *PRODUCT)
    place = "Catalog"

    def __init__(self, handle: str, wanted: Mapping[str, Set[str]] | None = None) -> None:
        super().__init__()
        self._handle = handle
        self._wanted = wanted
        self._choosing: Choosing | None = None
        self._last_chosen = ""
        self._reading: Worker[None] | None = None

    def body(self) -> ComposeResult:
        yield Static(id="crumbs", markup=False)
        with VerticalScroll(id="page", can_focus=False):
            with Horizontal(id="top"):
                yield Picture()
                with Vertical(id="choice"):
                    yield Static(id="title", markup=False)
                    yield Static(id="price", markup=False)
                    yield Vertical(id="options")
                    with Horizontal(id="how-many"):
                        yield Static("Quantity".ljust(LABEL_WIDTH), classes="muted")
                        yield Stepper(id="quantity")
                        yield Static(id="stock", markup=False)
                    yield Button("Add to cart", id="add-to-cart", classes="main")
            yield Static(id="description", markup=False)
            yield Static(id="specifications", markup=False)

    def shown(self) -> None:
        self._read_unless_reading()

    def _read_unless_reading(self) -> None:
        if self._reading is None or self._reading.is_finished:
            self._reading = self._read()

    @work(group=BEFORE_NEXT_KEY)
    async def _read(self) -> None:
        """Read the product, also when one comes back to it; the choices stay where they still exist."""
        with self.telling_errors():
            product = await self.backend.product(self._handle)
            choosing = self._choosing
            if choosing is None or choosing.product.options != product.options:
                await self._start_choosing(product)
            elif choosing.product != product:
                self._choosing = Choosing(product, choosing.chosen)
                self._show_choice()

    async def _start_choosing(self, product: Product) -> None:
        self._choosing = Choosing.start(product, self._wanted)
        self._show_product(product)
        rows = [OptionRow(option, self._choosing) for option in product.options]
        options = self.query_one("#options")
        await options.remove_children()
        await options.mount_all(rows)
        self._show_choice()
        # Not laid out yet, it would be taken for out of sight; but it stands near the top.
        (rows[0] if rows else self.query_one("#add-to-cart")).focus(scroll_visible=False)

    def _show_product(self, product: Product) -> None:
        path = [category.name for category in product.categories]
        self.query_one("#crumbs", Static).update(plain(joined(["Catalog", *path, product.title], " › "), "$muted"))
        title = Content.assemble((clean(product.title), "bold"), "\n", (clean(product.vendor), "$muted"))
        self.query_one("#title", Static).update(title)
        self.query_one("#description", Static).update(plain(product.description))
        specifications = [(clean(spec.label), plain(spec.value)) for spec in product.specs]
        facts = FittedContent(partial(labeled, specifications, max_label_width=_MAX_LABEL_WIDTH))
        self.query_one("#specifications", Static).update(facts)

    def _show_choice(self) -> None:
        choosing = self._choosing
        assert choosing is not None  # called once the product is there
        for row in self.query(OptionRow):
            row.show(choosing)
        variant = choosing.variant
        quantity = self.query_one(Stepper)
        quantity.most = min(999, variant.available) if variant and variant.available else 999
        quantity.value = min(quantity.value, quantity.most)
        self.query_one("#price", Static).update(_price(variant))
        stock = _stock(variant)
        self.query_one("#stock", Static).update(stock)
        self._show_button()
        self._show_picture(choosing.product, variant)

    def _show_button(self) -> None:
        choosing = self._choosing
        if choosing is None:
            return
        button = self.query_one("#add-to-cart", Button)
        variant = choosing.variant
        quantity = self.query_one(Stepper).value
        instead = choosing.nearest_with(self._last_chosen) if self._last_chosen else choosing.nearest
        button.disabled = False
        if variant is not None and variant.purchasable:
            button.label = Content(f"Add to cart   {variant.price * quantity}")
        elif instead is not None:
            button.label = Content(f"Take {options_in_words(instead.options)} instead")
        else:
            button.label = Content("Sold out")
            button.disabled = True

    def _show_picture(self, product: Product, variant: Variant | None) -> None:
        first = product.images[0].source if product.images else ""
        tints = [
            choice.hex for option in product.options for choice in option.choices
            if self._choosing and choice.hex and choice.label == self._choosing.chosen[option.code]
        ]
        self.query_one(Picture).show((variant.image if variant else "") or first, tints[0] if tints else None)

    @on(OptionRow.Chosen)
    def _take_choice(self, event: OptionRow.Chosen) -> None:
        if self._choosing is not None:
            self._choosing = self._choosing.choose(event.code, event.label)
            self._last_chosen = event.code
            self._show_choice()

    @on(Stepper.Changed)
    def _price_of_several(self) -> None:
        self._show_button()

    @on(Button.Pressed, "#add-to-cart")
    def _pressed(self) -> None:
        self.action_add_to_cart()

    def action_more(self) -> None:
        self.query_one(Stepper).action_more()

    def action_fewer(self) -> None:
        self.query_one(Stepper).action_fewer()

    def action_add_to_cart(self) -> None:
        choosing = self._choosing
        if choosing is None:
            self._read_unless_reading()  # it failed before
            return
        variant = choosing.variant
        if variant is not None and variant.purchasable:
            self.run_to_end(
                self._add(choosing.product.title, variant, self.query_one(Stepper).value), before_next_key=True)
            return
        instead = choosing.nearest_with(self._last_chosen) if self._last_chosen else choosing.nearest
        if instead is not None:
            self._choosing = choosing.take(instead)
            self._show_choice()

    async def _add(self, title: str, variant: Variant, quantity: int) -> None:
        with self.telling_errors():
            self.shop_app.cart = await self.backend.add(variant.id, quantity)
            chosen = options_in_words(variant.options)
            self.shop_app.tell(f"{quantity} × {title}{', ' if chosen else ''}{chosen} in your cart. c shows it.")
            if not self.is_gone:
                self.query_one(Stepper).value = 1
                self._show_button()


def _price(variant: Variant | None) -> Content:
    if variant is None:
        return Content.styled("—", "$muted")
    if variant.compare_at is None or variant.compare_at <= variant.price:
        return Content.styled(str(variant.price), "bold")
    saved = variant.compare_at - variant.price
    return Content.assemble(
        (str(variant.compare_at), "$muted strike"), "   ", (f"▼ {variant.price}", "$success bold"),
        (f"   save {saved} ({saved.minor * 100 // variant.compare_at.minor} %)", "$muted"),
    )


def _stock(variant: Variant | None) -> Content:
    if variant is None:
        return Content.styled("○ not made", "$muted")
    return Content.styled(*stock_in_words(variant.available, variant.purchasable))
