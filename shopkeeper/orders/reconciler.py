"""Reconciliation while a program runs: open payments are asked about now and then, and when somebody looks at one.

The gateway is asked in threads that nobody has to wait for: one that hangs keeps no shopper from shopping and no
program from ending. Several programs may reconcile one shop: an answer is booked once, whoever asks.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from threading import BoundedSemaphore, Event, Thread
from typing import TYPE_CHECKING

from shopkeeper.errors import DatabaseUnavailable, ShopError
from shopkeeper.failures import for_each

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
        self._reported: set[frozenset[type[BaseException]]] = set()

    def reconcile(self, max_seconds: float = MAX_OPENING_SECONDS) -> None:
        """Ask about all open payments, waiting for so long at most; what takes longer goes on aside.

        Raises a ShopError that this meets meanwhile. A payment that breaks the program is reported, and keeps nobody
        from shopping.
        """
        if self._is_any_open():
            self._run_aside(lambda: self._settlement().settle(), max_seconds)

    def look(self, payments: Sequence[OpenPayment]) -> bool:
        """Ask about those of these payments that were not asked about just now, waiting for a moment.

        Returns whether any was asked about. Raises as `reconcile`.
        """
        due = [payment for payment in payments if self._settlement().is_due(payment.id)]
        if not due or not self._looks.acquire(blocking=False):
            return False

        def ask() -> None:
            try:
                for_each(due, self._settlement().reconcile)
            finally:
                self._looks.release()

        self._run_aside(ask, MAX_LOOK_SECONDS)
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
        while not stopping.wait(interval_seconds):
            try:
                if self._is_any_open():
                    self._settlement().settle()
            except Exception as error:  # noqa: BLE001 (it is reported, and nobody else is there to do so)
                self._report(error)

    def _run_aside(self, work: Callable[[], object], seconds: float) -> None:
        """Do `work` in a thread of its own and wait so long for it, raising a ShopError and reporting all else."""
        future: Future[None] = Future()

        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 (it is raised where somebody waits for it, or reported)
                future.set_exception(error)
            else:
                future.set_result(None)

        Thread(target=run, name="reconciliation", daemon=True).start()
        if wait([future], seconds).done and isinstance(future.exception(), ShopError):
            future.result()
        future.add_done_callback(lambda done: self._report(done.exception()))

    def _report(self, error: BaseException | None) -> None:
        """Report what broke, once of its kind: the next round tries again.

        Not that the database is out of reach: whoever shops is told, and the shop may be closed by now.
        """
        if error is None or isinstance(error, DatabaseUnavailable) or _kind(error) in self._reported:
            return
        self._reported.add(_kind(error))
        from shopkeeper.crash import report

        report(error)


def _kind(error: BaseException) -> frozenset[type[BaseException]]:
    """Return the types of the errors that an error is or groups."""
    if isinstance(error, BaseExceptionGroup):
        return frozenset[type[BaseException]]().union(*map(_kind, error.exceptions))
    return frozenset({type(error)})
