"""Who is signed in, what they can do with their account, where they are logged in, and how the shop looks."""
from __future__ import annotations

from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.backend import Account
from tui.columns import labeled
from tui.commands import ACCOUNT, ACCOUNT_WAYS, SELECT, bindings
from tui.input_queue import BEFORE_NEXT_KEY
from tui.screens.base import ShopScreen
from tui.screens.confirm import ConfirmScreen
from tui.text import plain, when
from tui.themes import IN_WORDS, THEMES
from tui.widgets.fitted import FittedContent
from tui.widgets.option_list import ShopOptionList
from tui.widgets.session_list import SessionList
from tui.widgets.ways import Ways

_LABEL_WIDTH = len("Member since")


class AccountScreen(ShopScreen):
    """Panels: name, email, since when, and what one can do; the sessions; the colors."""

    CSS_PATH = "../styles/account.tcss"
    BINDINGS = bindings(ACCOUNT)
    commands = (*SELECT, *ACCOUNT)
    place = "Account"

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page", can_focus=False):
            with Vertical(classes="panel") as mine:
                mine.border_title = "Account"
                yield Static(id="account", markup=False)
                yield Ways(ACCOUNT_WAYS, id="ways")
            with Vertical(id="aside"):
                with Vertical(classes="panel") as logins:
                    logins.border_title = "Where you are logged in"
                    logins.border_subtitle = "x ends the one under the bar"
                    yield Static(SessionList.heading(), id="columns")
                    yield SessionList(id="sessions")
                with Vertical(classes="panel") as colors:
                    colors.border_title = "Colors"
                    yield ShopOptionList(*THEMES, id="themes", markup=False, compact=True)

    def on_mount(self) -> None:
        self.watch(self.app, "account", self._show_account)
        self.watch(self.app, "theme", self._show_themes)
        self.query_one("#themes", OptionList).highlighted = list(THEMES).index(self.app.theme)
        self.query_one(Ways).focus()

    def shown(self) -> None:
        self._read_sessions()

    @work(group=BEFORE_NEXT_KEY)
    async def _read_sessions(self) -> None:
        with self.telling_errors():
            self.query_one(SessionList).show(await self.backend.sessions())

    @on(OptionList.OptionSelected, "#themes")
    def _choose_theme(self, event: OptionList.OptionSelected) -> None:
        self.shop_app.choose_theme(list(THEMES)[event.option_index])

    # What one can do

    def action_change_details(self) -> None:
        """Over to changing name and email."""
        from tui.screens.change_details import ChangeDetailsScreen

        if self.shop_app.account is not None:
            self.app.push_screen(ChangeDetailsScreen(self.shop_app.account))

    def action_change_password(self) -> None:
        """Over to changing the password."""
        from tui.screens.change_password import ChangePasswordScreen

        if self.shop_app.account is not None:
            self.app.push_screen(ChangePasswordScreen(self.shop_app.account))

    def action_save_my_data(self) -> None:
        """Over to saving what the shop keeps of the account."""
        from tui.screens.save_my_data import SaveMyDataScreen

        self.app.push_screen(SaveMyDataScreen())

    def action_delete_account(self) -> None:
        """Over to deleting the account."""
        from tui.screens.delete_account import DeleteAccountScreen

        self.app.push_screen(DeleteAccountScreen())

    def action_log_out_everywhere(self) -> None:
        """Ends every session, once asked again."""
        question = "Log out everywhere? Here and in every other terminal you have to log in again."
        self.app.push_screen(ConfirmScreen(question, yes="Log out everywhere", no="Stay"), self._log_out_everywhere_if)

    def _log_out_everywhere_if(self, sure: bool | None) -> None:
        if sure:
            self.run_to_end(self._log_out_everywhere(), before_next_key=True)

    async def _log_out_everywhere(self) -> None:
        with self.telling_errors():
            await self.backend.logout_everywhere()
            self.shop_app.become_guest("You are logged out everywhere. Your cart waits for you.")

    # One session

    @on(SessionList.OptionSelected, "#sessions")
    def action_end_session(self) -> None:
        """Ends the session under the bar, once asked again."""
        chosen = self.query_one(SessionList).chosen
        if chosen is None:
            return
        if chosen.current:
            self._ask_to_end(None, "This is the session you are in. Log out here?", "Log out")
        else:
            seen = when(chosen.last_seen_at)
            question = f"End the session that was last seen {seen}? Who uses it has to log in again."
            self._ask_to_end(chosen.id, question, "End it")

    def _ask_to_end(self, session_id: str | None, question: str, yes: str) -> None:
        def end_if(sure: bool | None) -> None:
            if sure and session_id is not None:
                self.run_to_end(self._end_session(session_id), before_next_key=True)
            elif sure:
                self.shop_app.action_log_out()

        self.app.push_screen(ConfirmScreen(question, yes=yes, no="Keep it"), end_if)

    async def _end_session(self, session_id: str) -> None:
        with self.telling_errors():
            await self.backend.end_session(session_id)
            self.shop_app.tell("That session has ended.")
        if self.is_current:
            self._read_sessions()

    # Showing

    def _show_account(self, account: Account | None) -> None:
        if account is None:
            return
        facts = {"Name": account.name, "Email": account.email, "Member since": when(account.created_at)}
        rows = [(label, plain(fact)) for label, fact in facts.items()]
        content = FittedContent(partial(labeled, rows, max_label_width=_LABEL_WIDTH))
        self.query_one("#account", Static).update(content)

    def _show_themes(self, chosen: str) -> None:
        themes = self.query_one("#themes", OptionList)
        for index, name in enumerate(THEMES):
            mark = "●" if name == chosen else "○"
            prompt = Content.assemble(f"{mark} {name:<12}", (IN_WORDS[name], "$muted"))
            themes.replace_option_prompt_at_index(index, prompt)
