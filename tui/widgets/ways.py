"""What can be done on a screen, one a row, each with its key."""
from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.content import Content

from tui.commands import Command
from tui.widgets.option_list import ShopOptionList


class Ways(ShopOptionList):
    """Enter or a click does what the key does.

    Args:
        commands: What can be done.
        id: As of every widget.
    """

    def __init__(self, commands: Iterable[Command], *, id: str) -> None:  # noqa: A002 (Textual's word)
        self._ways = tuple(commands)
        super().__init__(*[_row(each) for each in self._ways], id=id, markup=False, compact=True)

    @on(ShopOptionList.OptionSelected)
    async def _go(self, event: ShopOptionList.OptionSelected) -> None:
        event.stop()
        await self.run_action(self._ways[event.option_index].target)


def _row(command: Command) -> Content:
    return Content.assemble((f"{command.key_in_words:<3}", "$accent"), command.help)
