"""`shopkeeper backup`, `shopkeeper restore` and `shopkeeper doctor`: what keeps a shop whole."""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from shopkeeper.commands.base import Invocation, emit, emit_written, many
from shopkeeper.commands.parameter_types import FilePath
from shopkeeper.upkeep.backup import back_up_as_it_is
from shopkeeper.upkeep.doctor import Diagnosis, examine
from shopkeeper.upkeep.restore import restore as restore_shop


@click.command("backup")
@click.argument("file", type=FilePath())
@click.pass_obj
def backup(invocation: Invocation, file: Path) -> int:
    """Makes a backup while the shop is open; a file that is there is replaced, `-` is standard output.

    Exit 1 where it was made, but could not be restored.
    """
    made = back_up_as_it_is(invocation.url, file)
    emit_written(f"The backup is in {made.path}: {made.size:,} bytes, checked.", file)
    if made.findings:
        emit(f"`restore` would refuse it. {made.findings[0].message} `doctor` says all that is wrong.", err=True)
    return 1 if made.findings else 0


@click.command("restore")
@click.argument("file", type=FilePath())
@click.pass_obj
def restore(invocation: Invocation, file: Path) -> None:
    """Puts a backup in the place of the shop. The shop that was there is set aside, and everybody logs in anew."""
    done = restore_shop(invocation.url, file)
    emit(f"The shop in {done.database} is that of {file} again.")
    if done.aside:
        emit(f"What was there before is in {done.aside}.")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def doctor(invocation: Invocation, as_json: bool) -> int:
    """Looks the shop over and changes nothing; exit 1 where something is not as it should be."""
    seen = examine(invocation.url)
    if as_json:
        emit(json.dumps({"facts": seen.facts, "findings": [asdict(each) for each in seen.findings]}))
    else:
        emit("\n".join(_in_words(seen)))
    return 1 if seen.findings else 0


def _in_words(seen: Diagnosis) -> Iterator[str]:
    for name, value in seen.facts.items():
        if name != "open_payments":  # each is a finding
            yield f"{name.replace('_', ' '):<19} {_fact(value)}"
    yield ""
    yield f"{many(len(seen.findings), 'finding')}:" if seen.findings else "All is well."
    for each in seen.findings:
        yield f"- {each.message}"


def _fact(value: object) -> str:
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
