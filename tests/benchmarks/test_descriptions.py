"""How long a hostile description takes: in milliseconds, and beside a harmless one of the same length."""
from __future__ import annotations

from time import thread_time

import pytest

from shopkeeper.catalog.html_text import text_of
from tests.security.bodies import BODIES, SIZE

pytestmark = pytest.mark.benchmark

MOST_MILLISECONDS = 100
MOST_TIMES = 15  # of what a body of plain paragraphs takes
_PARAGRAPH = "<p>Made in Portugal from brushed cotton, with a soft hand &amp; ribbed cuffs, for <b>long</b> days.</p>\n"


def test_no_description_takes_much_longer_than_another(capsys: pytest.CaptureFixture[str]) -> None:
    harmless = _milliseconds((_PARAGRAPH * SIZE)[:SIZE])
    worst, name = max((_milliseconds(body), name) for name, body in BODIES.items())
    with capsys.disabled():
        print(f"\nthe worst of {len(BODIES)} bodies of {SIZE // 1024} KB, {name!r}: {worst:.0f} ms;"
              f" {worst / harmless:.1f} of a harmless one ({harmless:.1f} ms)")
    assert worst / harmless < MOST_TIMES
    assert worst < MOST_MILLISECONDS


def _milliseconds(body: str) -> float:
    """Of processor time, the best of three."""
    times = []
    for _ in range(3):
        start = thread_time()
        text_of(body)
        times.append(thread_time() - start)
    return min(times) * 1000
