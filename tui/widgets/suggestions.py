"""“Did you mean …”, where a text finds nothing."""
from __future__ import annotations

from collections.abc import Sequence

from tui.text import clean
from tui.widgets.strips import Part


def did_you_mean(texts: Sequence[str]) -> list[list[Part]]:
    """Lines that offer these texts instead, each to be clicked; none where there is none."""
    offers: list[Part] = [(clean(text), f"bold @screen.take_suggestion({at})") for at, text in enumerate(texts)]
    if not offers:
        return []
    others = [part for offer in offers[1:] for part in ((", ", "muted"), offer)]
    also: list[list[Part]] = [[("or ", "muted"), *others[1:]]] if others else []
    return [[("Did you mean ", "muted"), offers[0], ("?", "muted")], *also,
            [("enter", "accent"), (" takes the first" if others else " takes it", "muted")], []]
