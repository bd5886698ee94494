"""A million variants come into a shop in which people browse and buy: how long that takes, and how long they wait."""
from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

import pytest

from shopkeeper import Shop
from tests.benchmarks import shopify
from tests.factories import add_account

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

MOST_SECONDS = 90
MOST_MEMORY = 400  # megabytes
MOST_READING = 33  # milliseconds, the slowest hundredth
MOST_BUYING = 10_000  # milliseconds: after ten seconds who wants to write is told that the shop is busy

_IMPORT = r"""
import json, re, sys, time
from pathlib import Path
from shopkeeper import Shop
with Shop.open(sys.argv[1]) as shop:
    began = time.time()
    told = shop.catalog.import_csv(sys.argv[2])
    ended = time.time()
# Of this program alone: what `resource` tells begins with the size of the one that started it.
most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([told.products, told.variants, began, ended, int(most[1]) / 1024]))
"""

# Programs of their own, which go on until they are told to stop: each tells when it asked, and how long that took.
_READ = """
import json, select, sys, time
from shopkeeper import Query, Shop
from tests.benchmarks.generator import queries
asked, times = list(queries(200)), []
with Shop.open(sys.argv[1]) as shop:
    handles = [each.handle for each in shop.catalog.browse(Query()).products]
    for query in asked:
        shop.catalog.browse(query)
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        place, began, at = len(times), time.perf_counter(), time.time()
        shop.catalog.product(handles[place % len(handles)]) if place % 2 else shop.catalog.browse(asked[place % 200])
        times.append((at, time.perf_counter() - began))
print(json.dumps(times))
"""
_BUY = """
import json, select, sys, time
from shopkeeper import Card, Query, Shop
card, times = Card.test("4242 4242 4242 4242"), []
with Shop.open(sys.argv[1]) as shop:
    session = shop.accounts.resume(sys.argv[2])
    shown = shop.catalog.browse(Query(in_stock=True)).products
    variants = (one for each in shown for one in shop.catalog.product(each.handle).variants)
    variant = next(one.id for one in variants if one.available is None)
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.2)[0]:
        began, at = time.perf_counter(), time.time()
        cart = shop.cart.add(session, variant)
        shop.checkout.place(session, card, expected_total=cart.total, idempotency_key=f"key-{len(times)}")
        times.append((at, time.perf_counter() - began))
print(json.dumps(times))
"""


@pytest.mark.parametrize("variants", [100_000, 1_000_000])
def test_a_large_file_comes_in_while_people_browse_and_buy(
        variants: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, file = str(tmp_path / "shop.db"), tmp_path / "products.csv"
    shopify.write(file, variants)
    with Shop.open(path, sample=True) as shop:
        ada = add_account(shop)
    with ExitStack() as running:
        others = [running.enter_context(_started(program, path, ada.token)) for program in (_READ, _BUY)]
        ended = subprocess.run([sys.executable, "-c", _IMPORT, path, file], capture_output=True, text=True, check=True)
        reading, buying = (json.loads(other.communicate("stop\n")[0]) for other in others)
    products, made, began, end, memory = json.loads(ended.stdout)
    reads = [took * 1000 for at, took in reading if began <= at <= end]
    buys = [took * 1000 for at, took in buying if began <= at <= end]
    slowest = quantiles(reads, n=100)[98]
    with capsys.disabled():
        print(f"\n{made:,} variants in {products:,} products: {end - began:.0f} s,"
              f" {made / (end - began):,.0f} a second, {memory:.0f} MB of memory;"
              f" {len(reads):,} readings: p50 {median(reads):.1f} ms, p99 {slowest:.1f}, slowest {max(reads):.0f};"
              f" {len(buys):,} purchases: p50 {median(buys):.0f} ms, p95 {quantiles(buys, n=20)[18]:.0f},"
              f" slowest {max(buys):.0f}")
    assert end - began < MOST_SECONDS * max(1, variants / 1_000_000)
    assert memory < MOST_MEMORY
    assert slowest < MOST_READING
    assert max(buys) < MOST_BUYING


def _started(program: str, *arguments: str) -> subprocess.Popen[str]:
    started = subprocess.Popen([sys.executable, "-c", program, *arguments], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    assert started.stdout
    assert started.stdout.readline() == "ready\n"
    return started
