"""Opens the sockets on which the API listens, before anything says that it does."""
from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from shopkeeper.errors import InvalidInput

BACKLOG = 2048

_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Yield a listening socket for each address of a host; port 0 takes one that is free.

    Raises:
        InvalidInput: It is no address of this machine, or the port is in use or reserved.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise InvalidInput(f"There is no address {host!r} to listen on. Name one of this machine by --host.") from error
    sockets = []
    with ExitStack() as opened:
        for family, _, _, _, address in addresses:
            try:
                sockets.append(opened.enter_context(socket.create_server(address, family=family, backlog=BACKLOG)))
            except OSError as error:
                if error.errno not in _NOT_HERE:  # a name may have addresses that this machine does not use
                    raise InvalidInput(f"Port {port} of {host} {_problem(error)}.") from error
        if not sockets:
            raise InvalidInput(f"{host!r} is no address of this machine. Name one of its own by --host.")
        yield sockets


def _problem(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "is in use. Choose another one by --port"
        case errno.EACCES:
            return "is reserved for the system. Choose another one by --port"
    return f"cannot be listened on: {error.strerror}"
