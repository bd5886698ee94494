"""`shopkeeper init`: makes a shop."""
from __future__ import annotations

import click

from shopkeeper.commands.base import Invocation, emit


@click.command("init")
@click.option("--sample", is_flag=True, help="Fill it with the sample catalog.")
@click.pass_obj
def init(invocation: Invocation, sample: bool) -> None:
    """Makes an empty shop. One that is there is left as it is; `--sample` fills it if it has no products."""
    existed = invocation.has_shop()
    with invocation.open(create=True) as shop:
        place, was_empty = shop.place, shop.catalog.is_empty()
    if sample and was_empty:
        invocation.open(sample=True).close()
        emit(f"The shop at {place} is {'filled' if existed else 'made'}, with the sample catalog.")
    elif existed:
        emit(f"There is a shop at {place} already. Nothing was changed.")
    else:
        emit(f"The shop at {place} is made. It is empty: `shopkeeper import` brings products in.")
