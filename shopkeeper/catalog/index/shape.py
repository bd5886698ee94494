"""Where products and their variants have their bits.

Products are grouped by how many variants they have room for: 1, 2, 4, 8 and so on. Within a group the bits of all first
variants stand together, then those of all second ones: so "a product has a variant that …" is the OR of as many runs
of bits as the group's products have room for, and no bit is ever looked at alone.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shopkeeper.catalog.index.bits import WORD, Words


@dataclass(frozen=True, slots=True)
class Group:
    """Products with room for `slots` variants each, and so many runs of bits; one has `words` words."""

    slots: int
    words: int
    first_word: int  # among the sets of variants
    first_product_word: int  # among the sets of products


class Shape:
    """The groups, and how sets of variants and of products go over into each other."""

    def __init__(self, products_by_slots: Mapping[int, int]) -> None:
        self.groups: list[Group] = []
        self.words = self.product_words = 0
        for slots, products in sorted(products_by_slots.items()):
            words = -(-products // WORD)
            self.groups.append(Group(slots, words, self.words, self.product_words))
            self.words += slots * words
            self.product_words += words

    def products_with(self, variants: Words) -> Words:
        """The products of which at least one variant is in the set; of several sets, for each."""
        found = np.empty((*variants.shape[:-1], self.product_words), np.uint64)
        for group in self.groups:
            runs = variants[..., group.first_word : group.first_word + group.slots * group.words]
            np.bitwise_or.reduce(
                runs.reshape(*variants.shape[:-1], group.slots, group.words), axis=-2,
                out=found[..., group.first_product_word : group.first_product_word + group.words])
        return found

    def variants_of(self, products: Words) -> Words:
        """The places of all variants of these products."""
        found = np.empty(self.words, np.uint64)
        for group in self.groups:
            runs = found[group.first_word : group.first_word + group.slots * group.words]
            runs.reshape(group.slots, group.words)[:] = products[
                group.first_product_word : group.first_product_word + group.words]
        return found

    def group_of(self, place: int) -> Group:
        """The group in which a product stands."""
        word = place // WORD
        return next(each for each in self.groups if word < each.first_product_word + each.words)

    def variant_places(self, place: int) -> list[int]:
        """Where the variants of the product at this place have their bits, the first one first."""
        group = self.group_of(place)
        first = group.first_word * WORD + place - group.first_product_word * WORD
        return [first + slot * group.words * WORD for slot in range(group.slots)]
