"""A stream that takes no data is given up, and a write that was broken off is not taken up again."""
from __future__ import annotations

import os
import pty
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import InvalidInput
from shopkeeper.output_files import write_file
from shopkeeper.output_streams import buffered_stream

MUCH = b"x" * 1_000_000
Opens = Callable[[], tuple[int, int]]


def unread_terminal() -> tuple[int, int]:
    """A terminal that nobody reads: its other end, and where to write."""
    return pty.openpty()


@pytest.mark.parametrize("opens", [unread_terminal, os.pipe])
def test_what_takes_no_data_is_given_up(opens: Opens) -> None:
    other_end, writable = opens()
    os.set_blocking(writable, False)
    with pytest.raises(OSError, match="nothing reads from it"), \
            buffered_stream(writable, timeout_seconds=0.01) as stream:
        stream.write(MUCH)
    os.close(other_end)


def test_a_write_that_was_broken_off_does_not_wait_for_its_reader_again() -> None:
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    while True:
        try:
            os.write(writable, MUCH)
        except BlockingIOError:
            break
    os.set_blocking(writable, True)
    with pytest.raises(KeyboardInterrupt), write_file(Path(f"/dev/fd/{writable}")) as text:
        text.write("not for a pipe that is full")
        raise KeyboardInterrupt
    os.close(writable)
    os.close(readable)


def test_a_terminal_that_nobody_reads_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopkeeper.output_files.DEVICE_TIMEOUT_SECONDS", 0.01)
    other_end, writable = unread_terminal()
    name = os.ttyname(writable)
    with pytest.raises(InvalidInput, match=f"{name} cannot be written: nothing reads from it"), \
            write_file(Path(name)) as text:
        text.write(MUCH.decode())
    os.close(writable)
    os.close(other_end)
