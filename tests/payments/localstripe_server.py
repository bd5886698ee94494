"""Runs localstripe on a free port of 127.0.0.1, and prints the port. Its own command listens on every interface.

It ends with the process that holds its stdin, and keeps its books in memory instead of a file in /tmp.
"""
from __future__ import annotations

import os
import signal
import socket
import sys
import threading

from aiohttp import web
from localstripe.resources import PaymentIntent, Store
from localstripe.server import app

create = PaymentIntent._api_create


def create_for_cards(*, allowed_payment_method_types: list[str], **data: object) -> object:
    """localstripe does not know this parameter of today's API yet."""
    assert allowed_payment_method_types == ["card"]
    return create(**data)


def end_with_the_tests() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


PaymentIntent._api_create = create_for_cards
Store.dump_to_disk = lambda _store: None
threading.Thread(target=end_with_the_tests, daemon=True).start()
listening = socket.create_server(("127.0.0.1", 0))
sys.stdout.write(f"{listening.getsockname()[1]}\n")
sys.stdout.flush()
web.run_app(app, sock=listening, access_log=None, print=None)
