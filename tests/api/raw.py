"""HTTP byte by byte, for what no client would send."""
from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.waiting import PATIENCE


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json", self.body
        return dict(json.loads(self.body))


def connected(address: str) -> socket.socket:
    """A connection to a server."""
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port), timeout=PATIENCE)


def request(method: str, path: str, *, token: str = "", headers: str | bytes = "", body: bytes = b"",
            length: int | None = None) -> bytes:
    """A request. `path` may be any bytes in ISO 8859-1, `headers` are whole lines, `length` may lie."""
    told = headers.encode() if isinstance(headers, str) else headers
    lines = [f"{method} ".encode() + path.encode("latin-1") + b" HTTP/1.1", b"Host: shop"]
    if token:
        lines.append(f"Authorization: Bearer {token}".encode())
    if body or length is not None:
        lines += [b"Content-Type: application/json"] if b"content-type" not in told.lower() else []
        lines.append(f"Content-Length: {len(body) if length is None else length}".encode())
    return b"\r\n".join(lines) + b"\r\n" + told + b"\r\n" + body


def exchange(address: str, *parts: bytes) -> Answer:
    """The first answer to what is sent, part by part; sending may break off when the server has heard enough."""
    with connected(address) as line:
        try:
            for part in parts:
                line.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        with line.makefile("rb") as heard:
            return read_answer(heard)


def read_answer(heard: Any) -> Answer:
    """The next answer on a connection."""
    status = int(heard.readline().split(b" ")[1])
    headers = {}
    while (line := heard.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return Answer(status, headers, heard.read(int(headers.get("content-length", "0"))))
