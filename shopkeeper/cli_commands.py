"""What the `shopkeeper` command does besides opening the shop: import, export, settings, demo."""
from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from shopkeeper.catalog.model import ImportReport, Progress
from shopkeeper.errors import ImportFailed, InvalidInput, Problem, ShopError
from shopkeeper.money import Money
from shopkeeper.settings import NAMES, written
from shopkeeper.settings_model import ShopSettings
from shopkeeper.shop import Shop

Terminal = Callable[[Shop | Callable[[], Shop], Path | None], int]
"""Shows a shop, or what opens one, in this terminal, its state kept in a folder; answers with the exit code."""


@dataclass(frozen=True)
class Invocation:
    """What was said before the name of the command."""

    url: str | None
    terminal: Terminal

    def open(self) -> Shop:
        """The shop that was meant, as it is."""
        return Shop.open(self.url)


def run(arguments: Sequence[str], terminal: Terminal) -> int:
    """Does what the arguments say; the exit code. With `--debug`, errors are raised instead of told."""
    try:
        answer = command.main(list(arguments), prog_name="shopkeeper", standalone_mode=False, obj=terminal)
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (ShopError, OSError) as error:
        if "--debug" in arguments:
            raise
        emit("\n".join(_in_words(error)), err=True)
        return 1
    return answer if isinstance(answer, int) else 0


def emit(text: str, *, err: bool = False) -> None:
    """Prints lines to stdout or stderr. What could steer the terminal is taken out: titles come from anywhere."""
    for line in text.split("\n"):
        safe = "".join(c for c in line if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
        encoding = (sys.stderr if err else sys.stdout).encoding
        click.echo(safe.encode(encoding, "replace").decode(encoding), err=err)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--db", "url", metavar="PATH_OR_URL", envvar="SHOPKEEPER_DB", show_envvar=True,
              help="The shop's database; none: in your data folder.")
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
@click.pass_context
def command(context: click.Context, url: str | None, debug: bool) -> int | None:
    """A shop in the terminal. Without a command, opens it."""
    terminal: Terminal = context.obj
    context.obj = Invocation(url, terminal)
    if context.invoked_subcommand is not None:
        return None
    if not debug:
        return terminal(lambda: Shop.open(url, sample=True), None)
    with Shop.open(url, sample=True) as shop:  # before the screen, so that its errors can be seen
        return terminal(shop, None)


@command.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what an import would do; change nothing.")
@click.option("--assume-tracked", is_flag=True, help="Count stock where the file names no inventory tracker.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each file.")
@click.pass_obj
def import_files(invocation: Invocation, files: tuple[Path, ...], dry_run: bool, assume_tracked: bool,
                 as_json: bool) -> None:
    """Imports product CSV files, and attribute vocabularies (.toml).

    Each lands whole or not at all. The first file that is refused ends it.
    """
    if dry_run and any(map(_is_vocabulary, files)):
        raise click.UsageError("--dry-run is for product CSV only.")
    with invocation.open() as shop:
        for number, file in enumerate(files, start=1):
            try:
                report = _import(shop, file, dry_run=dry_run, assume_tracked=assume_tracked)
            except ImportFailed as refused:
                left = ", ".join(map(str, files[number:]))
                raise ImportFailed(_refusal(file, refused, left)) from refused
            emit(_as_json(file, report) if as_json else "\n".join(_report(file, report, dry_run=dry_run)))


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def export(invocation: Invocation, file: Path) -> None:
    """Writes the catalog as product CSV, which import reads."""
    with invocation.open() as shop:
        shop.catalog.export_csv(file)
    emit(f"The catalog is in {file}.")


@command.command("settings")
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE …]")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def settings(invocation: Invocation, changes: tuple[str, ...], as_json: bool) -> None:
    """Shows the shop's settings, or changes them."""
    for change in changes:
        if "=" not in change:
            raise click.UsageError(f"Write {change!r} with its value, such as tax_rate=8.25.")
    with invocation.open() as shop:
        if changes:
            shop.settings.change(**dict(change.split("=", 1) for change in changes))
        now = shop.settings.all()
    emit(_settings_as_json(now) if as_json else "\n".join(_settings_as_given(now)))


@command.command("demo")
@click.pass_obj
def demo(invocation: Invocation) -> int:
    """Opens a throw-away shop with the sample catalog: nothing outlives it."""
    with TemporaryDirectory(prefix="shopkeeper-") as folder:
        database, state = Path(folder) / "shop.db", Path(folder) / "state"
        return invocation.terminal(lambda: Shop.open(str(database), sample=True), state)


def _is_vocabulary(file: Path) -> bool:
    return file.suffix.casefold() == ".toml"


def _import(shop: Shop, file: Path, *, dry_run: bool, assume_tracked: bool) -> ImportReport | None:
    if _is_vocabulary(file):
        shop.catalog.import_attributes(file)
        return None
    with _progress_bar() as progress:
        return shop.catalog.import_csv(file, dry_run=dry_run, assume_tracked=assume_tracked, progress=progress)


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    """A bar on stderr while a file is read; none where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="Importing", file=sys.stderr) as bar:
        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show


def _report(file: Path, report: ImportReport | None, *, dry_run: bool) -> Iterator[str]:
    if report is None:
        yield f"{file}: the attributes are in."
        return
    yield f"{file}: {_many(report.products, 'product')} with {_many(report.variants, 'variant')}."
    counts = (f"{report.created} created, {report.updated} updated, {report.unchanged} left alone,"
              f" {report.skipped} skipped.")
    yield f"  Would be: {counts} Nothing was changed." if dry_run else f"  {counts}"
    for problem in report.problems:
        yield f"  {_told(file, problem)}"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _refusal(file: Path, refused: ImportFailed, left: str) -> str:
    lines = [_told(file, problem) for problem in refused.problems] or [refused.message]
    lines.append(f"{file} was refused; nothing of it was imported.")
    return "\n".join([*lines, f"Not looked at: {left}."] if left else lines)


def _told(file: Path, problem: Problem) -> str:
    place = f"{file}:{problem.line}" if problem.line else str(file)
    return ": ".join(part for part in (place, problem.handle, problem.message) if part)


def _as_json(file: Path, report: ImportReport | None) -> str:
    if report is None:
        return json.dumps({"file": str(file)})
    counts: dict[str, Any] = asdict(report)
    return json.dumps({"file": str(file), **counts, "problems": [each._asdict() for each in report.problems]})


def _settings_as_given(now: ShopSettings) -> Iterator[str]:
    for name in NAMES:
        value = getattr(now, name)
        yield f"{name}={'never' if value is None else written(value)}"


def _settings_as_json(now: ShopSettings) -> str:
    return json.dumps({name: _json_value(getattr(now, name)) for name in NAMES})


def _json_value(value: object) -> object:
    if isinstance(value, Money):
        return {"amount": value.minor, "currency": value.currency}
    return value if isinstance(value, bool | None) else str(value)


def _in_words(error: ShopError | OSError) -> list[str]:
    if isinstance(error, InvalidInput) and error.fields:
        return list(error.fields.values())
    if isinstance(error, ShopError):
        return error.message.splitlines()
    place = f"{error.filename}: " if error.filename else ""
    return [f"{place}{error.strerror or error}"]
