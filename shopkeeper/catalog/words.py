"""Words as search compares them: what is indexed and what is asked for are split and folded here alike."""
from __future__ import annotations

import re
from functools import cache

from shopkeeper.text import unaccented

# Letters that have no accent to take off, and that people type without: smorrebrod finds Smørrebrød.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"})

_APOSTROPHES = "'’ʼ‘`"
_NO_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)

# Chinese and Japanese put no blanks between words: there each character counts as one.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"

_PLAIN_WORD = re.compile("[a-z0-9]+")


@cache
def _word() -> re.Pattern[str]:
    # 2 ms to compile: whoever only looks around need not wait for it.
    return re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """Splits at all that is neither letter nor digit; drops case and accents: `Crème-Brûlée` → `creme`, `brulee`."""
    if text.isascii() and text.replace("\n", " ").isprintable():  # as most are, and so it takes a third of the time
        return _PLAIN_WORD.findall(text.lower())
    return _word().findall(unaccented(text).translate(_PLAIN))


def spellings(text: str) -> list[str]:
    """The words, and again those with an apostrophe written in one: `Men’s` is found as men, as men's and as mens."""
    if not any(each in text for each in _APOSTROPHES):
        return words(text)
    return list(dict.fromkeys([*words(text), *words(text.translate(_NO_APOSTROPHES))]))
