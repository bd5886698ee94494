"""Power cuts: from what a program wrote and synced, the files that each moment could have left on the disk."""
from __future__ import annotations

import random
import re
from ast import literal_eval
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event
from sqlalchemy.pool import Pool

from tests.faults.forks import Forks
from tests.faults.points import Flow
from tests.faults.scenes import Scene
from tests.faults.strace import traced

_CALL = re.compile(r'(\w+)\((?:\d+<(?P<open>[^>]*)>|"(?P<named>[^"]*)")(?:, (?P<rest>.*))?\) += \d+')
_WHOLE = 512  # bytes that a disk writes or does not write as a whole


@dataclass
class _File:
    """What is on the disk for certain, and what was written since the last sync."""

    synced: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes]] = field(default_factory=list)

    def write(self, offset: int, data: bytes) -> None:
        """Each piece may reach the disk or not."""
        self.pending += [(offset + at, data[at:at + _WHOLE]) for at in range(0, len(data), _WHOLE)]

    def sync(self) -> None:
        self.synced, self.pending = self.left(lambda: True), []

    def left(self, reached: Callable[[], bool]) -> bytearray:
        content = bytearray(self.synced)
        for offset, data in self.pending:
            if reached():
                content.extend(bytes(max(0, offset - len(content))))
                content[offset:offset + len(data)] = data
        return content


class Disk:
    """The files of a scene, as far as its program has come."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._files = {file.name: _File(bytearray(file.read_bytes())) for file in scene.path.parent.glob("shop.db*")}

    def follow(self, call: str) -> None:
        """Does what a line of strace says was done."""
        parts = _CALL.match(call)
        assert parts, call
        name, path, rest = parts[1], Path(parts["open"] or parts["named"]), parts["rest"] or ""
        file = self._files.setdefault(path.name, _File())
        if name in {"pwrite64", "write"}:
            text, numbers = rest.rsplit('", ', 1)
            offset = int(numbers.split(", ")[1]) if name == "pwrite64" else len(file.synced)
            file.write(offset, literal_eval(f'b{text}"'))
        if name in {"fsync", "fdatasync"} or path == self._scene.telling:  # what is told cannot be taken back
            file.sync()
        if name == "ftruncate":
            file.sync()
            del file.synced[int(rest):]
        if name == "unlink":
            del self._files[path.name]

    @contextmanager
    def after_a_cut(self, chance: random.Random | None) -> Iterator[Scene]:
        """The scene as the power cut left it: what was not synced is gone, or each piece of it by chance."""
        with TemporaryDirectory() as folder:
            for name, file in self._files.items():
                left = file.left((lambda: chance.random() < 0.5) if chance else (lambda: False))
                (Path(folder) / name).write_bytes(left)
            yield replace(self._scene, path=Path(folder) / self._scene.path.name)


def cuts(forks: Forks, flow: Flow, scene: Scene, *, synchronous: str = "") -> Iterator[tuple[str, Scene]]:
    """What each moment of a flow leaves if the power fails then, after its last call; `synchronous` is the shop's own
    if none is given."""
    with scene.copied() as copy:
        disk, chance = Disk(copy), random.Random(1)
        task = partial(traced, partial(_do, flow, copy, synchronous), copy, "--string-limit=1000000")
        for call in forks.run(task)[0].answer.calls:
            if call.startswith("---"):
                continue
            disk.follow(call)
            for by_chance in (None, chance):
                with disk.after_a_cut(by_chance) as left:
                    yield call[:60], left


def _do(flow: Flow, scene: Scene, synchronous: str) -> None:
    if synchronous:
        event.listen(Pool, "checkout", lambda connection, *_: connection.execute(f"PRAGMA synchronous = {synchronous}"))
    flow(scene, lambda: None)
