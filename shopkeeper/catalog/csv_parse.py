"""Product CSV, second step: rows become products, or problems that say what is wrong in which line."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shopkeeper.catalog import csv_cells as cells
from shopkeeper.catalog.csv_cells import Policy, Status
from shopkeeper.catalog.csv_columns import OPTION_NAMES, OPTION_VALUES, Columns, Row
from shopkeeper.catalog.csv_scope import Scope
from shopkeeper.catalog.model import Image
from shopkeeper.errors import Problem
from shopkeeper.text import clean

T = TypeVar("T")

_UNLABELED = ("", "", "")


class Rules(NamedTuple):
    """How rows are read: prices in `currency`; `assume_tracked`: what has no tracker is counted all the same."""

    columns: Columns
    currency: str
    assume_tracked: bool


class Findings(NamedTuple):
    """What was found in rows beside products.

    `problems` refuse the file. So do `doubts`, but for a product that is in the shop and whose variants the sheet does
    not list: its rows need not tell apart what they do not make. `notes` say what is taken, but not as it stands.
    """

    problems: list[Problem]
    doubts: list[Problem]
    notes: list[Problem]


class VariantRow(NamedTuple):
    """A variant as the file gives it. Prices are minor units; `options` are labels in the order of the product's.

    `quantity` is `None` where the file does not say how many there are, and `requires_shipping` where that hangs on
    whether the product is a gift card, of which the file says nothing.
    """

    line: int
    options: tuple[str, ...]
    sku: str
    price: int
    compare_at: int | None
    tracked: bool
    quantity: int | None
    policy: Policy
    requires_shipping: bool | None
    image: str


class ProductRows(NamedTuple):
    """A product as the file gives it: `options` are names of attributes, `specs` texts by the attribute's code.

    What a column that is missing would say is as if its cells were blank. Without a column of its names, the name of
    an option is blank, too.
    """

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


def products(rows_by_handle: Iterable[tuple[str, Sequence[Row]]], rules: Rules,
             findings: Findings) -> Iterator[ProductRows]:
    """What the rows of each product say; what else is found in them is added to `findings`."""
    scope = Scope(rules.columns)
    for handle, rows in rows_by_handle:
        if handle:
            yield _Parser(handle, rows, rules, scope, findings).product()
        else:
            findings.problems.extend([Problem(row.line, "", _nobodys(row, scope)) for row in rows])


class _Parser:
    """Reads the rows of one product and notes what is wrong with them."""

    def __init__(self, handle: str, rows: Sequence[Row], rules: Rules, scope: Scope, findings: Findings) -> None:
        self._handle = handle
        self._rows = rows
        self._rules = rules
        self._scope = scope
        self._findings = findings

    def product(self) -> ProductRows:
        title = cells.name(self._first("title")[0])
        if not title and self._scope.has("title"):
            self._refuse(self._rows[0], "No row with this handle has a title.")
        options, variants = self._variants()
        gift_card = self._once("gift_card", cells.is_gift_card, False)
        ships = not gift_card if self._scope.has("gift_card") else None
        kind = cells.name(self._first("type")[0])
        return ProductRows(
            line=self._rows[0].line,
            handle=self._handle,
            title=title,
            description=self._once("body", cells.description, ""),
            vendor=cells.name(self._first("vendor")[0]),
            type="" if cells.is_none(kind) else kind,
            category=self._once("category", cells.path, ()) or self._once("type", cells.path, ()),
            status=self._status(),
            published=self._once("published", cells.is_published, True),
            gift_card=gift_card,
            tags=cells.tags(self._first("tags")[0]),
            options=options,
            specs=self._specs(),
            images=self._images(),
            variants=tuple(self._variant(row, labels, ships) for row, labels in variants),
        )

    def _status(self) -> Status:
        text, row = self._first("status")
        if cells.is_unlisted(text):
            self._findings.notes.append(Problem(
                row.line, self._handle, "This shop has no status unlisted: the product is a draft, which nobody sees."))
        return self._once("status", cells.status, "active")

    def _variants(self) -> tuple[tuple[str, ...], list[tuple[Row, tuple[str, ...]]]]:
        """The names of the options, and each variant's row with its labels."""
        rows = self._variant_rows()
        names = [cells.name(self._first(cell)[0]) for cell in OPTION_NAMES]
        if all(self._is_default(names, labels) for _, labels in rows):
            rows = [(row, _UNLABELED) for row, _ in rows]
        used = [i for i in range(len(OPTION_VALUES)) if any(labels[i] for _, labels in rows)]
        self._check_options(names, used, rows)
        if used and not all(names[i] for i in used):
            used = [*range(used[-1] + 1)]  # an option without a name is told by its place
        return tuple(names[i] for i in used), [(row, tuple(labels[i] for i in used)) for row, labels in rows]

    def _variant_rows(self) -> list[tuple[Row, tuple[str, ...]]]:
        """The rows that are variants, each with its labels; the others have pictures only."""
        rows = [(row, tuple([cells.name(row.cells.get(cell, "")) for cell in OPTION_VALUES])) for row in self._rows]
        # Exports repeat some cells in rows that have pictures only, but not these two.
        telling = {"price", "sku"} if self._scope.has("price") else self._scope.variant_cells
        variants = [(row, labels) for row, labels in rows if any(labels) or not telling.isdisjoint(row.cells)]
        if not variants and self._scope.has("price"):
            self._refuse(self._rows[0], "The price is blank.")
        elif not variants and self._scope.has_variants:
            return rows[:1]
        return variants

    def _is_default(self, names: Sequence[str], labels: Sequence[str]) -> bool:
        """A product without options is written as one option `Title` with the value `Default Title`."""
        folded = [cells.fold(label) for label in labels]
        return folded == ["default title", "", ""] and (
            cells.fold(names[0]) == "title" or not self._scope.has("option1_name"))

    def _check_options(self, names: Sequence[str], used: Sequence[int],
                       rows: Sequence[tuple[Row, tuple[str, ...]]]) -> None:
        for i in used:
            if not names[i]:
                self._refuse(self._rows[0], f"Option{i + 1} has values, but no name.",
                             in_doubt=not self._scope.has(OPTION_NAMES[i]))
        seen: dict[tuple[str, ...], int] = {}
        for row, labels in rows:
            if not all(labels[i] for i in used):
                blank = [names[i] for i in used if not labels[i]]
                self._refuse(row, f"{' and '.join(blank)} {'is' if len(blank) == 1 else 'are'} blank;"
                                  " every variant needs a value for each option.")
                continue
            key = tuple([cells.fold(label) for label in labels])
            if key in seen:
                self._refuse(row, _twice(" / ".join(labels[i] for i in used), seen[key]),
                             in_doubt=not self._scope.has_all_options)
            seen.setdefault(key, row.line)

    def _variant(self, row: Row, labels: tuple[str, ...], ships: bool | None) -> VariantRow:
        price = self._read(row, "price", self._price, 0) if self._scope.has("price") else 0
        compare_at = self._read(row, "compare_at", self._price, 0) if row["compare_at"] else 0
        tracked = not cells.is_blank(row["tracker"]) or self._rules.assume_tracked
        return VariantRow(
            line=row.line,
            options=labels,
            sku=clean(row["sku"]),
            price=price,
            compare_at=compare_at if compare_at > price else None,
            tracked=tracked,
            # Where the tracker is blank the quantity is a left-over that nobody keeps.
            quantity=self._read(row, "quantity", cells.quantity, None)
            if tracked or not self._scope.has("tracker") else None,
            policy=self._read(row, "policy", cells.policy, "deny"),
            requires_shipping=self._read(row, "requires_shipping", cells.shipping(ships), ships),
            image=self._read(row, "variant_image", cells.picture, ""),
        )

    def _price(self, text: str) -> int:
        return cells.price(text, self._rules.currency)

    def _specs(self) -> dict[str, str]:
        specs: dict[str, str] = {}
        for row in self._rows:
            for code, text in row.specs.items():
                if code not in specs:
                    specs[code] = cells.plain(text)
        return {code: text for code, text in specs.items() if text}

    def _images(self) -> tuple[Image, ...]:
        rows = [row for row in self._rows if "image" in row.cells and clean(row["image"])]
        rows.sort(key=lambda row: self._read(row, "image_position", cells.position, 0))
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

    def _refuse(self, row: Row, message: str, *, in_doubt: bool = False) -> None:
        problems = self._findings.doubts if in_doubt else self._findings.problems
        problems.append(Problem(row.line, self._handle, message))


_WORDS = {
    "body": "description", "gift_card": "gift card mark", "status": "status", "published": "published mark",
    "price": "price", "compare_at": "compare-at price", "quantity": "inventory quantity",
    "category": "category", "type": "type", "image": "picture", "image_position": "picture's position",
    "variant_image": "variant's picture",
    "policy": "inventory policy", "requires_shipping": "requires-shipping mark",
}


def _nobodys(row: Row, scope: Scope) -> str:
    if scope.has("handle"):
        return "The handle is blank: to which product does this row belong?"
    if sku := clean(row["sku"]):
        return f"No product has the SKU {sku}, or several have it: give the file the column Handle."
    return "The SKU is blank, and the file has no column Handle: to which product does this row belong?"


def _twice(labels: str, line: int) -> str:
    if labels:
        return f"{labels} stands in line {line} already."
    return (f"A variant without options stands in line {line} already. To sell several variants, give them an option,"
            " for example Size.")
