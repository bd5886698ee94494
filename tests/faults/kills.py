"""Kills a program at each of its points, and looks at what it left."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from signal import SIGKILL

from tests.faults.checks import Check
from tests.faults.forks import Forks
from tests.faults.points import Flow, pass_through
from tests.faults.scenes import Scene
from tests.laws import PORTAL_LAWS


def points_of(forks: Forks, flow: Flow, scene: Scene) -> list[str]:
    """The names of the points of a flow."""
    with scene.copied() as copy:
        names: list[str] = forks.run(partial(pass_through, flow, copy))[0].answer
    return names


@contextmanager
def killed(forks: Forks, flow: Flow, scene: Scene, point: int) -> Iterator[Scene]:
    """What is left of a copy of the scene where the program was killed at this point."""
    with scene.copied() as copy:
        assert forks.run(partial(pass_through, flow, copy, last=point))[0].exitcode == -SIGKILL
        yield copy


def kill_everywhere(forks: Forks, flow: Flow, scene: Scene, check: Check, *, only_writes: bool = False) -> int:
    """Kills the flow at every point, and checks what each left; answers with how many there were.

    `only_writes`: it does nothing but ask the database, so what is left before a statement is what the last one left.
    """
    points = [(number, point) for number, point in enumerate(points_of(forks, flow, scene))
              if not (only_writes and point.startswith("before "))]
    for number, point in points:
        with killed(forks, flow, scene, number) as left:
            try:
                check(left)
            except BaseException as error:
                error.add_note(f"{flow.__name__} was killed at point {number}: {point}")
                raise
    return len(points)


def left_open(forks: Forks, flow: Flow, scene: Scene) -> Iterator[Scene]:
    """Every state with an open payment that a killed flow can leave."""
    seen: list[object] = []
    for number, point in enumerate(points_of(forks, flow, scene)):
        if point == "after the transaction":
            with killed(forks, flow, scene, number) as left:
                dump = left.dump()
                if dump not in seen and left.count(PORTAL_LAWS["LEFT_OPEN"]):
                    seen.append(dump)
                    yield left
