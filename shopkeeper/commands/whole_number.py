"""A whole number on the command line."""
from __future__ import annotations

import click

from shopkeeper.numbers import parse_whole


class WholeNumber(click.ParamType[int]):
    """A whole number from `least` to `most`, written in the digits 0 to 9."""

    name = "integer"

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises BadParameter."""
        try:
            return parse_whole(str(value), self.least, self.most)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
