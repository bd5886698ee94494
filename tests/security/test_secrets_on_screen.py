"""A canary password, token and card went through the real shop in a real terminal: where they are not, afterwards."""
from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopkeeper.database.driver import sqlite_driver
from tests.machine import permissions
from tests.security.canary import LAST_FOUR, NUMBER, files, operating_system_commands, printable_runs
from tests.security.walker import Walker

STATE = "terminal.json"


@pytest.fixture
def walked(tmp_path: Path, sample_database: Path) -> Iterator[Walker]:
    shutil.copy(sample_database, tmp_path / "shop.db")
    walker = Walker(tmp_path)
    try:
        walker.walk()
        yield walker
    finally:
        walker.close()


def test_a_walk_leaves_no_secret_behind(walked: Walker, tried: Callable[[str, int], None]) -> None:
    there_are_files_to_search(walked)
    no_file_holds_a_secret_but_the_token_in_its_own(walked, tried)
    strings_over_database_backups_and_logs_finds_no_secret(walked, tried)
    no_terminal_was_shown_a_secret_but_the_card_while_it_was_typed(walked, tried)
    no_window_title_and_no_clipboard_got_a_secret(walked)


def no_file_holds_a_secret_but_the_token_in_its_own(walked: Walker, tried: Callable[[str, int], None]) -> None:
    secrets = walked.secrets
    looked_at = files(walked.folder)
    found = {each.name: names for each in looked_at if (names := secrets.found_in(each.read_bytes()))}
    assert found in ({}, {STATE: found.get(STATE)})
    assert not [name for name in found.get(STATE, []) if not name.startswith("token")]
    assert permissions(walked.folder / "state" / "shopkeeper" / STATE) == 0o600
    tried("files searched for secrets", len(looked_at))


def there_are_files_to_search(walked: Walker) -> None:
    """A walk that left nothing behind would prove nothing."""
    names = {each.name for each in files(walked.folder)}
    assert {"shop.db", "backup.db", "catalog.csv", "books.beancount", "receipt-SK-000001.txt", STATE,
            "shopkeeper.log"} <= names
    assert len([name for name in names if name.startswith("crash-")]) == 2
    assert len(walked.tokens) == 2
    events = [json.loads(line)["event"] for line in
              (walked.folder / "state" / "shopkeeper" / "log" / "shopkeeper.log").read_text().splitlines()]
    assert {"opened", "registered", "sign_in_failed", "signed_in", "signed_out", "imported", "backed_up",
            "crashed", "refused"} <= set(events)
    connection = sqlite_driver().connect(walked.folder / "shop.db")
    assert connection.execute('SELECT count(*) FROM "order"').fetchone()[0] >= 3
    assert {last4 for last4, in connection.execute("SELECT DISTINCT last4 FROM payment")} == {LAST_FOUR}
    connection.close()


def strings_over_database_backups_and_logs_finds_no_secret(
    walked: Walker, tried: Callable[[str, int], None]
) -> None:
    secrets, runs = walked.secrets, 0
    for each in files(walked.folder):
        if each.name != STATE:
            printed = printable_runs(each.read_bytes())
            assert secrets.found_in(b"\n".join(printed)) == [], each
            runs += len(printed)
    assert runs > 1000
    tried("printable runs searched for secrets", runs)


def no_terminal_was_shown_a_secret_but_the_card_while_it_was_typed(
    walked: Walker, tried: Callable[[str, int], None]
) -> None:
    secrets = walked.secrets
    assert secrets.found_in(walked.painted) == []
    assert secrets.found_in(walked.said) == []
    assert secrets.found_in(walked.at_paying, "card number", "CVC") == []
    assert b"3714 496353 98431" in walked.at_paying
    tried("bytes of terminals searched for secrets", len(walked.painted + walked.at_paying + walked.said))


def no_window_title_and_no_clipboard_got_a_secret(walked: Walker) -> None:
    commands = operating_system_commands(walked.painted + walked.at_paying)
    copied = [base64.b64decode(each.rpartition(b";")[2]) for each in commands if each.startswith(b"52;")]
    assert walked.secrets.found_in(b"\n".join([*commands, *copied])) == []
    assert not [each for each in copied if NUMBER.encode() in each.replace(b" ", b"")]
