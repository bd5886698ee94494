"""Reconciliation while a program runs: open payments are asked about now and then, and when somebody looks at one.

The gateway is asked in threads that nobody has to wait for: one that hangs keeps no shopper from shopping and no
program from ending. Several programs may reconcile one shop: an answer is booked once, whoever asks.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from threading import BoundedSemaphore, Event, Thread
from typing import TYPE_CHECKING

from shopkeeper.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from shopkeeper.orders.settlement import OpenPayment, Settlement

RECONCILE_INTERVAL_SECONDS = 10.0
MAX_OPENING_SECONDS = 5.0
MAX_LOOK_SECONDS = 0.5
MAX_LOOKS_AT_ONCE = 4
"""Further looks show what is known: requests that wait for a gateway must not use up a server's threads."""


class Reconciler:
    """Asks about open payments without making anybody wait for long.

    Args:
        settlement: Returns what asks the gateway and books its answers; called when there is something to ask.
        is_any_open: Returns whether there may be something to ask.
    """

    def __init__(self, settlement: Callable[[], Settlement], is_any_open: Callable[[], bool]) -> None:
        self._settlement = settlement
        self._is_any_open = is_any_open
        self._looks = BoundedSemaphore(MAX_LOOKS_AT_ONCE)
        self._stopping = Event()
        self._thread: Thread | None = None

    def reconcile(self, max_seconds: float = MAX_OPENING_SECONDS) -> None:
        """Ask about all open payments, waiting for so long at most; what takes longer goes on aside.

        Raises what goes wrong meanwhile.
        """
        if self._is_any_open():
            _run_aside(lambda: self._settlement().settle(), max_seconds)

    def look(self, payments: Sequence[OpenPayment]) -> bool:
        """Ask about those of these payments that were not asked about just now, waiting for a moment.

        Returns whether any was asked about.
        """
        due = [payment for payment in payments if self._settlement().is_due(payment.id)]
        if not due or not self._looks.acquire(blocking=False):
            return False

        def ask() -> None:
            try:
                for payment in due:
                    self._settlement().reconcile(payment)
            finally:
                self._looks.release()

        _run_aside(ask, MAX_LOOK_SECONDS)
        return True

    def start(self, interval_seconds: float = RECONCILE_INTERVAL_SECONDS) -> None:
        """Reconcile every so often, until `stop`."""
        if self._thread is None:
            self._stopping = Event()  # a thread that still waits for a gateway keeps its own
            self._thread = Thread(target=self._run, args=(interval_seconds, self._stopping), name="reconciler",
                                  daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Reconcile no more. A gateway that is being asked is not waited for."""
        self._stopping.set()
        self._thread = None

    def _run(self, interval_seconds: float, stopping: Event) -> None:
        reported = False
        while not stopping.wait(interval_seconds):
            try:
                if self._is_any_open():
                    self._settlement().settle()
            except DatabaseUnavailable:
                continue  # whoever shops is told; this is tried again
            except Exception as error:  # noqa: BLE001 (it is reported, and nobody else is there to do so)
                if not reported:  # one report says it; the next round tries again
                    _report(error)
                reported = True


def _run_aside(work: Callable[[], object], seconds: float) -> None:
    """Do `work` in a thread of its own and wait so long for it, raising what it raises."""
    future: Future[None] = Future()

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 (it is raised where somebody waits for it, or reported)
            future.set_exception(error)
        else:
            future.set_result(None)

    Thread(target=run, name="reconciliation", daemon=True).start()
    if wait([future], seconds).done:
        future.result()
    else:
        future.add_done_callback(_report_failure)


def _report_failure(done: Future[None]) -> None:
    error = done.exception()
    if error is not None and not isinstance(error, DatabaseUnavailable):  # the shop may be closed by now
        _report(error)


def _report(error: BaseException) -> None:
    from shopkeeper.crash import report

    report(error)
