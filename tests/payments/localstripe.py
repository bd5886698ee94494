"""localstripe for the tests: installed once into a cache, started and stopped with the tests that need it."""
from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import stripe

KEY = "sk_test_12345"
SECRET = "whsec_test"

_HERE = Path(__file__).parent
_REQUIREMENTS = _HERE / "localstripe.txt"


class LocalStripe:
    """The running server, and what its books say."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.client = stripe.StripeClient(KEY, base_addresses={"api": base}, http_client=stripe.RequestsClient())

    def forget(self) -> None:
        """Empties its books."""
        everything = urllib.request.Request(f"{self.base}/_config/data", method="DELETE")  # noqa: S310 (ours)
        urllib.request.urlopen(everything).close()  # noqa: S310

    def taken(self) -> int:
        """What was charged and not given back, in all."""
        charges = self.client.v1.charges.list({"limit": 100}).data
        return sum(each.amount - each.amount_refunded for each in charges if each.status == "succeeded")


@contextmanager
def running(cache: Path) -> Iterator[LocalStripe]:
    """Starts it, and stops it by its id."""
    command = [_python(cache), "-I", _HERE / "localstripe_server.py"]  # -I: this folder is none to import from
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with server:
        assert server.stdout is not None
        try:
            yield LocalStripe(f"http://127.0.0.1:{int(server.stdout.readline())}")
        finally:
            server.terminate()


def _python(cache: Path) -> Path:
    """The interpreter of localstripe's environment, which is made where it is missing or out of date."""
    python, made = cache / "bin" / "python", cache / "made.txt"
    wanted = _REQUIREMENTS.read_text("utf-8")
    with cache.with_suffix(".lock").open("w") as lock:  # several workers may need it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists() or made.read_text("utf-8") != wanted:
            shutil.rmtree(cache, ignore_errors=True)
            venv.create(cache)
            subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "-r", _REQUIREMENTS],
                           check=True)
            made.write_text(wanted, "utf-8")
    return python
