"""No screen shows a plain string: what a widget is handed is written in the source, or went through `tui.text`."""
from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import indent

import pytest

import shopkeeper
import tui
from tests.security.text_lint import strays, strays_in

SCREENS, SHOP = Path(tui.__file__).parent, Path(shopkeeper.__file__).parent

BEGIN = """
from textual.content import Content
from tui.text import clean, plain
from tui.columns import left, initials

WORDS = {"size": "Size"}

class Row(Static):
    pass

class Card(Static):
    def __init__(self, card):
        super().__init__(Content(card.title))

def price(card) -> Content:
    return Content(card.price)

def name(card) -> str:
    return card.title

class Screen:
    def facts(self, card) -> list[Content]:
        return [Content(card.title)]

    def show(self, card, title: str, label: Content, count: int, card_or_none: Content | None):
"""

REFUSED = (
    "Static(title)", "Label(title)", "Button(card.title)", "Digits(title)", "Option(title)", "Row(title)",
    "Static(content=title)", "Collapsible(Static('x'), title=title)", "TabPane(title, Static('x'))",
    "Static(title, markup=False)", "Static(clean(title))", "Static(str(title))", "Static(f'{title}')",
    "Static(f'{title:>20}')", "Static('Hello ' + title)", "Static('%s' % title)", "Static('{}'.format(title))",
    "Static(', '.join(card.tags))", "Static('x'.upper().join(card.tags))", "Static(title if count else 'x')",
    "Static(title or 'x')", "Static(name(card))", "Static(*card.tags)", "Static('x', tooltip=title)",
    "Button('x').label = title", "self.sub_title = title", "self.app.title = card.title", "self.tooltip = title",
    "self.border_title = title", "self.border_subtitle = f'{title}'", "self.search.placeholder = f'in {title}'",
    "self.query_one('#x', Static).update(title)", "said = title\nself.x.update(said)",
    "said = 'x'\nif count:\n    said = title\nself.x.update(said)", "said, other = title, 'x'\nself.x.update(said)",
    "for tag in card.tags:\n    self.x.update(tag)", "said = 'x'\nsaid += title\nself.x.update(said)",
    "self.app.notify(title)", "self.app.notify(clean(title))", "self.app.notify('x', title=title)",
    "self.app.notify(title, markup=False)", "self.app.exit(message=title)", "self.table.add_row('x', title)",
    "self.table.add_column(title)", "self.table.update_cell(1, 2, title)", "self.table.add_rows([[title]])",
    "self.tree.root.add_leaf(title)", "self.node.set_label(title)", "self.log.write(title)",
    "OptionList(*card.tags)", "OptionList(title, 'x')", "self.list.add_option(title)",
    "self.list.add_options([title])", "self.list.set_options([tag for tag in card.tags])",
    "self.list.replace_option_prompt_at_index(0, title)", "Content.from_markup(title)",
    "Content.from_markup(f'[b]{title}[/]')", "Content.from_markup('[@click=' + title + ']x[/]')",
    "Hit(1, title, print)", "DiscoveryHit(card.title, print)", "(lambda each: Static(each))(title)",
)

ALLOWED = (
    "Static('Catalog')", "Static('a' + 'b')", "Static(f'{count:,} things')", "Static(WORDS['size'])",
    "Static(Content(title))", "Static(plain(title))", "Static(clean(title), markup=False)", "Static(label)",
    "Static(price(card))", "Static(Content(' ').join(Content(tag) for tag in card.tags))",
    "Static(Content.assemble((title, 'bold'), 'x'))", "Static(left(Content(title), 20))", "Card(card)",
    "Static(Content(title).stylize('bold') + '  ')", "Static(plain(title) if count else '')",
    "Static(*self.facts(card))", "Static(id=title)", "Static('x', classes=title)", "Static('Quantity'.ljust(12))",
    "Button(Content(title), id='add')", "self.border_title = plain(title)", "self.value = title",
    "said = Content(title)\nself.x.update(said)", "one, two = Content(title), 'x'\nself.x.update(one + two)",
    "said = 'x'\nif count:\n    said = plain(title)\nself.x.update(said)",
    "for row in self.facts(card):\n    self.x.update(row)",
    "for at, row in enumerate(self.facts(card)):\n    self.list.replace_option_prompt_at_index(at, row)",
    "self.app.notify(clean(title), markup=False)", "self.app.exit(return_code=1, message=Text(title))",
    "self.table.add_row(Text(title), '1')", "OptionList(*WORDS)", "self.list.set_options(self.facts(card))",
    "self.known.update((tag, 1) for tag in card.tags)", "Content.from_markup('[b]$name[/]', name=title)",
    "mark = '[b]' if count else ''\nContent.from_markup(mark + 'x')", "Hit(1, plain(title), print, text=title)",
    "self.x.update('')", "Static()",
)

TEXT = ("def plain(text: str) -> Content:\n    return Content(text)\n"
        "def clean(text: str) -> str:\n    return text\n")
COLUMNS = ("def left(text: Content, width: int) -> Content:\n    return text\n"
           "def initials(text: str) -> str:\n    return text[0]\n")


def in_a_screen(snippet: str) -> dict[str, str]:
    return {"tui/screens/it.py": BEGIN + indent(snippet, " " * 8), "tui/columns.py": COLUMNS, "tui/text.py": TEXT}


@pytest.mark.parametrize("snippet", REFUSED)
def test_a_plain_string_that_would_be_shown_is_found(snippet: str) -> None:
    assert strays_in(in_a_screen(snippet))


@pytest.mark.parametrize("snippet", ALLOWED)
def test_what_is_ours_or_went_through_the_door_is_let_pass(snippet: str) -> None:
    assert strays_in(in_a_screen(snippet)) == []


def test_no_screen_shows_a_plain_string(tried: Callable[[str, int], None]) -> None:
    assert strays(SCREENS) == []
    tried("modules without a plain string on the screen", len(list(SCREENS.rglob("*.py"))))


def test_the_command_prints_through_one_door() -> None:
    found = {path.relative_to(SHOP.parent).as_posix(): list(_prints(ast.parse(path.read_text("utf-8"))))
             for folder in (SHOP, SCREENS) for path in folder.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {"shopkeeper/printing.py": ["stream.write"]}


@pytest.mark.parametrize("snippet", [
    "print(title)", "click.echo(title)", "click.secho(title)", "sys.stdout.write(title)", "sys.stderr.buffer.write(b)",
    "stream = sys.stdout\nstream.write(title)", "os.write(1, title)", "error.show()", "console.print(title)",
])
def test_another_door_would_be_found(snippet: str) -> None:
    assert list(_prints(ast.parse(snippet)))


def _prints(module: ast.Module) -> Iterator[str]:
    """The calls that print: by their names, for no other way leads to a terminal."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            first, _, last = called.rpartition(".")
            to_a_stream = last == "write" and first.split(".")[0] in {"sys", "stream", "os"}
            by_itself = called == "error.show" and not node.args  # click's errors print themselves
            if last in {"print", "pprint", "echo", "secho"} or to_a_stream or by_itself:
                yield called
