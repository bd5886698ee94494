"""A property for a service of the shop: made when it is first asked for, and refused once the shop is closed."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NoReturn, Self, TypeVar, overload

T = TypeVar("T")


class Service(Generic[T]):
    """A decorator for a method that makes the service, and documents it: `help` shows its type and docstring.

    The class has `check_open`, and a dict `_services` for what was made.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = f"{make.__annotations__.get('return')}: {make.__doc__}"

    @overload
    def __get__(self, owner: None, kind: type | None = None) -> Self: ...

    @overload
    def __get__(self, owner: object, kind: type | None = None) -> T: ...

    def __get__(self, owner: Any, kind: type | None = None) -> Self | T:
        if owner is None:
            return self
        owner.check_open()
        services = owner._services
        if self._name not in services:
            services.setdefault(self._name, self._make(owner))  # of two threads, the first one's is everybody's
        service: T = services[self._name]
        return service

    def __set__(self, owner: object, value: object) -> NoReturn:
        """Refuse: that there is a setter makes `help` list it among the descriptors."""
        raise AttributeError(f"{self._name} cannot be set")
