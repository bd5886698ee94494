"""What attributes, choices and categories are called, for the index: a query names them, and a page shows them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, groupby
from operator import itemgetter

import numpy as np
from sqlalchemy import Connection, select

from shopkeeper.catalog.candidates import folded
from shopkeeper.catalog.categories import Node, nodes
from shopkeeper.catalog.index.answer import Answer
from shopkeeper.catalog.index.bits import WORD, Flags, Numbers, Short
from shopkeeper.catalog.index.index import NO_OPTION, Index
from shopkeeper.catalog.model import Choice, Facet, FacetValue, Option, Query
from shopkeeper.catalog.tables import attribute, choice

_CHOICES = (
    select(attribute.c.id, attribute.c.code, attribute.c.label, choice.c.id, choice.c.label, choice.c.hex)
    .join_from(attribute, choice)
    .order_by(attribute.c.label, attribute.c.id, choice.c.position, choice.c.id)
)

_NO_ROW = -1
_MOST_OPTIONS = 10_000  # that are kept: two megabytes


@dataclass(frozen=True)
class Names:
    """By id, in the order in which they are shown: of attributes code and label, of choices id, label and color."""

    attributes: dict[int, tuple[str, str]]
    choices: dict[int, list[tuple[int, str, str | None]]]
    categories: tuple[Node, ...]
    _options: dict[tuple[int, bytes], Option] = field(default_factory=dict)
    _rows_of: dict[int, Numbers] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: Connection) -> Names:
        """The names as this transaction sees them."""
        attributes: dict[int, tuple[str, str]] = {}
        choices: dict[int, list[tuple[int, str, str | None]]] = {}
        for (id_, code, label), rows in groupby(connection.execute(_CHOICES).all(), key=itemgetter(0, 1, 2)):
            attributes[id_] = (code, label)
            choices[id_] = [(choice_id, name, hex_) for *_, choice_id, name, hex_ in rows]
        return cls(attributes, choices, nodes(connection))

    def wanted(self, query: Query) -> dict[int, set[int]]:
        """By attribute the choices that a query wants, in any case. An option without labels asks for nothing."""
        asked = folded(query.options)
        labels_of = {id_: asked[code.casefold()] for id_, (code, _) in self.attributes.items()
                     if code.casefold() in asked}
        return {id_: {choice_id for choice_id, name, _ in self.choices[id_] if name.casefold() in labels}
                for id_, labels in labels_of.items()}

    def below(self, slug: str | None) -> list[int] | None:
        """The categories with this slug or below it; `None`: any."""
        if slug is None:
            return None
        return [each.id for each in self.categories if each.slug == slug or each.slug.startswith(f"{slug}/")]

    def options(self, index: Index, product_ids: Sequence[int]) -> dict[int, tuple[Option, ...]]:
        """Of each of these products the options and the choices that it is made in, in the order of the product."""
        places = index.place_of[list(product_ids)]
        ids = list(index.positions)
        positions = np.array([index.positions[id_][places] for id_ in ids], np.int8).reshape(len(ids), len(places))
        made = self._made(index, places)
        found: list[list[Option]] = [[] for _ in product_ids]
        attributes, products = np.nonzero(positions != NO_OPTION)
        order = np.lexsort((np.array(ids)[attributes], positions[attributes, products]))
        for at, product in zip(attributes[order].tolist(), products[order].tolist(), strict=True):
            option = self._option(ids[at], made[product])
            if option.choices:
                found[product].append(option)
        return {id_: tuple(options) for id_, options in zip(product_ids, found, strict=True)}

    def _made(self, index: Index, places: Short) -> Flags:
        """For each of these products, whether it is made in each of the choices as they are shown."""
        if not index.row_of:
            return np.zeros((len(places), len(self._shown)), np.bool_)
        rows = self._rows(index)
        words = index.made_in[rows, places[:, None] // WORD]
        made: Flags = (words >> (places[:, None] % WORD).astype(np.uint64) & np.uint64(1)).astype(np.bool_)
        made[:, rows == _NO_ROW] = False
        return made

    def _rows(self, index: Index) -> Numbers:
        """The row in the index of each choice as they are shown."""
        number = len(index.row_of)
        if number not in self._rows_of:
            self._rows_of[number] = np.array([index.row_of.get(id_, _NO_ROW) for id_, _ in self._shown], np.int64)
        return self._rows_of[number]

    def _option(self, attribute_id: int, made: Flags) -> Option:
        """The attribute with those of its choices that are made. Many products come in the same ones."""
        begin, end = self._of_attribute.get(attribute_id, (0, 0))
        key = (attribute_id, made[begin:end].tobytes())
        if key not in self._options:
            if len(self._options) >= _MOST_OPTIONS:
                self._options.clear()
            choices = tuple(choice for (_, choice), is_made in zip(
                self._shown[begin:end], made[begin:end].tolist(), strict=True) if is_made)
            self._options[key] = Option(*self.attributes.get(attribute_id, ("", "")), choices)
        return self._options[key]

    @cached_property
    def _shown(self) -> list[tuple[int, Choice]]:
        """All choices as they are shown, each with its id."""
        return [(id_, Choice(name, hex_)) for choices in self.choices.values() for id_, name, hex_ in choices]

    @cached_property
    def _of_attribute(self) -> dict[int, tuple[int, int]]:
        """Which of them are an attribute's, by its id: from where to before which."""
        ends = list(accumulate(map(len, self.choices.values())))
        return {id_: (end - len(choices), end) for (id_, choices), end in zip(self.choices.items(), ends, strict=True)}

    def facets(self, answer: Answer) -> tuple[Facet, ...]:
        """The options of the products in the query's text and category; those that most of them have come first."""
        spread = answer.spread()
        shown = sorted((id_ for id_ in self.attributes if spread.get(id_)), key=lambda id_: -spread[id_])
        made_in = answer.made_in
        offered = {id_: [each for each in self.choices[id_] if made_in.get(each[0])] for id_ in shown}
        sizes = answer.sizes({id_: [choice_id for choice_id, *_ in choices] for id_, choices in offered.items()})
        chosen = frozenset[int]().union(*answer.wanted.values())
        return tuple(Facet(*self.attributes[id_], tuple([
            FacetValue(name, sizes[choice_id], choice_id in chosen, hex_) for choice_id, name, hex_ in choices
        ])) for id_, choices in offered.items() if choices)
