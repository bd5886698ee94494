"""Ports for programs that must be told theirs."""
from __future__ import annotations

import socket
from random import SystemRandom


def free_ports(count: int = 1) -> int:
    """The first of so many ports in a row that nobody uses.

    They lie below those that outgoing connections are given: else a program that is started again might find that
    somebody's connection has taken its port meanwhile.
    """
    while True:
        first = SystemRandom().randrange(10_000, 30_000)
        if all(map(_is_free, range(first, first + count))):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
