"""The ledger: double entry. Each capture and each refund is one journal entry whose postings sum to zero.

Debits are positive, credits negative. A capture puts the total into cash at the portal; it is owed to sales, shipping
and the tax office. A refund takes it out again: tax is owed no more, and the rest is booked as refunds, so that sales
stay what was sold. Where prices include tax, sales and shipping are what is left of them.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Exists, exists, func, insert, select

from shopkeeper.database.engine import Database
from shopkeeper.money import Money
from shopkeeper.orders import beancount
from shopkeeper.orders.model import Balance, EntryKind, JournalEntry, LedgerAccount, Order, Posting
from shopkeeper.orders.tables import journal_entry, order, posting
from shopkeeper.output_files import write_file

ACCOUNTS: tuple[LedgerAccount, ...] = ("portal", "sales", "shipping", "tax", "refunds")

_BATCH = 500  # rows: books of any size are read in little memory

_NEW_ENTRY, _NEW_POSTINGS = insert(journal_entry).returning(journal_entry.c.id), insert(posting)
_ENTRIES = (
    select(journal_entry, order.c.number, posting.c.account, posting.c.amount_minor)
    .join(order, order.c.id == journal_entry.c.order_id)
    .join(posting, posting.c.entry_id == journal_entry.c.id)
    .order_by(journal_entry.c.at, journal_entry.c.id, posting.c.amount_minor.desc(), posting.c.account)
)


def book(connection: Connection, kind: EntryKind, bought: Order, *, payment_id: int, order_id: int,
         at: datetime) -> None:
    """Writes the entry of a payment that was captured, or refunded in full. Each is written once."""
    entry_id = connection.execute(_NEW_ENTRY, {
        "payment_id": payment_id, "order_id": order_id, "kind": kind, "currency": bought.total.currency,
        "at": at}).scalar_one()
    rows = [{"entry_id": entry_id, "account": account, "amount_minor": minor}
            for account, minor in _amounts(kind, bought).items() if minor]
    if rows:  # an order of nothing but gifts moves no money
        connection.execute(_NEW_POSTINGS, rows)


def _amounts(kind: EntryKind, bought: Order) -> Mapping[LedgerAccount, int]:
    """What an order puts into each account, in minor units."""
    included = bought.tax_included.minor
    included_in_lines = sum(line.tax.minor for line in bought.lines) if included else 0
    tax = bought.tax.minor + included
    sales = bought.subtotal.minor - included_in_lines
    shipping = bought.shipping.minor - (included - included_in_lines)
    if kind == "capture":
        return {"portal": bought.total.minor, "sales": -sales, "shipping": -shipping, "tax": -tax}
    return {"portal": -bought.total.minor, "refunds": sales + shipping, "tax": tax}


def is_captured(payment_id: ColumnElement[int]) -> Exists:
    """Whether the capture of a payment is in the ledger."""
    return exists().where(journal_entry.c.payment_id == payment_id, journal_entry.c.kind == "capture")


class Ledger:
    """The shop's books, for its owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def balances(self) -> tuple[Balance, ...]:
        """What each account comes to, by currency; together they come to nothing."""
        summed = (
            select(journal_entry.c.currency, posting.c.account, func.sum(posting.c.amount_minor).label("minor"))
            .join(posting, posting.c.entry_id == journal_entry.c.id)
            .group_by(journal_entry.c.currency, posting.c.account))
        with self._database.read() as connection:
            rows = connection.execute(summed).all()
        found = [Balance(row.account, Money(row.minor, row.currency)) for row in rows]
        return tuple(sorted(found, key=lambda each: (each.amount.currency, ACCOUNTS.index(each.account))))

    def entries(self) -> Iterator[JournalEntry]:
        """All entries, oldest first. They are read as one asks for them: close the iterator, or read it to its end."""
        with self._database.read() as connection:
            rows = connection.execute(_ENTRIES, execution_options={"yield_per": _BATCH})
            for _, group in groupby(rows, key=lambda row: row.id):
                lines = list(group)
                postings = tuple(Posting(line.account, Money(line.amount_minor, line.currency)) for line in lines)
                yield JournalEntry(lines[0].id, lines[0].at, lines[0].number, lines[0].kind, postings)

    def export(self, path: Path, *, title: str) -> None:
        """Writes all of it as plain-text accounting in the syntax of Beancount, each account with a balance to check.

        Raises:
            InvalidInput: The file cannot be written.
        """
        with write_file(path) as file:
            file.writelines(f"{line}\n" for line in beancount.lines(self.entries(), title=title))
