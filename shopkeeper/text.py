"""Text from outside: made safe to keep and to show, and made comparable. The one place that knows what is unsafe."""
from __future__ import annotations

import re
import unicodedata
from functools import cache

_MOST_MARKS = 4
"""Accents and vowel signs on one letter: no script needs more, and a taller stack paints over other lines."""

# What a picture sign (emoji) is, and what may stand behind one. Signs that are joined into one are whole families;
# three flags are spelled with tags.
_SIGN = "[\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_LOOK = "[\ufe0e\ufe0f]?"
_EMOJI = ("\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
          "|\U000e0077\U000e006c\U000e0073)\U000e007f"
          f"|{_SIGN}{_LOOK}(?:\u200d{_SIGN}{_LOOK}){{0,9}}"
          "|[#*0-9]\ufe0f\u20e3")

# What cannot be seen, or steers what shows it: Unicode's control (Cc), format (Cf: bidi, zero-width, tags), surrogate
# (Cs) and private (Co) characters, its noncharacters, and what it has set aside as default-ignorable. Its yet
# unassigned characters are kept: they are next year's emoji. A test holds these ranges against `unicodedata`.
_UNSEEN_BELOW = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff"
)
_UNSEEN = _UNSEEN_BELOW + (
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    + "".join(f"{chr(plane + 0xfffe)}{chr(plane + 0xffff)}" for plane in range(0x10000, 0xe0000, 0x10000))
    + "\U000e0000-\U000e0fff\U000efffe-\U0010ffff"
)
# Where accents and vowel signs (Mn, Me) are found, and much else. One range above U+FFFF, for each takes time.
_MARKED = ("\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u20d0-\u20ff\u2ce0-\u2dff\u3020-\u309f\ua660-\uabff\ufb1e"
           "\ufe20-\ufe2f\U00010000-\U0010ffff")
_BREAKS = re.compile("\r\n|[\t-\r\x1c-\x1f\x85\u2028\u2029]")


def clean(text: str) -> str:
    """One line of it to keep (NFC): blanks and line breaks of any kind become one space, what cannot be seen goes."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not _patterns()[0].search(text):
        return unicodedata.normalize("NFC", " ".join(text.split()))
    return " ".join(_lowered(unicodedata.normalize("NFC", _seen(text))).split())


def visible(text: str) -> str:
    """One line of it to show: as `clean`, but blanks and spelling stay as they are."""
    if (text.isascii() and text.isprintable()) or not _patterns()[0].search(text):
        return text
    return _lowered(_seen(text))


def hides(text: str) -> bool:
    """Whether there is something in it that cannot be seen, or that steers what shows it."""
    return not (text.isascii() and text.isprintable()) and _patterns()[1].sub(r"\1", text) != text


def fold(text: str) -> str:
    """What two spellings of the same have in common: `"Color "` and `COLOR` fold to `color`."""
    return clean(unicodedata.normalize("NFKC", text)).casefold()


def unaccented(text: str) -> str:
    """Folded and without accents, for sorting and addresses: `Café` becomes `cafe`."""
    folded = fold(text)
    if folded.isascii():
        return folded
    return "".join(letter for letter in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(letter))


def slug(text: str, separator: str = "-") -> str:
    """Letters and digits of it, for codes and addresses: `Hats & Caps` becomes `hats-caps`."""
    words = re.findall(r"[^\W_]+", unaccented(text))
    return separator.join(words or [f"{ord(letter):x}" for letter in text])


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What must be looked into; what emoji are kept as they are and what else is unseen; what may be a stack of marks.

    2 ms to compile: whoever shows plain letters need not wait for them.
    """
    return (re.compile(f"[{_UNSEEN_BELOW}{_MARKED}]"), re.compile(f"({_EMOJI})|[{_UNSEEN}]"),
            re.compile(f"[^\\w\\s\x00-\x7f\u2010-\u20cf\u2100-\u2bff]{{{_MOST_MARKS + 1},}}"))


def _seen(text: str) -> str:
    """Without what cannot be seen; line breaks and tabs become blanks."""
    return _patterns()[1].sub(r"\1", _BREAKS.sub(" ", text))


def _lowered(text: str) -> str:
    """With no more marks on a letter than are needed."""
    return _patterns()[2].sub(_without_stacks, text)


def _without_stacks(found: re.Match[str]) -> str:
    kept, height = [], 0
    for character in found[0]:
        height = height + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if height <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)
