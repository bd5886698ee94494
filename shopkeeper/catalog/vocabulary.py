"""The one vocabulary of attributes and choices that all products share: found by any spelling, or made."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, insert, select, update

from shopkeeper.catalog.choice_order import natural
from shopkeeper.catalog.colors import hex_of
from shopkeeper.catalog.model import AttributeType, Choice
from shopkeeper.catalog.tables import attribute, attribute_alias, choice
from shopkeeper.database.types import DamagedValue
from shopkeeper.text import clean, fold, slug

_AMERICAN = {"colour": "color", "colours": "color", "colors": "color"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property that products can have; `unit` is '' where there is none."""

    id: int
    code: str
    label: str
    type: AttributeType
    unit: str


def alias_key(spelling: str) -> str:
    """What all spellings of an attribute's name share: `COLOR`, `"Color "` and `Colour` are `color`."""
    words = fold(spelling).replace("_", " ").replace("-", " ").split()
    return " ".join(_AMERICAN.get(word, word) for word in words) or fold(spelling)


class Vocabulary:
    """The attributes and choices as one write transaction sees and extends them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._by_id = {row.id: Attribute(*row) for row in connection.execute(select(attribute))}
        aliases = select(attribute_alias.c.alias_key, attribute_alias.c.attribute_id)
        self._ids: dict[str, int] = {row.alias_key: row.attribute_id for row in connection.execute(aliases)}

    def __getitem__(self, id_: int) -> Attribute:
        return self._by_id[id_]

    def name_of(self, id_: int) -> str:
        """A name by which `find` finds the attribute: its label, or its code where the label means another one."""
        label = self._by_id[id_].label
        found = self.find(label)
        return label if found and found.id == id_ else self._by_id[id_].code

    def find(self, spelling: str) -> Attribute | None:
        """The attribute that goes by this name."""
        id_ = self._ids.get(alias_key(spelling))
        return None if id_ is None else self._by_id[id_]

    def option(self, label: str) -> Attribute:
        """The attribute of that name, made if there is none, as one that has choices."""
        found = self.find(label) or self.add(self._free_code(label), label, aliases=[label])
        if found.type == "text":
            return self.change(found, type="color" if found.code.split("_")[-1] == "color" else "choice")
        return found

    def specification(self, code: str, label: str) -> Attribute:
        """The attribute with that code, made if there is none. Its label names it to people only, so it is no alias."""
        return self.find(code) or self.add(self._free_code(code), label, aliases=[code])

    def add(self, code: str, label: str, *, type: AttributeType = "text", unit: str = "",  # noqa: A002  the column
            aliases: Iterable[str] = ()) -> Attribute:
        """A new attribute; its code and the aliases mean it from now on, as far as they meant nothing.

        Raises DamagedValue: There is one with this code, which does not go by it.
        """
        if any(known.code == code for known in self._by_id.values()):
            raise DamagedValue("attribute_alias.alias_key", f"is missing for the attribute {code}")
        values = {"code": code, "label": label, "type": type, "unit": unit}
        id_ = self._connection.scalars(insert(attribute).returning(attribute.c.id), [values]).one()
        self._by_id[id_] = Attribute(id_, code, label, type, unit)
        for alias in (code, *aliases):
            if self.find(alias) is None:
                self.add_alias(self._by_id[id_], alias)
        return self._by_id[id_]

    def change(self, changed: Attribute, **values: str) -> Attribute:
        """The attribute with other values: `label`, `type`, `unit`."""
        self._connection.execute(update(attribute).where(attribute.c.id == changed.id).values(**values))
        self._by_id[changed.id] = replace(changed, **values)  # type: ignore[arg-type]  # texts, all of them
        return self._by_id[changed.id]

    def add_alias(self, named: Attribute, spelling: str) -> None:
        """From now on the spelling means the attribute, too."""
        key = alias_key(spelling)
        self._connection.execute(insert(attribute_alias), {"alias_key": key, "attribute_id": named.id})
        self._ids[key] = named.id

    def choices(self, of: Attribute, labels: Iterable[str]) -> dict[str, int]:
        """The ids of the attribute's choices by folded label; labels that are new become choices of it."""
        ids = self._choice_ids(of)
        new = {fold(label): label for label in reversed(list(labels)) if fold(label) not in ids}
        if new:
            rows = [_row(of, Choice(label, hex_of(label) if of.type == "color" else None))
                    for label in sorted(new.values(), key=natural)]
            self._connection.execute(insert(choice), rows)
            self._sort(of)
            ids = self._choice_ids(of)
        return ids

    def list_choices(self, of: Attribute, listed: list[Choice]) -> None:
        """Puts these choices first, in this order and as they are spelled here; the others follow in natural order."""
        ids = self._choice_ids(of)
        # Whatever was listed before and is no longer joins the others: only negative positions count as listed.
        self._connection.execute(update(choice).where(choice.c.attribute_id == of.id).values(position=0))
        for position, each in enumerate(listed, start=-len(listed)):
            row = {**_row(of, each), "position": position}
            id_ = ids.get(fold(each.label))
            self._connection.execute(update(choice).where(choice.c.id == id_) if id_ else insert(choice), row)
        self._sort(of)

    def _choice_ids(self, of: Attribute) -> dict[str, int]:
        rows = self._connection.execute(select(choice.c.code, choice.c.id).where(choice.c.attribute_id == of.id))
        return {row.code: row.id for row in rows}

    def _sort(self, of: Attribute) -> None:
        unlisted = select(choice.c.id, choice.c.label, choice.c.position).where(
            choice.c.attribute_id == of.id, choice.c.position >= 0)
        rows = sorted(self._connection.execute(unlisted), key=lambda row: natural(row.label))
        moved = [{"choice_id": row.id, "place": place} for place, row in enumerate(rows) if row.position != place]
        if moved:
            move = update(choice).where(choice.c.id == bindparam("choice_id")).values(position=bindparam("place"))
            self._connection.execute(move, moved)

    def _free_code(self, name: str) -> str:
        taken = {each.code for each in self._by_id.values()}
        code = slug(alias_key(name), "_")
        return next(free for free in (code, *(f"{code}_{n}" for n in range(2, len(taken) + 3))) if free not in taken)


def _row(of: Attribute, each: Choice) -> dict[str, object]:
    label = clean(each.label)
    return {"attribute_id": of.id, "code": fold(label), "label": label, "hex": each.hex, "position": 0}
