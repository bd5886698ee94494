"""What forms have in common: a narrow card of fields, one button, and mistakes told at their fields."""
from __future__ import annotations

from collections.abc import Mapping

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Center, Middle
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.backend import (
    AuthenticationFailed,
    EmailTaken,
    InvalidInput,
    LoginRequired,
    SessionExpired,
    ShopError,
    TooManyAttempts,
)
from tui.screens.entry import EntryScreen
from tui.text import clean, duration, plain
from tui.widgets.field import Field, SecretInput
from tui.widgets.scroll_panel import ScrollPanel


class FormScreen(EntryScreen):
    """A card of fields and one button. A subclass gives `fields`, `button` and `send`."""

    CSS_PATH = "../styles/form.tcss"
    place = "Account"
    title_of_card = ""

    proof = ""
    """The id of the input at which a wrong password is told; empty: it is told below the fields."""

    def __init__(self) -> None:
        super().__init__()
        self._is_done = False
        self._button = self.button()
        self._label = str(self._button.label)

    def fields(self) -> ComposeResult:
        """The fields, from top to bottom, and what there is to know before."""
        raise NotImplementedError

    def button(self) -> Button:
        """The one thing to press."""
        raise NotImplementedError

    def below(self) -> ComposeResult:
        """What stands below the button."""
        yield from ()

    def problems(self) -> Mapping[str, str]:
        """What can be said to be wrong without asking, by the input's id."""
        return {}

    async def send(self) -> None:
        """Asks the shop, and goes where one goes from here. Raises the shop's errors."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        with Middle(), Center():
            card = ScrollPanel(classes="panel card", can_focus=False)
            card.border_title = plain(self.title_of_card)
            with card:
                yield from self.fields()
                yield Static(id="error", markup=False)
                with Center():
                    yield self._button
                yield from self.below()

    def on_mount(self) -> None:
        self.query_one("#error").display = False
        self.restore_draft()
        fields = [field for field in self.query(Field) if field.display]
        empty = [field for field in fields if not field.entry.value]
        (empty or fields)[0].entry.focus()

    def typed(self, id_of_input: str) -> str:
        """What stands in an input."""
        return self.query_one(f"#{id_of_input}", Input).value

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _submit(self) -> None:
        if self.under_way:
            return
        problems = self.problems()
        if problems:
            self.tell(problems)
            return
        self._set_under_way(True)
        self.run_to_end(self._send())

    async def _send(self) -> None:
        try:
            await self.send()
            self.drop_draft()
        except ShopError as error:
            if self.is_left:
                self.tell_error(error)
            if not self.is_gone:
                self._set_under_way(False)
                self._explain(error)

    def _explain(self, error: ShopError) -> None:
        match error:
            case SessionExpired() | LoginRequired():
                self.tell_error(error)
            case InvalidInput():
                self.tell(error.fields, error.message)
            case EmailTaken():
                self.tell({"email": error.message})
            case AuthenticationFailed():
                self.tell({self.proof: error.message}, error.message)
                self._clear_refused_password()
            case TooManyAttempts():
                later = f"Too many tries. Try again in {duration(error.retry_after)}."
                self.tell({self.proof: later}, later)
            case _:
                self.tell({}, error.message)

    def done(self, message: str) -> None:
        """Say what was done, and go one step back: now, or once this screen comes to the top again."""
        self.shop_app.tell(message)
        self._is_done = True
        if self.come_to_front():
            self.app.pop_screen()

    def shown(self) -> None:
        if self._is_done:
            self.app.pop_screen()

    def action_cancel(self) -> None:
        """One step back; not while the shop is asked, for it may say yes."""
        if not self.under_way:
            self.dismiss()

    def on_key(self, event: events.Key) -> None:
        """While the shop is asked, keys do nothing: none leads away from what it answers."""
        if self.under_way:
            event.stop()

    def _set_under_way(self, under_way: bool) -> None:
        self.under_way = under_way
        self._button.label = plain("◌ working" if under_way else self._label)
        for part in self.query("Button, TopBar, KeyBar"):  # none are left where the screen was left meanwhile
            part.disabled = under_way
        if self.is_current and self.focused is None:
            self._button.focus()

    def tell(self, problems: Mapping[str, str], summary: str = "") -> None:
        """Shows problems at their fields, by the input's id, and in a line what there is to do."""
        wrong = [field for field in self.query(Field) if problems.get(field.entry.id or "")]
        for field in self.query(Field):
            field.complain(problems.get(field.entry.id or "", ""))
        if wrong:
            fields = "the marked field" if len(wrong) == 1 else f"the {len(wrong)} marked fields"
            summary = f"Please look again at {fields}."
            wrong[0].entry.focus()
            if isinstance(wrong[0].entry, SecretInput):
                wrong[0].entry.select_all()  # what is not seen is not mended but typed anew
        error = self.query_one("#error", Static)
        error.update(Content(clean(summary)))
        error.display = bool(summary)

    def _clear_refused_password(self) -> None:
        entry = self.query_one(f"#{self.proof or 'password'}", SecretInput)
        with self.prevent(Input.Changed):  # else it would take back what was just said
            entry.clear()
        entry.focus()
