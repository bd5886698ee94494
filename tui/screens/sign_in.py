"""What logging in and registering have in common: a narrow card, and what follows when it went well."""
from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Center, Middle, VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Button, Input, Static

from tui.backend import Account, EmailTaken, InvalidInput, ShopError
from tui.screens.base import ShopScreen
from tui.text import clean, plain
from tui.widgets.field import Field


class SignInScreen(ShopScreen):
    """A card of fields and one button. A subclass gives `fields`, `button`, `other_way` and `sign_in`.

    Args:
        then: What the shopper wanted an account for.
    """

    CSS_PATH = "../styles/sign_in.tcss"
    place = "Account"

    title_of_card = ""
    welcome = "Welcome"

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self.then = then
        self.under_way = False

    def fields(self) -> ComposeResult:
        """The fields, from top to bottom."""
        raise NotImplementedError

    def button(self) -> Button:
        """The one thing to press."""
        raise NotImplementedError

    def other_way(self) -> Content:
        """What to do who came to the wrong door."""
        raise NotImplementedError

    def problems(self) -> Mapping[str, str]:
        """What can be said to be wrong without asking, by the input's id."""
        raise NotImplementedError

    async def sign_in(self) -> Account:
        """Asks the shop. Raises its errors."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        with Middle(), Center():
            card = VerticalScroll(classes="panel card", can_focus=False)
            card.border_title = plain(self.title_of_card)
            with card:
                yield from self.fields()
                yield Static(id="error", markup=False)
                with Center():
                    yield self.button()
                yield Static(self.other_way(), id="other-way")

    def on_mount(self) -> None:
        self.query_one("#error").display = False
        self.query(Input).first().focus()

    def typed(self, id_of_input: str) -> str:
        """What stands in an input."""
        return self.query_one(f"#{id_of_input}", Input).value

    @on(Input.Changed)
    def _forgive(self, event: Input.Changed) -> None:
        self._field(event.input).complain("")

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _submit(self) -> None:
        if self.under_way:
            return
        problems = self.problems()
        if problems:
            self._tell(problems)
            return
        self._set_under_way(True)
        self._sign_in()

    @work
    async def _sign_in(self) -> None:
        cart = self.shop_app.cart
        try:
            account = await self.sign_in()
            await self.shop_app.entered(account)
        except InvalidInput as error:
            self._tell(error.fields, error.message)
        except EmailTaken as error:
            self._tell({"email": error.message})
        except ShopError as error:
            self._tell({}, error.message)
        else:
            brought = " Your cart came along." if cart and cart.count else ""
            self.shop_app.tell(f"{self.welcome}, {account.name}.{brought}")
            self._leave()
        finally:
            self._set_under_way(False)

    def _leave(self) -> None:
        # No `await` in here: this worker ends with its screen.
        while isinstance(self.app.screen, SignInScreen):
            self.app.pop_screen()
        self.then()

    def action_cancel(self) -> None:
        """One step back; not while the shop is asked, for it may say yes."""
        if not self.under_way:
            self.app.pop_screen()

    def _set_under_way(self, under_way: bool) -> None:
        self.under_way = under_way
        self.query_one(Button).disabled = under_way

    def _tell(self, problems: Mapping[str, str], summary: str = "") -> None:
        """Shows problems at their fields, by the input's id, and in a line what there is to do."""
        wrong = [field for field in self.query(Field) if problems.get(field.entry.id or "")]
        for field in self.query(Field):
            field.complain(problems.get(field.entry.id or "", ""))
        if wrong:
            fields = "the marked field" if len(wrong) == 1 else f"the {len(wrong)} marked fields"
            summary = f"Please look again at {fields}."
            wrong[0].entry.focus()
        error = self.query_one("#error", Static)
        error.update(Content(clean(summary)))
        error.display = bool(summary)

    def _field(self, entry: Input) -> Field:
        for field in self.query(Field):
            if field.entry is entry:
                return field
        raise NoMatches(f"{entry!r} stands in no field")
