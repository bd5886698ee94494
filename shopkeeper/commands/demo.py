"""`shopkeeper demo`: a throw-away shop."""
from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from shopkeeper.commands.base import Invocation
from shopkeeper.payments.configured import STRIPE_KEY
from shopkeeper.shop import Shop


@click.command("demo")
@click.pass_obj
def demo(invocation: Invocation) -> int:
    """Opens a throw-away shop with the sample catalog: nothing outlives it."""
    os.environ.pop(STRIPE_KEY, None)  # nobody pays in earnest for what is thrown away
    with TemporaryDirectory(prefix="shopkeeper-") as folder:
        database, state = Path(folder) / "shop.db", Path(folder) / "state"
        return invocation.terminal(lambda: Shop.open(str(database), sample=True, throw_away=True), state)
