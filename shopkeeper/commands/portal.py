"""`shopkeeper portal`: how the demo portal behaves, for training and demonstrations."""
from __future__ import annotations

import json

import click

from shopkeeper.commands.base import Invocation, emit, many
from shopkeeper.commands.parameter_types import WholeNumber
from shopkeeper.errors import GatewayUnavailable
from shopkeeper.payments.demo import DemoGateway
from shopkeeper.payments.mood import MOODS, Mood
from shopkeeper.shop import Shop

_MOODS = "\b\n" + "\n".join(f"{mood:<12} {meaning}" for mood, meaning in MOODS.items())


@click.command("portal", epilog=_MOODS)
@click.argument("mood", required=False, type=click.Choice(list(MOODS)), metavar="[MOOD]")
@click.option("--charges", type=WholeNumber(1, 10**9), metavar="N", help="For so many charges; then it is well again.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def portal(invocation: Invocation, mood: Mood | None, charges: int | None, as_json: bool) -> None:
    """Shows how the demo portal behaves, or makes it behave so in every process that has this shop open."""
    if charges is not None and mood is None:
        raise click.UsageError("--charges is for a mood.")
    with invocation.open() as shop:
        demo = _demo_portal(shop)
        if mood is not None:
            demo.set_mood(mood, charges)
        now, left = demo.mood(), demo.charges_left()
    if as_json:
        emit(json.dumps({"mood": now, "charges_left": left}))
    else:
        emit(f"{now}: {MOODS[now]}" + (f" For {many(left, 'more charge')}." if left else ""))


def _demo_portal(shop: Shop) -> DemoGateway:
    if shop.demo_portal is None:
        raise GatewayUnavailable("Payments do not go to the demo portal here: there is no mood to show or to set.")
    return shop.demo_portal
