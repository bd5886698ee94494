"""One record per command. Keys, the bar at the foot, the palette and the help read it.

A command of a screen runs that screen's `action_…`; one of everywhere runs the app's.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Command:
    """Something a shopper can do.

    Attributes:
        id: Its lasting name, by which keys can be mapped anew: `cart.undo`.
        key: The key, as Textual writes it; several are separated by commas.
        action: The action it runs.
        label: A word or two for the bar at the foot.
        help: A sentence for the help and the palette.
        shown: How the key is written for people; empty: by its name.
        foot: Whether the bar at the foot shows it (five at most on a screen).
        palette: Whether the palette offers it (not where it needs a thing that has the focus).
        priority: Whether the key comes before the widget that has the focus, and works in dialogs as well.
    """

    id: str
    key: str
    action: str
    label: str
    help: str
    shown: str = ""
    foot: bool = False
    palette: bool = True
    priority: bool = False

    @property
    def key_in_words(self) -> str:
        """The key as people read it."""
        return self.shown or self.key.split(",")[0]

    @property
    def target(self) -> str:
        """The action, as what is clicked on a screen names it."""
        return self.action if not self.action or "." in self.action else f"screen.{self.action}"


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """The key bindings of these commands."""
    return [
        Binding(command.key, command.action, command.label, show=command.foot, key_display=command.key_in_words,
                id=command.id, priority=command.priority)
        for command in commands
        if command.key
    ]


PRESS = Command("press", "enter", "press", "select", "Press the button")

SELECT = (
    Command("list.select", "enter", "select", "select", "Do what the selected row says", foot=True, palette=False),
)

FIELD = (
    Command("field.next", "enter", "next", "next field", "Go on to the next field", foot=True, palette=False,
            priority=True),
    Command("field.send", "enter", "send", "go on", "From the last field, do what the button says", foot=True,
            palette=False, priority=True),
)
"""What enter does in a field. Before any other key is looked at: what is typed quickly behind it belongs to the next
field."""

EVERYWHERE = (
    Command("cart", "c", "cart", "cart", "Look into the cart"),
    Command("orders", "o", "orders", "orders", "See what you bought"),
    Command("catalog", "b", "catalog", "browse", "Go back to the catalog"),
    Command("account", "p", "account", "account", "Sign in, or see who is signed in"),
    Command("logout", "", "log_out", "log out", "Log out; your cart stays with your account"),
    Command("theme", "t", "next_theme", "theme", "Change the colors: ink, paper, high contrast"),
    Command("help", "question_mark,f1", "help", "help", "What every key does", shown="?"),
    Command("palette", "ctrl+p", "command_palette", "menu", "Find any command or product by name", palette=False,
            priority=True),
    Command("back", "escape", "back", "back", "One step back"),
    Command("quit", "ctrl+q", "quit", "quit", "Leave the shop; everything stays as it is", priority=True),
)

CATALOG = (
    Command("catalog.search", "slash", "search", "search", "Type what you are looking for", shown="/", foot=True),
    Command("catalog.facets", "f", "facets", "filters", "Show, enter or hide the filters", foot=True),
    Command("catalog.open", "enter", "open", "open", "Open the product under the bar", foot=True, palette=False),
    Command("catalog.suggestion", "enter", "enter_suggestion", "use suggestion", "Use the suggested search", foot=True,
            palette=False, priority=True),
    Command("catalog.clear", "x", "clear_filters", "clear", "Take every filter and the search away", foot=True),
    Command("catalog.sort", "s", "sort", "sort", "Sort by best match, name, price or newest"),
)

SEARCH = (
    Command("search.leave", "escape,down,enter", "screen.enter_list", "to the list",
            "Go from the search to the products", foot=True, palette=False),
)

FACETS = (
    Command("facets.choose", "enter", "choose_and_leave", "choose", "Choose the selected filter", foot=True,
            palette=False),
    Command("catalog.find", "slash", "find", "find", "Find one of many choices by any part of it", shown="/",
            foot=True, palette=False),
    Command("facets.leave", "escape", "screen.leave", "back", "Go from the filters to the products", foot=True,
            palette=False),
)

OPTION = (
    Command("product.previous", "left", "step(-1)", "choose", "The choice before", shown="←", foot=True,
            palette=False),
    Command("product.next", "right", "step(1)", "choose", "The next choice", shown="→", foot=True, palette=False),
)

PRODUCT = (
    Command("product.more", "plus,equals_sign", "more", "quantity", "One more", shown="+", foot=True),
    Command("product.fewer", "minus", "fewer", "quantity", "One fewer", shown="−", foot=True),
    Command("product.add", "a", "add_to_cart", "add", "Put the chosen variant into the cart", foot=True),
)

CART = (
    Command("cart.more", "plus", "more", "quantity", "One more of the line under the bar", shown="+", foot=True),
    Command("cart.fewer", "minus", "fewer", "quantity", "One fewer of the line under the bar", shown="−", foot=True),
    Command("cart.remove", "delete,backspace", "remove", "remove", "Take the line under the bar out", shown="delete",
            foot=True),
    Command("cart.undo", "u", "undo", "undo", "Put back what was taken out last", foot=True),
    Command("cart.open", "v", "open", "view", "See the product of the line under the bar"),
    Command("cart.explain", "equals_sign", "explain", "explain", "See how the total comes about", shown="="),
    Command("cart.check_out", "enter", "check_out", "check out", "Pay for what is in the cart", foot=True),
)

CHECKOUT = (
    Command("checkout.pay", "ctrl+y", "pay", "pay", "Pay the total that is shown", foot=True),
    Command("checkout.explain", "f4,equals_sign", "explain", "explain", "See how the total comes about", foot=True),
    Command("checkout.leave", "escape", "leave", "back", "Go back to the cart; your address is kept",
            foot=True, palette=False),
)

RECEIPT = (
    Command("receipt.save", "s", "save", "save", "Write the receipt into a file", foot=True),
    Command("receipt.explain", "equals_sign", "explain", "explain", "See how the total comes about", shown="=",
            foot=True),
    Command("receipt.orders", "o", "app.orders", "all orders", "See all orders", foot=True, palette=False),
    Command("receipt.browse", "b", "app.catalog", "keep browsing", "Back to the catalog", foot=True, palette=False),
)

ORDERS = (
    Command("orders.open", "enter", "open", "open", "See the order under the bar as it was", foot=True, palette=False),
    Command("orders.reorder", "r", "reorder", "buy again", "Put what can still be had into the cart", foot=True),
)

ORDER = (
    Command("order.reorder", "r", "reorder", "buy again", "Put what can still be had into the cart", foot=True),
    Command("order.save", "s", "save", "save receipt", "Write the receipt into a file", foot=True),
    Command("order.explain", "equals_sign", "explain", "explain", "See how the total comes about", shown="=",
            foot=True),
    Command("order.cancel", "x", "cancel", "cancel", "Cancel the order and get the money back", foot=True),
)

EXPLAIN = (
    Command("explain.close", "escape,equals_sign,f4,q,enter", "close", "close", "Back to the screen below", foot=True,
            palette=False),
)

PALETTE = (
    Command("palette.run", "enter", "submit", "select", "Do what the selected row says", foot=True, palette=False),
)

LEAVE_PALETTE = (
    Command("palette.close", "escape", "escape", "close", "Back to the screen below", foot=True, palette=False),
)

HELP = (
    Command("help.close", "escape,question_mark,f1,q", "close", "close", "Back to the screen below", foot=True,
            palette=False),
)

CONFIRM = (
    Command("confirm.yes", "y", "answer(True)", "yes", "Do it", foot=True, palette=False),
    Command("confirm.no", "n,escape", "answer(False)", "no", "Do nothing", shown="n", foot=True, palette=False),
)

LOGIN = (
    Command("login.register", "ctrl+r", "register", "register", "Make an account instead", foot=True),
    Command("login.cancel", "escape", "cancel", "back", "Go back without logging in", foot=True, palette=False),
)

REGISTER = (
    Command("register.login", "ctrl+l", "login", "log in", "Log in with an account you have", foot=True),
    Command("register.cancel", "escape", "cancel", "back", "Go back without registering", foot=True, palette=False),
)

ACCOUNT_WAYS = (
    Command("account.details", "e", "change_details", "edit", "Change your name or email"),
    Command("account.password", "w", "change_password", "password", "Change your password"),
    Command("account.save", "s", "save_my_data", "save my data", "Save all that the shop keeps of you"),
    Command("account.log_out", "l", "app.log_out", "log out", "Log out; your cart stays with your account", foot=True,
            palette=False),
    Command("account.log_out_everywhere", "a", "log_out_everywhere", "log out everywhere", "Log out everywhere"),
    Command("account.delete", "d", "delete_account", "delete", "Delete your account"),
)

ACCOUNT = (
    Command("account.theme", "t", "app.next_theme", "theme", "Change the colors", foot=True, palette=False),
    Command("account.orders", "o", "app.orders", "orders", "See what you bought", foot=True, palette=False),
    Command("account.end_session", "x,delete", "end_session", "end session", "End the session under the bar"),
    *ACCOUNT_WAYS,
)

FORM = (
    Command("form.cancel", "escape", "cancel", "back", "Go back without changing anything", foot=True, palette=False),
)
