"""`shopkeeper api` as a process of its own."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.ports import free_ports
from tests.waiting import PATIENCE


@dataclass(frozen=True)
class Server:
    """The process, and where it listens."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        """Whether it takes connections, and its database answers."""
        assert self.process.poll() is None, "The server has ended."
        try:
            return httpx.get(f"{self.address}/readyz", timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    def wait_until(self, ready: bool) -> None:
        latest = time.monotonic() + PATIENCE
        while self.is_ready() is not ready:
            assert time.monotonic() < latest, f"still not {ready} after {PATIENCE} seconds"
            time.sleep(0.02)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(PATIENCE)


@contextmanager
def serving(database: Path, *options: str, env: Mapping[str, str] | None = None,
            tracer: Sequence[str | Path] = ()) -> Iterator[Server]:
    """Starts it on a free port, and kills it if the block does not end it. `tracer` is a command that starts it."""
    port = free_ports()
    command = [sys.executable, "-m", "shopkeeper", "--db", database, "api", "--port", str(port), "--quiet", *options]
    with subprocess.Popen([*tracer, *command], env={**os.environ, **(env or {})}) as process:
        server = Server(process, port)
        try:
            server.wait_until(ready=True)
            yield server
        finally:
            process.kill()
