"""The index as kept in the database, so that the next program need not build it again.

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
from sqlalchemy import Connection, delete, func, insert, select

from shopkeeper.catalog.index.bits import WORD, Words
from shopkeeper.catalog.index.index import Index, Word
from shopkeeper.catalog.index.shape import Shape
from shopkeeper.catalog.tables import catalog_index

_WORD = 8  # bytes: arrays begin at a multiple of it
_PIECE = 2**18  # bytes of a row: memory of that size is used again from row to row
_FORMAT = b"index 3\n"

_ARRAYS = tuple(each.name for each in fields(Index)
                if each.name not in {"shape", "version", "options", "positions", "row_of", "word_row", "_orders",
                                     "_words_of", "_sought"})

_SIZE = select(func.coalesce(func.sum(func.length(catalog_index.c.data)), 0))
_PIECES = select(catalog_index.c.checksum, catalog_index.c.data).order_by(catalog_index.c.piece)

Bytes = NDArray[np.uint8]


def save(connection: Connection, index: Index) -> None:
    """Keeps the index in place of the one that was kept before."""
    data = _written(index)
    rows: list[dict[str, object]] = []
    checksum = 0
    for begin in range(0, len(data), _PIECE):
        piece = data[begin : begin + _PIECE]
        checksum = crc32(piece, checksum)
        rows.append({"piece": len(rows), "checksum": checksum, "data": piece})
    connection.execute(delete(catalog_index))
    connection.execute(insert(catalog_index), rows)


def load(connection: Connection) -> Index | None:
    """The index that was kept, of the version that it had; `None`: there is none that can be used."""
    data = np.empty(connection.execute(_SIZE).scalar_one(), np.uint8)
    at = checksum = 0
    for row in connection.execute(_PIECES.execution_options(yield_per=1)):
        checksum = crc32(row.data, checksum)
        if checksum != row.checksum:
            return None
        data[at : at + len(row.data)] = np.frombuffer(row.data, np.uint8)
        at += len(row.data)
    return _read(data) if data[:_WORD].tobytes() == _FORMAT else None


def _written(index: Index) -> bytes:
    index.by_price()
    arrays = [np.ascontiguousarray(getattr(index, name)) for name in _ARRAYS]
    options: list[NDArray[Any]] = [*index.options.values(), *(index.positions[id_] for id_ in index.options)]
    head = json.dumps({
        "size": sum(_padded(array.nbytes) for array in (*arrays, *options)),
        "version": index.version,
        "groups": {group.slots: group.words for group in index.shape.groups},
        "arrays": [(array.dtype.str, array.shape) for array in arrays],
        "options": [*index.options],
        "choices": [*index.row_of],
        "words": [*index.word_row.items()],
    }).encode()
    parts = [_FORMAT, len(head).to_bytes(_WORD, "little"), head, *(array.tobytes() for array in (*arrays, *options))]
    return b"".join(part.ljust(_padded(len(part)), b"\0") for part in parts)


def _read(data: Bytes) -> Index | None:
    length = int.from_bytes(data[_WORD : 2 * _WORD].tobytes(), "little")
    at = 2 * _WORD + _padded(length)
    head = json.loads(data[2 * _WORD : 2 * _WORD + length].tobytes())
    if len(data) != at + head["size"]:
        return None
    shape = Shape({int(slots): words * WORD for slots, words in head["groups"].items()})
    ids = head["options"]
    sets, numbers = ("<u8", [shape.product_words]), ("|i1", [shape.product_words * WORD])
    kinds: Iterable[tuple[str, list[int]]] = [*head["arrays"], *[sets] * len(ids), *[numbers] * len(ids)]
    arrays: list[Any] = []
    for kind, size in kinds:
        end = at + int(np.prod(size)) * np.dtype(kind).itemsize
        arrays.append(data[at:end].view(kind).reshape(size))
        at += _padded(end - at)
    options: dict[int, Words] = dict(zip(ids, arrays[len(_ARRAYS) : len(_ARRAYS) + len(ids)], strict=True))
    return Index(
        shape=shape, version=head["version"], options=options,
        positions=dict(zip(ids, arrays[len(_ARRAYS) + len(ids) :], strict=True)),
        row_of={choice_id: row for row, choice_id in enumerate(head["choices"])},
        word_row={Word(*word): row for word, row in head["words"]},
        **dict(zip(_ARRAYS, arrays[:len(_ARRAYS)], strict=True)))


def _padded(size: int) -> int:
    return size + -size % _WORD
