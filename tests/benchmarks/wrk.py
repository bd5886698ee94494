"""wrk, which asks a server as often as it can, and what it says."""
from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

_SECONDS = 2

# Each request is the next of a list; each line of it is a method, a path, and what else there is to say, after tabs.
_SCRIPT = """
local list, at = {}, -2  -- wrk calls request once before it asks
function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path, token, key, body = line:match("^(.-)\\t(.-)\\t(.-)\\t(.-)\\t(.*)$")
    local headers = {["Content-Type"] = "application/json"}
    if token ~= "" then headers["Authorization"] = "Bearer " .. token end
    if key ~= "" then headers["Idempotency-Key"] = key end
    list[#list + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
end
function request()
  at = at + 1
  return list[at % #list + 1]
end
function done(summary, latency)
  io.write(string.format("told %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout))
end
"""


class Request(NamedTuple):
    """What to ask."""

    method: str
    path: str
    token: str = ""
    key: str = ""
    body: str = ""


class Told(NamedTuple):
    """Requests a second, and how long one took, in milliseconds."""

    rate: float
    p50: float
    p99: float


def wrk(address: str, requests: list[Request], folder: Path, *, connections: int = 1) -> Told:
    """Asks these, one after the other and then again, for as long as it takes to tell; none of them may fail."""
    script, asked = folder / "wrk.lua", folder / "requests.tsv"
    script.write_text(_SCRIPT, encoding="utf-8")
    asked.write_text("".join("\t".join(request) + "\n" for request in requests), encoding="utf-8")
    ended = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{_SECONDS}s", "--latency", "-s", script, address, "--", asked],
        capture_output=True, text=True, check=True)
    words = next(line.split()[1:] for line in ended.stdout.splitlines() if line.startswith("told "))
    count, microseconds, p50, p99, failed = map(int, words)
    assert not failed, ended.stdout
    return Told(count / microseconds * 1e6, p50 / 1000, p99 / 1000)
