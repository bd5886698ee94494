"""A labeled input with room under it for what is wrong with it."""
from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.commands import FIELD, bindings
from tui.text import clean, plain


class Field(Vertical):
    """An input, its label in the border, and a line for a mistake or for advice.

    Args:
        label: What to type; ours, not from outside.
        entry: The input itself.
    """

    DEFAULT_CSS = """
    Field {
        height: auto;
        & > Input { border-title-color: $muted; &:focus { border-title-color: $foreground; border-title-style: bold; } }
        &.-wrong > Input { border: round $error; }
        & > .said { height: auto; min-height: 1; padding: 0 2; color: $muted; }
        &.-wrong > .said { color: $error; }
    }
    """

    BINDINGS = bindings(FIELD)

    def __init__(self, label: str, entry: Input) -> None:
        super().__init__()
        self.entry = entry
        self.entry.border_title = plain(label)
        self._said = Static(classes="said", markup=False)

    def compose(self) -> ComposeResult:
        yield self.entry
        yield self._said

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether this can be done: the last field of the screen is sent, the others lead to the next one."""
        if action in ("next", "send"):
            return (self._next_field is not None) == (action == "next")
        return super().check_action(action, parameters)

    def action_next(self) -> None:
        """Go to the next field of the screen."""
        if self._next_field is not None:
            self.screen.set_focus(self._next_field.entry)

    async def action_send(self) -> None:
        """Submit this field, the last one of the screen."""
        await self.entry.action_submit()

    @property
    def _next_field(self) -> Field | None:
        fields = [field for field in self.screen.query(Field) if field.display and field.entry.focusable]
        following = fields[fields.index(self) + 1:] if self in fields else []
        return following[0] if following else None

    @on(Input.Changed)
    def _forgive(self) -> None:
        self.complain("")

    def complain(self, problem: str) -> None:
        """Says what is wrong; an empty string: nothing is."""
        self._say(f"▲ {problem}" if problem else "", wrong=bool(problem))

    def advise(self, advice: str) -> None:
        """Says something in passing; an empty string: nothing."""
        self._say(advice, wrong=False)

    def _say(self, text: str, *, wrong: bool) -> None:
        self._said.update(Content(clean(text)))
        self.set_class(wrong, "-wrong")
        self.set_class(bool(text), "-said")


class UncopiedInput(Input):
    """An input of which nothing can be copied: other programs read the clipboard."""

    def action_copy(self) -> None:
        self.app.bell()

    def action_cut(self) -> None:
        self.app.bell()


class SecretInput(UncopiedInput):
    """An input for a password, which it does not show."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, password=True)
