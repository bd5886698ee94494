"""The `shopkeeper` command line: its options, its commands, and how errors are told."""
from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

import click

from shopkeeper import log
from shopkeeper.commands.api import api
from shopkeeper.commands.base import Invocation, Terminal, emit
from shopkeeper.commands.catalog import export, import_files
from shopkeeper.commands.demo import demo
from shopkeeper.commands.init import init
from shopkeeper.commands.ledger import ledger
from shopkeeper.commands.orders import orders, settle
from shopkeeper.commands.portal import portal
from shopkeeper.commands.settings import settings
from shopkeeper.commands.stock import stock
from shopkeeper.commands.upkeep import backup, doctor, restore
from shopkeeper.config import log_folder
from shopkeeper.errors import InvalidInput, ShopError
from shopkeeper.shop import Shop


def run(arguments: Sequence[str], terminal: Terminal) -> int:
    """Does what the arguments say; the exit code. With `--debug`, errors are raised instead of told."""
    try:
        answer = command.main(list(arguments), prog_name="shopkeeper", standalone_mode=False, obj=terminal)
    except click.Abort:
        return 130
    except click.ClickException as error:
        told = StringIO()
        error.show(told)  # it repeats what was typed
        emit(told.getvalue().rstrip("\n"), err=True)
        return error.exit_code
    except (ShopError, OSError) as error:
        log.warn("refused", code=error.code if isinstance(error, ShopError) else "os_error")
        if "--debug" in arguments:
            raise
        emit("\n".join(_in_words(error)), err=True)
        return 1
    return answer if isinstance(answer, int) else 0


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--db", "url", metavar="PATH_OR_URL", envvar="SHOPKEEPER_DB", show_envvar=True,
              help="The shop's database; none: in your data folder.")
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
@click.pass_context
def command(context: click.Context, url: str | None, debug: bool) -> int | None:
    """A shop in the terminal. Without a command, opens it."""
    terminal: Terminal = context.obj
    context.obj = Invocation(url, terminal)
    if context.invoked_subcommand != demo.name:  # of which nothing is left
        log.begin(log_folder())
    if context.invoked_subcommand is not None:
        return None
    if not debug:
        return terminal(lambda: Shop.open(url, sample=True), None)
    with Shop.open(url, sample=True) as shop:  # before the screen, so that its errors can be seen
        return terminal(shop, None)


for _each in (init, import_files, export, settings, orders, settle, stock, ledger, backup, restore, doctor, portal, api,
              demo):
    command.add_command(_each)


def _in_words(error: ShopError | OSError) -> list[str]:
    if isinstance(error, InvalidInput) and error.fields:
        return list(error.fields.values())
    if isinstance(error, ShopError):
        return error.message.splitlines()
    place = f"{error.filename}: " if error.filename else ""
    return [f"{place}{error.strerror or error}"]
