"""`shopkeeper portal`: what it shows and sets."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopkeeper import Shop
from shopkeeper.commands.command_line import run
from shopkeeper.payments.mood import MOODS


@pytest.fixture
def file(shop: Shop) -> Path:
    return Path(str(shop._database.engine.url.database))


def portal(file: Path, *arguments: str) -> int:
    return run(["--db", str(file), "portal", *arguments], lambda *_: 7)


def test_a_mood_is_shown_set_and_ended(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert portal(file) == 0
    assert capsys.readouterr().out == f"well: {MOODS['well']}\n"
    assert portal(file, "lose-answer", "--charges", "2") == 0
    assert capsys.readouterr().out == f"lose-answer: {MOODS['lose-answer']} For 2 more charges.\n"
    assert portal(file, "well") == 0
    assert portal(file, "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"mood": "well", "charges_left": None}


def test_a_mood_is_printed_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert portal(file, "decline", "--charges=1", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"mood": "decline", "charges_left": 1}


@pytest.mark.parametrize("arguments", [("gloomy",), ("--charges", "1"), ("decline", "--charges", "0")])
def test_wrong_usage_ends_with_2(file: Path, arguments: tuple[str, ...]) -> None:
    assert portal(file, *arguments) == 2


def test_a_count_that_a_mood_does_not_have_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert portal(file, "well", "--charges", "1") == 1
    assert "not counted" in capsys.readouterr().err


def test_the_help_says_what_each_mood_means(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert portal(file, "--help") == 0
    shown = capsys.readouterr().out
    assert [mood for mood, meaning in MOODS.items() if meaning not in shown] == []


def test_another_portal_has_no_moods(file: Path, capsys: pytest.CaptureFixture[str],
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPKEEPER_STRIPE_KEY", "sk_test_nobody")
    assert portal(file, "away") == 1
    assert "do not go to the demo portal" in capsys.readouterr().err
