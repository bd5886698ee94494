"""What is installed is what is pinned: every dependency, and theirs."""
from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
EXTRAS = ("stripe", "dev")


def pins() -> dict[str, str]:
    """The versions of `constraints.txt`, by name. A line that pins nothing is told."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, exactly, version = line.partition("==")
            assert exactly and re.fullmatch(r"[\w.+!-]+", version), f"constraints.txt: {line!r} pins no version"
            found[canonicalize_name(name)] = version
    return found


def needed(name: str, extras: frozenset[str], seen: dict[str, frozenset[str]]) -> None:
    """All that this takes, and what that takes, with the extras that are asked for."""
    if extras <= seen.get(name, frozenset()) and name in seen:
        return
    seen[name] = seen.get(name, frozenset()) | extras
    for text in distribution(name).requires or ():
        wanted = Requirement(text)
        if applies(wanted, seen[name]):
            needed(canonicalize_name(wanted.name), frozenset(wanted.extras), seen)


def applies(wanted: Requirement, extras: frozenset[str]) -> bool:
    return wanted.marker is None or any(
        wanted.marker.evaluate({**default_environment(), "extra": extra}) for extra in extras | {""})


def everything() -> set[str]:
    seen: dict[str, frozenset[str]] = {}
    needed("shopkeeper", frozenset(EXTRAS), seen)
    return set(seen) - {"shopkeeper"}


def problems(pinned: dict[str, str]) -> list[str]:
    found = []
    for name in sorted(everything()):
        installed = version_of(name)
        if name not in pinned:
            found.append(f"{name} {installed} is installed, and constraints.txt does not pin it.")
        elif installed != pinned[name]:
            found.append(f"{name} {installed} is installed, and constraints.txt pins {pinned[name]}:"
                         " pip install -c constraints.txt -e '.[dev]'")
    return found


def version_of(name: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return "(none)"


def test_what_is_installed_is_what_is_pinned(tried: Callable[[str, int], None]) -> None:
    assert problems(pins()) == []
    tried("pinned dependencies", len(everything()))


def test_a_pin_that_is_missing_or_another_is_told() -> None:
    pinned = pins()
    told, = problems(pinned | {"textual": "0.1"})
    assert told.startswith("textual 8.2.8 is installed, and constraints.txt pins 0.1")
    assert problems({name: version for name, version in pinned.items() if name != "mdurl"}) == [
        f"mdurl {pinned['mdurl']} is installed, and constraints.txt does not pin it."]


def test_nothing_is_pinned_that_nobody_needs() -> None:
    assert set(pins()) - everything() == set()


def test_nothing_is_taken_from_an_address() -> None:
    """A name and a version can be checked; what stands at an address today can be another thing tomorrow."""
    for name in ("shopkeeper", *everything()):
        for text in distribution(name).requires or ():
            assert Requirement(text).url is None, f"{name} takes {text}"


def test_every_dependency_has_a_lowest_version_or_is_for_developing_only() -> None:
    for text in distribution("shopkeeper").requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or "extra" not in str(wanted.marker):
            assert wanted.specifier, f"{text}: which version was it written for?"
