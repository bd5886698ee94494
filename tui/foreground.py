"""Job control: which of a terminal's programs may use it. The others stop until the shell gives it to them."""
from __future__ import annotations

import os
import signal


def is_in_foreground(terminal: int) -> bool:
    """Return whether this program has the terminal with this descriptor, or one without job control."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return True


def stop_process() -> None:
    """Stop until somebody continues this program, as `fg` and `bg` do."""
    os.kill(os.getpid(), signal.SIGSTOP)
