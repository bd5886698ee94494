"""The highlighted product beside the list: at once what the list knows, a moment later all of it."""
from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui.backend import Option, Product, ProductCard
from tui.columns import labeled
from tui.text import clean, plain, price_range, stock_in_words
from tui.widgets.caption import Caption
from tui.widgets.fitted import FittedContent
from tui.widgets.picture import Picture

_MAX_LABEL_WIDTH = 14


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
        story.update(FittedContent(partial(_story, product)))
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


def _story(product: Product, width: int) -> Content:
    facts = [*((clean(spec.label), plain(spec.value)) for spec in product.specs),
             *((clean(option.label), _choices(option)) for option in product.options)]
    story = [Content(""), plain(product.description)]
    if facts:
        story += [Content(""), labeled(facts, width, _MAX_LABEL_WIDTH)]
    return Content("\n").join([*story, Content(""), Content.from_markup("[@click=screen.open]  Choose   enter  [/]")])


def _choices(option: Option) -> Content:
    return plain("  ".join(choice.label for choice in option.choices))
