"""The shop in plain Python: what carts, stock, orders and the portal's books must come to, verb by verb.

Each verb answers as the shop must: `ok`, the code of the error it refuses with, or `died` where the program does.
Amounts are minor units; a thing is known by its position.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

LIMIT = 999
PATIENCE = 60
DAY = 24 * 60 * 60


@dataclass
class Thing:
    """Something to buy. `on_hand` and `reserved` are counted whether it is tracked or not."""

    title: str
    price: int
    on_hand: int
    tracked: bool = True
    policy: str = "deny"
    ships: bool = True
    live: bool = True
    reserved: int = 0

    @property
    def limited(self) -> bool:
        return self.tracked and self.policy == "deny"

    @property
    def most(self) -> int:
        """How many a cart can hold."""
        return max(0, min(self.on_hand - self.reserved, LIMIT)) if self.limited else LIMIT


@dataclass(frozen=True)
class Terms:
    """What a total follows from: a rate in hundredths of a percent, and shipping that is free from a subtotal on."""

    rate: int = 825
    included: bool = False
    flat: int = 499
    free_from: int = 6000


@dataclass
class Order:
    """An order, its payment, and what the portal did with it (`charged`: `succeeded`, `declined` or nothing yet).

    `number` is the attempt's reference until it is placed, or seen to wait.
    """

    number: str
    key_of_payment: str
    owner: str
    key: str
    request: tuple[str, int]
    lines: dict[int, int]
    bill: dict[str, int]
    began: float
    state: str = "awaiting_payment"
    payment: str = "submitting"
    charged: str | None = None
    under_way: bool = False
    refunding: bool = False
    refunded: bool = False
    booked: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        return "payment_declined" if self.payment == "declined" else self.state


@dataclass
class Model:
    """All of it. `carts` hold how many of each thing, in the order in which they were put in."""

    things: list[Thing]
    now: float = 0
    terms: Terms = field(default_factory=Terms)
    carts: dict[str, dict[int, int]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    numbers: int = 0

    # Carts

    def add(self, who: str, pick: int, quantity: int) -> str:
        thing, wanted = self.things[pick], self.carts[who].get(pick, 0) + quantity
        if not thing.live:
            return "not_found"
        if wanted > thing.most:
            return "out_of_stock"
        self.carts[who][pick] = wanted
        return "ok"

    def set_quantity(self, who: str, pick: int, quantity: int) -> str:
        cart, thing = self.carts[who], self.things[pick]
        if quantity == 0:
            cart.pop(pick, None)
            return "ok"
        if pick not in cart:
            return "not_found"
        if quantity > cart[pick]:
            if not thing.live:
                return "not_found"
            if quantity > thing.most:
                return "out_of_stock"
        cart[pick] = quantity
        return "ok"

    def merge(self, guest: dict[int, int], who: str) -> None:
        cart = self.carts[who]
        for pick, quantity in guest.items():
            thing, asked = self.things[pick], quantity + cart.get(pick, 0)
            cart[pick] = max(1, min(asked, thing.most if thing.live else LIMIT))

    def reorder(self, who: str, order: Order) -> int:
        """How many lines could not be added in full."""
        short = 0
        for pick, quantity in order.lines.items():
            thing, in_cart = self.things[pick], self.carts[who].get(pick, 0)
            added = min(quantity, max(thing.most - in_cart, 0)) if thing.live else 0
            if added:
                self.carts[who][pick] = in_cart + added
            short += added < quantity
        return short

    def bill(self, who: str) -> dict[str, int]:
        cart, terms = self.carts[who], self.terms
        subtotal = sum(self.things[pick].price * quantity for pick, quantity in cart.items())
        ships = any(self.things[pick].ships for pick in cart)
        shipping = terms.flat if ships and subtotal < terms.free_from else 0
        rate = Fraction(terms.rate, 10_000)
        tax = 0 if terms.included else _half_up((subtotal + shipping) * rate)
        total = subtotal + shipping + tax
        inside = _half_up(total * rate / (1 + rate)) if terms.included else 0
        return {"subtotal": subtotal, "shipping": shipping, "tax": tax, "total": total, "tax_included": inside}

    # Orders

    def undecided(self, who: str) -> list[Order]:
        return [order for order in self.orders if order.owner == who and order.state == "awaiting_payment"]

    def place(self, who: str, key: str, card: str, expected: int, mood: str) -> str:
        for order in self.undecided(who):
            self.look_up(order, mood)
        known = next((order for order in self.orders if (order.owner, order.key) == (who, key)), None)
        if known:
            if known.request == (card, expected):
                self._see(known)
            return known.outcome if known.request == (card, expected) else "idempotency_mismatch"
        refused = self._refused(who, expected)
        if refused:
            return refused
        order = self._write(who, key, (card, expected))
        if not expected:  # nothing to pay is paid, whatever portal and card are like
            mood, order.charged = "well", "succeeded"
        if mood == "dying":
            self._charge(order)
            return "died"
        if mood == "unreached":
            order.payment = "unknown"
        elif mood == "delayed":
            order.payment, order.under_way = "unknown", True
        else:
            self._charge(order)
            if mood == "silent":
                order.payment = "unknown"
            else:
                self._book(order)
        self._see(order)
        return order.outcome

    def look_up(self, order: Order, mood: str) -> None:
        if mood == "silent":
            return
        if order.charged:
            self._book(order)
        elif self.now - order.began >= PATIENCE and order.state == "awaiting_payment":
            order.payment, order.state = "declined", "cancelled"
            self._release(order)

    def cancel(self, order: Order, mood: str) -> str:
        if order.number.startswith("attempt-"):
            return "not_found"
        if order.state != "placed":
            return "invalid_state"
        order.refunding = True
        return self._refund(order, mood)

    def fulfil(self, order: Order) -> str:
        if order.refunding or order.state != "placed":
            return "invalid_state"
        order.state = "fulfilled"
        return "ok"

    def settle(self, mood: str) -> None:
        for order in self.orders:
            if order.refunding:
                self._refund(order, mood)
            elif order.payment == "unknown" or (order.payment == "submitting" and self.now - order.began >= PATIENCE):
                self.look_up(order, mood)
            elif order.payment == "declined" and order.charged == "succeeded" and self.now - order.began < DAY:
                self._give_back(order, mood)

    def deliver(self) -> None:
        """What was under way to the portal arrives."""
        for order in self.orders:
            if order.under_way:
                order.under_way = False
                self._charge(order)

    # What the catalog's owner does

    def receive(self, pick: int, *, price: int, count: int) -> None:
        """A file says what a thing costs, and how many there are; what is reserved stays for its orders."""
        thing = self.things[pick]
        thing.price, thing.live = price, True
        if thing.tracked:
            thing.on_hand = max(count, thing.reserved) if thing.limited else count

    # The books

    def ledger(self) -> dict[str, int]:
        """What each account comes to."""
        sums = dict.fromkeys(("portal", "sales", "shipping", "tax", "refunds"), 0)
        for order in self.orders:
            for kind in order.booked:
                sign = 1 if kind == "capture" else -1
                tax = order.bill["tax"] + order.bill["tax_included"]
                sums["portal"] += sign * order.bill["total"]
                sums["tax"] -= sign * tax
                if kind == "refund":
                    sums["refunds"] += order.bill["total"] - tax
        sums["goods"] = -sum(order.bill["total"] - order.bill["tax"] - order.bill["tax_included"]
                             for order in self.orders if "capture" in order.booked)
        return sums

    # Steps

    def _refused(self, who: str, expected: int) -> str:
        cart = self.carts[who]
        if undecided := self.undecided(who):
            self._see(undecided[0])
            return "invalid_state"
        if not cart:
            return "empty_cart"
        if not all(self.things[pick].live for pick in cart):
            return "out_of_stock"
        if self.bill(who)["total"] != expected:
            return "price_changed"
        if any(thing.limited and thing.on_hand - thing.reserved < n for thing, n in self._wanted(cart)):
            return "out_of_stock"
        return ""

    def _write(self, who: str, key: str, request: tuple[str, int]) -> Order:
        reference = f"attempt-{len(self.orders) + 1:06d}"
        order = Order(reference, f"pay:{reference}:1", who, key, request, dict(self.carts[who]), self.bill(who),
                      self.now)
        self.orders.append(order)
        for thing, quantity in self._wanted(order.lines):
            thing.reserved += quantity
        return order

    def _see(self, order: Order) -> None:
        """Its shopper sees the order, if it awaits its payment."""
        if order.state == "awaiting_payment":
            self._number(order)

    def _number(self, order: Order) -> None:
        if order.number.startswith("attempt-"):
            self.numbers += 1
            order.number = f"SK-{self.numbers:06d}"

    def _charge(self, order: Order) -> None:
        order.charged = order.charged or ("declined" if order.request[0] == "declined" else "succeeded")

    def _book(self, order: Order) -> None:
        if order.state != "awaiting_payment":
            return
        order.payment = order.charged or ""
        self._release(order)
        if order.charged == "declined":
            order.state = "cancelled"
            return
        order.state = "placed"
        self._number(order)
        order.booked.append("capture")
        cart = self.carts[order.owner]
        for pick, quantity in order.lines.items():
            if self.things[pick].tracked:
                self.things[pick].on_hand -= quantity
            if pick in cart:
                cart[pick] -= quantity
                if cart[pick] <= 0:
                    del cart[pick]

    def _refund(self, order: Order, mood: str) -> str:
        mood = mood if order.bill["total"] else "well"
        if mood == "unreached":
            return "invalid_state"
        order.refunded = True
        if mood in {"lost", "silent"}:
            return "invalid_state"
        if mood == "dying":
            return "died"
        order.refunding = False
        order.booked.append("refund")
        if order.state == "placed":
            order.state = "cancelled"
            for thing, quantity in self._wanted(order.lines):
                thing.on_hand += quantity if thing.tracked else 0
        return "cancelled"

    def _give_back(self, order: Order, mood: str) -> None:
        """A charge went through after its order was given up: it is written down, and given back."""
        if mood != "silent" and "capture" not in order.booked:
            order.booked.append("capture")
            order.refunding = True
            self._refund(order, mood)

    def _release(self, order: Order) -> None:
        for thing, quantity in self._wanted(order.lines):
            thing.reserved -= quantity

    def _wanted(self, lines: dict[int, int]) -> Iterator[tuple[Thing, int]]:
        return ((self.things[pick], quantity) for pick, quantity in lines.items())


def _half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))
