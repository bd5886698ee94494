"""The highlighted product beside the list: at once what the list knows, a moment later all of it."""
from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui.backend import Option, Product, ProductCard
from tui.text import clean, plain, price_range, stock_in_words
from tui.widgets.caption import Caption
from tui.widgets.picture import Picture


class Details(VerticalScroll, can_focus=False):
    """Picture, price, stock, description, specifications and options."""

    DEFAULT_CSS = """
    Details {
        scrollbar-size-vertical: 1;
        & > Caption {
            height: auto;
            link-color: $background; link-background: $accent; link-style: bold;
            link-color-hover: $background; link-background-hover: $foreground; link-style-hover: bold;
        }
        & > Picture { margin: 1 0; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Picture()
        yield Caption(id="facts")
        yield Caption(id="story")

    def show_card(self, card: ProductCard | None) -> None:
        """Shows what the list knows of a product; none: nothing."""
        self.border_title = plain(card.title) if card else ""
        picture, story = self.query_one(Picture), self.query_one("#story", Caption)
        facts = self.query_one("#facts", Caption)
        picture.visible = card is not None
        story.update("")
        if card is None:
            facts.update("")
            return
        picture.show(card.image, _tint(card.options))
        facts.update(Content("\n").join(_facts(card)))

    def show_product(self, product: Product) -> None:
        """Adds what only the product itself knows."""
        story = self.query_one("#story", Caption)
        story.update(Content("\n").join(_story(product, self.scrollable_content_region.width)))
        self.scroll_home(animate=False)


def _tint(options: tuple[Option, ...]) -> str | None:
    return next((choice.hex for option in options for choice in option.choices if choice.hex), None)


def _facts(card: ProductCard) -> Iterator[Content]:
    stock, color = stock_in_words(card.available, card.in_stock)
    price = Content.styled(price_range(card), "bold")
    if card.compare_at is not None:
        was = Content.styled(str(card.compare_at), "$muted strike")
        price = Content.assemble(was, "  ", (f"▼ {price_range(card)}", "$success bold"))
    yield Content.assemble(price, "   ", (stock, color))
    yield Content.styled(clean(card.vendor), "$muted")


def _story(product: Product, width: int) -> Iterator[Content]:
    yield from (Content(""), plain(product.description))
    facts = [*((clean(each.label), plain(each.value)) for each in product.specs),
             *((clean(each.label), _choices(each)) for each in product.options)]
    if facts:
        yield Content("")
    column = min(14, max((cell_len(label) for label, _ in facts), default=0))
    for label, value in facts:
        first, *rest = value.wrap(max(8, width - column - 2))
        yield Content.assemble((label + " " * (column - cell_len(label) + 2), "$muted"), first)
        yield from (" " * (column + 2) + line for line in rest)
    yield from (Content(""), Content.from_markup("[@click=screen.open]  Choose   enter  [/]"))


def _choices(option: Option) -> Content:
    return plain("  ".join(choice.label for choice in option.choices))
