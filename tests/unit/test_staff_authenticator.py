"""Codes of an authenticator app against the figures of RFC 6238, and codes that count once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from services.staff.authenticator import (
    RECOVERY_CODES,
    STEP_SECONDS,
    address_for_app,
    code_at_step,
    matching_step,
    new_recovery_codes,
    new_secret,
    normal_recovery_code,
    step_at,
)
from services.staff.passwords import PasswordTooWeak, check_strength, hashed, is_right

# The shared secret of appendix B of the RFC.
SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 23, 22, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    # the last six of the eight digits that the RFC prints
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(SECRET, code, now=at, last_step=None) == seconds // STEP_SECONDS


def test_a_clock_may_be_one_step_off_and_no_more() -> None:
    code = code_at_step(SECRET, step_at(NOW))
    for seconds, counts in ((-STEP_SECONDS, True), (STEP_SECONDS, True), (2 * STEP_SECONDS, False), (-60, False)):
        found = matching_step(SECRET, code, now=NOW + timedelta(seconds=seconds), last_step=None)
        assert (found is not None) is counts, seconds


def test_a_step_that_was_used_never_counts_again() -> None:
    step = step_at(NOW)
    assert matching_step(SECRET, code_at_step(SECRET, step), now=NOW, last_step=step) is None
    # nor one before it, which somebody may have read over her shoulder
    assert matching_step(SECRET, code_at_step(SECRET, step - 1), now=NOW, last_step=step) is None
    assert matching_step(SECRET, code_at_step(SECRET, step + 1), now=NOW, last_step=step) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_never_right(code: str) -> None:
    assert matching_step(SECRET, code, now=NOW, last_step=None) is None


def test_an_authenticator_app_is_told_whose_secret_it_is() -> None:
    address = address_for_app(SECRET, login_name="liu.cuizhu", issuer="Yinian")
    assert address.startswith("otpauth://totp/Yinian:liu.cuizhu?")
    assert f"secret={SECRET}" in address
    assert new_secret() != new_secret()


def test_recovery_codes_differ_and_are_read_as_people_type_them() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    for code in codes:
        assert normal_recovery_code(f" {code.lower().replace('-', ' ')} ") == code


def test_a_password_is_right_or_not_and_nobodys_never() -> None:
    kept = hashed("correct horse")
    assert kept.startswith("$argon2id$")
    assert is_right("correct horse", kept)
    assert not is_right("correct horsE", kept)
    assert not is_right("correct horse", None)


@pytest.mark.parametrize("password", ["nine char", "a" * 201, "my liu.cuizhu!", "LIU.CUIZHU 2026"])
def test_a_short_or_guessable_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_strength(password, login_name="liu.cuizhu")


def test_ten_characters_in_any_script_are_enough() -> None:
    check_strength("春眠不觉晓处处闻啼鸟", login_name="liu.cuizhu")
