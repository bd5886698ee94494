"""`shopkeeper ledger`: what the accounts come to, and the books as plain-text accounting."""
from __future__ import annotations

import json
from pathlib import Path

import click

from shopkeeper.commands.base import Invocation, emit
from shopkeeper.commands.parameter_types import FilePath
from shopkeeper.output_files import is_stdout


@click.command("ledger")
@click.option("--export", "file", type=FilePath(), metavar="FILE",
              help="Write every entry into a Beancount file; `-` is standard output, without the balances.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def ledger(invocation: Invocation, file: Path | None, as_json: bool) -> None:
    """Prints the balance of each account: debits positive, credits negative."""
    if file is not None and is_stdout(file) and as_json:
        raise click.UsageError("--json and --export cannot share standard output. Name a file.")
    with invocation.open() as shop:
        balances = shop.ledger.balances()
        if file is not None:
            shop.ledger.export(file, title=shop.settings.name)
    if file is not None and is_stdout(file):
        return
    if as_json:
        emit(json.dumps([{"account": each.account, "amount": each.amount.minor, "currency": each.amount.currency}
                         for each in balances]))
    else:
        width = max((len(str(each.amount)) for each in balances), default=0)
        for each in balances:
            emit(f"{each.account:<10}{each.amount!s:>{width}}")
        if not balances:
            emit("Nothing was paid yet.")
    if file is not None:
        emit(f"The ledger is in {file}.", err=as_json)
