"""Inputs for a card: they group, slash and limit what is typed, and know what is wrong with it."""
from __future__ import annotations

from datetime import date

from textual import on
from textual.widgets import Input

from tui.backend import brand, cvc_problem, expiry_problem, number_problem
from tui.text import plain
from tui.widgets.field import UncopiedInput

_DIGITS = frozenset("0123456789")
_LONGEST = {"American Express": 15, "Mastercard": 16}


class _TidyInput(UncopiedInput):
    """An input that puts what is typed in order; the cursor stays behind the digit it was behind."""

    def tidy(self, digits: str) -> str:
        """How these digits are written."""
        raise NotImplementedError

    @on(Input.Changed)
    def _put_in_order(self) -> None:
        before = len(_digits(self.value[: self.cursor_position]))
        written = self.tidy(_digits(self.value))
        if written == self.value:
            return
        at_end = self.cursor_position == len(self.value)
        self.value = written
        self.cursor_position = len(written) if at_end else _after(written, before)


class CardNumberInput(_TidyInput):
    """A card number in groups of four, or of 4-6-5 on American Express. Its lower border names the brand."""

    def __init__(self) -> None:
        super().__init__(id="card-number", placeholder="1234 1234 1234 1234", restrict=r"[0-9 \-]*")

    @property
    def brand(self) -> str:
        """The brand by what is typed so far."""
        return brand(self.value)

    @property
    def problem(self) -> str:
        """What is wrong with it."""
        return number_problem(self.value)

    def tidy(self, digits: str) -> str:
        name = brand(digits)
        self.border_subtitle = plain(name) if name != "Card" else ""
        digits = digits[: _LONGEST.get(name, 19)]
        if name == "American Express":
            return " ".join(filter(None, (digits[:4], digits[4:10], digits[10:])))
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


class ExpiryInput(_TidyInput):
    """Month and year, `MM/YY`."""

    def __init__(self) -> None:
        super().__init__(id="expiry", placeholder="MM/YY", restrict=r"[0-9 /]*")

    @property
    def month(self) -> int:
        """1 to 12, or something else."""
        return int(_digits(self.value)[:2] or 0)

    @property
    def year(self) -> int:
        """With its century."""
        return 2000 + int(_digits(self.value)[2:] or 0)

    @property
    def problem(self) -> str:
        """What is wrong with it."""
        if len(_digits(self.value)) != 4:
            return "Type month and year: 08/29."
        return expiry_problem(self.month, self.year, date.today())

    def tidy(self, digits: str) -> str:
        # 9 can only be September, and 12/2029 is the 12/29 of people who write years in full.
        if len(digits) == 1 and digits > "1":
            digits = f"0{digits}"
        if len(digits) >= 6 and digits[2:4] == "20":
            digits = digits[:2] + digits[4:]
        # A year in full passes through 12/20: its last two digits must still find room.
        digits = digits[: 6 if digits[2:4] == "20" else 4]
        return f"{digits[:2]}/{digits[2:]}" if len(digits) > 2 else digits


class CvcInput(UncopiedInput):
    """The three digits on the back, four on the front of American Express."""

    def __init__(self, number: CardNumberInput) -> None:
        super().__init__(id="cvc", placeholder="123", restrict=r"[0-9]*", max_length=4)
        self._number = number

    @property
    def problem(self) -> str:
        """What is wrong with it."""
        return cvc_problem(self.value, self._number.brand)


def _digits(text: str) -> str:
    return "".join(character for character in text if character in _DIGITS)


def _after(text: str, count: int) -> int:
    """Where so many digits of the text are passed."""
    for place, character in enumerate(text):
        if not count:
            return place
        count -= character in _DIGITS
    return len(text)
