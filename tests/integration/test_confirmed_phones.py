"""A number that nobody confirmed for a year: what comes from it is a reason to ask her, and no consent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from services.actor import Channel
from services.allowances import CaseState, agree_to_offer, check_applications
from services.confirmed_phones import confirmed_on
from services.people import Person, find_people_by_phone, phone_of
from services.registry import import_extract
from services.sign_in import open_session
from services.worker_tasks import TaskKind
from tests import delegating
from tests.allowances import CITY, NOW, SYSTEM, case_of, herself, learn, offered, tasks_about
from tests.conftest import NOW as DEMO_NOW
from tests.delegating import asked_for, texts_at
from tests.extracts import extract, household

A_YEAR_AGO, LONGER_AGO = NOW - timedelta(days=365), NOW - timedelta(days=366)


def agrees(
    session: Session, *, known_since: datetime, through: Channel = Channel.TEXT_MESSAGE, signed_in: bool = False
) -> Person:
    """Somebody who agreed to an offer and was looked at. Her number was written down on a day."""
    person, case = offered(session, created_at=known_since)
    if signed_in:
        phone = phone_of(session, person.id) or ""
        open_session(session, person_id=person.id, phone=phone, city=CITY, now=NOW - timedelta(days=30))
    agree_to_offer(session, herself(person, through), case_id=case.id, now=NOW)
    check_applications(session, SYSTEM, now=NOW)
    return person


def test_a_text_from_a_number_unconfirmed_for_a_year_is_put_to_a_worker(session: Session) -> None:
    person = agrees(session, known_since=LONGER_AGO)
    assert case_of(session, person).state is CaseState.IN_REVIEW
    assert tasks_about(session, person)[TaskKind.REVIEW].facts["doubts"] == ["phone_not_confirmed"]


@pytest.mark.parametrize(
    "confirmed",
    [
        {"known_since": A_YEAR_AGO},
        # a code was sent to the number and typed in
        {"known_since": LONGER_AGO, "signed_in": True},
        # she is signed in herself, so that her word does not rest on the number
        {"known_since": LONGER_AGO, "through": Channel.SCREEN},
    ],
)
def test_where_it_was_confirmed_or_does_not_matter_the_machine_approves(
    session: Session, confirmed: dict[str, object]
) -> None:
    person = agrees(session, **confirmed)  # type: ignore[arg-type]
    assert case_of(session, person).state is CaseState.ACTIVE


def test_a_register_confirms_the_number_that_it_states_and_no_other(session: Session) -> None:
    rows = [household(phone="15400020700"), household(phone="15400020799")]
    for row, day in ((rows[0], "2026-09-01"), (rows[0], "2026-10-01"), (rows[1], "2026-11-01")):
        import_extract(session, SYSTEM, extract("household", [row], on=day), city=CITY, now=NOW)
        (person,) = find_people_by_phone(session, row["phone"])
        assert str(confirmed_on(session, person.id)) == day
    learn(session, person, phone_sealed=None, phone_index=None)
    assert confirmed_on(session, person.id) is None


def test_who_may_act_for_her_is_not_asked_by_text_at_such_a_number(session: Session, wang: Person) -> None:
    learn(session, wang, created_at=DEMO_NOW - timedelta(days=400))
    asked_for(session, wang, "15400000002", now=delegating.NOW)
    assert "delegation_asked" not in texts_at(session, "15400000002")
    task = tasks_about(session, wang)[TaskKind.DELEGATION_REQUEST]
    assert task.facts["because"] == "phone_not_confirmed"
