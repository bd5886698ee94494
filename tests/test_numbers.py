"""Numbers: what people write is read, and what only Python takes for a number is not."""
from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.numbers import is_digits, parse_decimal, parse_whole
from shopkeeper.payments.model import Card
from tests.command import Command

ODD = ["", " ", "1_0", "_1", "1__0", "+5", " 5", "5 ", "5\n", "1e2", "1E2", "0x10", "0b1", "0o7", "Infinity", "inf",
       "NaN", "sNaN", "--5", "５", "٥", "५", "²", "½", "Ⅴ", "1,000", "1 000", "1\u00a0000", "1'000", "five",
       "5\u200b", "\ufeff5", "-", ".", "5.5.5"]


@pytest.mark.parametrize("text", ODD)
def test_a_number_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number; write it like 8"):
        parse_decimal(text)
    with pytest.raises(ValueError, match=r"is no whole number from 0 to 100; write it like 12"):
        parse_whole(text, 0, 100)
    assert not is_digits(text)


@given(st.text(max_size=8))
def test_what_is_read_as_a_number_is_written_in_ascii(text: str) -> None:
    try:
        number = parse_decimal(text)
    except ValueError:
        return
    assert set(text) <= set("-.0123456789")
    assert number == Decimal(text)


@given(st.integers(-10**17, 10**17), st.integers(-50, 50), st.integers(1, 100))
def test_whole_numbers_are_read_within_their_bounds(number: int, least: int, length: int) -> None:
    if least <= number <= least + length:
        assert parse_whole(str(number), least, least + length) == number
    else:
        with pytest.raises(ValueError, match="is no whole number"):
            parse_whole(str(number), least, least + length)


@pytest.mark.parametrize(("text", "number"), [("8.25", "8.25"), ("5.", "5"), (".5", "0.5"), ("007", "7"), ("-1", "-1"),
                                              ("0." + "3" * 40, "0." + "3" * 40)])
def test_plain_decimals_are_read_to_their_last_digit(text: str, number: str) -> None:
    assert parse_decimal(text) == Decimal(number)


@pytest.mark.parametrize("arguments", [
    ("orders", "list", "--limit", "{}"), ("stock", "set", "X", "{}", "--reason", "counted"),
    ("stock", "set", "X", "5", "--variant", "{}", "--reason", "counted"), ("portal", "decline", "--charges", "{}"),
    ("api", "--only", "nothing", "--port", "{}"), ("api", "--only", "nothing", "--rate", "{}"),
], ids=" ".join)
@pytest.mark.parametrize("number", ["1_0", "１０", "٥", "+5", " 5", "1e1", "²"])
def test_a_number_in_another_spelling_is_wrong_usage(command: Command, arguments: tuple[str, ...], number: str) -> None:
    assert command(*(argument.format(number) for argument in arguments)) == 2
    assert "is no whole number from" in command.err
    assert "write it like" in command.err


@pytest.mark.parametrize("number", ["²²²² ²²²² ²²²² ²²²²", "２２２２", "4²42", "22२2", "1_000", "+4242"])
def test_a_card_number_in_another_spelling_is_refused(number: str) -> None:
    from datetime import date

    card = Card(number, 12, 2030, "123")
    assert card.problems(date(2026, 1, 1))["card_number"] == "A card number has digits only."
    assert card.brand in {"Card", "Visa"}
