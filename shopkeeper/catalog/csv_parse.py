"""Product CSV, second step: rows become products, or problems that say what is wrong in which line."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shopkeeper.catalog import csv_cells as cells
from shopkeeper.catalog.csv_cells import Policy, Status
from shopkeeper.catalog.csv_columns import Row
from shopkeeper.catalog.model import Image
from shopkeeper.errors import Problem
from shopkeeper.text import clean

T = TypeVar("T")

_NAMES = ("option1_name", "option2_name", "option3_name")
_VALUES = ("option1_value", "option2_value", "option3_value")


class VariantRow(NamedTuple):
    """A variant as the file gives it. Prices are minor units; `options` are labels in the order of the product's.

    `quantity` is `None` where the file does not say how many there are.
    """

    line: int
    options: tuple[str, ...]
    sku: str
    price: int
    compare_at: int | None
    tracked: bool
    quantity: int | None
    policy: Policy
    requires_shipping: bool
    image: str


class ProductRows(NamedTuple):
    """A product as the file gives it: `options` are names of attributes, `specs` texts by the attribute's code."""

    line: int
    handle: str
    title: str
    description: str
    vendor: str
    type: str
    category: tuple[str, ...]
    status: Status
    published: bool
    gift_card: bool
    tags: tuple[str, ...]
    options: tuple[str, ...]
    specs: Mapping[str, str]
    images: tuple[Image, ...]
    variants: tuple[VariantRow, ...]


def products(rows_by_handle: Iterable[tuple[str, Sequence[Row]]], currency: str, *, assume_tracked: bool,
             problems: list[Problem]) -> Iterator[ProductRows]:
    """What the rows of each product say; what is wrong with them is added to `problems`.

    Prices are read in `currency`. `assume_tracked`: a variant without a tracker is counted all the same.
    """
    for handle, rows in rows_by_handle:
        if handle:
            yield _Parser(handle, rows, currency, assume_tracked, problems).product()
        else:
            problems += [Problem(row.line, "", "The handle is blank: to which product does this row belong?")
                         for row in rows]


class _Parser:
    """Reads the rows of one product and notes what is wrong with them."""

    def __init__(self, handle: str, rows: Sequence[Row], currency: str, assume_tracked: bool,
                 problems: list[Problem]) -> None:
        self._handle = handle
        self._rows = rows
        self._currency = currency
        self._assume_tracked = assume_tracked
        self._problems = problems

    def product(self) -> ProductRows:
        title = cells.name(self._first("title")[0])
        if not title:
            self._refuse(self._rows[0], "No row with this handle has a title.")
        options, variants = self._variants()
        gift_card = self._once("gift_card", cells.is_gift_card, False)
        kind = cells.name(self._first("type")[0])
        return ProductRows(
            line=self._rows[0].line,
            handle=self._handle,
            title=title,
            description=self._once("body", cells.description, ""),
            vendor=cells.name(self._first("vendor")[0]),
            type="" if cells.is_none(kind) else kind,
            category=self._once("category", cells.path, ()) or self._once("type", cells.path, ()),
            status=self._once("status", cells.status, "active"),
            published=self._once("published", cells.is_published, True),
            gift_card=gift_card,
            tags=cells.tags(self._first("tags")[0]),
            options=options,
            specs=self._specs(),
            images=self._images(),
            variants=tuple(self._variant(row, labels, ships=not gift_card) for row, labels in variants),
        )

    def _variants(self) -> tuple[tuple[str, ...], list[tuple[Row, tuple[str, ...]]]]:
        """The names of the options, and each variant's row with its labels."""
        rows = [(row, tuple([cells.name(row.cells.get(cell, "")) for cell in _VALUES])) for row in self._rows]
        rows = [(row, labels) for row, labels in rows if any(labels) or row["price"]]
        if not rows:
            self._refuse(self._rows[0], "The price is blank.")
        names = self._option_names()
        if all(_is_default(names, labels) for _, labels in rows):
            rows = [(row, ("", "", "")) for row, _ in rows]
        used = [i for i in range(len(_VALUES)) if any(labels[i] for _, labels in rows)]
        self._check_options(names, used, rows)
        return tuple(names[i] for i in used), [(row, tuple(labels[i] for i in used)) for row, labels in rows]

    def _option_names(self) -> list[str]:
        return [cells.name(self._first(cell)[0]) for cell in _NAMES]

    def _check_options(self, names: Sequence[str], used: Sequence[int],
                       rows: Sequence[tuple[Row, tuple[str, ...]]]) -> None:
        for i in used:
            if not names[i]:
                self._refuse(self._rows[0], f"Option{i + 1} has values, but no name.")
        seen: dict[tuple[str, ...], int] = {}
        for row, labels in rows:
            if not all(labels[i] for i in used):
                blank = [names[i] for i in used if not labels[i]]
                self._refuse(row, f"{' and '.join(blank)} {'is' if len(blank) == 1 else 'are'} blank;"
                                  " every variant needs a value for each option.")
                continue
            key = tuple([cells.fold(label) for label in labels])
            if key in seen:
                named = " / ".join(labels[i] for i in used) or "A variant without options"
                self._refuse(row, f"{named} stands in line {seen[key]} already.")
            seen.setdefault(key, row.line)

    def _variant(self, row: Row, labels: tuple[str, ...], *, ships: bool) -> VariantRow:
        price = self._read(row, "price", self._price, 0)
        compare_at = self._read(row, "compare_at", self._price, 0) if row["compare_at"] else 0
        tracked = not cells.is_blank(row["tracker"]) or self._assume_tracked
        return VariantRow(
            line=row.line,
            options=labels,
            sku=clean(row["sku"]),
            price=price,
            compare_at=compare_at if compare_at > price else None,
            tracked=tracked,
            # Without a tracker the quantity is a left-over that nobody keeps.
            quantity=self._read(row, "quantity", cells.quantity, None) if tracked else 0,
            policy=self._read(row, "policy", cells.policy, "deny"),
            requires_shipping=self._read(row, "requires_shipping", cells.shipping(ships), ships),
            image=self._read(row, "variant_image", cells.picture, ""),
        )

    def _price(self, text: str) -> int:
        return cells.price(text, self._currency)

    def _specs(self) -> dict[str, str]:
        specs: dict[str, str] = {}
        for row in self._rows:
            for code, text in row.specs.items():
                if code not in specs:
                    specs[code] = cells.plain(text)
        return {code: text for code, text in specs.items() if text}

    def _images(self) -> tuple[Image, ...]:
        rows = [row for row in self._rows if "image" in row.cells and clean(row["image"])]
        rows.sort(key=lambda row: cells.position(row["image_position"]))
        return tuple(Image(self._read(row, "image", cells.picture, ""), cells.plain(row["image_alt"])) for row in rows)

    def _first(self, name: str) -> tuple[str, Row]:
        """The first cell of that name that is not blank: it speaks for the whole product."""
        for row in self._rows:
            if name in row.cells:
                return row.cells[name], row
        return "", self._rows[0]

    def _once(self, name: str, parse: Callable[[str], T], otherwise: T) -> T:
        return self._read(self._first(name)[1], name, parse, otherwise)

    def _read(self, row: Row, name: str, parse: Callable[[str], T], otherwise: T) -> T:
        try:
            return parse(row.cells.get(name, ""))
        except ValueError as error:
            self._refuse(row, f"The {_WORDS[name]} {error}.")
            return otherwise

    def _refuse(self, row: Row, message: str) -> None:
        self._problems.append(Problem(row.line, self._handle, message))


_WORDS = {
    "body": "description", "gift_card": "gift card mark", "status": "status", "published": "published mark",
    "price": "price", "compare_at": "compare-at price", "quantity": "inventory quantity",
    "category": "category", "type": "type", "image": "picture", "variant_image": "variant's picture",
    "policy": "inventory policy", "requires_shipping": "requires-shipping mark",
}


def _is_default(names: Sequence[str], labels: Sequence[str]) -> bool:
    """A product without options is written as one option `Title` with the value `Default Title`."""
    return [cells.fold(each) for each in (names[0], *labels)] == ["title", "default title", "", ""]
