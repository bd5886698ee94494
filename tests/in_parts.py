"""The shop in parts behind nginx, as the script beside nginx's configuration starts it."""
from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from shopkeeper.api.parts import PARTS
from tests.ports import free_ports
from tests.waiting import PATIENCE, wait_until

NAMES = tuple(f"{part}-{number}" for part in PARTS for number in (1, 2))
SCRIPT = Path(__file__).parents[1] / "data" / "deploy" / "nginx" / "shop-in-parts"


@dataclass(frozen=True)
class InParts:
    """What runs: two processes of each part, such as `cart-1` and `cart-2`, and nginx at `address`."""

    database: Path
    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def do(self, what: str) -> str:
        """`start`, `stop` or `status`; what the script says."""
        assert shutil.which("nginx", path=_PATH), "nginx is not installed: `apt-get install nginx-light`, as .ci/run."
        return subprocess.run(
            [SCRIPT, what, "--db", self.database, "--folder", self.folder, "--port", str(self.port), "--rate", "0"],
            env=os.environ | {"PATH": _PATH}, check=True, text=True, capture_output=True, timeout=4 * PATIENCE).stdout

    def pid(self, name: str) -> int:
        return int((self.folder / f"{name}.pid").read_text())

    def kill(self, *names: str) -> None:
        for name in names:
            os.kill(self.pid(name), signal.SIGKILL)

    def start_again(self, client: httpx.Client, *names: str) -> None:
        """Starts what was killed, and waits until nginx asks it again."""
        self.do("start")
        for name in names:
            wait_until(partial(self._is_asked, client, name, self.asked(name)), f"nginx does not ask {name} any more")

    @contextmanager
    def without(self, client: httpx.Client, *names: str) -> Iterator[None]:
        """These processes are dead for as long as the block lasts."""
        self.kill(*names)
        try:
            yield
        finally:
            self.start_again(client, *names)

    def freeze(self, name: str) -> None:
        """The process lives, and does nothing any more."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def wait_until_sent_to(self, name: str) -> None:
        """Until this frozen process was sent something that it has not read."""
        number, part = name[-1], name[:-2]
        port = self.port + 2 * PARTS.index(part) + int(number)
        wait_until(lambda: _unread(port), f"nginx sends nothing to {name}")

    def _is_asked(self, client: httpx.Client, name: str, before: int) -> bool:
        client.get(f"/ecommerce/v1/{name[:-2]}/nothing")
        return self.asked(name) > before

    def asked(self, name: str) -> int:
        """How often a process was asked for anything but its health."""
        return sum("/ecommerce/" in line for line in (self.folder / f"{name}.log").read_text().splitlines())

    def logged(self, word: str) -> list[str]:
        """The lines of all logs in which a word stands. They are written once an answer is on its way."""
        logs = [log.read_text().splitlines() for log in self.folder.glob("*.log")]
        return [line for lines in logs for line in lines if word in line]

    def sent_on(self) -> int:
        """How many requests nginx sent on to the other process, because the first did not answer."""
        lines = (self.folder / "nginx-access.log").read_text().splitlines()
        return sum("," in json.loads(line)["asked"] for line in lines)


@contextmanager
def in_parts(database: Path, folder: Path) -> Iterator[InParts]:
    """The shop of this file, served in parts on free ports for as long as the block lasts."""
    parts = InParts(database, folder, free_ports(11))
    try:
        parts.do("start")
        yield parts
    finally:
        parts.do("stop")


_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"])


def _unread(port: int) -> bool:
    """Whether the system holds something for whoever listens at a port."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        if local.endswith(f":{port:04X}") and state == "01" and int(queues.split(":")[1], 16):
            return True
    return False
