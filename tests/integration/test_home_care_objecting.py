"""After a visit: confirming, rating, complaining, and the community worker who decides."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import NotAllowed
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.audit import AuditEntry
from services.decisions import Choice, decide
from services.home_care import (
    LONGEST_WORDS,
    ComplaintAbout,
    Rating,
    ServiceState,
    TooLateToObject,
    VisitStepNotPossible,
    WordsTooLong,
    complain,
    confirm_visit,
    decide_complaint,
    get_complaint,
    list_booking_events,
)
from services.people import Person
from services.vouchers import VoucherKind, VoucherPart, held_vouchers
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about, worker
from tests.conftest import NOW, person_named
from tests.visits import REASON, SYSTEM, community_worker_of, herself, look_after, office, texts_to, visit

SUBSIDY = VoucherKind.HOME_CARE_SUBSIDY


@pytest.fixture
def li(session: Session) -> Person:
    """李德全, with 300 yuan of the subsidy."""
    return person_named(session, "李德全")


def test_she_confirms_once_and_what_was_held_is_spent(session: Session, li: Person) -> None:
    found = visit(session, li, ServiceState.DONE, service="CARE")
    assert held_vouchers(session, [found.id])[found.id].held == (VoucherPart(SUBSIDY, 4500),)
    found.confirm(rating=None)
    found.confirm(rating=Rating.VERY_GOOD)
    found.confirm(rating=Rating.POOR)
    assert (found.now.state, found.now.rating) == (ServiceState.CONFIRMED, Rating.VERY_GOOD)
    assert held_vouchers(session, [found.id])[found.id].spent == (VoucherPart(SUBSIDY, 4500),)
    kinds = [event.kind for event in list_booking_events(session, herself(li), booking_id=found.id)]
    assert kinds.count("confirmed") == kinds.count("rated") == 1


def test_ratings_are_averages_of_what_was_said(session: Session, wang: Person) -> None:
    huang = person_named(session, "黄婉仪")
    for person, at, rating in ((wang, time(9), Rating.VERY_GOOD), (huang, time(15), Rating.GOOD)):
        done = visit(session, person, ServiceState.DONE, service="TALK", at=at)
        done.confirm(rating=rating)
    (mei,) = done.now.workers
    assert (mei.rating_tenths, mei.ratings) == (45, 2)


def test_a_week_after_the_visit_it_is_too_late_and_it_counts_as_confirmed(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.DONE)
    until = found.now.object_until_at
    assert until is not None
    assert found.now.can_be_confirmed(until)
    later = until + timedelta(seconds=1)
    for deed in (
        lambda: confirm_visit(session, herself(wang), booking_id=found.id, now=later),
        lambda: complain(session, herself(wang), booking_id=found.id, about=ComplaintAbout.OTHER, now=later),
    ):
        with pytest.raises(TooLateToObject):
            deed()
    assert not found.now.can_be_confirmed(later)
    assert "confirmed" not in look_after(session, until)
    assert look_after(session, later)["confirmed"] == 1
    assert found.now.state is ServiceState.CONFIRMED
    with pytest.raises(TooLateToObject):
        confirm_visit(session, herself(wang), booking_id=found.id, rating=Rating.POOR, now=later)


@pytest.mark.parametrize("state", [ServiceState.DONE, ServiceState.CONFIRMED])
def test_a_complaint_is_one_step_and_stops_the_payment(session: Session, li: Person, state: ServiceState) -> None:
    found = visit(session, li, state, service="CARE")
    made = complain(
        session,
        herself(li),
        booking_id=found.id,
        about=ComplaintAbout.LATE_OR_SHORT,
        words=" 只来了半小时 ",
        now=found.row.ends_at,
    )
    assert (made.state, made.complaint) == (ServiceState.DISPUTED, ComplaintAbout.LATE_OR_SHORT)
    found.complain()
    assert found.now.complaint is ComplaintAbout.LATE_OR_SHORT
    assert texts_to(session, li)[-1] == "service_complaint_received"
    assert set(tasks_about(session, li)) == {TaskKind.SERVICE_COMPLAINT}
    seen = get_complaint(session, community_worker_of(li), booking_id=found.id)
    assert seen is not None
    assert (seen.words, seen.upheld) == ("只来了半小时", None)
    for entry in session.scalars(select(AuditEntry).where(AuditEntry.subject_id == found.id)):
        assert "半小时" not in str(entry.facts)


def test_a_complaint_that_is_right_gives_the_vouchers_back(session: Session, li: Person) -> None:
    found = visit(session, li, ServiceState.CONFIRMED, service="CARE")
    found.complain()
    found.decide(upheld=True)
    assert found.now.state is ServiceState.NOT_CHARGED
    now = held_vouchers(session, [found.id])[found.id]
    assert (now.held, now.spent) == ((), ())
    assert texts_to(session, li)[-1] == "service_complaint_upheld"
    assert tasks_about(session, li) == {}


@pytest.mark.parametrize("state", [ServiceState.DONE, ServiceState.CONFIRMED])
def test_a_complaint_that_is_not_right_leaves_the_visit_paid(session: Session, li: Person, state: ServiceState) -> None:
    found = visit(session, li, state, service="CARE")
    found.complain()
    found.decide(upheld=False)
    assert found.now.state is ServiceState.CONFIRMED
    assert held_vouchers(session, [found.id])[found.id].spent == (VoucherPart(SUBSIDY, 4500),)
    assert texts_to(session, li)[-1] == "service_complaint_not_upheld"
    found.complain()
    assert found.now.state is ServiceState.CONFIRMED


@pytest.mark.parametrize("state", [ServiceState.NOT_AT_HOME, ServiceState.MISSED])
def test_a_complaint_about_a_visit_that_nobody_made_never_costs_her_anything(
    session: Session, wang: Person, state: ServiceState
) -> None:
    found = visit(session, wang, state)
    assert found.now.can_be_complained_about(found.row.ends_at)
    found.complain()
    found.decide(upheld=False)
    assert found.now.state is state
    # Not the text that names an amount to pay.
    assert texts_to(session, wang)[-1] == "service_complaint_not_upheld_free"


def test_she_can_say_at_once_that_nobody_came(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    about = {"booking_id": found.id, "about": ComplaintAbout.NOBODY_CAME}
    just_before = found.row.ends_at - timedelta(seconds=1)
    assert not found.now.can_be_complained_about(just_before)
    with pytest.raises(VisitStepNotPossible):
        complain(session, herself(wang), **about, now=just_before)  # type: ignore[arg-type]
    assert found.now.can_be_complained_about(found.row.ends_at)
    complain(session, herself(wang), **about, now=found.row.ends_at)  # type: ignore[arg-type]
    assert found.now.state is ServiceState.DISPUTED
    found.decide(upheld=True)
    assert found.now.state is ServiceState.NOT_CHARGED


def test_while_a_complaint_is_open_a_yes_does_not_settle_it(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.DISPUTED)
    with pytest.raises(VisitStepNotPossible):
        found.confirm()
    assert found.now.state is ServiceState.DISPUTED


def test_words_have_their_length(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.DONE)
    with pytest.raises(WordsTooLong):
        complain(
            session,
            herself(wang),
            booking_id=found.id,
            about=ComplaintAbout.OTHER,
            words="差" * (LONGEST_WORDS + 1),
            now=found.row.ends_at,
        )


def test_only_a_person_of_her_community_decides_and_says_why(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.DISPUTED)
    about = {"booking_id": found.id, "upheld": False, "now": NOW}
    with pytest.raises(OnlyByPeople):
        decide_complaint(session, SYSTEM, reason=REASON, **about)  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        decide_complaint(session, community_worker_of(wang), reason="  ", **about)  # type: ignore[arg-type]
    for stranger in (worker("景田", "福田区"), office(session), herself(wang)):
        with pytest.raises(NotAllowed):
            decide_complaint(session, stranger, reason=REASON, **about)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        get_complaint(session, office(session), booking_id=found.id)
    found.decide(upheld=False)
    with pytest.raises(VisitStepNotPossible):
        found.decide(upheld=True)


@pytest.mark.parametrize(
    ("choice", "state"),
    [(Choice.UPHOLD, ServiceState.NOT_CHARGED), (Choice.NOT_UPHOLD, ServiceState.CONFIRMED)],
)
def test_the_worker_decides_from_her_list(session: Session, wang: Person, choice: Choice, state: ServiceState) -> None:
    found = visit(session, wang, ServiceState.DISPUTED)
    task = tasks_about(session, wang)[TaskKind.SERVICE_COMPLAINT]
    closed = decide(
        session, community_worker_of(wang), task_id=task.id, choice=choice, reason=REASON, now=found.row.ends_at
    )
    assert not closed.is_open
    assert closed.reason == REASON
    assert found.now.state is state


def test_nobody_complains_for_somebody_else(session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.DONE)
    stranger = herself(person_named(session, "黄婉仪"))
    with pytest.raises(NotAllowed):
        complain(session, stranger, booking_id=found.id, about=ComplaintAbout.OTHER, now=found.row.ends_at)
    with pytest.raises(NotAllowed):
        confirm_visit(session, stranger, booking_id=found.id, now=found.row.ends_at)
    assert get_complaint(session, herself(wang), booking_id=found.id) is None
