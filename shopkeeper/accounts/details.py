"""What an account is made of besides its password: email and name."""
from __future__ import annotations

import unicodedata

from shopkeeper.text import clean

_LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_LONGEST_NAME = 80


def normal_email(text: str) -> str:
    """An email as it is kept: trimmed, in Unicode's composed form."""
    return unicodedata.normalize("NFC", text.strip())


def email_key(text: str) -> str:
    """What two spellings of one email have in common: letters of any case and width are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).casefold())


def email_problem(email: str) -> str:
    """What is wrong with an email as `normal_email` gives it, or an empty string."""
    if not email:
        return "Type your email."
    if len(email) > _LONGEST_EMAIL:
        return f"This email is too long: at most {_LONGEST_EMAIL} characters."
    if clean(email) != email or any(unicodedata.category(character)[0] in "CZ" for character in email):
        return "An email has no blanks or control characters."
    user, _, domain = email.partition("@")
    host_known = domain == "localhost" or ("." in domain and all(domain.split(".")))
    if not user or not host_known or email_key(email).count("@") != 1:
        return "Write the email like ada@example.com."
    return ""


def normal_name(text: str) -> str:
    """A name as it is kept: on one line, without what cannot be seen."""
    return clean(text)


def name_problem(name: str) -> str:
    """What is wrong with a name as `normal_name` gives it, or an empty string."""
    if not name:
        return "Type your name."
    return f"This name is too long: at most {_LONGEST_NAME} characters." if len(name) > _LONGEST_NAME else ""
