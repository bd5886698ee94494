"""Opens a database and the two kinds of transaction on it."""
from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Self
from zlib import crc32

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import NoSuchModuleError

from shopkeeper.database.address import file_of, target
from shopkeeper.database.driver import JournalMode, journal_mode, sqlite_driver
from shopkeeper.database.explain import explained
from shopkeeper.database.file_content import mark_of
from shopkeeper.database.file_identity import FileIdentity
from shopkeeper.database.lock import OpenLock, lock_file, turn
from shopkeeper.database.missing import require_shop
from shopkeeper.database.place import check_own_file, create_private
from shopkeeper.database.turns import begin_writing
from shopkeeper.errors import DatabaseReplaced, DatabaseUnavailable, ShopError

_PRAGMAS = """
    PRAGMA busy_timeout = 10000;
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = MEMORY;
    PRAGMA mmap_size = 0;
    PRAGMA secure_delete = FAST
"""  # secure_delete: what is deleted is overwritten, not only left out; whoever deletes their account means that

# The driver keeps prepared the statements that were run most often: once its 128 places are full, as they are after a
# migration, all that come new share the last one, and are prepared each time. The shop has fewer than this many.
_STATEMENTS = 1000

_TABLES_OF_A_SHOP = ("setting", "shopper", "variant", "order_line")  # of which another program's has one at most

EMPTY_OR_OURS = f"SELECT count(*) = 0 OR sum(name IN {_TABLES_OF_A_SHOP}) > 1 FROM sqlite_master"  # noqa: S608
"""Asks a SQLite file: another program's database is refused, and until then nothing of it is changed."""


class Database:
    """A database, and the only two ways to open a transaction on it.

    Attributes:
        path: The file of a SQLite database; `None` for one on a server.
        place: The file, or the server's address without the password.
    """

    def __init__(self, engine: Engine, lock: OpenLock | None = None, identity: FileIdentity | None = None) -> None:
        self.engine = engine
        self._identity = identity
        self.path = file_of(engine.url)
        self.place = str(self.path or engine.url.render_as_string(hide_password=True))
        self._lock = lock
        self._watcher: Any = None
        self._watching = Lock()
        self._counting = Lock()
        self._transactions = 0
        self._closed = False

    @classmethod
    def open(cls, url: str) -> Self:
        """Opens the database at `url`: a path, `sqlite:///…` or `postgresql+psycopg://…`.

        A SQLite file that does not exist is created, for its owner's eyes only.

        Raises:
            DatabaseUnavailable: It cannot be opened; the message says why.
        """
        wanted = target(url)
        path = file_of(wanted)
        if path is None:
            return cls(_server(wanted))._tried()
        check_own_file(path)
        create_private(path)
        lock = OpenLock(path)
        return cls._of_file(path, journal_mode(sqlite_driver().sqlite_version_info), lock)

    @classmethod
    def open_as_it_is(cls, url: str) -> Self:
        """Opens a database to look into it: nothing is created or changed, and `write` does not work.

        It need not be on a disk that can be written.

        Raises:
            DatabaseUnavailable: There is none, or it cannot be opened; the message says why.
        """
        wanted = target(url)
        path = file_of(wanted)
        if path is None:
            return cls.open(url)
        require_shop(url)
        try:
            return cls._of_file(path, None, _lock_if_any(path))
        except DatabaseUnavailable as error:
            # On a disk that is full or read-only, SQLite cannot make what it wants beside the file.
            if type(error) is not DatabaseUnavailable or not _is_at_rest(path):
                raise
        return cls._of_file(path, None, _lock_if_any(path), access="mode=ro&immutable=1")

    @classmethod
    def _of_file(cls, path: Path, journal: JournalMode | None, lock: OpenLock | None, access: str = "mode=rw") -> Self:
        identity = FileIdentity(path)
        return cls(_sqlite(path, journal, identity, access), lock, identity)._tried()

    def _tried(self) -> Self:
        try:
            with self.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except DatabaseUnavailable:
            self.close()
            raise
        return self

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout, and changes nothing."""
        with self._transaction(_begin_reading, look_first=True) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is the only writer; all of it lands, or none where an error leaves the block."""
        with self._transaction(begin_writing, look_first=False) as connection:
            yield connection
            if self._identity:
                self._identity.check_all()
        if self._identity:
            self._identity.check_committed()  # what is not in the shop's file must not be acknowledged

    @contextmanager
    def alone(self, work: str) -> Iterator[None]:
        """While no other program does work of that name, which takes more than one transaction.

        Raises:
            DatabaseUnavailable: Another one does, and has not ended within ten seconds.
        """
        self.check_open()
        if self.path:
            with turn(self.path, work):
                yield
            return
        with explained(self.place), self.engine.connect() as connection:
            # It ends with this transaction, which does nothing else.
            connection.execute(select(func.pg_advisory_xact_lock(crc32(work.encode()))))
            yield

    @contextmanager
    def _transaction(self, begin: Callable[[Connection], None], *, look_first: bool) -> Iterator[Connection]:
        """A transaction; `look_first`: at the files, which a writer does when all is written."""
        self._enter()
        try:
            if look_first and self._identity:
                self._identity.check_content()
            # SQLite's begin is said here and not by an event of the engine: one listener makes every statement slower.
            with (explained(self.place, self._find_damage), self.engine.connect() as connection,
                  connection.begin()):
                if self.path:
                    begin(connection)
                yield connection
        except ShopError:
            if self._identity:  # what was read of a file that was cut or replaced is not to be believed
                self._identity.check_all()
            raise
        finally:
            self._leave()

    def check_files(self) -> None:
        """Raise DatabaseReplaced if its files were moved, replaced, cut or overwritten; DatabaseUnavailable: closed."""
        self._enter()
        try:
            if self._identity:
                self._identity.check_all()
        finally:
            self._leave()

    def mark_file(self, shop_id: str) -> None:
        """Write into the header of a SQLite file whose it is, unless it says so."""
        if self._identity is None:
            return
        mark = mark_of(shop_id)
        with self.read() as connection:
            is_marked = connection.exec_driver_sql("PRAGMA user_version").scalar() == mark
        if not is_marked:
            with self.write() as connection:
                connection.exec_driver_sql(f"PRAGMA user_version = {mark}")
        self._identity.expect_mark(mark)

    def check_open(self) -> None:
        """Raise DatabaseUnavailable if it was closed."""
        if self._closed:  # a thread that waited elsewhere, for a payment gateway, must not open it again
            raise DatabaseUnavailable(f"{self.place} was closed. Open the shop again.")

    def _enter(self) -> None:
        with self._counting:
            self.check_open()
            self._transactions += 1

    def _leave(self) -> None:
        with self._counting:
            self._transactions -= 1
            is_last = self._closed and not self._transactions
        if is_last:
            self._release()

    def _find_damage(self) -> str:
        if self.path is None:
            return ""
        from shopkeeper.database.damage import first_damage

        if self._identity:
            self._identity.check_all()
        try:
            with closing(_connect(self.path, cached_statements=0)) as connection:
                return first_damage(connection)
        except sqlite_driver().DatabaseError as error:
            return str(error)

    def changes(self) -> int | None:
        """A number that is another one after each change, whoever made it; `None`: this database cannot tell now.

        SQLite tells one connection what all others did, in a few microseconds: so one is kept that does nothing else.
        It waits for nobody. Raises DatabaseUnavailable: it was closed.
        """
        if self.path is None or self._identity is None:
            return None
        driver = sqlite_driver()
        with self._watching:
            self.check_open()
            try:
                self._identity.check_all()
                if self._watcher is None:
                    self._watcher = _connect(self.path, timeout=0)
                return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])
            except (DatabaseReplaced, OSError, driver.DatabaseError):  # whoever reads is told why
                return None

    def close(self) -> None:
        """Lets go of the file or the server, and begins no transaction any more. To do it again changes nothing.

        It waits for nobody: transactions under way go on, and the file and its lock are held until the last one ended.
        """
        with self._counting:
            was_closed, self._closed = self._closed, True
            is_idle = not self._transactions
        if is_idle and not was_closed:
            self._release()

    def _release(self) -> None:
        self.engine.dispose()
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
        if self._identity:
            self._identity.close()
        if self._lock:
            self._lock.release()


def is_of_a_shop(tables: Collection[str]) -> bool:
    """Whether a database with these tables is a shop's, though it may be damaged."""
    return sum(name in tables for name in _TABLES_OF_A_SHOP) > 1


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _lock_if_any(path: Path) -> OpenLock | None:
    return OpenLock(path) if lock_file(path).exists() else None


def _is_at_rest(path: Path) -> bool:
    """Whether all of a database is in its one file: nothing waits beside it to be brought in."""
    beside = [Path(os.path.realpath(path) + suffix) for suffix in ("-wal", "-journal")]
    return not any(file.exists() and file.stat().st_size for file in beside)


def _connect(path: Path, access: str = "mode=rw", **options: Any) -> Any:
    """A connection of the driver's to a file that exists: none is made where it was removed.

    The driver must not begin transactions of its own: it would begin them deferred, and late.
    """
    return sqlite_driver().connect(f"{path.as_uri()}?{access}", uri=True, isolation_level=None, check_same_thread=False,
                                   **options)


def _sqlite(path: Path, journal: JournalMode | None, identity: FileIdentity, access: str) -> Engine:
    """Without a journal mode, connections take what is there and change nothing."""
    driver = sqlite_driver()

    def connect() -> Any:
        identity.check_all()  # else SQLite would put new files beside the old one
        return _connect(path, access, cached_statements=_STATEMENTS)

    engine = create_engine(URL.create("sqlite", database=str(path)), module=driver, hide_parameters=True,
                           creator=connect)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        for pragma in _PRAGMAS.split(";"):
            connection.execute(pragma)
        if journal:
            _use_journal(connection, journal, failed=driver.OperationalError)
        else:
            connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA schema_version").fetchone()  # reads, so that SQLite opens what is beside the file
        identity.add_connection()

    @event.listens_for(engine, "close")
    def closed(_connection: object, _record: object) -> None:
        identity.remove_connection()

    return engine


def _use_journal(connection: Any, wanted: JournalMode, *, failed: type[Exception]) -> None:
    # Of two connections that switch a new file to WAL at once, one is told "locked" without the wait of busy_timeout.
    patience = time.monotonic() + 10
    while connection.execute("PRAGMA journal_mode").fetchone()[0].upper() != wanted:
        if not connection.execute(EMPTY_OR_OURS).fetchone()[0]:
            return
        try:
            connection.execute(f"PRAGMA journal_mode = {wanted}")
        except failed as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return


def _server(wanted: URL) -> Engine:
    try:
        return create_engine(wanted, hide_parameters=True, isolation_level="REPEATABLE READ")
    except (NoSuchModuleError, ImportError) as error:
        raise DatabaseUnavailable(f"A shop at {wanted.drivername}:// needs a driver that is not installed."
                                  " Give a path, or install the package psycopg.") from error
