"""Who is signed in, how the shop looks, and the way out."""
from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Center, Horizontal, Middle, VerticalScroll
from textual.content import Content
from textual.widgets import Button, OptionList, Static

from tui.backend import Account
from tui.commands import ACCOUNT, bindings
from tui.screens.base import ShopScreen
from tui.text import clean, when
from tui.themes import IN_WORDS, THEMES


class AccountScreen(ShopScreen):
    """A card: name, email, since when; themes to choose from; orders; log out."""

    CSS_PATH = "../styles/account.tcss"
    BINDINGS = bindings(ACCOUNT)
    commands = ACCOUNT
    place = "Account"

    def body(self) -> ComposeResult:
        with Middle(), Center():
            card = VerticalScroll(classes="panel card", can_focus=False)
            card.border_title = "Account"
            with card:
                yield Static(id="account", markup=False)
                yield Static("Colors", classes="muted", markup=False)
                yield OptionList(*THEMES, id="themes", markup=False, compact=True)
                with Horizontal(id="ways"):
                    yield Button("Orders", id="to-orders", classes="main", action="app.orders")
                    yield Button("Log out", id="log-out", classes="main", action="app.log_out")

    def on_mount(self) -> None:
        self.watch(self.app, "account", self._show_account)
        self.watch(self.app, "theme", self._show_themes)
        themes = self.query_one("#themes", OptionList)
        themes.highlighted = list(THEMES).index(self.app.theme)
        themes.focus()

    @on(OptionList.OptionSelected, "#themes")
    def _choose_theme(self, event: OptionList.OptionSelected) -> None:
        self.shop_app.choose_theme(list(THEMES)[event.option_index])

    def _show_account(self, account: Account | None) -> None:
        if account is None:
            return
        facts = {"Name": account.name, "Email": account.email, "Member since": when(account.created_at)}
        lines = [Content.assemble((label.ljust(14), "$muted"), clean(fact)) for label, fact in facts.items()]
        self.query_one("#account", Static).update(Content("\n").join(lines))

    def _show_themes(self, chosen: str) -> None:
        themes = self.query_one("#themes", OptionList)
        for index, name in enumerate(THEMES):
            mark = "●" if name == chosen else "○"
            prompt = Content.assemble(f"{mark} {name:<12}", (IN_WORDS[name], "$muted"))
            themes.replace_option_prompt_at_index(index, prompt)
