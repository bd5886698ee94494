"""Serves the shop with uvicorn until it is told to stop: what is under way is finished first."""
from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from shopkeeper.api.app import Options, create_app
from shopkeeper.api.connections import Connection
from shopkeeper.api.listening import BACKLOG
from shopkeeper.shop import Shop

_CONNECTIONS = 2000  # never reached: more than `connections.MOST_SILENT` and `limits.MOST_AT_ONCE` let in
_FILES = 4096  # open at once: connections, and what the database needs
_GRACE = 20  # seconds for what is under way
_IDLE = 10  # seconds that a connection may be kept without a request


def serve(shop: Shop, options: Options, sockets: list[socket.socket], *, quiet: bool = False) -> None:
    """Serves an open shop on sockets that listen; SIGTERM or SIGINT ends it.

    `X-Forwarded-For` is believed from this machine only, where a proxy stands.
    """
    _log_to_stderr(quiet=quiet)
    _allow_files()
    _Server(configured(create_app(shop, options))).run(sockets)


def _log_to_stderr(*, quiet: bool) -> None:
    """Who called is told to whoever runs the server; the shop's own log has what happened in the shop."""
    access = logging.getLogger("shopkeeper.api")
    access.addHandler(logging.StreamHandler(sys.stderr))
    access.setLevel(logging.WARNING if quiet else logging.INFO)
    access.propagate = False


def _allow_files() -> None:
    """Many systems give a program 1024 files unless it asks for more: connections would use them up."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def configured(app: FastAPI, *, host: str = "", port: int = 0, grace: int = _GRACE) -> uvicorn.Config:
    """How uvicorn serves the shop. `grace` is how many seconds what is under way gets at the end.

    Host and port are for who runs the server without sockets.
    """
    return uvicorn.Config(
        app, host=host, port=port, http=Connection, ws="none", access_log=False, log_level="warning",
        limit_concurrency=_CONNECTIONS, backlog=BACKLOG, timeout_keep_alive=_IDLE, timeout_graceful_shutdown=grace,
        server_header=False, proxy_headers=True, forwarded_allow_ips="127.0.0.1,::1")


class _Server(uvicorn.Server):
    """Takes a signal for a wish, and no more: uvicorn sends it to itself again when all is done."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield
