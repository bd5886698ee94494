"""Whatever stands where a terminal keeps session and theme, the shop opens, and loses nothing that was of use."""
from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shopkeeper import Shop
from tui.app import ShopApp
from tui.state import TerminalState
from tui.testing import Shopper

Damage = Callable[[Path], object]


def holding(content: str | bytes) -> Damage:
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


DAMAGE: dict[str, Damage] = {
    "nested lists": holding("[" * 200_000),
    "nested values": holding('{"theme": ' + '{"a":' * 900 + "1" + "}" * 900 + "}"),
    "nested tokens": holding('{"tokens": {"x": ' + "[" * 900 + "]" * 900 + "}}"),
    "a long number": holding('{"theme": ' + "9" * 10_000 + "}"),
    "no numbers": holding('{"theme": NaN, "tokens": Infinity}'),
    "a list": holding("[1, 2]"),
    "a word": holding('"paper"'),
    "nothing but null": holding("null"),
    "half a file": holding('{"theme": "paper", "tok'),
    "zeros": holding(b"\0" * 4096),
    "no UTF-8": holding(b"\xff\xfe{\0}\0"),
    "a very large file": holding(" " * 3_000_000),
    "other types": holding('{"theme": ["paper"], "tokens": {"x": {"y": 1}}, "more": 1e999}'),
    "half a character": holding('{"theme": "\\ud800", "tokens": {"\\ud800": "\\ud800"}}'),
    "a folder": lambda path: (path / "within").mkdir(parents=True),
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path),
    "no permission": lambda path: (path.write_text("{}"), path.chmod(0)),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_a_shop_opens_and_keeps_theme_and_session_whatever_the_state_file_is(
    shop: Shop, tmp_path: Path, damage: Damage
) -> None:
    path = tmp_path / "terminal.json"
    damage(path)
    is_text = path.is_file() and not path.is_symlink()
    before = path.read_bytes() if is_text else b""
    async with ShopApp(shop, state_folder=tmp_path).run_test(size=(80, 24)) as pilot:
        shopper = Shopper(pilot)
        await shopper.press("escape", "t")
        chosen = shopper.app.theme
    if path.is_dir():
        return  # that nothing can be kept there was told
    TerminalState(tmp_path).remember_token("shop", "token")
    state = TerminalState(tmp_path)
    assert (state.theme, state.token("shop")) == (chosen, "token")
    if is_text and before != b"{}":
        assert [file.read_bytes() for file in tmp_path.glob("terminal.unread*")] == [before]


def test_a_session_of_another_shop_and_the_theme_survive_a_new_token(tmp_path: Path) -> None:
    (tmp_path / "terminal.json").write_text(json.dumps({"theme": "paper", "tokens": {"other": "kept"}}))
    TerminalState(tmp_path).remember_token("mine", "new")
    state = TerminalState(tmp_path)
    assert (state.theme, state.token("other"), state.token("mine")) == ("paper", "kept", "new")
    assert not list(tmp_path.glob("terminal.unread*"))


def test_what_was_put_aside_is_not_lost_to_what_is_put_aside_later(tmp_path: Path) -> None:
    for content in ("one", "two", "three"):
        (tmp_path / "terminal.json").write_text(content)
        TerminalState(tmp_path).remember_theme("paper")
    assert sorted(file.read_text() for file in tmp_path.glob("terminal.unread*")) == ["one", "three", "two"]
