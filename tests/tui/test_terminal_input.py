"""Any bytes from a terminal become events; pastes and typing ahead stay bounded."""
from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, MouseDown, Paste
from textual.message import Message

from tui.terminal_input import (
    MAX_PASTE_CHARACTERS,
    MAX_TYPED_AHEAD,
    PASTE_TIMEOUT_SECONDS,
    TYPED_PER_SECOND,
    TerminalInput,
    TextDropped,
)

PIECES = [
    b"\x1b", b"\x1b[", b"\x1b[200~", b"\x1b[201~", b"\x1b[<", b"\x1b[<0;3;", b"\x1b[<0;3;38M", b"\x1b[<0;3;38m",
    b"\x1b[<64;5;5M", b"\x1b[<35;-1;0M", b"\x1b[<99999999999;9999999999;9999M", b"\x1b[M   ", b"\x1b[M", b"\x1bO",
    b"\x1b[9999999999u", b"\x1b[55296;1u", b"\x1b[1:2;3u", b"\x1b[;;9999999999u", b"\x1b[1;999999999999A", b"\x1b[;u",
    b"\x1b[48;0;0;0;0t", b"\x1b[48;99999;99999;1;1t", b"\x1b[48;1:x;2;3;4t", b"\x1b[?2048;2$y", b"\x1b[?2026;1$y",
    b"\x1b[5;5R", b"\x1b]52;c;", b"\x1b]0;title\x07", b"\x1bP", b"\x1b\\", b"\x90", b"\x9b", b"\xff\xfe", b"\xc3",
    b"\xe2\x82", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"caf\xe9", b"\0", b"\x7f", b"\r", b"\t", b"a", b"\x1ba",
    "é".encode(), "\N{RIGHT-TO-LEFT OVERRIDE}".encode(), b"\x1b[A", b"\x1b[5~", b"\x1b[Z", b"\x1b[I", b"\x1b[O",
]


class Clock:
    """A time that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def events_of(*data: bytes, keyboard: TerminalInput | None = None) -> list[Message]:
    keyboard = keyboard or TerminalInput(Clock())
    return [event for part in data for event in keyboard.feed(part)]


def typed(events: list[Message]) -> str:
    return "".join(event.character or "" for event in events if isinstance(event, Key))


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40)), st.integers(1, 7))
def test_any_bytes_in_any_pieces_are_read_and_what_follows_is_understood(parts: list[bytes], size: int) -> None:
    clock = Clock()
    keyboard = TerminalInput(clock)
    data = b"".join(parts)
    for start in range(0, len(data), size):
        for event in keyboard.feed(data[start:start + size]):
            str(event).encode("utf-8", "strict")
            if isinstance(event, Key):
                (event.character or "").encode("utf-8", "strict")
        list(keyboard.tick())
    clock.seconds += PASTE_TIMEOUT_SECONDS
    list(keyboard.tick())
    list(keyboard.feed(b"\x1b\\....\x1b[201~"))  # whatever was left open is over
    assert [event.key for event in keyboard.feed(b"\x11") if isinstance(event, Key)] == ["ctrl+q"]
    assert [type(event) for event in keyboard.feed(b"\x1b[<0;3;38M")] == [MouseDown]


def test_a_byte_that_is_no_utf_8_is_replaced_and_the_rest_is_typed() -> None:
    assert typed(events_of("café au lait".encode("latin-1"))) == "caf\N{REPLACEMENT CHARACTER} au lait"


def test_a_last_byte_that_is_no_utf_8_is_typed_after_a_silence() -> None:
    clock = Clock()
    keyboard = TerminalInput(clock)
    assert typed(events_of("café".encode("latin-1"), keyboard=keyboard)) == "caf"
    clock.seconds += PASTE_TIMEOUT_SECONDS
    assert typed(list(keyboard.tick())) == "\N{REPLACEMENT CHARACTER}"
    assert typed(events_of("é".encode(), keyboard=keyboard)) == "é"


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_bracketed_paste_is_one_event_in_however_many_pieces_it_comes(size: int) -> None:
    data = b"x\x1b[200~one \x1b[A two\r\0three\x1b[201~y"
    events = events_of(*(data[start:start + size] for start in range(0, len(data), size)))
    assert [event.text for event in events if isinstance(event, Paste)] == ["one \x1b[A two\rthree"]
    assert typed(events) == "xy"


def test_a_long_bracketed_paste_is_cut_and_said_to_be() -> None:
    events = events_of(b"\x1b[200~" + b"a" * 200_000 + b"\x1b[201~z")
    paste, notice, key = events
    assert isinstance(paste, Paste)
    assert paste.text == "a" * MAX_PASTE_CHARACTERS
    assert isinstance(notice, TextDropped)
    assert isinstance(key, Key)


@given(st.integers(MAX_PASTE_CHARACTERS - 8, MAX_PASTE_CHARACTERS + 8))
def test_a_paste_of_nearly_the_longest_length_is_cut_at_it(length: int) -> None:
    paste = events_of(b"\x1b[200~" + b"a" * length + b"\x1b[201~")[0]
    assert isinstance(paste, Paste)
    assert paste.text == "a" * min(length, MAX_PASTE_CHARACTERS)


def test_a_paste_that_never_ends_is_over_after_a_silence_and_keys_after_its_text_are_pressed() -> None:
    clock = Clock()
    keyboard = TerminalInput(clock)
    assert events_of(b"\x1b[200~half a paste\x11", keyboard=keyboard) == []
    assert list(keyboard.tick()) == []
    clock.seconds += PASTE_TIMEOUT_SECONDS
    paste, key = keyboard.tick()
    assert isinstance(paste, Paste)
    assert paste.text == "half a paste"
    assert isinstance(key, Key)
    assert key.key == "ctrl+q"


def test_text_pasted_without_brackets_is_cut_and_the_key_that_quits_comes_through() -> None:
    events = events_of(b"abc\r" * 50_000 + b"\x11")
    keys = [event.key for event in events if isinstance(event, Key)]
    assert len(keys) == MAX_TYPED_AHEAD + 1
    assert keys[-1] == "ctrl+q"
    assert sum(isinstance(event, TextDropped) for event in events) == 1


def test_a_key_held_down_for_a_minute_is_never_dropped() -> None:
    clock = Clock()
    keyboard = TerminalInput(clock)
    for _ in range(30 * 60):
        clock.seconds += 1 / 30
        assert typed(list(keyboard.feed(b"+"))) == "+"
    assert TYPED_PER_SECOND > 30


def test_sequences_that_mean_nothing_do_not_stop_those_that_follow() -> None:
    for first, second in pairwise(PIECES):
        if not first.startswith(b"\x1b[200~") and not second.startswith(b"\x1b[200~"):
            assert typed(events_of(first, second, b"\x1b\\", b"q" * 40)).endswith("q")
