"""What arrives from the terminal: any bytes become events, and no paste is longer than the shop can use.

Textual decodes strictly, so that one byte that is no UTF-8 ends the app; its parser raises on malformed sequences; a
bracketed paste that never ends swallows every key; and text that is pasted without brackets becomes a key a character,
queued without bound.
"""
from __future__ import annotations

import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Key, Paste, Resize
from textual.message import Message
from textual.messages import InBandWindowResize

MAX_PASTE_CHARACTERS = 1_000
MAX_TYPED_AHEAD = 512
"""Characters that may come at once without brackets, as fast as they are written."""

TYPED_PER_SECOND = 100
"""Characters a second that may follow. A key that is held down repeats about thirty times a second."""

PASTE_TIMEOUT_SECONDS = 1.0
"""Silence after which a bracketed paste, or a character in UTF-8, is over though its end never came."""

_NOTICE_INTERVAL_SECONDS = 2.0
_SEQUENCE_LENGTH = len(BRACKETED_PASTE_START)
_ESCAPE = "\x1b"
_SEQUENCE_STARTS = "[]OPX^_\\"
_TEXT_KEYS = {"enter", "tab", "ctrl+j", "backspace"}
_TEXT_CONTROLS = "\r\n\t"


class TextDropped(Message):
    """More text came at once than the shop takes; the rest was left out."""


class TerminalInput:
    """Turns the terminal's bytes into Textual's events.

    Args:
        now: A clock, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self._parser = XTermParser()
        self._tail = ""
        self._follows_escape = False
        self._pasted: list[str] | None = None
        self._last_input = self._last_refill = now()
        self._tokens = float(MAX_TYPED_AHEAD)
        self._last_notice = float("-inf")

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield what these bytes mean, and what was left open by those before."""
        self._last_input = self._now()
        for character in self._decoder.decode(data):
            yield from self._take(character)

    def tick(self) -> Iterator[Message]:
        """Yield what silence means: the escape key, or the end of a paste. Call it several times a second."""
        for event in self._limited(self._parsed(self._parser.tick())):
            self._follows_escape = False
            yield event
        if self._now() - self._last_input >= PASTE_TIMEOUT_SECONDS:
            for character in self._decoder.decode(b"", final=True):
                yield from self._take(character)
            if self._pasted is not None:
                yield from self._end_unfinished_paste()

    def _take(self, character: str) -> Iterator[Message]:
        self._tail = (self._tail + character)[-_SEQUENCE_LENGTH:]
        if self._pasted is None:
            if self._follows_escape and _follows_as_key(character):
                self._parser = XTermParser()
                yield Key("escape", _ESCAPE)
            self._follows_escape = character == _ESCAPE
            yield from self._limited(self._parse(character))
            if self._tail == BRACKETED_PASTE_START:
                self._pasted = []
        elif self._tail == BRACKETED_PASTE_END:
            yield from self._end_paste("".join(self._pasted).removesuffix(BRACKETED_PASTE_END[:-1]))
        elif len(self._pasted) < MAX_PASTE_CHARACTERS + _SEQUENCE_LENGTH:
            self._pasted.append(character)

    # Pastes

    def _end_paste(self, text: str) -> Iterator[Message]:
        self._pasted = None
        for character in BRACKETED_PASTE_END:
            for _paste_of_nothing in self._parse(character):
                pass
        yield Paste(text[:MAX_PASTE_CHARACTERS].replace("\0", ""))
        if len(text) > MAX_PASTE_CHARACTERS:
            yield from self._notice()

    def _end_unfinished_paste(self) -> Iterator[Message]:
        """Keys that came after its text are pressed: else the one that quits would be lost in it."""
        text = "".join(self._pasted or ())
        length = next((at for at, character in enumerate(text) if _is_key(character)), len(text))
        yield from self._end_paste(text[:length])
        for character in text[length:]:
            yield from self._take(character)

    # Keys

    def _parse(self, character: str) -> Iterator[Message]:
        yield from self._parsed(self._parser.feed(character))

    def _parsed(self, events: Iterable[Message]) -> Iterator[Message]:
        try:
            yield from events
        except (ArithmeticError, ValueError):  # a sequence whose numbers mean nothing
            self._parser = XTermParser()

    def _limited(self, events: Iterable[Message]) -> Iterator[Message]:
        for event in events:
            # The terminal is asked for its size when it signals a new one: what is written here may be anything.
            if isinstance(event, Resize | InBandWindowResize) or _has_surrogates(event):
                self._parser.mouse_pixels = False
            elif not _is_text(event) or self._may_type():
                yield event
            else:
                yield from self._notice()

    def _may_type(self) -> bool:
        now = self._now()
        self._tokens = min(MAX_TYPED_AHEAD, self._tokens + (now - self._last_refill) * TYPED_PER_SECOND)
        self._last_refill = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _notice(self) -> Iterator[Message]:
        now = self._now()
        if now - self._last_notice >= _NOTICE_INTERVAL_SECONDS:
            yield TextDropped()
        self._last_notice = now


def _follows_as_key(character: str) -> bool:
    """Return whether a character behind the escape key is a key of its own, and no sequence of the terminal's.

    Textual takes both for one key with alt, which the shop has no use for.
    """
    return character not in _SEQUENCE_STARTS and not isinstance(ANSI_SEQUENCES_KEYS.get(_ESCAPE + character), tuple)


def _is_key(character: str) -> bool:
    return character < " " and character not in _TEXT_CONTROLS


def _is_text(event: Message) -> bool:
    return isinstance(event, Key) and (event.is_printable or event.key in _TEXT_KEYS)


def _has_surrogates(event: Message) -> bool:
    """Whether it is a character that no encoding has: neither the terminal nor the database takes it."""
    return isinstance(event, Key) and any("\ud800" <= character <= "\udfff" for character in event.character or "")
