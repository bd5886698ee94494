"""How far an import is: its steps count as much as they take, so that what is told goes on evenly from begin to end."""
from __future__ import annotations

from shopkeeper.catalog.model import Progress

# The parts of the time that steps take, as measured with a million variants: the whole, less what is published at last.
_READ, _CHECKED, _PUBLISHED = 0.12, 0.15, 0.03
_COMPARED = 0.1  # where all products are there already, and changed at last

_MOST_TOLD = 1_000  # times: who is told less often sees it move, too


class Pace:
    """Tells how many of a file's lines are done. A line counts in full once it is written, and in part before."""

    def __init__(self, progress: Progress | None) -> None:
        self._lines = 1
        self._progress = progress
        self._told = self._next_read = 0
        self._change_from = 1 - _PUBLISHED

    def begin(self, lines: int) -> None:
        """The file has so many lines."""
        self._lines = max(1, lines)

    def weigh(self, there: int, named: int) -> None:
        """The shop has so many products, and the file names so many: those that are there are changed at last."""
        new = 1 - min(1, there / max(1, named))
        first, last = _READ + _CHECKED + _COMPARED, 1 - _PUBLISHED
        self._change_from = first + (last - first) * new

    def read(self, lines: int) -> None:
        """So many lines are read."""
        if lines < self._next_read:
            return
        self._next_read = lines + self._lines // _MOST_TOLD
        self._tell(0, _READ, lines / self._lines)

    def checked(self, done: int, of: int) -> None:
        """So many of the products are checked."""
        self._tell(_READ, _READ + _CHECKED, done / of)

    def written(self, done: int, of: int) -> None:
        """So many parts of the file are compared with what is there, and what is new of them is written."""
        self._tell(_READ + _CHECKED, self._change_from, done / of)

    def changed(self, done: int, of: int) -> None:
        """So many of the parts that change something have changed it."""
        self._tell(self._change_from, 1 - _PUBLISHED, done / of)

    def end(self) -> None:
        """All is done."""
        if self._progress:
            self._progress(self._lines, self._lines)

    def _tell(self, begin: float, end: float, part: float) -> None:
        lines = int(self._lines * (begin + (end - begin) * min(1, part)))
        if self._progress and (lines > self._told + self._lines // _MOST_TOLD):
            self._told = lines
            self._progress(lines, self._lines)
