"""The power fails: what was synced is on the disk, of the rest nothing or any part. What was said to be done, is."""
from __future__ import annotations

from collections.abc import Callable

import pytest

from shopkeeper import DatabaseUnavailable
from tests.faults import flows, scenes
from tests.faults.checks import Check, check_bought, check_cancelled
from tests.faults.forks import Forks
from tests.faults.points import Flow
from tests.faults.power import cuts
from tests.faults.scenes import Scene

Scenes = Callable[[Callable[..., Scene]], Scene]
Tried = Callable[[str, int], None]


@pytest.mark.parametrize(("flow", "made", "check"), [
    (flows.buy, scenes.full_cart, check_bought),
    (flows.cancel, scenes.placed_order, check_cancelled),
], ids=["buy", "cancel"])
def test_a_power_cut_loses_nothing_that_was_told(
    forks: Forks, scene: Scenes, tried: Tried, flow: Flow, made: Callable[..., Scene], check: Check
) -> None:
    survived = 0
    for moment, left in cuts(forks, flow, scene(made)):
        try:
            check(left)
        except BaseException as error:
            error.add_note(f"The power failed after {moment}")
            raise
        survived += 1
    assert survived
    tried("power cuts", survived)


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_without_syncs_the_same_check_finds_orders_lost(
    forks: Forks, scene: Scenes, tried: Tried, synchronous: str
) -> None:
    lost = 0
    for _moment, left in cuts(forks, flows.buy, scene(scenes.full_cart), synchronous=synchronous):
        try:
            check_bought(left)
        except (AssertionError, DatabaseUnavailable):
            lost += 1
    assert lost
    tried("power cuts that lost orders, as they should without syncs", lost)
