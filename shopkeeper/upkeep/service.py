"""Upkeep of an open shop: backups on demand, daily ones, and one before each migration.

What they take is imported when it is needed: opening a shop does not wait for it.
"""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from shopkeeper.clock import Clock, is_recent
from shopkeeper.database.engine import Database
from shopkeeper.database.migrate import revision_of
from shopkeeper.errors import BackupFailed, DatabaseUnavailable

if TYPE_CHECKING:
    from shopkeeper.upkeep.backup import Backup, Stop
    from shopkeeper.upkeep.kept import Reason

_DAY = timedelta(days=1)


class Upkeep:
    """Makes backups of one shop. One that is thrown away, or on a server, makes none of itself."""

    def __init__(self, database: Database, clock: Clock, *, throw_away: bool = False) -> None:
        self._database = database
        self._clock = clock
        self._file = None if throw_away else database.path

    def backup(self, path: Path | str) -> Backup:
        """A backup at `path`; a regular file that is there is replaced. Raises BackupFailed, DatabaseUnavailable."""
        from shopkeeper.upkeep.backup import back_up

        return back_up(self._database, Path(path))

    def daily_backup(self, *, stop: Stop | None = None) -> Backup | None:
        """A backup beside the database, if the newest daily one is older than a day; the last seven are kept.

        `stop` is asked while it is made. Raises BackupFailed, DatabaseUnavailable.
        """
        from shopkeeper.upkeep.kept import kept

        if self._file is None:
            return None
        now = self._clock()
        if any(is_recent(backup.at, now, _DAY) for backup in kept(self._file, "daily")):
            return None
        with self._database.read() as connection:
            revision = revision_of(connection)
        return self._keep(self._file, "daily", str(revision), stop)

    def before_migration(self, revision: str) -> None:
        """Makes the backup without which no migration begins; the last five are kept. Raises BackupFailed."""
        if self._file is None:
            return
        try:
            self._keep(self._file, "migration", revision)
        except (BackupFailed, DatabaseUnavailable) as error:
            raise BackupFailed("The shop has to be brought up to date and was left as it is, because no backup of it"
                               f" could be made. {error.message}") from error

    def _keep(self, file: Path, reason: Reason, revision: str, stop: Stop | None = None) -> Backup:
        from shopkeeper.files import make_private_folder
        from shopkeeper.upkeep.backup import back_up
        from shopkeeper.upkeep.kept import folder_of, place_for, remove_old

        try:
            now = self._clock()
            make_private_folder(folder_of(file))
            made = back_up(self._database, place_for(file, reason, now, revision), stop=stop)
            remove_old(file, reason, now)
        except OSError as error:
            raise BackupFailed(f"{folder_of(file)} cannot be written: {error.strerror}.") from error
        return made
