"""What an import of 250 MB takes: the memory of a program that does nothing else, and the time."""
from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

MEGABYTES = 250
MOST_MEMORY = 300  # megabytes, and the interpreter and the libraries take 80 of them

HEADER = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Variant SKU", "Variant Inventory Tracker", "Variant Inventory Qty",
    "Variant Inventory Policy", "Variant Price", "Image Src", "Variant Image",
)
_PROSE = ("made in portugal from brushed cotton with a soft hand and ribbed cuffs for long days outside warm light"
          " simple strong washable gift friends morning slow roasted river forest copper button pocket keeps its shape")

_IMPORT = """
import json, resource, sys, time
from shopkeeper import ImportFailed, Shop
with Shop.open(sys.argv[1]) as shop:
    began = time.monotonic()
    try:
        told = shop.catalog.import_csv(sys.argv[2])
        products, variants, refused = told.products, told.variants, ""
    except ImportFailed as error:
        products, variants, refused = 0, 0, error.message
    seconds = time.monotonic() - began
print(json.dumps([products, variants, refused, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


class Imported(NamedTuple):
    """What became of a file, and what that took."""

    products: int
    variants: int
    refused: str
    seconds: float
    megabytes: float


@pytest.mark.parametrize("variants", [4, 4_900], ids=["many products", "products of very many rows"])
def test_a_large_file_is_imported_in_little_memory(
        variants: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = imported(tmp_path, variants)
    with capsys.disabled():
        print(f"\n{done.products:,} products with {done.variants:,} variants ({MEGABYTES} MB):"
              f" {done.seconds:.0f} s, {done.megabytes:.0f} MB of memory")
    assert not done.refused
    assert done.megabytes < MOST_MEMORY


def test_one_product_of_all_rows_is_refused_in_little_memory(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = imported(tmp_path, 10**9)
    with capsys.disabled():
        print(f"\none product of {MEGABYTES} MB: refused in {done.seconds:.0f} s, {done.megabytes:.0f} MB of memory")
    assert "Make several of it" in done.refused
    assert done.megabytes < MOST_MEMORY


def imported(folder: Path, variants: int) -> Imported:
    """A catalog of products with so many variants each, brought into an empty shop by a program of its own."""
    path = folder / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in rows(variants):
            writer.writerow(row)
            if file.tell() > MEGABYTES * 2**20:
                break
    ended = subprocess.run([sys.executable, "-c", _IMPORT, folder / "shop.db", path], capture_output=True, text=True,
                           check=True)
    path.unlink()
    return Imported(*json.loads(ended.stdout))


def rows(variants: int) -> Iterator[tuple[object, ...]]:
    """Rows without end, and the same each time; a product's first row has what holds for all of it."""
    random, prose = Random(1), _PROSE.split()
    product = 0
    while True:
        product += 1
        body = f"<p>{' '.join(random.choices(prose, k=120))}</p>"
        whole = (f"Thing {product}", body, f"Maker {product % 40}", "Apparel > Hoodies", "Hoodie", "a, b")
        for place in range(variants):
            names = ("Size", "Color") if place == 0 else ("", "")
            picture = f"https://example.com/a-folder/of-pictures/with-a-long-name/{product}/{place}.png?v=1730925500"
            yield (f"thing-{product}", *(whole if place == 0 else [""] * len(whole)), names[0], place // 70, names[1],
                   f"c{place % 70}", f"SK{product}-{place}", "shopify", random.randrange(50), "deny", "12.50",
                   picture if place < 3 else "", picture)
