"""`shopkeeper orders …` and `shopkeeper settle`: what the owner does with orders and their payments."""
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import get_args

import click

from shopkeeper.commands.base import Invocation, emit, many
from shopkeeper.commands.parameter_types import FilePath, WholeNumber
from shopkeeper.errors import ImportFailed, InvalidState, NotFound
from shopkeeper.files import given
from shopkeeper.input_streams import spooled
from shopkeeper.orders.model import Order, OrderStatus
from shopkeeper.orders.receipt import receipt
from shopkeeper.shop import Shop

_MAX_RECEIPT_BYTES = 2**20


@click.group("orders")
def orders() -> None:
    """Lists orders, sends them, prints and verifies receipts."""


@orders.command("list")
@click.option("--status", type=click.Choice(get_args(OrderStatus)), help="Only orders of this status.")
@click.option("--attempts", is_flag=True, help="Also attempts to pay that were declined at once: no orders.")
@click.option("--limit", type=WholeNumber(1, 10_000), default=50, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each order.")
@click.pass_obj
def list_orders(invocation: Invocation, status: OrderStatus | None, attempts: bool, limit: int,
                as_json: bool) -> None:
    """Lists the newest orders."""
    with invocation.open() as shop:
        listed = shop.back_office.orders(status, limit=limit, attempts=attempts)
    width = max((len(order.number) for order in listed), default=0)  # an attempt's reference is longer than a number
    for order in listed:
        emit(json.dumps(_facts(order)) if as_json else
             f"{order.number:<{width}}  {order.placed_at:%Y-%m-%d %H:%M}  {_status(order):<16}  {order.total}")
    if not listed and not as_json:
        emit("There are no such orders.")


@orders.command("fulfil")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER…")
@click.pass_obj
def fulfil(invocation: Invocation, numbers: tuple[str, ...]) -> int:
    """Notes that orders were sent. One that cannot be is told; the others are noted."""
    failed = False
    with invocation.open() as shop:
        for number in numbers:
            try:
                emit(f"Order {shop.back_office.fulfil(number).number} is noted as sent.")
            except (NotFound, InvalidState) as refused:
                emit(refused.message, err=True)
                failed = True
    return int(failed)


@orders.command("receipt")
@click.argument("number")
@click.option("--markdown", is_flag=True, help="As Markdown instead of plain text.")
@click.pass_obj
def print_receipt(invocation: Invocation, number: str, markdown: bool) -> None:
    """Prints an order's receipt."""
    with invocation.open() as shop:
        bought = shop.back_office.get(number)
    if not bought.digest:
        raise InvalidState(f"Order {number} has no receipt: it was not paid, or is older than receipts.")
    emit(receipt(bought, markdown=markdown).rstrip("\n"))


@orders.command("verify")
@click.argument("receipts", nargs=-1, metavar="[RECEIPT…]", type=FilePath())
@click.pass_obj
def verify(invocation: Invocation, receipts: tuple[Path, ...]) -> int:
    """Tells whether receipts are as this shop gave them; without any, whether all orders are as they were placed."""
    with invocation.open() as shop:
        wrong = [problem for path in receipts if (problem := _verified(shop, path))] if receipts else _altered(shop)
    return 1 if wrong else 0


def _verified(shop: Shop, path: Path) -> str:
    try:
        text = _read_receipt(path)
    except ImportFailed as refused:
        emit(refused.message, err=True)
        return refused.message
    problem = shop.back_office.problem_of_receipt(text)
    emit(f"{path}: {problem}" if problem else f"{path}: as it was given.", err=bool(problem))
    return problem


def _read_receipt(path: Path) -> str:
    with spooled(path, at_most=_MAX_RECEIPT_BYTES) as source:
        real = Path(os.path.realpath(source))  # one's own link to a receipt is followed
        with given(real, at_most=_MAX_RECEIPT_BYTES) as file:
            return file.read().decode("utf-8", errors="replace")


def _altered(shop: Shop) -> tuple[str, ...]:
    altered = shop.back_office.altered()
    for number in altered:
        emit(f"Order {number} was altered since it was placed.", err=True)
    if not altered:
        emit("All orders are as they were placed.")
    return altered


@click.command("settle")
@click.pass_obj
def settle(invocation: Invocation) -> int:
    """Settles payments that a crash or a silent portal left open, by asking the portal; it never charges."""
    with invocation.open(settle=False) as shop:
        found = shop.checkout.settle()
    left = [each for each in found if not each.settled]
    emit(f"{many(len(found) - len(left), 'payment')} settled.")
    for each in left:
        emit(f"Order {each.order_number} is open since {each.since:%Y-%m-%d %H:%M} UTC:"
             " the portal does not say yet. Try again later.", err=True)
    return 1 if left else 0


def _status(each: Order) -> str:
    return "not paid" if each.status == "cancelled" and each.payment.state == "declined" else each.status


def _facts(each: Order) -> dict[str, object]:
    return {"number": each.number, "placed_at": each.placed_at.isoformat(), "status": each.status,
            "payment": each.payment.state, "total": {"amount": each.total.minor, "currency": each.total.currency}}
