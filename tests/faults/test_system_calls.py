"""A disk that fails: at each write, sync and cut of a purchase, the shop says so and loses nothing."""
from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from functools import partial
from signal import SIGKILL

import pytest

from shopkeeper.disks import disk_of
from tests.faults import flows, scenes
from tests.faults.checks import check_bought
from tests.faults.forks import Ended, Forks
from tests.faults.scenes import Scene
from tests.faults.strace import traced

Scenes = Callable[[Callable[..., Scene]], Scene]
Tried = Callable[[str, int], None]

DISK_ERROR = "database_unavailable: {} cannot be read or written: the disk reports an error."
DISK_FULL = "database_unavailable: {} cannot grow: the disk is full ({}). Make room there, and try again."


@pytest.fixture(scope="module", autouse=True)
def strace() -> None:
    """Without strace nothing is proved, and that is a failure."""
    assert shutil.which("strace"), "strace is not installed: `apt-get install strace`, as .ci/run does."


@pytest.fixture(scope="module")
def sites(forks: Forks, scene: Scenes) -> list[str]:
    """Where a purchase can be hit: each call on the shop's file and its journal, as `fsync 3`."""
    with scene(scenes.full_cart).copied() as copy:
        calls = [call for call in struck(forks, copy).answer.calls if str(copy.telling) not in call]
    names = [re.findall(r"(\w+)\(", call)[0] for call in calls]
    assert {"pwrite64", "fsync", "ftruncate"} <= set(names)
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
    return [f"{name} {number}" for name, count in seen.items() for number in range(1, count + 1)]


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_call_that_fails_is_told_and_pressing_again_goes_through(
    forks: Forks, scene: Scenes, sites: list[str], tried: Tried, error: str
) -> None:
    for site in sites:
        with scene(scenes.full_cart).copied() as copy:
            first, second = outcomes(struck(forks, copy, site, f"error={error}"))
            assert first == "placed" or first in told(copy, error), site
            assert second in {"placed", "awaiting_payment"}, site
            check_bought(copy)
    tried("failed calls", len(sites))


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_disk_that_goes_on_failing_is_told_every_time_and_works_when_it_is_mended(
    forks: Forks, scene: Scenes, sites: list[str], tried: Tried, error: str
) -> None:
    for site in sites:
        with scene(scenes.full_cart).copied() as copy:
            first, second = outcomes(struck(forks, copy, f"{site}+", f"error={error}"))
            assert first == "placed" or first in told(copy, error), site
            assert second in {first, "awaiting_payment"} | told(copy, error), site
            check_bought(copy)
    tried("failed calls", len(sites))


def test_a_program_killed_within_a_call_is_settled(
    forks: Forks, scene: Scenes, sites: list[str], tried: Tried
) -> None:
    for site in sites:
        with scene(scenes.full_cart).copied() as copy:
            assert struck(forks, copy, site, "signal=SIGKILL").exitcode == -SIGKILL
            check_bought(copy)
    tried("kills within a call", len(sites))


def struck(forks: Forks, scene: Scene, site: str = "", how: str = "") -> Ended:
    """Ada presses pay twice, and what `how` says happens at one of the calls, or from there on."""
    call, _, when = site.partition(" ")
    hit = [f"--inject={call}:{how}:when={when}"] if site else []
    return forks.run(partial(traced, partial(flows.press_twice, scene), scene, *hit))[0]


def outcomes(ended: Ended) -> list[str]:
    """What Ada was told, if the fault came as it should."""
    assert any("(INJECTED)" in call for call in ended.answer.calls)
    said: list[str] = ended.answer.answer
    return said


def told(scene: Scene, error: str) -> set[str]:
    """What a person is told of an error. That a sync found the disk full, SQLite calls an error of the disk."""
    sentences = [DISK_ERROR] if error == "EIO" else [DISK_ERROR, DISK_FULL]
    return {words.format(scene.path, disk_of(scene.path)) for words in sentences}
