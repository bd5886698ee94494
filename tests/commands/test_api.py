"""`shopkeeper api`, before it serves anything."""
from __future__ import annotations

import sys

import pytest

from tests.command import Command


@pytest.mark.usefixtures("shop")
def test_missing_extra_is_told_with_a_command_that_works(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("fastapi", "shopkeeper.api."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    assert command("api") == 1
    assert command.err == ("The API needs fastapi, which is not installed. Install the extra shopkeeper[api]:"
                           " in a clone of the shop, pip install -e '.[api]'.\n")
