"""Passwords: what is asked of them, and how they are kept."""
from __future__ import annotations

import re
import unicodedata
from functools import cache
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import Parameters, PasswordHasher

# Long enough needs no further rule; shorter ones must be hard to guess (NIST SP 800-63B).
_SHORTEST = 8
_LONG = 15
_MOST_BYTES = 256
_GOOD_SCORE = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses

_parameters: Parameters | None = None

# zxcvbn keeps the words that it is given in a dictionary of its module.
_one_at_a_time = Lock()

# A hash takes 64 MB and four threads: a crowd at the door must not take them from who is inside.
_two_at_once = BoundedSemaphore(2)


def problem(password: str, *, email: str, name: str, shop: str = "") -> str:
    """What is wrong with a new password and what to do about it, or an empty string. `shop` is the shop's name.

    It depends on nothing else, and takes a few milliseconds: good for advice while one types.
    """
    if not password:
        return "Choose a password."
    if _too_long(password):
        return f"Choose a shorter password: at most {_MOST_BYTES} bytes, which is as many plain letters."
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in password):
        return "Leave out control characters, such as tabs and line breaks."
    password = _normal(password)
    if len(password) < _SHORTEST:
        return f"Use at least {_SHORTEST} characters; {_LONG} or more are best, such as four words."
    if password.casefold() in {_normal(text).strip().casefold() for text in (email, name, shop)}:
        return "Choose something else than your email, your name or the shop's."
    return "" if len(password) >= _LONG else _guessable(password, [email, name, shop])


def set_hash_parameters(parameters: Parameters | None) -> None:
    """Set what hashing costs in this process; `None`: what it costs by default. Tests hash at the least cost."""
    global _parameters
    _parameters = parameters
    _hasher.cache_clear()


def hashed(password: str) -> str:
    """The password as it is kept: Argon2id, by default with the low-memory parameters of RFC 9106 in about 50 ms."""
    with _two_at_once:
        return _hasher().hash(_bytes(_normal(password)))


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed. No hash fits none, and takes as long to say so."""
    from argon2.exceptions import VerifyMismatchError

    if _too_long(password):
        return False
    if password_hash is None:
        hashed(password)
        return False
    try:
        with _two_at_once:
            return _hasher().verify(password_hash, _bytes(_normal(password)))
    except VerifyMismatchError:
        return False


def outdated(password_hash: str) -> bool:
    """Whether today's parameters are others than those of this hash."""
    return _hasher().check_needs_rehash(password_hash)


@cache
def _hasher() -> PasswordHasher:
    # Argon2 takes 40 ms to import: not before somebody logs in.
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(_parameters or RFC_9106_LOW_MEMORY)


def _normal(password: str) -> str:
    # The same letters from another keyboard are the same password.
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _too_long(password: str) -> bool:
    return len(password) > _MOST_BYTES or len(_bytes(password)) > _MOST_BYTES


def _guessable(password: str, near: list[str]) -> str:
    from zxcvbn import zxcvbn

    known = ["shopkeeper", *near, *re.findall(r"\w+", " ".join(near)), *("".join(text.split()) for text in near)]
    with _one_at_a_time:
        found = zxcvbn(password, user_inputs=known)
    if found["score"] >= _GOOD_SCORE:
        return ""
    warning = found["feedback"]["warning"] or "This is easy to guess."
    return f"{warning} Use {_LONG} characters or more, such as four words."
