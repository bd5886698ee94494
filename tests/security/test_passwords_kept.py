"""How passwords are kept, and what trying them may cost."""
from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from argon2 import Type, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select

from shopkeeper import AuthenticationFailed, InvalidInput, Session, Shop
from shopkeeper.accounts import passwords
from shopkeeper.accounts.tables import account
from tests.factories import PASSWORD, add_account

EMAIL = "ada@example.com"
TOO_LONG = ["x" * 257, "ü" * 129, "🐈" * 65, "x" * 5_000_000]


@pytest.fixture
def ada(shop: Shop) -> Session:
    return add_account(shop, EMAIL)


@pytest.fixture
def nothing_costly(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was costly and was asked for all the same."""
    asked: list[str] = []
    monkeypatch.setattr(passwords, "_hasher", lambda: asked.append("hash"))
    monkeypatch.setattr(passwords, "_guessable", lambda *_given: asked.append("zxcvbn"))
    return asked


@pytest.mark.usefixtures("default_hash_parameters")
def test_a_password_is_kept_as_rfc_9106_says_for_machines_with_little_memory(shop: Shop) -> None:
    add_account(shop, EMAIL)
    with shop._database.read() as connection:
        kept = extract_parameters(connection.execute(select(account.c.password_hash)).scalar_one())
    assert kept == RFC_9106_LOW_MEMORY
    assert (kept.type, kept.version, kept.memory_cost, kept.time_cost, kept.parallelism, kept.salt_len,
            kept.hash_len) == (Type.ID, 19, 65536, 3, 4, 16, 32)


@pytest.mark.parametrize("password", TOO_LONG, ids=len)
def test_a_password_without_end_costs_nothing_wherever_it_is_tried(
    shop: Shop, ada: Session, password: str, nothing_costly: list[str], tried: Callable[[str, int], None]
) -> None:
    doors: list[Callable[[], object]] = [
        lambda: shop.accounts.register("eve@example.com", password, name="Eve"),
        lambda: shop.accounts.change_password(ada, PASSWORD, password),
        lambda: shop.accounts.login(EMAIL, password),
        lambda: shop.accounts.login("nobody@example.com", password),
        lambda: shop.accounts.change_password(ada, password, PASSWORD),
        lambda: shop.accounts.change_details(ada, name="Ada", email="eve@example.com", password=password),
        lambda: shop.privacy.delete_account(ada, password),
    ]
    for door in doors[:2]:
        with pytest.raises(InvalidInput, match="at most 256 bytes"):
            door()
    for door in doors[2:]:
        with pytest.raises(AuthenticationFailed):
            door()
    assert shop.accounts.password_problem(password, email=EMAIL, name="Ada")
    assert nothing_costly == []
    tried("passwords without end", len(doors) + 1)


def test_at_most_two_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    third = threading.Event()

    class Watched:
        """A hasher that waits for a third to come in."""

        def __init__(self) -> None:
            self.inside, self.most = 0, 0
            self.counting = threading.Lock()

        def hash(self, _password: bytes) -> str:
            self.come_and_go()
            return "hash"

        def verify(self, _hash: str, _password: bytes) -> bool:
            self.come_and_go()
            return True

        def come_and_go(self) -> None:
            with self.counting:
                self.inside += 1
                self.most = max(self.most, self.inside)
                if self.inside > 2:
                    third.set()
            third.wait(0.1)
            with self.counting:
                self.inside -= 1

    watched = Watched()
    monkeypatch.setattr(passwords, "_hasher", lambda: watched)
    crowd = [threading.Thread(target=work) for work in 2 * [
        lambda: passwords.hashed("a"), lambda: passwords.fits("a", "hash"), lambda: passwords.fits("a", None)]]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert watched.most == 2


@pytest.mark.parametrize("password", ["marmalade1", "Marmalade!", "marmalade99", "adasmarmalade", "m4rm4l4d3"])
def test_the_shops_own_name_makes_no_password(shop: Shop, password: str) -> None:
    shop.settings.change(name="Ada’s Marmalade")
    assert shop.accounts.password_problem(password, email="bob@example.com", name="Bob").endswith(".")
    with pytest.raises(InvalidInput) as refused:
        shop.accounts.register("bob@example.com", password, name="Bob")
    assert set(refused.value.fields) == {"password"}


def test_the_shops_name_is_asked_for_where_it_makes_the_difference(shop: Shop) -> None:
    password = "Zwieback&Quitte"[:13]
    assert shop.accounts.password_problem(password, email="bob@example.com", name="Bob") == ""
    shop.settings.change(name="Zwieback & Quitte")
    assert shop.accounts.password_problem(password, email="bob@example.com", name="Bob") != ""
    whole = "Zwieback & Quitte"
    assert "the shop's" in shop.accounts.password_problem(whole, email="bob@example.com", name="Bob")


def test_a_new_password_is_held_to_the_same_rules_and_is_a_new_one(shop: Shop, ada: Session) -> None:
    for new in ("short", "password1", "ada@example.com", PASSWORD, "tab\tand more words", "lone \ud800 surrogate here"):
        with pytest.raises(InvalidInput) as refused:
            shop.accounts.change_password(ada, PASSWORD, new)
        assert set(refused.value.fields) == {"new"}
    assert shop.accounts.login(EMAIL, PASSWORD)
