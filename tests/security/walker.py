"""Walks through the real shop in real terminals with secrets in its hands, and keeps all that is left of it."""
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.security.canary import CVC, NUMBER, PASSWORD, WRONG_PASSWORD, Secrets
from tests.terminal import DOWN, Terminal
from tests.waiting import PATIENCE
from tests.walk import add_the_first_product, fill_in, find, register_on_the_way_to_paying

EMAIL = "ada@example.com"

SHOP = f"""
from shopkeeper import cli
from shopkeeper.payments import demo
from tui.app import ShopApp

def breaks(self):
    typed = [each.value for each in self.screen.query("Input")]
    raise ValueError(str(typed))

demo.APPROVED = ("{NUMBER}",)
ShopApp.action_command_palette = breaks
cli.main()
"""

END, SHIFT_HOME, SHIFT_TAB = "\x1b[F", "\x1b[1;2H", "\x1b[Z"
CTRL_C, CTRL_P, CTRL_U, CTRL_X = "\x03", "\x10", "\x15", "\x18"

SECRET_FIELDS = {"Password", "Card number", "CVC"}


class Walker:
    """Someone with a password and a card.

    Attributes:
        painted: What reached terminals, but for what was painted while the card stood in its field.
        at_paying: That.
        said: What commands printed.
        tokens: Of all the sessions that there were.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.painted = self.at_paying = self.said = b""
        self.tokens: list[str] = []
        self.terminals: list[Terminal] = []

    @property
    def secrets(self) -> Secrets:
        """All there are."""
        tokens = {f"token {number}": token for number, token in enumerate(self.tokens)}
        return Secrets(password=PASSWORD, wrong=WRONG_PASSWORD, **tokens)

    def walk(self) -> None:
        """Through every flow, and out by every door."""
        self._open()
        self._register()
        self._pay("decline", "Not paid.")
        self._pay_again()
        self._save_and_refund()
        self._pay_into_the_void()
        self._log_out_and_in()
        self._break_at_checkout()
        self._open("--debug")
        self._break_at_login()
        self._open()
        self._end_at_login()
        self._run_commands()

    def close(self) -> None:
        for each in self.terminals:
            each.close()

    # Steps

    def _open(self, *arguments: str) -> None:
        self.shop = Terminal(self.folder, 120, 40, *arguments, script=SHOP)
        self.terminals.append(self.shop)
        self.shop.see(r"\d+ products")
        self._seen = 0

    def _register(self) -> None:
        self._add_a_mug()
        register_on_the_way_to_paying(self.shop, PASSWORD, self._try_to_copy)
        self.shop.see_focus("Street")
        self._remember_token()

    def _pay(self, mood: str, until: str, *, ships: bool = True) -> None:
        self._run("portal", mood, "--charges", "1")
        self._keep()
        fill_in(self.shop, NUMBER, CVC, ships=ships, typed=self._try_to_copy)
        self.shop.keys("\r")
        self.shop.see(until)

    def _pay_again(self) -> None:
        self.shop.see_focus("Card number")
        self.shop.keys("\x19")  # ctrl+y
        self._paid()

    def _paid(self) -> None:
        self.shop.see("SK-\\d{6}")
        self.shop.see_rest()
        self._keep(at_paying=True)

    def _save_and_refund(self) -> None:
        self.shop.keys("s")
        self.shop.see("The receipt is in")
        self.shop.keys("o")
        self.shop.see("1 order")
        self.shop.keys("\r")
        self.shop.see("cancel")
        self.shop.keys("x")
        self.shop.see("Keep it")
        self.shop.keys("y")
        self.shop.see("cancelled|Cancelled")

    def _pay_into_the_void(self) -> None:
        self.shop.keys("b")
        self.shop.see_focus("Products")
        self._add_a_mug()
        self.shop.keys("c")
        self.shop.see("Check out")
        self.shop.keys("\r")
        self._pay("time-out", "SK-\\d{6}|not decided", ships=False)
        self._paid()

    def _log_out_and_in(self) -> None:
        self._to_login()
        self._log_in(WRONG_PASSWORD)
        self.shop.see("do not belong together")
        self._log_in(PASSWORD)
        self.shop.see("Welcome back")
        self._remember_token()

    def _break_at_checkout(self) -> None:
        self.shop.keys("c")
        self.shop.see("Check out")
        self.shop.keys("\r")
        self._keep()
        fill_in(self.shop, NUMBER, CVC, ships=False)
        self.shop.keys(CTRL_P)
        assert self.shop.ended() == 70
        self._keep(at_paying=True)
        self.painted += self.shop.left_behind.encode()

    def _break_at_login(self) -> None:
        self._to_login()
        self._type_login(PASSWORD)
        self.shop.keys(CTRL_P)
        assert self.shop.ended() == 70
        self._keep()

    def _end_at_login(self) -> None:
        self._to_login()
        self._type_login(PASSWORD)
        os.kill(self.shop.process, signal.SIGTERM)
        assert self.shop.ended() == 143
        self._keep()

    def _run_commands(self) -> None:
        for command in ("export catalog.csv", "import catalog.csv", "backup backup.db", "doctor --json",
                        "ledger --export books.beancount", "orders receipt SK-000002", "--debug settings nonsense=1"):
            self._run(*command.split())

    # Within

    def _add_a_mug(self) -> None:
        find(self.shop, "rainy day")
        add_the_first_product(self.shop, "Rainy Day Mug")

    def _to_login(self) -> None:
        self._to_account()
        if "Member since" in self.shop.text:
            self.shop.keys("l")
            self.shop.see("You are logged out")
            self._to_account()
        self.shop.see_focus("Email")

    def _to_account(self) -> None:
        if re.search(r"\d+ products", self.shop.text):
            self.shop.keys(DOWN)
            self.shop.see_focus("Products")
        self.shop.keys("p")
        self.shop.see("Member since|Log in ─")

    def _type_login(self, password: str) -> None:
        self._clear()
        self.shop.keys(*EMAIL)
        self.shop.keys("\r")
        self.shop.see_focus("Password")
        self._clear()
        self.shop.keys(*password)
        self._try_to_copy("Password")

    def _clear(self) -> None:
        # Textual brings letters to their field before it looks what a key that came earlier is bound to.
        self.shop.keys(END)
        self.shop.keys(CTRL_U)
        self.shop.see_rest()

    def _log_in(self, password: str) -> None:
        if self.shop.has_focus("Password"):
            self.shop.keys(SHIFT_TAB)
            self.shop.see_focus("Email")
        self._type_login(password)
        self.shop.keys("\r")

    def _try_to_copy(self, field: str) -> None:
        """By keys, by dragging over the field, and by dragging over the whole screen."""
        if field not in SECRET_FIELDS:
            return
        column, row = self.shop.place_of(field)
        self.shop.keys(SHIFT_HOME, CTRL_C, CTRL_X)
        if field != "CVC":
            self.shop.drag((1, 2), (110, 38))
        self.shop.keys(CTRL_C)
        self.shop.drag((column + 20, row), (column, row))
        self.shop.keys(CTRL_C, CTRL_X)
        self.shop.keys(END)

    def _remember_token(self) -> None:
        state = json.loads((self.folder / "state" / "shopkeeper" / "terminal.json").read_text())
        self.tokens += [token for token in state["tokens"].values() if token not in self.tokens]

    def _keep(self, *, at_paying: bool = False) -> None:
        """Keeps what was painted since the last time."""
        painted, self._seen = self.shop.output[self._seen:], len(self.shop.output)
        if at_paying:
            self.at_paying += painted
        else:
            self.painted += painted

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", SHOP, "--db", str(self.folder / "shop.db"), *arguments], cwd=self.folder,
            capture_output=True, timeout=PATIENCE, check=False,
            env=os.environ | {"XDG_STATE_HOME": str(self.folder / "state")})
        self.said += done.stdout + done.stderr
