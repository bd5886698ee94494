"""What attributes, choices and categories are called, for the index: a query names them, and a page shows them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter

import numpy as np
from sqlalchemy import Connection, select

from shopkeeper.catalog.candidates import folded
from shopkeeper.catalog.categories import Node, nodes
from shopkeeper.catalog.index.answer import Answer
from shopkeeper.catalog.index.bits import WORD
from shopkeeper.catalog.index.index import NO_OPTION, Index
from shopkeeper.catalog.model import Choice, Facet, FacetValue, Option, Query
from shopkeeper.catalog.tables import attribute, choice

_CHOICES = (
    select(attribute.c.id, attribute.c.code, attribute.c.label, choice.c.id, choice.c.label, choice.c.hex)
    .join_from(attribute, choice)
    .order_by(attribute.c.label, attribute.c.id, choice.c.position, choice.c.id)
)


@dataclass(frozen=True)
class Names:
    """By id, in the order in which they are shown: of attributes code and label, of choices id, label and color."""

    attributes: dict[int, tuple[str, str]]
    choices: dict[int, list[tuple[int, str, str | None]]]
    categories: tuple[Node, ...]

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
        at = {id_: positions[places].tolist() for id_, positions in index.positions.items()}
        shown = [each for each in self._shown if each[1] in index.row_of and each[0] in at]
        rows = np.array([index.row_of[choice_id] for _, choice_id, _ in shown], np.int64)
        words = index.made_in[rows[:, None], places // WORD]
        made = (words >> (places % WORD).astype(np.uint64)) & np.uint64(1)
        found: list[dict[tuple[int, int], list[Choice]]] = [{} for _ in product_ids]
        for each, product in np.argwhere(made).tolist():
            attribute_id, _, choice = shown[each]
            position = at[attribute_id][product]
            if position != NO_OPTION:
                found[product].setdefault((position, attribute_id), []).append(choice)
        return {id_: tuple(Option(*self.attributes[attribute_id], tuple(choices))
                           for (_, attribute_id), choices in sorted(options.items()))
                for id_, options in zip(product_ids, found, strict=True)}

    @cached_property
    def _shown(self) -> list[tuple[int, int, Choice]]:
        """All choices as they are shown, each with its attribute's id and its own."""
        return [(attribute_id, choice_id, Choice(name, hex_)) for attribute_id, choices in self.choices.items()
                for choice_id, name, hex_ in choices]

    def facets(self, answer: Answer) -> tuple[Facet, ...]:
        """The options of the products in the query's text and category; those that most of them have come first."""
        spread = answer.spread()
        shown = sorted((id_ for id_ in self.attributes if spread.get(id_)), key=lambda id_: -spread[id_])
        return tuple(facet for id_ in shown if (facet := self._facet(id_, answer)))

    def _facet(self, attribute_id: int, answer: Answer) -> Facet | None:
        choices = self.choices[attribute_id]
        offered = answer.offered([choice_id for choice_id, *_ in choices])
        choices = [each for each, is_offered in zip(choices, offered, strict=True) if is_offered]
        if not choices:
            return None
        code, label = self.attributes[attribute_id]
        sizes = answer.sizes(attribute_id, [choice_id for choice_id, *_ in choices])
        chosen = answer.wanted.get(attribute_id, ())
        return Facet(code, label, tuple(
            FacetValue(name, size, choice_id in chosen, hex_)
            for (choice_id, name, hex_), size in zip(choices, sizes, strict=True)))
