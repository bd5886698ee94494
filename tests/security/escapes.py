"""What reaches a terminal, taken apart: printable text and escape sequences (ECMA-48)."""
from __future__ import annotations

import re

_SEQUENCE = re.compile(
    r"\x1b\[(?P<private>[<-?]?)(?P<numbers>[0-9:;]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[0-9]*)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b(?P<string>[PX^_])[^\x1b\x9c]*(?:\x1b\\|\x9c)"
    r"|\x1b(?P<short>[ -/]*[0-~])"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])"
)
_MODES = {"h", "l", "p"}


def kinds(painted: bytes) -> set[str]:
    """The kinds of control sequences in it: `CSI m`, `CSI ?1049 h`, `OSC 52`, `ESC c`, `C0 07` …

    Of those that set or ask for a mode, the mode is a part of the kind. Whatever is no UTF-8 is a kind of its own.
    """
    try:
        text = painted.decode()
    except UnicodeDecodeError as error:
        return {f"no UTF-8: {error.object[error.start:error.end]!r}"}
    return {_kind(found) for found in _SEQUENCE.finditer(text)}


def text(painted: bytes) -> str:
    """What is left of it without them."""
    return _SEQUENCE.sub("", painted.decode())


def _kind(found: re.Match[str]) -> str:
    if found["final"]:
        mode = found["numbers"] if found["final"] in _MODES else ""
        return f"CSI {found['private']}{mode}{found['between']} {found['final']}".replace("  ", " ")
    if found["osc"] is not None:
        return f"OSC {found['osc']}"
    if found["string"]:
        return f"string ESC {found['string']}"
    return f"ESC {found['short']}" if found["short"] else f"control {ord(found['control']):02x}"
