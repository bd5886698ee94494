"""Product CSV, second step, for a batch of products: parsed, checked and packed, whoever does it and in which order."""
from __future__ import annotations

import marshal
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from shopkeeper.catalog import csv_parse, lengths
from shopkeeper.catalog.csv_named import Named
from shopkeeper.catalog.csv_parse import Findings, ProductRows, Rules, VariantRow
from shopkeeper.catalog.csv_sheet import Batch, rows_of
from shopkeeper.catalog.model import Image


class Checked(NamedTuple):
    """A batch of so many products that was read: `unpacked` gives them; what they name, and what was found in them."""

    number: int
    products: bytes
    named: Named
    findings: Findings


def check(batch: Batch, rules: Rules) -> Checked:
    """Reads the products of a batch."""
    named, findings, plain = Named(), Findings([], [], []), list[tuple[Any, ...]]()
    for rows in csv_parse.products(rows_of(batch, rules.columns), rules, findings):
        findings.problems.extend(lengths.of_product(rows))
        named.add(rows)
        plain.append(_plain(rows))
    return Checked(len(batch), marshal.dumps(plain), named, findings)


def packed(products: Iterable[ProductRows]) -> bytes:
    """Return a batch of products as `unpacked` reads it."""
    return marshal.dumps(list(map(_plain, products)))


def unpacked(products: bytes) -> Sequence[ProductRows]:
    """The products of a batch that was checked."""
    # They were packed here or in a helper, which is this program, too.
    return [_product(each) for each in marshal.loads(products)]  # noqa: S302


def _plain(rows: ProductRows) -> tuple[Any, ...]:
    *values, images, variants = rows
    return (*values, [(image.source, image.alt) for image in images], list(map(tuple, variants)))


def _product(plain: tuple[Any, ...]) -> ProductRows:
    *values, images, variants = plain
    return ProductRows._make((*values, tuple([Image(*each) for each in images]), tuple(map(_variant, variants))))


_variant = partial[VariantRow](tuple.__new__, VariantRow)  # as `_make`, in less than half the time
