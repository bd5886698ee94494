"""The session of this terminal, which all terminals of one user share through the state file.

The service changes an account's token when a session is resumed, once a day: of two terminals with one token, the one
that was there before is left with a dead one. It finds that out at its next call, takes the new token from the file
and goes on. What is kept for the next visit is not lost to another terminal, either: a guest's token never takes the
place of an account's, and who logs out forgets their own session only.
"""
from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from shopkeeper import Session, SessionExpired
from tui.state import TerminalState

if TYPE_CHECKING:
    from shopkeeper import Shop

T = TypeVar("T")


class SharedSession:
    """Who is shopping in this terminal. Every verb asks the shop: call them off the event loop.

    Attributes:
        now: The session; `None` for a guest who never put anything into the cart.
    """

    def __init__(self, shop: Shop, state: TerminalState) -> None:
        self._shop = shop
        self._state = state
        self.now: Session | None = None
        self._looking = threading.RLock()  # while one verb looks for the session, others wait

    @cached_property
    def _shop_id(self) -> str:
        return self._shop.settings.shop_id

    def resume(self) -> None:
        """Brings back the session that is kept, and keeps its token, which may be another now."""
        try:
            self._state.change_token(self._shop_id, self._resumed)
        except OSError:  # no other token can be kept
            self.now = self.now or self._found(self._state.token(self._shop_id))

    def within(self, verb: Callable[[], T]) -> T:
        """Does it; and once more, if another terminal changed the token meanwhile.

        That a session ended is found out before anything is done, so nothing is done twice.
        """
        before = self.now
        try:
            return verb()
        except SessionExpired:
            with self._looking:
                if self.now is before:  # else another verb has found it out already
                    self.now = None
                    self.resume()
                    if not _is_same(before, self.now):
                        self.now = None  # it ended; or somebody else is logged in there, whom nobody sees here
                if not _is_same(before, self.now):
                    raise
            return verb()

    def or_guest(self) -> Session:
        """The session, or a new one of a guest."""
        with self._looking:
            if self.now is not None:
                return self.now
            self.now = guest = self._shop.accounts.guest()
            with suppress(OSError):  # no token can be kept: the cart lasts for this visit
                self._state.change_token(self._shop_id, lambda token: token if self._is_account(token) else guest.token)
            return guest

    def keep(self, session: Session) -> None:
        """Goes on with this session, here and at the next visit."""
        with self._looking:
            self.now = session
            with suppress(OSError):  # it cannot be kept: the next visit begins with a log in
                self._state.remember_token(self._shop_id, session.token)

    def end(self) -> None:
        """Log out. A guest who begins meanwhile waits: its token would not be kept beside one that still lives."""
        with self._looking:
            ending = self.now
            if ending is not None:
                self._shop.accounts.logout(ending)
                self.now = None
                with suppress(OSError):  # a token that stays kept is dead
                    self._state.change_token(self._shop_id, lambda token: self._ended(ending, token))

    def end_by(self, verb: Callable[[Session], None]) -> None:
        """Does what ends this session, and forgets it."""
        verb(self.or_guest())
        self.end()

    def renew_by(self, verb: Callable[[Session], Session]) -> None:
        """Does what gives this session another token, and keeps that: until then nobody looks for it, here or there."""
        before = self.or_guest()

        def renewed(token: str | None) -> str | None:
            self.now = after = verb(before)
            return after.token if token in (None, before.token) else token  # another login stays kept

        with self._looking:
            try:
                self._state.change_token(self._shop_id, renewed)
            except OSError:  # no token can be kept: this terminal goes on all the same
                if self.now is before:
                    self.now = verb(before)

    def _resumed(self, token: str | None) -> str | None:
        self.now = self._found(token, renew=True)
        return self.now.token if self.now else None

    def _ended(self, ending: Session, token: str | None) -> str | None:
        kept = self._found(token)
        if kept is None:
            return None
        if not _is_same(ending, kept):
            return token
        self._shop.accounts.logout(kept)  # with the token that another terminal got for it
        return None

    def _is_account(self, token: str | None) -> bool:
        kept = self._found(token)
        return kept is not None and kept.account is not None

    def _found(self, token: str | None, *, renew: bool = False) -> Session | None:
        try:
            return self._shop.accounts.resume(token, renew=renew) if token else None
        except SessionExpired:
            return None


def _is_same(one: Session | None, other: Session | None) -> bool:
    """Whether both are of one account, whatever it is called now; or both of guests."""
    if one is None or other is None:
        return False
    if one.account is None or other.account is None:
        return one.account is other.account
    return one.account.id == other.account.id
