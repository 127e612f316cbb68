"""Family members sign in with a phone of their own; nobody learns who is registered."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import AuditEntry
from services.family import find_family_member, name_family_member, register_family_member
from services.messages import OutgoingMessage
from services.messages.tables import VARIABLES
from services.people import PhoneNumberWrong
from services.sealing import vault_of
from services.sign_in import (
    FAMILY_CODES_PER_ADDRESS,
    CodeChecked,
    CodeRequested,
    Entrance,
    check_code,
    open_family_session,
    request_code,
    sign_out,
    signed_in,
)
from tests.delegating import CITY, DAUGHTERS_PHONE, NOW, texts_at

ADDRESS = "10.0.0.7"


def texted_code(session: Session) -> str:
    message = session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
    assert message is not None
    code: str = json.loads(vault_of(session).open(message.variables_sealed, context=VARIABLES))["code"]
    return code


def ask_code(session: Session, phone: str, entrance: Entrance) -> CodeRequested:
    return request_code(session, phone=phone, address=ADDRESS, city=CITY, now=NOW, entrance=entrance).outcome


def test_a_phone_that_nobody_registered_gets_a_code_as_family_only(session: Session) -> None:
    assert ask_code(session, DAUGHTERS_PHONE, Entrance.SENIOR) is CodeRequested.SENT
    assert texts_at(session, DAUGHTERS_PHONE) == []
    assert ask_code(session, DAUGHTERS_PHONE, Entrance.FAMILY) is CodeRequested.SENT
    assert texts_at(session, DAUGHTERS_PHONE) == ["sign_in_code"]


def test_the_right_code_opens_the_session_of_a_family_member(session: Session) -> None:
    ask_code(session, DAUGHTERS_PHONE, Entrance.FAMILY)
    about = {"phone": DAUGHTERS_PHONE, "address": ADDRESS, "city": CITY, "now": NOW}
    code = texted_code(session)
    # The same code is no senior's: nobody is registered with this phone.
    as_senior = check_code(session, code=code, **about)  # type: ignore[arg-type]
    assert as_senior.outcome is CodeChecked.WRONG
    check = check_code(session, code=code, entrance=Entrance.FAMILY, **about)  # type: ignore[arg-type]
    assert check.outcome is CodeChecked.ACCEPTED
    token = open_family_session(session, phone=DAUGHTERS_PHONE, city=CITY, now=NOW)
    found = signed_in(session, token=token, now=NOW)
    assert found is not None
    assert found.person is None
    assert found.family_member is not None
    assert (found.family_member.name, found.family_member.masked_phone) == (None, "154****0201")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "signed_in")).one()
    assert (entry.actor_kind, entry.actor_family_member_id) == ("family_member", found.family_member.id)
    sign_out(session, token=token, now=NOW)
    assert signed_in(session, token=token, now=NOW) is None


def test_she_is_the_same_one_the_next_time_and_keeps_her_name(session: Session) -> None:
    first = register_family_member(session, phone=DAUGHTERS_PHONE, city=CITY, now=NOW)
    name_family_member(session, first.id, "  林小红 ")
    again = register_family_member(session, phone=f"+86 {DAUGHTERS_PHONE}", city=CITY, now=NOW + timedelta(days=1))
    assert (again.id, again.name, again.masked_name) == (first.id, "林小红", "林*红")
    name_family_member(session, first.id, "   ")
    found = find_family_member(session, DAUGHTERS_PHONE)
    assert found is not None
    assert found.name == "林小红"


def test_codes_to_any_number_are_few_from_one_address(session: Session) -> None:
    for number in range(FAMILY_CODES_PER_ADDRESS.most):
        assert ask_code(session, f"154000{number:05}", Entrance.FAMILY) is CodeRequested.SENT
    assert ask_code(session, "15400099999", Entrance.FAMILY) is CodeRequested.TOO_MANY
    # Seniors behind the same address are not held up by it.
    assert ask_code(session, "15400000002", Entrance.SENIOR) is CodeRequested.SENT


def test_a_number_that_is_none_is_told(session: Session) -> None:
    with pytest.raises(PhoneNumberWrong):
        ask_code(session, "12345", Entrance.FAMILY)
