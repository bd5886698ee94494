"""Programs that are killed, at every statement of what they do: nobody pays twice, nothing is half done or lost."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from tests.faults import flows, scenes
from tests.faults.checks import Check, check_bought, check_cancelled, check_signed_in, declined, whole_or_nothing
from tests.faults.forks import Forks
from tests.faults.kills import kill_everywhere, left_open
from tests.faults.points import Flow, pass_through
from tests.faults.scenes import Scene
from tests.orders.buying import DECLINED

Scenes = Callable[[Callable[..., Scene]], Scene]
Tried = Callable[[str, int], None]

WITH_MONEY = [
    (flows.buy, scenes.full_cart, check_bought),
    (flows.try_to_buy, scenes.full_cart, declined(DECLINED)),
    (flows.try_with_a_late_answer, scenes.full_cart, declined(flows.DECLINED_LATE)),
    (flows.cancel, scenes.placed_order, check_cancelled),
]
IN_ONE_PIECE = [
    (flows.migrate, scenes.no_file),
    (flows.migrate, scenes.first_schema),
    (flows.import_new, scenes.full_cart),
    (flows.import_changed, scenes.placed_order),
    (flows.add_to_cart, scenes.full_cart),
    (flows.reorder, scenes.placed_order),
]


def names(cases: Sequence[tuple[Callable[..., object], ...]]) -> list[str]:
    """How the tests are told apart: by the flow and the scene."""
    return [f"{flow.__name__}-{made.__name__}" for flow, made, *_ in cases]


@pytest.mark.parametrize(("flow", "made", "check"), WITH_MONEY, ids=names(WITH_MONEY))
def test_a_purchase_that_is_killed_is_settled_to_one_end_or_the_other(
    forks: Forks, scene: Scenes, tried: Tried, flow: Flow, made: Callable[..., Scene], check: Check
) -> None:
    tried("kills", kill_everywhere(forks, flow, scene(made), check))


@pytest.mark.parametrize(("flow", "made", "check"), WITH_MONEY, ids=names(WITH_MONEY))
def test_settling_may_be_killed_as_well(
    forks: Forks, scene: Scenes, tried: Tried, flow: Flow, made: Callable[..., Scene], check: Check
) -> None:
    kills = sum(kill_everywhere(forks, flows.open_later, left, check) for left in left_open(forks, flow, scene(made)))
    assert kills
    tried("kills", kills)


@pytest.mark.parametrize(("flow", "made", "check"), WITH_MONEY, ids=names(WITH_MONEY))
def test_many_that_open_the_shop_at_once_settle_once(
    forks: Forks, scene: Scenes, tried: Tried, flow: Flow, made: Callable[..., Scene], check: Check
) -> None:
    for left in left_open(forks, flow, scene(made)):
        _open_at_once(forks, left)
        check(left)
        tried("shops opened by six at once", 1)


@pytest.mark.parametrize("made", [scenes.no_file, scenes.first_schema])
def test_many_that_open_an_old_shop_at_once_bring_it_up_to_date_once(
    forks: Forks, scene: Scenes, made: Callable[..., Scene]
) -> None:
    with scene(made).copied() as alone, scene(made).copied() as together:
        forks.run(partial(pass_through, flows.migrate, alone))
        _open_at_once(forks, together)
        once, found = alone.dump(), together.dump()
    assert found[""] == once[""]
    assert {table: len(rows) for table, rows in found.items()} == {table: len(rows) for table, rows in once.items()}


def _open_at_once(forks: Forks, scene: Scene) -> None:
    assert [each.exitcode for each in forks.run(*[partial(flows.open_together, scene)] * 6)] == [0] * 6


@pytest.mark.parametrize(("flow", "made"), IN_ONE_PIECE, ids=names(IN_ONE_PIECE))
def test_what_is_killed_landed_whole_or_not_at_all(
    forks: Forks, scene: Scenes, tried: Tried, flow: Flow, made: Callable[..., Scene]
) -> None:
    with scene(made).copied() as copy:
        before = copy.dump()
        forks.run(partial(pass_through, flow, copy))
        after = copy.dump()
    assert before != after
    whole = whole_or_nothing(flow, before, after)
    tried("kills", kill_everywhere(forks, flow, scene(made), whole, only_writes=True))


def test_a_guest_who_signs_in_keeps_the_cart_wherever_that_is_killed(forks: Forks, scene: Scenes, tried: Tried) -> None:
    tried("kills", kill_everywhere(forks, flows.sign_in_with_a_guests_cart, scene(scenes.full_cart), check_signed_in))
