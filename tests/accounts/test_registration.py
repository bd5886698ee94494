"""Registering: what is asked, what is told, what is kept."""
from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from shopkeeper import AuthenticationFailed, EmailTaken, InvalidInput, Session, Shop
from shopkeeper.accounts import details
from shopkeeper.accounts.service import Accounts
from shopkeeper.accounts.tables import account
from shopkeeper.clock import Clock
from shopkeeper.database.engine import Database
from shopkeeper.settings import Settings

PASSWORD = "correct horse battery staple"


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, Settings(database), clock)


def test_who_registers_is_logged_in(accounts: Accounts, clock: Clock) -> None:
    session = accounts.register("  Ada@Example.com ", PASSWORD, name=" Ada  Lovelace ")
    assert session.account is not None
    assert (session.account.email, session.account.name) == ("Ada@Example.com", "Ada Lovelace")
    assert session.account.created_at == clock()
    assert accounts.resume(session.token) == session


def test_every_wrong_field_is_told_at_once(accounts: Accounts) -> None:
    with pytest.raises(InvalidInput) as refused:
        accounts.register("ada", "12345678", name="\x1b\u202e ")
    assert set(refused.value.fields) == {"email", "password", "name"}
    assert refused.value.details["fields"] == refused.value.fields


def test_an_email_is_taken_in_any_case_and_width(accounts: Accounts) -> None:
    accounts.register("Straße@example.com", PASSWORD, name="Ada")
    for same in ("STRASSE@example.com", "straße@EXAMPLE.COM ", "ｓtraße@example.com"):
        with pytest.raises(EmailTaken):
            accounts.register(same, PASSWORD, name="Eve")


def test_of_two_who_register_one_email_at_once_one_gets_it(accounts: Accounts) -> None:
    outcomes: list[Session | EmailTaken] = []
    start = threading.Barrier(2)

    def register() -> None:
        start.wait()
        try:
            outcomes.append(accounts.register("ada@example.com", PASSWORD, name="Ada"))
        except EmailTaken as taken:
            outcomes.append(taken)

    threads = [threading.Thread(target=register) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EmailTaken", "Session"]


def test_a_refused_registration_leaves_nothing(accounts: Accounts, database: Database) -> None:
    accounts.register("ada@example.com", PASSWORD, name="Ada")
    with pytest.raises(EmailTaken):
        accounts.register("ada@example.com", PASSWORD, name="Eve")
    with database.read() as connection:
        for table in ("shopper", "account", "session"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 1, table  # noqa: S608 - ours


def test_neither_password_nor_token_is_kept_in_the_clear(shop: Shop, database: Database) -> None:
    session = shop.accounts.register("ada@example.com", PASSWORD, name="Ada")
    path = str(database.engine.url.database)
    database.close()
    shop.close()  # the write-ahead log goes into the file
    kept = Path(path).read_bytes()
    assert b"ada@example.com" in kept
    assert PASSWORD.encode() not in kept
    assert session.token.encode() not in kept
    assert session.token not in repr(session)
    assert len(session.token) >= 43  # 256 bits in base64


@pytest.mark.usefixtures("default_hash_parameters")
def test_a_password_is_hashed_by_argon2id_as_rfc_9106_says(accounts: Accounts, database: Database) -> None:
    accounts.register("ada@example.com", PASSWORD, name="Ada")
    with database.read() as connection:
        kept = connection.scalar(select(account.c.password_hash))
    assert str(kept).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_the_same_letters_from_another_keyboard_are_the_same_password(accounts: Accounts) -> None:
    accounts.register("ada@example.com", "Cafe\u0301 und Kuchen im Garten", name="Ada")
    assert accounts.login("ada@example.com", "Caf\u00e9 und Kuchen im Garten").account is not None
    with pytest.raises(AuthenticationFailed):
        accounts.login("ada@example.com", "Cafe und Kuchen im Garten")


@pytest.mark.parametrize("email", [
    "ada@example.com", "ada+shop@mail.example.co.uk", "ada@localhost", "łukasz@poczta.pl", "a@b.c",
    "ada@bücher.example",
])
def test_such_an_email_is_accepted(email: str) -> None:
    assert details.email_problem(details.normal_email(email)) == ""


@pytest.mark.parametrize("email", [
    "", "ada", "ada@", "@example.com", "ada@example", "ada@@example.com", "ada@example..com", "ada@.com",
    "ada@example.", "a da@example.com", "ada@exam\u00a0ple.com", "ada\x00@example.com", "ada\u202e@example.com",
    "ada\ud800@example.com", "ada@x＠example.com", "a" * 250 + "@example.com",
])
def test_such_an_email_is_refused_in_plain_words(email: str) -> None:
    assert details.email_problem(details.normal_email(email)).endswith(".")


def test_a_name_is_cleaned_and_has_an_end() -> None:
    assert details.normal_name(" Ada\n\u202eLove\x1blace\ud800 ") == "Ada Lovelace"
    assert details.normal_name("Łukasz O’Brien-Žižek [XL]") == "Łukasz O’Brien-Žižek [XL]"
    assert details.name_problem("x" * 80) == ""
    assert "80" in details.name_problem("x" * 81)
