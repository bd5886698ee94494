"""The demo portal's moods: how it misbehaves, for training and demonstrations, until it is told to be well."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from shopkeeper.errors import InvalidInput
from shopkeeper.payments.tables import demo_mood

Mood = Literal["well", "decline", "time-out", "answer-late", "lose-answer", "vanish", "away"]

MOODS: Mapping[Mood, str] = {
    "well": "It answers as it should.",
    "decline": "It declines every card.",
    "time-out": "A charge never reaches it: the shop waits in vain.",
    "answer-late": "It charges, and says so only when it is asked.",
    "lose-answer": "It charges, and its answer is lost.",
    "vanish": "It takes one more charge and is away before it answers.",
    "away": "It cannot be reached: no charge, no look-up, no refund.",
}

_MOOD = select(demo_mood)
_WITHOUT_COUNT = ("well", "vanish")


def mood_now(connection: Connection) -> tuple[Mood, int | None]:
    """The mood, and how many charges it lasts (`None`: until it is changed)."""
    row = connection.execute(_MOOD).one_or_none()
    return (row.mood, row.charges_left) if row else ("well", None)


def mood_of_a_charge(connection: Connection) -> Mood:
    """The mood that a charge meets. It counts as one: the last one makes the portal well, or away if it vanishes."""
    mood, left = mood_now(connection)
    if mood == "vanish":
        change_mood(connection, "away")
    elif left == 1:
        change_mood(connection, "well")
    elif left is not None:
        connection.execute(update(demo_mood).values(charges_left=left - 1))
    return mood


def change_mood(connection: Connection, mood: Mood, charges: int | None = None) -> None:
    """Another mood for so many charges, or until the next change.

    Raises:
        InvalidInput: There is no such mood, or no such number of charges for it.
    """
    if mood not in MOODS:
        raise InvalidInput(fields={"mood": f"There is no mood {mood!r}; there are {', '.join(MOODS)}."})
    if charges is not None and (charges < 1 or mood in _WITHOUT_COUNT):
        raise InvalidInput(fields={"charges": "A mood lasts one charge or more; well and vanish are not counted."})
    connection.execute(delete(demo_mood))
    if mood != "well":
        connection.execute(insert(demo_mood).values(mood=mood, charges_left=charges))
