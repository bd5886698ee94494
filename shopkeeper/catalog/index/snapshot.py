"""The index as one row of the database, so that the next program need not build it again.

It is derived and disposable: where it is missing, damaged, of another format or too old, the index is built.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select

from shopkeeper.catalog.index.bits import WORD, Words
from shopkeeper.catalog.index.index import Index, Word
from shopkeeper.catalog.index.shape import Shape
from shopkeeper.catalog.tables import catalog_index

_WORD = 8  # bytes: arrays begin at a multiple of it
_FORMAT = b"index 2\n"  # another one for whatever is kept in another way

_ARRAYS = tuple(each.name for each in fields(Index)
                if each.name not in {"shape", "version", "options", "positions", "row_of", "word_row", "_ranks"})


def save(connection: Connection, index: Index) -> None:
    """Keeps the index in place of the one that was kept before."""
    index.by_price()
    arrays = [np.ascontiguousarray(getattr(index, name)) for name in _ARRAYS]
    options: list[NDArray[Any]] = [*index.options.values(), *(index.positions[id_] for id_ in index.options)]
    head = json.dumps({
        "version": index.version,
        "groups": {group.slots: group.words for group in index.shape.groups},
        "arrays": [(array.dtype.str, array.shape) for array in arrays],
        "options": [*index.options],
        "choices": [*index.row_of],
        "words": [*index.word_row.items()],
    }).encode()
    data = b"".join(map(_padded, [_FORMAT, len(head).to_bytes(_WORD, "little"), head, *(
        array.tobytes() for array in (*arrays, *options))]))
    connection.execute(delete(catalog_index))
    connection.execute(insert(catalog_index), {"id": 1, "checksum": crc32(data), "data": data})


def load(connection: Connection) -> Index | None:
    """The index that was kept, of the version that it had; `None`: there is none that can be used."""
    row = connection.execute(select(catalog_index.c.checksum, catalog_index.c.data)).one_or_none()
    if row is None or not row.data.startswith(_FORMAT) or row.checksum != crc32(row.data):
        return None
    begin = 2 * _WORD
    length = int.from_bytes(row.data[_WORD:begin], "little")
    return _read(json.loads(row.data[begin : begin + length]), row.data, begin + length + -length % _WORD)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _WORD)


def _read(head: dict[str, Any], data: bytes, at: int) -> Index:
    shape = Shape({int(slots): words * WORD for slots, words in head["groups"].items()})
    ids = head["options"]
    sets, numbers = ("<u8", [shape.product_words]), ("|i1", [shape.product_words * WORD])
    kinds: Iterable[tuple[str, list[int]]] = [*head["arrays"], *[sets] * len(ids), *[numbers] * len(ids)]
    arrays: list[Any] = []
    for kind, size in kinds:
        arrays.append(np.frombuffer(data, kind, int(np.prod(size)), at).reshape(size))
        at += arrays[-1].nbytes + -arrays[-1].nbytes % _WORD
    options: dict[int, Words] = dict(zip(ids, arrays[len(_ARRAYS) : len(_ARRAYS) + len(ids)], strict=True))
    return Index(
        shape=shape, version=head["version"], options=options,
        positions=dict(zip(ids, arrays[len(_ARRAYS) + len(ids) :], strict=True)),
        row_of={choice_id: row for row, choice_id in enumerate(head["choices"])},
        word_row={Word(*word): row for word, row in head["words"]},
        **dict(zip(_ARRAYS, arrays[:len(_ARRAYS)], strict=True)))

