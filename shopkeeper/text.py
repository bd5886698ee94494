"""Text from outside: made safe to keep, and made comparable."""
from __future__ import annotations

import re
import unicodedata

# Control characters that are no blanks, zero-width blanks, what turns the direction of writing around, and lone
# surrogates, which no database takes.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
                        "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """One line of it (NFC): blanks and line breaks of any kind become one space, what cannot be seen goes."""
    return unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))


def fold(text: str) -> str:
    """What two spellings of the same have in common: `"Color "` and `COLOR` fold to `color`."""
    return clean(unicodedata.normalize("NFKC", text)).casefold()


def unaccented(text: str) -> str:
    """Folded and without accents, for sorting and addresses: `Café` becomes `cafe`."""
    decomposed = unicodedata.normalize("NFKD", fold(text))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def slug(text: str, separator: str = "-") -> str:
    """Letters and digits of it, for codes and addresses: `Hats & Caps` becomes `hats-caps`."""
    words = re.findall(r"[^\W_]+", unaccented(text))
    return separator.join(words or [f"{ord(letter):x}" for letter in text])
