"""`shopkeeper stock …`: how many there are."""
from __future__ import annotations

import json

import click

from shopkeeper.commands.base import Invocation, emit
from shopkeeper.commands.parameter_types import WholeNumber
from shopkeeper.errors import InvalidInput, NotFound
from shopkeeper.inventory.model import StockLevel
from shopkeeper.shop import Shop


@click.group("stock")
def stock() -> None:
    """Shows stock, and sets it as counted on the shelf."""


@stock.command("show")
@click.argument("sku")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each variant.")
@click.pass_obj
def show(invocation: Invocation, sku: str, as_json: bool) -> None:
    """Shows the stock of every variant with this SKU."""
    with invocation.open() as shop:
        found = _levels(shop, sku)
    for each in found:
        emit(json.dumps({"variant": each.variant_id, "sku": each.sku, "name": each.name, "tracked": each.tracked,
                         "on_hand": each.on_hand, "reserved": each.reserved}) if as_json else _line(each))


@stock.command("set")
@click.argument("sku")
@click.argument("count", type=WholeNumber(0, 10**9), metavar="N")
@click.option("--reason", required=True, help="Why it changed, for the stock's own books.")
@click.option("--variant", "variant_id", type=WholeNumber(1, 2**53 - 1),
              help="Which variant, where several have this SKU.")
@click.pass_obj
def set_stock(invocation: Invocation, sku: str, count: int, reason: str, variant_id: int | None) -> None:
    """Sets how many of a tracked variant there are."""
    with invocation.open() as shop:
        found = [each for each in _levels(shop, sku) if variant_id in {None, each.variant_id}]
        if len(found) != 1:
            raise InvalidInput("\n".join([f"{len(found)} variants have the SKU {sku}. Say which one by --variant:",
                                          *map(_line, _levels(shop, sku))]))
        now = shop.inventory.set_on_hand(found[0].variant_id, count, reason=reason)
    kept = "" if now == count else f" {now} are reserved for orders under way, so that many are kept."
    emit(f"{found[0].name}: {found[0].on_hand} before, {now} now.{kept}")


def _levels(shop: Shop, sku: str) -> tuple[StockLevel, ...]:
    found = shop.inventory.levels(sku)
    if not found:
        raise NotFound(f"No variant has the SKU {sku}.")
    return found


def _line(level: StockLevel) -> str:
    counted = f"{level.on_hand} on hand, {level.reserved} reserved" if level.tracked else "not tracked"
    return f"{level.variant_id}  {level.sku}  {level.name}: {counted}"
