"""All that the shop keeps of an account, into a file."""
from __future__ import annotations

import os.path
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Button, Input, Static

from tui.backend import InvalidInput
from tui.commands import FIELD, FORM, bindings
from tui.screens.form import FormScreen
from tui.text import clean
from tui.widgets.field import Field

_DEFAULT = "~/my-shop-data.json"
_WHAT = "Your account, sessions, cart, orders and payments, as JSON. Nobody else can read the file."


class SaveMyDataScreen(FormScreen):
    """Where to. A file that is there already is replaced by saving once more."""

    BINDINGS = bindings(FORM)
    commands = (*FIELD, *FORM)
    title_of_card = "Save my data"

    def __init__(self) -> None:
        super().__init__()
        self._to_replace: Path | None = None

    def fields(self) -> ComposeResult:
        yield Static(_WHAT, classes="words", markup=False)
        yield Field("File", Input(_DEFAULT, id="file"))

    def button(self) -> Button:
        return Button("Save", id="save", classes="main")

    def problems(self) -> Mapping[str, str]:
        path = self._path()
        is_there = os.path.lexists(path)
        if path.name in {"", "-"} or (is_there and not os.path.isfile(path)):  # noqa: PTH113 (Path's own raises)
            return {"file": "Type the name of a file."}
        if path != self._to_replace and is_there:
            self._to_replace = path
            return {"file": "There is such a file. Save once more to replace it."}
        return {}

    async def send(self) -> None:
        path = self._path()
        try:
            await self.backend.save_my_data(path)
        except InvalidInput as error:
            raise InvalidInput(fields={"file": error.message}) from error
        self.done(f"Your data is in {path}.")

    def _path(self) -> Path:
        """What is typed, from the user's home on."""
        typed = clean(self.typed("file")).strip()
        path = Path(typed) if typed.startswith("~") else Path("~", typed)
        with suppress(RuntimeError):  # of somebody who is not known here: writing says so
            path = path.expanduser()
        return path
