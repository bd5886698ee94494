"""The ledger as plain-text accounting, in the syntax of Beancount (version 3)."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from shopkeeper.money import Money
from shopkeeper.orders.model import JournalEntry, LedgerAccount, Posting

NAMES: dict[LedgerAccount, str] = {
    "portal": "Assets:Portal", "sales": "Income:Sales", "shipping": "Income:Shipping", "tax": "Liabilities:Tax",
    "refunds": "Income:Refunds",
}
"""What the accounts are called there."""


def lines(entries: Iterable[JournalEntry], *, title: str) -> Iterator[str]:
    """The file, line by line. Days are in UTC; the day after the last entry asserts what each account comes to."""
    yield f'option "title" {_quoted(title)}'
    sums: dict[tuple[LedgerAccount, str], int] = defaultdict(int)
    last: date | None = None
    for entry in entries:
        if last is None:
            yield ""
            yield from (f"{entry.at:%Y-%m-%d} open {name}" for name in NAMES.values())
        yield from _transaction(entry)
        for posting in entry.postings:
            sums[posting.account, posting.amount.currency] += posting.amount.minor
        last = entry.at.date()
    if last is not None:
        yield ""
        for (account, currency), minor in sorted(sums.items()):
            yield f"{last + timedelta(days=1)} balance {NAMES[account]}  {_amount(Money(minor, currency))}"


def _transaction(entry: JournalEntry) -> Iterator[str]:
    yield ""
    yield f'{entry.at:%Y-%m-%d} * "{entry.order_number}" "{entry.kind}"'
    yield f'  order: "{entry.order_number}"'
    for posting in entry.postings:
        yield _posting(posting)


def _posting(posting: Posting) -> str:
    return f"  {NAMES[posting.account]:<18} {_amount(posting.amount):>20}"


def _amount(amount: Money) -> str:
    return f"{amount.plain()} {amount.currency}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
