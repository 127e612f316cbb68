"""Signing in by code on the real database."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import sign_in
from services.actor import NotAllowed
from services.messages import OutgoingMessage
from services.messages.tables import VARIABLES
from services.people import Person, PhoneNumberWrong
from services.rate_limits import RateLimit, forget_old, seconds_to_wait
from services.sealing import vault_of
from services.sign_in import CodeCheck, CodeChecked, CodeRequest, CodeRequested
from tests.conftest import NOW, person_named

PHONE, SHARED, UNKNOWN = "15400000002", "15400000001", "15400009999"
ADDRESS = "127.0.0.1"


def request(session: Session, phone: str = PHONE, **change: object) -> CodeRequest:
    arguments = {"phone": phone, "address": ADDRESS, "city": "shenzhen", "now": NOW} | change
    return sign_in.request_code(session, **arguments)  # type: ignore[arg-type]


def check(session: Session, code: str, phone: str = PHONE, **change: object) -> CodeCheck:
    arguments = {"phone": phone, "code": code, "address": ADDRESS, "city": "shenzhen", "now": NOW} | change
    return sign_in.check_code(session, **arguments)  # type: ignore[arg-type]


def texted_code(session: Session) -> str:
    message = session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
    assert message is not None
    assert message.template == "sign_in_code"
    code: str = json.loads(vault_of(session).open(message.variables_sealed, context=VARIABLES))["code"]
    return code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_texted_code_opens_a_session_that_lasts(session: Session, wang: Person) -> None:
    assert request(session).outcome is CodeRequested.SENT
    accepted = check(session, texted_code(session))
    assert accepted == CodeCheck(CodeChecked.ACCEPTED, people=(wang,))
    token = sign_in.open_session(session, person_id=wang.id, phone=PHONE, city="shenzhen", now=NOW)
    for later in (timedelta(0), timedelta(days=29), timedelta(days=57)):
        signed_in = sign_in.signed_in(session, token=token, now=NOW + later)
        assert signed_in is not None
        assert signed_in.person == wang
    assert sign_in.signed_in(session, token=token, now=NOW + timedelta(days=100)) is None
    assert sign_in.signed_in(session, token="x", now=NOW) is None


def test_signing_out_ends_the_session(session: Session, wang: Person) -> None:
    token = sign_in.open_session(session, person_id=wang.id, phone=PHONE, city="shenzhen", now=NOW)
    sign_in.sign_out(session, token=token, now=NOW)
    assert sign_in.signed_in(session, token=token, now=NOW) is None


def test_a_code_works_once_and_for_ten_minutes(session: Session) -> None:
    request(session)
    code = texted_code(session)
    assert check(session, code, now=NOW + timedelta(minutes=10)).outcome is CodeChecked.EXPIRED
    assert check(session, code, now=NOW + timedelta(minutes=9, seconds=59)).outcome is CodeChecked.ACCEPTED
    assert check(session, code).outcome is CodeChecked.EXPIRED


def test_the_sixth_try_fails_even_with_the_right_code(session: Session) -> None:
    request(session)
    code = texted_code(session)
    answers = [check(session, wrong(code)) for _ in range(5)]
    assert [answer.tries_left for answer in answers] == [4, 3, 2, 1, 0]
    assert answers[-1].outcome is CodeChecked.NO_TRIES_LEFT
    assert check(session, code).outcome is CodeChecked.NO_TRIES_LEFT
    request(session)
    assert check(session, texted_code(session)).outcome is CodeChecked.ACCEPTED


def test_a_new_code_takes_the_place_of_the_old_one(session: Session) -> None:
    request(session)
    old = texted_code(session)
    request(session)
    new = texted_code(session)
    if old != new:
        assert check(session, old).outcome is CodeChecked.WRONG
    assert check(session, new).outcome is CodeChecked.ACCEPTED


def test_an_unknown_phone_is_answered_like_a_known_one_but_gets_no_text(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(OutgoingMessage))
    assert request(session, UNKNOWN) == request(session, PHONE)
    assert session.scalar(select(func.count()).select_from(OutgoingMessage)) == (before or 0) + 1
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_messages'"
    assert session.connection().exec_driver_sql(jobs).scalar() == 1
    assert check(session, "000000", UNKNOWN) == check(session, wrong(texted_code(session)), PHONE)


def test_a_shared_phone_offers_both_and_nobody_else(session: Session, wang: Person) -> None:
    request(session, SHARED)
    people = check(session, texted_code(session), SHARED).people
    assert {person.name for person in people} == {"陈丽英", "林国华"}
    with pytest.raises(NotAllowed):
        sign_in.open_session(session, person_id=wang.id, phone=SHARED, city="shenzhen", now=NOW)


def test_too_many_codes_make_her_wait_and_say_how_long(session: Session) -> None:
    answers = [request(session) for _ in range(6)]
    assert [answer.outcome for answer in answers] == [CodeRequested.SENT] * 5 + [CodeRequested.TOO_MANY]
    assert 0 < answers[-1].wait_seconds <= 600
    later = NOW + timedelta(seconds=answers[-1].wait_seconds)
    assert request(session, now=later).outcome is CodeRequested.SENT


def test_pressing_on_while_she_has_to_wait_does_not_use_up_the_day(session: Session) -> None:
    for _ in range(60):
        request(session)
    assert request(session, now=NOW + timedelta(minutes=10)).outcome is CodeRequested.SENT


def test_a_wrong_phone_number_is_refused_before_anything_is_counted(session: Session) -> None:
    with pytest.raises(PhoneNumberWrong) as refused:
        request(session, "1540000000")
    assert refused.value.facts["digits"] == 10


def test_counters_are_forgotten_when_their_window_is_over(session: Session) -> None:
    limit = RateLimit("tried", 1, timedelta(minutes=1))
    arguments = {"subject": "x", "city": "shenzhen"}
    assert seconds_to_wait(session, limit, **arguments, now=NOW) == 0
    assert seconds_to_wait(session, limit, **arguments, now=NOW) > 0
    forget_old(session, now=NOW + timedelta(minutes=2))
    assert seconds_to_wait(session, limit, **arguments, now=NOW) == 0


def test_the_demo_clock_sees_couples_by_their_phone(session: Session) -> None:
    assert person_named(session, "陈丽英").age_on(NOW.date()) == 69
