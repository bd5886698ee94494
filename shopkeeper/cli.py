"""The `shopkeeper` command. The only module that knows the screens, and it meets them late.

To open the shop is what most people want: that way imports neither click nor SQLAlchemy before the first paint.
"""
from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

from shopkeeper.descriptors import replace_closed_streams, speak_utf_8_to_terminals
from shopkeeper.garbage import look_seldom
from shopkeeper.interrupts import INTERRUPTED, raise_at_interrupts
from shopkeeper.printing import emit, exit_code

if TYPE_CHECKING:
    from shopkeeper import Shop

_A_MILLISECOND = 0.001


def main() -> NoReturn:
    """Runs the command and ends the program: 0 done, 1 refused or failed, 2 wrong usage, 70 broken itself."""
    arguments = sys.argv[1:]
    sys.excepthook = _tell_what_broke
    replace_closed_streams()
    speak_utf_8_to_terminals()
    look_seldom()
    try:
        sys.exit(exit_code(_run(arguments)))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def open_terminal(shop: Shop | Callable[[], Shop], state_folder: Path | None = None) -> int:
    """Shows the shop in this terminal until it is left; the exit code.

    Takes an open shop, or what opens one after the first paint. `state_folder` is where session and theme are
    remembered; none: the user's own.
    """
    from tui.environment import drop_unknown_settings

    drop_unknown_settings(os.environ)
    if not _at_a_terminal():
        emit("The shop needs a terminal: run shopkeeper in one, without redirection.\n"
             "`shopkeeper --help` lists what works without.", err=True)
        return 2
    if callable(shop):
        shop = _loading(shop)
    sys.setswitchinterval(_A_MILLISECOND)  # so long a key waits at most for a service that computes in its thread
    from tui.app import ShopApp
    from tui.ending import hold_signals

    app = ShopApp(shop, state_folder=state_folder)
    hold_signals()
    app.run()
    if app.report is not None:
        emit(app.report.text if _wants_to_see() else app.report.told, err=True)
    return app.return_code or 0


def _loading(opens: Callable[[], Shop]) -> Callable[[], Shop]:
    """Looks for garbage only once the shop is open: until then there is none, and to look takes a sixth of the time."""
    gc.disable()

    def opened() -> Shop:
        try:
            return opens()
        finally:
            gc.freeze()
            gc.enable()

    return opened


def _run(arguments: Sequence[str]) -> int:
    match arguments:
        case []:
            return open_terminal(lambda: _open(None))
        case ["--db", url]:
            return open_terminal(lambda: _open(url))
        case [only] if only.startswith("--db="):
            return open_terminal(lambda: _open(only.removeprefix("--db=")))
    from shopkeeper.commands.command_line import run

    raise_at_interrupts()
    return run(arguments, open_terminal)


def _open(url: str | None) -> Shop:
    from shopkeeper import Shop, log
    from shopkeeper.config import log_folder

    log.begin(log_folder())
    return Shop.open(url, sample=True)


def _at_a_terminal() -> bool:
    # Whoever names a driver for Textual brings another kind of terminal. The screen is painted on stderr.
    from tui.environment import DRIVER, is_driver

    return all(os.isatty(stream) for stream in (0, 1, 2)) or is_driver(os.environ.get(DRIVER, ""))


def _wants_to_see() -> bool:
    return "--debug" in sys.argv[1:]


def _tell_what_broke(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    from shopkeeper.crash import report
    from shopkeeper.errors import ShopError

    if _wants_to_see():
        import traceback

        emit("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"), err=True)
        if isinstance(error, ShopError | OSError):  # raised to be seen, and no fault of the program
            sys.exit(1)
    broken = report(error)
    emit(broken.told, err=True)
    sys.exit(broken.exit_code)
