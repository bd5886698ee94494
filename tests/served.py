"""A shop that is served over a real socket, from a thread of the test's own process."""
from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from shopkeeper import Shop
from shopkeeper.api.app import Options, create_app
from shopkeeper.api.server import configured
from tests.waiting import PATIENCE

NO_LIMITS = Options(rate_per_token=0, rate_per_address=0)


@contextmanager
def served(shop: Shop, options: Options = NO_LIMITS) -> Iterator[str]:
    """The address of the shop's API, for as long as the block lasts."""
    server = _Server(configured(create_app(shop, options), host="127.0.0.1", port=0, grace=2))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="api")
    thread.start()
    try:
        assert server.listens.wait(timeout=PATIENCE)
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.should_exit = True
        thread.join(timeout=PATIENCE)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens, self.port = threading.Event(), 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the test run's own
