"""Opens a database and the two kinds of transaction on it."""
from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    ProgrammingError,
)

from shopkeeper.database.driver import JournalMode, journal_mode, sqlite_driver
from shopkeeper.errors import DatabaseUnavailable

_PRAGMAS = """
    PRAGMA busy_timeout = 10000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = MEMORY;
    PRAGMA mmap_size = 0
"""

# Another program's database is refused, and until then nothing of it is changed.
_EMPTY_OR_OURS = "SELECT count(*) = 0 OR max(name = 'setting') FROM sqlite_master"


class Database:
    """A database, and the only two ways to open a transaction on it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(begin="BEGIN")
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")

    @classmethod
    def open(cls, url: str) -> Database:
        """Opens the database at `url`: a path, `sqlite:///…` or `postgresql+psycopg://…`.

        A SQLite file that does not exist is created, for its owner's eyes only.

        Raises:
            DatabaseUnavailable: It cannot be opened; the message says why.
        """
        target = _target(url)
        engine = _sqlite(target) if target.get_backend_name() == "sqlite" else _server(target)
        database = cls(engine)
        try:
            with database.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except DatabaseUnavailable:
            database.close()
            raise
        return database

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout, and changes nothing."""
        with _explained(self.engine.url), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is the only writer; all of it lands, or none where an error leaves the block."""
        with _explained(self.engine.url), self._writer.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Lets go of the file or the server."""
        self.engine.dispose()


def _target(url: str) -> URL:
    try:
        target = make_url(url) if "://" in url else URL.create("sqlite", database=url)
    except ArgumentError as error:
        raise DatabaseUnavailable(f"{url!r} is no database address.") from error
    if target.get_backend_name() != "sqlite":
        return target
    if not target.database or target.database == ":memory:":
        raise DatabaseUnavailable("A shop needs a file: a database in memory is another one for each connection.")
    if target.database.startswith("file:"):
        raise DatabaseUnavailable(f"{url!r} is an address inside an address. Give the path alone.")
    return target.set(database=str(Path(target.database).expanduser().absolute()))


def _sqlite(target: URL) -> Engine:
    driver = sqlite_driver()
    path = Path(str(target.database))
    _create_private(path)
    engine = create_engine(target, module=driver, hide_parameters=True)
    wanted = journal_mode(driver.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # The driver must not begin transactions of its own: it would begin them deferred, and late.
        connection.isolation_level = None
        for pragma in _PRAGMAS.split(";"):
            connection.execute(pragma)
        _use_journal(connection, wanted, failed=driver.OperationalError)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _use_journal(connection: Any, wanted: JournalMode, *, failed: type[Exception]) -> None:
    # Of two connections that switch a new file to WAL at once, one is told "locked" without the wait of busy_timeout.
    patience = time.monotonic() + 10
    while connection.execute("PRAGMA journal_mode").fetchone()[0].upper() != wanted:
        if not connection.execute(_EMPTY_OR_OURS).fetchone()[0]:
            return
        try:
            connection.execute(f"PRAGMA journal_mode = {wanted}")
        except failed as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return


def _server(target: URL) -> Engine:
    try:
        return create_engine(target, hide_parameters=True, isolation_level="REPEATABLE READ")
    except (NoSuchModuleError, ImportError) as error:
        raise DatabaseUnavailable(f"No driver for {target.drivername} is installed.") from error


def _create_private(path: Path) -> None:
    """Makes the folder (0700) and the file (0600) before SQLite does so with the user's umask."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise DatabaseUnavailable(f"{path} is a folder, not a database.") from None
        if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
            raise DatabaseUnavailable(f"{path} is read-only. A shop needs to write to it and its folder.") from None
    except OSError as error:
        raise DatabaseUnavailable(f"{path} cannot be made: {error.strerror}.") from error


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    """Turns what the driver says into what a person can act on."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise  # what was asked is wrong, not the database: the rooms know what it means
    except (DatabaseError, InterfaceError) as error:
        place = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
        reason = _reason(str(error.orig), type(error).__name__)
        if reason is None:
            raise
        raise DatabaseUnavailable(f"{place} {reason}") from error


def _reason(driver_says: str, kind: str) -> str | None:
    reasons = {
        "file is not a database": "is not a shop's database.",
        "malformed": "is damaged. Restore a backup.",
        "locked": "is in use by another program that does not let go. Try again in a moment.",
        "readonly": "is read-only. A shop needs to write to it and its folder.",
        "unable to open": "cannot be opened.",
        "disk is full": "cannot grow: the disk is full. Make room and try again.",
        "disk I/O": "cannot be read or written: the disk reports an error.",
    }
    for words, reason in reasons.items():
        if words in driver_says:
            return reason
    return f"cannot be used: {driver_says}" if kind in {"OperationalError", "InterfaceError"} else None
