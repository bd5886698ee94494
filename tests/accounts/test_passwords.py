"""Which passwords are accepted, and how they are kept."""
from __future__ import annotations

import pytest

from shopkeeper.accounts import passwords


def problem(password: str) -> str:
    return passwords.problem(password, email="ada.lovelace@example.com", name="Augusta King")


@pytest.mark.parametrize("password", [
    "correct horse battery staple", "Tr0ub4dor&3", "пароль-из-четырёх-слов", "🐈" * 15, "vX9$kq2!Lm",
])
def test_a_long_or_unguessable_password_is_accepted(password: str) -> None:
    assert problem(password) == ""


@pytest.mark.parametrize("password", [
    "", "short", "12345678", "password1", "qwertyuiop", "aaaaaaaaaaaaaa", "shopkeeper1", "lovelace1", "Augusta12",
    "🐈" * 7, "ada.lovelace@example.com", "  Ada.Lovelace@Example.com"[2:],
])
def test_a_guessable_password_is_refused_with_advice(password: str) -> None:
    assert problem(password).endswith(".")


def test_length_is_counted_in_characters_and_limited_in_bytes() -> None:
    assert problem("ü" * 128) == ""
    assert "256" in problem("ü" * 129)
    assert "256" in problem("x" * 50_000_000)  # refused before anything that takes time


@pytest.mark.parametrize("character", ["\x00", "\n", "\t", "\x1b", "\x85", "\ud800"])
def test_control_characters_and_lone_surrogates_are_refused(character: str) -> None:
    assert "control" in problem(f"correct horse {character} staple")


def test_a_hash_fits_its_password_only() -> None:
    kept = passwords.hashed("correct horse battery staple")
    assert passwords.fits("correct horse battery staple", kept)
    assert not passwords.fits("Correct horse battery staple", kept)
    assert not passwords.fits("correct horse battery staple", None)
    assert not passwords.fits("\ud800", kept)
    assert not passwords.fits("x" * 257, kept)
    assert not passwords.outdated(kept)


def test_a_hash_of_other_parameters_is_outdated() -> None:
    from argon2 import PasswordHasher

    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("x"))
