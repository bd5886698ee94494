"""What `shopkeeper import` shows on a terminal while a file comes in."""
from __future__ import annotations

import pytest

from shopkeeper.commands.catalog import _pace


@pytest.mark.parametrize(("done", "seconds", "said"), [
    (0, 5.0, ""), (400, 0.5, ""), (500, 2.0, "250 lines/s, 0:18 left"), (2_500, 1.0, "2,500 lines/s, 0:01 left"),
    (50, 10.0, "5 lines/s, 16:30 left"), (5_000, 10.0, "500 lines/s, 0:00 left"),
])
def test_rate_and_time_left_are_told_after_a_second(done: int, seconds: float, said: str) -> None:
    assert _pace(done, 5_000, seconds) == said
