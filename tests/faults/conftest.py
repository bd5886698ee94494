"""What the fault tests share: a server that forks, and the scenes, made when first needed."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.disk import tmp_path
from tests.faults.forks import Forks
from tests.faults.scenes import Scene

__all__ = ["tmp_path"]


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Processes, as many as are wanted."""
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[..., Scene]], Scene]:
    """The scene that a function makes: to be copied, not to be touched."""

    @cache
    def made(make: Callable[..., Scene]) -> Scene:
        return make(tmp_path_factory.mktemp(make.__name__) / "shop.db")

    return made
