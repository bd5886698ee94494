"""`shopkeeper settings`: name, currency, tax and shipping of the shop."""
from __future__ import annotations

import json
from collections.abc import Iterator

import click

from shopkeeper.commands.base import Invocation, emit
from shopkeeper.money import Money
from shopkeeper.settings import NAMES, written
from shopkeeper.settings_model import ShopSettings


@click.command("settings")
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE …]")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def settings(invocation: Invocation, changes: tuple[str, ...], as_json: bool) -> None:
    """Shows the shop's settings, or changes them."""
    for change in changes:
        if not change.partition("=")[2].strip():
            raise click.UsageError(f"Write {change!r} with its value, such as tax_rate=8.25"
                                   " or shipping_free_from=never.")
    with invocation.open() as shop:
        if changes:
            shop.settings.change(**dict(change.split("=", 1) for change in changes))
        now = shop.settings.all()
    emit(_settings_as_json(now) if as_json else "\n".join(_settings_as_given(now)))


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
