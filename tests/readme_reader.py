"""Somebody who has just cloned the shop, and does what the README says, block by block."""
from __future__ import annotations

import asyncio
import inspect
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.ports import free_ports
from tests.terminal import CTRL_Q, Terminal
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parent.parent
_STATEMENTS = re.compile(r"^```(sh|bash|python|csv|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SCREENS = {"shopkeeper", "shopkeeper --db shop.db", "shopkeeper demo"}
_ELSEWHERE = {"XDG_DATA_HOME", "XDG_STATE_HOME", "SHOPKEEPER_DB"}
_SERVE = "shopkeeper api "


@dataclass(frozen=True)
class Block:
    """A fenced block of the README: its language, its text, and the sentence before it."""

    language: str
    text: str
    before: str


def blocks(readme: str) -> list[Block]:
    """Return the blocks that can be run or saved, in order."""
    return [Block(match[1], match[2], readme[:match.start()].rstrip().rpartition("\n\n")[2])
            for match in _STATEMENTS.finditer(readme)]


@dataclass
class Reader:
    """Runs blocks in one home folder, where the clone's `data` lies, too.

    Attributes:
        commands: What was run, line by line.
        output: What the blocks in bash printed.
    """

    home: Path
    commands: list[str] = field(default_factory=list)
    output: str = ""
    _server: subprocess.Popen[bytes] | None = None
    _port: int = field(default_factory=free_ports)

    def run(self, block: Block) -> None:
        """Do what a block says; fails where a command does."""
        if block.language == "sh":
            for line in block.text.splitlines():
                for command in _without_comment(line).split(" && "):
                    self._command(command)
        elif block.language == "bash":
            self.commands.append(block.text)
            self.output += self._shell(f"set -euo pipefail\n{self._on_own_port(block.text)}")
        elif block.language == "python":
            self._python(block.text)
        else:
            names = re.findall(r"saved as `([\w.]+)`", block.before)
            assert len(names) == 1, f"The README does not say where this belongs: {block.text}"
            (self.home / names[0]).write_text(block.text, "utf-8")

    def stop_server(self) -> int | None:
        """End what the README started in another terminal; the exit code."""
        if self._server is None:
            return None
        self._server.terminate()
        code, self._server = self._server.wait(PATIENCE), None
        return code

    def _command(self, command: str) -> None:
        self.commands.append(command)
        if command.startswith("pip ") or command == "pytest":
            _check_installation(command)
        elif command in _SCREENS:
            self._open_and_quit(command)
        elif command.startswith(_SERVE):
            self._serve(command)
        else:
            self._shell(command)

    def _shell(self, text: str) -> str:
        done = subprocess.run(["bash", "-c", text], cwd=self.home, env=self._environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{text}\nexits {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def _open_and_quit(self, command: str) -> None:
        at_home = f"import os; [os.environ.pop(name, None) for name in {_ELSEWHERE!r}]; "
        terminal = Terminal(self.home, 120, 40, script=f"{at_home}os.execvp('bash', ['bash', '-c', {command!r}])")
        try:
            terminal.see(r"of \d+ products|\d+ products")
            terminal.keys(CTRL_Q)
            assert terminal.ended() == 0, command
        finally:
            terminal.close()

    def _serve(self, command: str) -> None:
        words = shlex.split(self._on_own_port(command))
        self._server = subprocess.Popen(words, cwd=self.home, env=self._environment())
        wait_until(self._is_ready, f"{command} does not answer")

    def _is_ready(self) -> bool:
        assert self._server is not None
        assert self._server.poll() is None, "The server has ended."
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/readyz", timeout=PATIENCE).status_code == 200
        except httpx.TransportError:
            return False

    def _on_own_port(self, text: str) -> str:
        return re.sub(r"\b8000\b", str(self._port), text)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        return {**kept, "HOME": str(self.home)}

    def _python(self, text: str) -> None:
        names: dict[str, object] = {}
        with _standing_in(self.home):
            exec(text, names)  # noqa: S102 (our own README)
            for test in [value for name, value in names.items() if name.startswith("test_")]:
                assert inspect.iscoroutinefunction(test)
                folder = self.home / "pytest"
                folder.mkdir()
                asyncio.run(test(folder))


def new_home(folder: Path) -> Path:
    """Return a home folder with nothing in it but what a clone has to offer."""
    home = folder / "home"
    home.mkdir()
    shutil.copytree(ROOT / "data", home / "data")
    return home


@contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    earlier = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(earlier)


def _without_comment(line: str) -> str:
    return re.sub(r"\s+# .*", "", line).strip()


def _check_installation(command: str) -> None:
    """Check that a command to install means this project: to run it again would take minutes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    match shlex.split(command):
        case ["pip", "install", "-e", target]:
            place, _, extras = target.partition("[")
            wanted = {extra for extra in extras.rstrip("]").split(",") if extra}
            assert place == "."
            assert wanted <= set(project["optional-dependencies"])
        case ["pip", "uninstall", "--yes", name]:
            assert name == project["name"]
        case ["pytest"]:
            assert (ROOT / project["readme"]).exists()
        case _:
            raise AssertionError(f"What does this do? {command}")
