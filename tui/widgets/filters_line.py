"""The line under the search: which filters are in force, how many products match, and in which order."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.style import Style

from tui.backend import Query
from tui.columns import flow
from tui.filters import SORTS, Chip
from tui.text import clean, counted
from tui.widgets.caption import Caption
from tui.widgets.fitted import FittedContent


class FiltersLine(Horizontal):
    """Each filter can be clicked away; a click on the order takes the next one."""

    DEFAULT_CSS = """
    FiltersLine {
        height: auto; max-height: 4; padding: 0 3;
        & > Caption { width: auto; link-style: none; link-color: $foreground; link-color-hover: $accent;
                     link-background: $panel; link-background-hover: $panel; link-style-hover: none; }
        & > #chips { width: 1fr; }
        & > #status { color: $muted; padding: 0 2; }
        & > #sort { link-color: $muted; link-background: $background; link-background-hover: $background; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._status = self._aside = ""

    def compose(self) -> ComposeResult:
        yield Caption(id="chips")
        yield Caption(id="status", markup=False)
        yield Caption(id="sort")

    def show(self, query: Query, chips: Sequence[Chip]) -> None:
        """Shows what is asked for."""
        parts = [_link(f"screen.drop({at})", f" {clean(chip.text)}  ✕ ") for at, chip in enumerate(chips)]
        if chips or query.text.strip():
            parts.append(_link("screen.clear_filters", " x  clear all "))
        words = [part if at == len(parts) - 1 else part + " " for at, part in enumerate(parts)]
        self.query_one("#chips", Caption).update(FittedContent(partial(flow, words)))
        self.query_one("#sort", Caption).update(_link("screen.sort", f"{SORTS[query.sort]} ▾"))

    def count(self, matching: int, of_all: int) -> None:
        """Shows how many match."""
        whole = counted(of_all, "product", "products")
        status = whole if matching == of_all else f"{matching:,} of {whole}"
        self.say(status)

    def say(self, status: str) -> None:
        """Shows what is going on instead; ours, not from outside."""
        self._status = status
        self._tell()

    def say_aside(self, aside: str) -> None:
        """Shows before it what goes on meanwhile; ours as well."""
        self._aside = aside
        self._tell()

    def _tell(self) -> None:
        self.query_one("#status", Caption).update(Content("   ".join(filter(None, (self._aside, self._status)))))


def _link(action: str, text: str) -> Content:
    return Content(text).stylize(Style.from_meta({"@click": action}))
