"""What stands in the place of the products where none is found: what was asked, what is near, and the ways out."""
from __future__ import annotations

from collections.abc import Sequence

from tui.filters import Chip
from tui.text import clean
from tui.widgets.strips import Part

_Line = list[Part]


def nothing_found(text: str, chips: Sequence[Chip], suggestions: Sequence[str]) -> list[_Line]:
    """The lines for a shop in which nothing has this text and satisfies these filters.

    Without both there is nothing in the shop at all.
    """
    asked = [f"“{clean(text.strip()) or '…'}”"] if text.strip() else []
    asked += [clean(chip.text) for chip in chips]
    if not asked:
        return [[("There is nothing on the shelves yet.", "bold")], [],
                [("shopkeeper import FILE", "accent"), ("  brings products in", "muted")]]
    return [
        [("Nothing matches ", "muted"), (", ".join(asked), "bold")], [],
        *_did_you_mean(suggestions),
        [("escape", "accent"), (", then ", "muted"), ("x", "accent"), (" shows everything again", "muted")],
        [("click a filter above to take it away", "muted")] if chips else [],
    ]


def _did_you_mean(texts: Sequence[str]) -> list[_Line]:
    """Lines that offer these texts instead, each to be clicked; none where there is none."""
    offers: list[Part] = [(clean(text), f"bold @screen.take_suggestion({at})") for at, text in enumerate(texts)]
    if not offers:
        return []
    others = [part for offer in offers[1:] for part in ((", ", "muted"), offer)]
    also: list[_Line] = [[("or ", "muted"), *others[1:]]] if others else []
    return [[("Did you mean ", "muted"), offers[0], ("?", "muted")], *also,
            [("enter", "accent"), (" takes the first" if others else " takes it", "muted")], []]
