"""Codes of an authenticator app (TOTP, RFC 6238: six digits, 30 seconds, SHA-1) and recovery codes."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
# A telephone's clock may be off by one step in either direction (RFC 6238, section 5.2).
STEPS_OFF = 1
CODE_DIGITS = 6
RECOVERY_CODES = 10
# Without 0, 1, I, L and O, which people confuse; ten of 31 letters hold 49 bits.
RECOVERY_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
RECOVERY_LETTERS_A_HALF = 5


def new_secret() -> str:
    """A new secret of 160 bits in base32, for an authenticator app."""
    return pyotp.random_base32()


def address_for_app(secret: str, *, login_name: str, issuer: str) -> str:
    """What an authenticator app reads from a QR code (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login_name, issuer_name=issuer)


def step_at(now: datetime) -> int:
    """Which time step it is."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at_step(secret: str, step: int) -> str:
    """The code that an authenticator shows in this time step."""
    return pyotp.TOTP(secret).generate_otp(step)


def matching_step(secret: str, code: str, *, now: datetime, last_step: int | None) -> int | None:
    """The time step that this code belongs to, if it counts now; None for a wrong one, and for one of a step that was
    used already or came before it."""
    this_step = step_at(now)
    # Every step is compared, in constant time, whichever one matches.
    matching = [
        step
        for step in range(this_step - STEPS_OFF, this_step + STEPS_OFF + 1)
        if hmac.compare_digest(code_at_step(secret, step).encode(), code.encode())
    ]
    return next((step for step in matching if last_step is None or step > last_step), None)


def new_recovery_codes() -> tuple[str, ...]:
    """Codes like "K7QPM-3XWVA", to be printed and kept in a drawer."""
    return tuple(f"{_half()}-{_half()}" for _ in range(RECOVERY_CODES))


def normal_recovery_code(text: str) -> str:
    """A recovery code as it was given out, however it was typed.

    >>> normal_recovery_code(" k7qpm3xwva ")
    'K7QPM-3XWVA'
    """
    letters = "".join(letter for letter in text.upper() if letter in RECOVERY_LETTERS)
    return f"{letters[:RECOVERY_LETTERS_A_HALF]}-{letters[RECOVERY_LETTERS_A_HALF:]}"


def _half() -> str:
    return "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LETTERS_A_HALF))
