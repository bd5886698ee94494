"""The doctor: looks a shop over and says what is wrong. It changes nothing, migrates nothing and settles nothing."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from shopkeeper.catalog.tables import arriving_product
from shopkeeper.clock import Clock, is_recent, system_clock
from shopkeeper.config import database_address
from shopkeeper.database.address import file_of, target
from shopkeeper.database.driver import journal_mode, journal_reason, sqlite_driver
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import revision_of, revisions
from shopkeeper.errors import DatabaseUnavailable, SchemaTooNew, ShopDamaged
from shopkeeper.orders.open_payments import OPEN_PAYMENT
from shopkeeper.orders.tables import order, payment
from shopkeeper.payments.gateway import PATIENCE
from shopkeeper.upkeep.checks import file_findings, shop_findings, survived
from shopkeeper.upkeep.laws import Finding
from shopkeeper.upkeep.surroundings import facts_around, findings_around

_WITH_ARRIVALS = "0008"
"""The schema since which an import's products are there before anybody sees them; one that was cut off leaves some."""

_CODES = {SchemaTooNew: "schema_too_new", ShopDamaged: "damaged"}

_OPEN = (select(order.c.number, payment.c.created_at, payment.c.refunding)
         .join(order, order.c.id == payment.c.order_id).where(OPEN_PAYMENT).order_by(payment.c.id))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen, ready for JSON, and what of it is not as it should be."""

    facts: Mapping[str, object]
    findings: tuple[Finding, ...]


def examine(url: str | None, *, clock: Clock = system_clock) -> Diagnosis:
    """Examines the shop at `url` (none: the user's own), whatever state it is in."""
    address = database_address(url)
    facts: dict[str, object] = {"database": None, "schema": None, "schema_known": revisions()[-1]}
    findings: list[Finding] = []
    try:
        path = file_of(target(address))
        if path is not None and path.is_file():  # before SQLite puts files beside it for us
            facts |= facts_around(path)
            findings += findings_around(path)
        database = Database.open_as_it_is(address)
    except DatabaseUnavailable as error:
        return Diagnosis(facts, (*findings, Finding(_CODES.get(type(error), "unavailable"), error.message)))
    facts["database"] = database.place
    try:
        with database.read() as connection:
            for finding in _findings_within(connection, facts, clock()):  # those before an error count, too
                findings.append(finding)
    except (DatabaseUnavailable, SchemaTooNew) as error:
        findings.append(Finding(_CODES.get(type(error), "unavailable"), error.message))
    finally:
        database.close()
    return Diagnosis(facts, tuple(dict.fromkeys(findings)))


def _findings_within(connection: Connection, facts: dict[str, object], now: datetime) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        yield from survived(lambda: _of_sqlite(connection, facts))
    yield from file_findings(connection)
    facts["schema"] = schema = revision_of(connection)
    if schema is None:
        yield Finding("empty", "The database is empty. It becomes a shop when it is opened.")
        return
    if schema >= _WITH_ARRIVALS:
        facts["arriving_products"] = connection.scalar(select(func.count()).select_from(arriving_product))
    yield from shop_findings(connection, schema)
    yield from survived(lambda: _open_payments(connection, facts, now))


def _of_sqlite(connection: Connection, facts: dict[str, object]) -> Iterator[Finding]:
    version = sqlite_driver().sqlite_version_info
    mode, wanted = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()).upper(), journal_mode(version)
    later = "" if mode == wanted else "; it is set when the shop is opened"
    facts |= {"sqlite": sqlite_driver().sqlite_version, "journal_mode": mode,
              "journal_mode_wanted": f"{wanted}: {journal_reason(version)}{later}"}
    if mode == "WAL" != wanted:
        yield Finding("unsafe_journal", f"The journal mode is WAL, but {journal_reason(version)}."
                                        " Open the shop once: it takes another.")


def _open_payments(connection: Connection, facts: dict[str, object], now: datetime) -> list[Finding]:
    """What has been open for longer than it is on its way to a portal: nobody is at it any more."""
    waiting = [each for each in connection.execute(_OPEN) if not is_recent(each.created_at, now, PATIENCE)]
    facts["open_payments"] = [{"order": each.number, "since": each.created_at.isoformat()} for each in waiting]
    return [Finding("open_payment", f"The {'refund' if each.refunding else 'payment'} of {each.number} is open since"
                                    f" {each.created_at:%Y-%m-%d %H:%M} UTC. `shopkeeper settle` asks the portal.")
            for each in waiting]
