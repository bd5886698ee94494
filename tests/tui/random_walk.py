"""A shopper at a real terminal who does anything, without a pause: keys, clicks, wheel, pastes, bytes, sizes."""
from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from shopkeeper import Cart, Money, SessionExpired, Shop, explain
from shopkeeper.database.driver import sqlite_driver
from tests.factories import PASSWORD
from tests.terminal import CTRL_Q, Terminal
from tui.state import TerminalState

EMAIL = "ada@example.com"
SIZES = [(120, 40), (80, 24), (60, 18), (200, 60), (100, 30), (40, 10), (8, 3), (2, 2), (1, 1), (300, 20)]
VISIBLE_SIZES = [(120, 40), (80, 24), (100, 30), (116, 36)]

ESCAPE, ENTER, TAB, BACK_TAB, CTRL_P = "\x1b", "\r", "\t", "\x1b[Z", "\x10"
SPECIAL_KEYS = [
    "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~", "\x1b[3~", "\x7f", BACK_TAB, TAB,
    ENTER, ENTER, ESCAPE, " ", "\x12", "\x0c", "\x19", CTRL_P, "\x1bOS", "\x01", "\x05", "\x15", "\x03", "\x1a", "\x16",
]
COMMAND_KEYS = "bcoptfxsamuv+-=?elwdrynqjk"
BROKEN_BYTES = [
    b"\xff", b"\xe9", b"\xc3", b"\xf0\x9f", b"\0", b"\x1b[", b"\x1b[<0;", b"\x1b[<0;99999;99999M", b"\x1b[M!!", b"\x9b",
    b"\x1b[200~half a paste", b"\x1b[201~", b"\x1b[9999999999u", b"\x1b[55296;1u", b"\x1b[1:2;3u", b"\x1bP", b"\x1bO",
    b"\x1b[48;0;0;0;0t", b"\x1b[48;9999;9999;1;1t", b"\x1b[?2048;2$y", b"\x1b[I", b"\x1b[O", b"\xed\xa0\x80", b"\x7f",
]
WORDS = ["hoodie", "mug", "tea", "zzzz", "cafe", "log out", "theme", "orders", "account", "cart", "help", "1", "12/31"]
LOG_IN = f"p{EMAIL}{TAB}{PASSWORD}{ENTER}"
BUY = f"c{ENTER}Ada{TAB}1 Harbour Road{TAB}97201{TAB}Portland{TAB}USA{TAB}4242424242424242{TAB}1231{TAB}123\x19"

_AMOUNT = re.compile(r"\$\d[\d,]*\.\d\d(?!\d)")
_FILTERS = re.compile(r"╭─ Filters ─*╮")
_PALETTE = "What would you like"
_MAX_QUANTITY = 999


class RandomWalk:
    """A walk through a shop that is kept in a folder, drawn from a seed.

    Attributes:
        endings: How often the walk left the shop by a key, and opened it again.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._random = Random(seed)
        self._log: list[bytes] = []
        self._size = SIZES[0]
        self._shop = Shop.open(str(folder / "shop.db"), settle=False)
        self._catalog_amounts, self._unit_prices = self._read_catalog()
        self.endings = 0
        self.terminal = self._open()

    def close(self) -> None:
        """End the program and close the shop."""
        self.terminal.close()
        self._shop.close()

    def go(self, events: int, *, rest_every: int = 100) -> None:
        """Do so many things without a pause between them, and look at the screen now and then."""
        for start in range(0, events, rest_every):
            for _ in range(min(rest_every, events - start)):
                self._step()
            self.check_screen()

    def check_screen(self) -> None:
        """Wait until all is painted, and every painted amount is one that the shop knows."""
        self._resize(self._random.choice([size for size in VISIBLE_SIZES if size != self._size]))
        self.terminal.see_rest()
        self.terminal.wait_for(lambda: self.terminal.has_ended() or self._knows_what_is_painted(),
                               "until every amount is known", self._explain)
        if self.terminal.has_ended():
            self._open_again()

    def answer_probe(self) -> None:
        """See that the shop is not frozen: back to the catalog, into the palette, out of the shop."""
        self._resize((100, 30))
        self.terminal.see_rest()
        if self.terminal.has_ended():
            self._open_again()
        self._press_until(ESCAPE, lambda: re.search(r"\d products", self.terminal.text) is not None, "the catalog")
        self._press_until(CTRL_P, lambda: _PALETTE in self.terminal.text, "the palette")
        self._press_until(ESCAPE, lambda: _PALETTE not in self.terminal.text, "no palette")
        self.terminal.keys(CTRL_Q)
        assert self.terminal.ended() == 0, self._explain()

    def _press_until(self, key: str, fulfilled: Callable[[], bool], what: str) -> None:
        """Press a key as often as needed: one that comes right after escape is another key."""
        def is_fulfilled() -> bool:
            self.terminal.see_rest()
            if not fulfilled():
                self.terminal.keys(key)
            return fulfilled()

        self.terminal.wait_for(is_fulfilled, f"for {what}", self._explain)

    # Steps

    def _step(self) -> None:
        kinds: list[tuple[int, Callable[[], str | bytes]]] = [
            (30, lambda: self._random.choice(COMMAND_KEYS)), (30, lambda: self._random.choice(SPECIAL_KEYS)),
            (18, self._click), (6, self._wheel), (6, lambda: self._random.choice(WORDS)), (2, self._paste),
            (4, lambda: self._random.choice(BROKEN_BYTES)), (2, self._bytes), (1, lambda: LOG_IN), (2, lambda: BUY),
        ]
        weights, makers = zip(*kinds, strict=True)
        event = self._random.choices(makers, weights)[0]()
        data = event if isinstance(event, bytes) else event.encode()
        self._log.append(data)
        if not self.terminal.pour(data):
            self._open_again()
        if self._random.random() < 0.02:
            self._resize(self._random.choice(SIZES))

    def _click(self) -> bytes:
        column, row = self._random.randint(1, self._size[0]), self._random.randint(1, self._size[1])
        press, release = f"\x1b[<0;{column};{row}M", f"\x1b[<0;{column};{row}m"
        times = self._random.choice((1, 1, 1, 2, 3))
        return f"\x1b[<35;{column};{row}M{(press + release) * times}".encode()

    def _wheel(self) -> bytes:
        column, row = self._random.randint(1, self._size[0]), self._random.randint(1, self._size[1])
        return (f"\x1b[<{self._random.choice((64, 65))};{column};{row}M" * self._random.randint(1, 5)).encode()

    def _paste(self) -> bytes:
        text = self._random.choice(WORDS) * self._random.choice((1, 3, 500))
        return f"\x1b[200~{text}\x1b[201~".encode()

    def _bytes(self) -> bytes:
        # No key that quits, and no path that leads out of the walk's folder.
        return bytes(byte for byte in self._random.randbytes(self._random.randint(1, 6)) if byte not in b"\x11/~.")

    def _resize(self, size: tuple[int, int]) -> None:
        self._size = size
        self.terminal.resize(*size)

    def _open(self) -> Terminal:
        terminal = Terminal(self._folder, *self._size)
        terminal.see(r"\d+ products")
        return terminal

    def _open_again(self) -> None:
        assert self.terminal.ended() == 0, self._explain()
        self.endings += 1
        self._size = VISIBLE_SIZES[0]
        self.terminal = self._open()

    def _explain(self) -> str:
        cart = self._cart()
        known = f"{cart.count} for {cart.subtotal}" if cart else "none"
        last = b" ".join(self._log[-40:])[-1500:]
        return f"unknown: {self._unknown_amounts()}\ncart: {known}\nlast: {last!r}\n{self.terminal.left_behind[-2000:]}"

    # Money

    def _knows_what_is_painted(self) -> bool:
        return bool(self.terminal.text.strip()) and not self._unknown_amounts()

    def _unknown_amounts(self) -> set[str]:
        lines = self.terminal.text.splitlines() or [""]
        cart = self._cart()
        in_bar = set(_AMOUNT.findall(lines[0])) - self._of_cart(cart)
        painted = set(_AMOUNT.findall(_without_filters(lines)))
        known = self._catalog_amounts | self._of_cart(cart) | self._of_orders()
        if "Add to cart" in self.terminal.text:
            known |= {str(price * quantity) for price in self._unit_prices for quantity in range(1, _MAX_QUANTITY + 1)}
        return in_bar | (painted - known)

    def _cart(self) -> Cart | None:
        state = TerminalState(self._folder / "state" / "shopkeeper")
        token = state.token(self._shop.settings.shop_id)
        try:
            return self._shop.cart.view(self._shop.accounts.resume(token, renew=False)) if token else None
        except SessionExpired:
            return None

    def _of_cart(self, cart: Cart | None) -> set[str]:
        if cart is None:
            return {str(Money(0, self._shop.settings.currency))}
        lines = {amount for line in cart.lines for amount in (line.unit_price, line.total)}
        steps = {amount for step in explain(cart) for amount in _AMOUNT.findall(f"{step.amount} {step.how}")}
        return {str(amount) for amount in lines | {cart.subtotal, cart.shipping, cart.tax, cart.total}} | steps

    def _of_orders(self) -> set[str]:
        amounts: set[str] = set()
        for order in self._shop.back_office.orders(None, limit=200):
            amounts |= {str(amount) for amount in (order.subtotal, order.shipping, order.tax, order.total)}
            amounts |= {str(amount) for line in order.lines for amount in (line.unit_price, line.total)}
            amounts |= {amount for step in explain(order) for amount in _AMOUNT.findall(f"{step.amount} {step.how}")}
        return amounts

    def _read_catalog(self) -> tuple[set[str], set[Money]]:
        currency = self._shop.settings.currency
        # Another SQLite library in this process would drop the locks of the shop's own when it closes the file.
        with closing(sqlite_driver().connect(self._folder / "shop.db")) as database:
            rows = database.execute("SELECT price_minor, compare_at_minor FROM variant").fetchall()
        prices = {Money(price, currency) for price, _ in rows}
        saved = {Money(was - price, currency) for price, was in rows if was is not None and was > price}
        was = {Money(was, currency) for _, was in rows if was is not None}
        free_from = self._shop.settings.shipping_free_from
        return {str(amount) for amount in prices | was | saved | ({free_from} if free_from else set())}, prices


def _without_filters(lines: list[str]) -> str:
    """Take out the filters, whose amounts are bounds that the shopper chooses: the panel and the line above it."""
    panel = next((match for line in lines if (match := _FILTERS.search(line))), None)
    if panel is None:
        return "\n".join(lines)
    return "\n".join(line[:panel.start()] + line[panel.end():] for line in lines if "✕" not in line)
