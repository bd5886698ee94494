"""`shopkeeper import` and `shopkeeper export`: the catalog in and out."""
from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

import click

from shopkeeper.catalog.csv_text import LARGEST
from shopkeeper.catalog.model import ImportReport, Progress
from shopkeeper.commands.base import Invocation, emit, emit_written, many
from shopkeeper.commands.parameter_types import FilePath
from shopkeeper.errors import BackupFailed, DatabaseUnavailable, ImportFailed, Problem
from shopkeeper.input_streams import spooled
from shopkeeper.shop import Shop


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=FilePath())
@click.option("--dry-run", is_flag=True, help="Say what an import would do; change nothing.")
@click.option("--assume-tracked", is_flag=True, help="Count stock where the file names no inventory tracker.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each file.")
@click.pass_obj
def import_files(invocation: Invocation, files: tuple[Path, ...], dry_run: bool, assume_tracked: bool,
                 as_json: bool) -> None:
    """Imports product CSV files, and attribute vocabularies (.toml); `-` is a product CSV on standard input.

    Each lands whole or not at all. The first file that is refused ends it.
    """
    if dry_run and any(map(_is_vocabulary, files)):
        raise click.UsageError("--dry-run is for product CSV only.")
    with invocation.open(create=True) as shop:
        if not dry_run:
            _back_up(shop)
        for number, file in enumerate(files, start=1):
            try:
                report = _import(shop, file, dry_run=dry_run, assume_tracked=assume_tracked)
            except ImportFailed as refused:
                left = ", ".join(map(str, files[number:]))
                raise ImportFailed(_refusal(file, refused, left)) from refused
            emit(_as_json(file, report) if as_json else "\n".join(_report(file, report, dry_run=dry_run)))
        if not dry_run and shop.catalog.needs_index():
            emit("Making the search index …", err=True)
            shop.catalog.make_index()


@click.command("export")
@click.argument("file", type=FilePath())
@click.pass_obj
def export(invocation: Invocation, file: Path) -> None:
    """Writes the catalog as product CSV, which import reads; `-` is standard output."""
    with invocation.open() as shop:
        shop.catalog.export_csv(file)
    emit_written(f"The catalog is in {file}.", file)


def _back_up(shop: Shop) -> None:
    """The daily backup, where one is due: an import changes more at once than anything else does."""
    try:
        shop.upkeep.daily_backup()
    except (BackupFailed, DatabaseUnavailable) as error:
        emit(f"There is no backup of today. {error.message}", err=True)


def _is_vocabulary(file: Path) -> bool:
    return file.suffix.casefold() == ".toml"


def _import(shop: Shop, file: Path, *, dry_run: bool, assume_tracked: bool) -> ImportReport | None:
    if _is_vocabulary(file):
        shop.catalog.import_attributes(file)
        return None
    with spooled(file, at_most=LARGEST) as path, _progress_bar() as progress:
        return shop.catalog.import_csv(path, dry_run=dry_run, assume_tracked=assume_tracked, progress=progress)


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    """A bar on stderr while a file comes in, with rate and time left; none where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    began = monotonic()
    with click.progressbar(length=1, label="Importing", file=sys.stderr, show_percent=True, show_eta=False,
                           item_show_func=str) as bar:
        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos, _pace(done, total, monotonic() - began))

        yield show


def _pace(done: int, total: int, seconds: float) -> str:
    """How fast it went so far, and how long the rest takes if it goes on so; blank in the first moment."""
    if seconds < 1 or not done:
        return ""
    minutes, left = divmod(round(seconds * (total - done) / done), 60)
    return f"{done / seconds:,.0f} lines/s, {minutes}:{left:02} left"


def _report(file: Path, report: ImportReport | None, *, dry_run: bool) -> Iterator[str]:
    if report is None:
        yield f"{file}: the attributes are in."
        return
    yield f"{file}: {many(report.products, 'product')} with {many(report.variants, 'variant')}."
    counts = (f"{report.created} created, {report.updated} updated, {report.unchanged} left alone,"
              f" {report.skipped} skipped.")
    yield f"  Would be: {counts} Nothing was changed." if dry_run else f"  {counts}"
    for problem in report.problems:
        yield f"  {_told(file, problem)}"


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
