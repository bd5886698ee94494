"""`python -m tests.benchmarks --plot chart.svg`: browses shops of several sizes, and says how long it took."""
from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from shopkeeper.catalog.model import Query
from shopkeeper.database.engine import Database
from tests.benchmarks import exports, generator
from tests.benchmarks.browsing import QUERIES, Figures, measured, shop_of
from tests.benchmarks.chart import chart
from tests.shelf import Item

_SIZES = [1_000, 100_000, 1_000_000]
_FEW, _LARGE = 8, 500_000  # so many questions SQL is asked in shops that large, where each takes seconds
_HEAD = "| variants | index p50, p95, p99 ms | SQL p50, p95, p99 ms | p95 of SQL / index | built s | loaded ms | MB |"


class Catalog(NamedTuple):
    """Products of so many variants, and so many questions to them."""

    items: Callable[[int], Iterator[Item]]
    queries: Callable[[int], Iterator[Query]]


def main() -> None:
    """Measures, prints a table for each catalog and draws its chart."""
    given = _arguments()
    catalogs = {"made-up": Catalog(generator.items, generator.queries)}
    if given.export and not given.export.is_file():
        print(f"{given.export} is not there: only made-up catalogs are measured.")
    elif given.export:
        catalogs[given.export.stem] = Catalog(partial(exports.multiplied, given.export),
                                              partial(exports.queries, given.export))
    with TemporaryDirectory() as folder:
        for name, catalog in catalogs.items():
            figures = list(_figures(given.shops or Path(folder), name, catalog, sorted(given.sizes)))
            if given.plot:
                plot = given.plot.with_stem(f"{given.plot.stem}-{name}") if len(catalogs) > 1 else given.plot
                plot.write_text(chart(f"A page of products with all counts, {name} catalog", figures), encoding="utf-8")
                print(f"\n{plot}")


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=(
        f"How long {QUERIES} mixed questions to shops of several sizes take, in the index and by SQL."))
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw a chart")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, metavar="VARIANTS")
    parser.add_argument("--export", type=Path, default=os.environ.get("SHOPKEEPER_EXPORT"), metavar="FILE.csv",
                        help="a real product export, to be multiplied and measured, too; or SHOPKEEPER_EXPORT")
    parser.add_argument("--shops", type=Path, metavar="FOLDER", help="keeps the shops there, and takes those that are")
    return parser.parse_args()


def _figures(folder: Path, name: str, catalog: Catalog, sizes: list[int]) -> Iterator[Figures]:
    print(f"\n{name}\n\n{_HEAD}\n{'|---' * (_HEAD.count('|') - 1)}|")
    for variants in sizes:
        path = folder / f"{name}-{variants}.db"
        database = Database.open(str(path)) if path.exists() else shop_of(path, catalog.items(variants))
        got = measured(database, variants, catalog.queries(QUERIES), _FEW if variants >= _LARGE else None)
        database.close()
        print(f"| {variants:,} | {got.in_index} | {got.by_sql} | {got.by_sql.p95 / got.in_index.p95:.0f}"
              f" | {got.built:.1f} | {got.loaded:.0f} | {got.memory:.0f} |", flush=True)
        yield got


if __name__ == "__main__":
    main()
