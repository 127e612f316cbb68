"""Passwords of staff, hashed with Argon2id (docs/decisions/060)."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from services.errors import ServiceError

# The rule of NIST SP 800-63B for a password beside a second factor is 8; staff see the records of a whole community.
LEAST_CHARACTERS = 10
MOST_CHARACTERS = 200
_hasher = PasswordHasher()


class PasswordTooWeak(ServiceError):
    """Shorter than `least` characters, longer than `most`, or the login name itself."""

    code = "password_too_weak"


def hashed(password: str) -> str:
    """The Argon2id hash of a password, with its own salt and parameters in it."""
    return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether this is the password. For nobody's hash (None) the same work is done, so that the time it takes does not
    tell which login names exist."""
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except VerificationError:
        return False


def check_strength(password: str, *, login_name: str) -> None:
    """Return if the password may be used. Raises PasswordTooWeak."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS or login_name.casefold() in password.casefold():
        raise PasswordTooWeak(least=LEAST_CHARACTERS, most=MOST_CHARACTERS)


def new_password() -> str:
    """A password to hand to somebody, who replaces it at the first sign-in: 96 random bits."""
    return secrets.token_urlsafe(12)


@cache
def _nobodys_hash() -> str:
    return hashed(new_password())
