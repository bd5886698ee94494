"""Every public method of every service of a shop, found by looking: a new one is among them without being named."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from shopkeeper import Session, Shop


@dataclass(frozen=True, slots=True)
class Door:
    """A method of a service: `name` is how one reaches it from the shop, `cart.add`."""

    name: str
    parameters: Mapping[str, inspect.Parameter]

    @property
    def takes_session(self) -> bool:
        return any(_kind(parameter) == "Session" for parameter in self.parameters.values())

    @property
    def is_inside(self) -> bool:
        """Whether it takes part in another room's transaction. Who stands outside has none to hand in."""
        return any(_kind(parameter) == "Connection" for parameter in self.parameters.values())

    def on(self, shop: Shop) -> Callable[..., object]:
        service, _, method = self.name.partition(".")
        verb: Callable[..., object] = getattr(getattr(shop, service), method)
        return verb

    def calls(self, session: Session, known: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
        """The arguments to try: the session, and every combination of the values that are known for the others.

        What has a default is left out, unless values are known for it.
        """
        names = [name for name, parameter in self.parameters.items()
                 if _kind(parameter) != "Session" and (parameter.default is parameter.empty or name in known)]
        for name in names:
            assert name in known, (f"Nobody knows what to give `{self.name}` for `{name}`."
                                   " Name some values of the victim's in ARGUMENTS, so that it is tried.")
        whose = {name: session for name, parameter in self.parameters.items() if _kind(parameter) == "Session"}
        for values in product(*(known[name] for name in names)):
            yield whose | dict(zip(names, values, strict=True))


def doors(shop: Shop) -> list[Door]:
    """All of them, by name."""
    found = []
    for at in {*dir(type(shop)), *vars(shop)}:
        service = type(getattr(shop, at))
        if at.startswith("_") or not service.__module__.startswith("shopkeeper."):
            continue
        for name, member in inspect.getmembers(service):
            if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                found.append(Door(f"{at}.{name}", _parameters(member)))
    return sorted(found, key=lambda door: door.name)


def _parameters(member: Any) -> Mapping[str, inspect.Parameter]:
    if isinstance(member, property):
        return {}
    parameters = inspect.signature(member).parameters
    return {name: parameter for name, parameter in parameters.items() if name != "self"}


def _kind(parameter: inspect.Parameter) -> str:
    return str(parameter.annotation)
