"""Campaigns of certification: who is asked, who is certified how, who missed it, and what becomes of the payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.allowances import CaseState, decide_stop, get_case, propose_stops
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.certification import (
    ChallengeUnknown,
    CheckOutcome,
    EvidenceKind,
    MustBeSpoken,
    NothingMissed,
    NothingToCertify,
    NoWindowNow,
    TooManyMissed,
    WindowStillOpen,
    ask_for_visit,
    certification_of,
    certify_self,
    close_campaign,
    current_campaign,
    decide_missed,
    open_campaign,
    record_visit,
    send_reminders,
    start_self_certification,
)
from services.certification.tables import ChallengeRow, ProofRow
from services.database import new_id
from services.people import Person, PersonRow
from services.worker_tasks import TaskKind
from tests.certifying import (
    AFTER,
    CITY,
    HALFWAY,
    LAST_EVENING,
    NEAR_THE_END,
    NEXT_OPENING,
    OPENING,
    SYSTEM,
    begin_empty,
    paid_case,
    paid_copies,
    speaking,
    tasks_about,
    texts_to,
    worker_of,
)
from tests.conftest import person_named
from tests.opened import EVERY_RECORD


@pytest.fixture(autouse=True)
def nobody_is_paid_yet(session: Session) -> None:
    begin_empty(session)


@pytest.fixture
def case_id(session: Session, wang: Person) -> UUID:
    """王秀珍 is paid."""
    return paid_case(session, wang)


def opened(session: Session) -> None:
    open_campaign(session, SYSTEM, city=CITY, now=OPENING)


def missed(session: Session) -> None:
    opened(session)
    close_campaign(session, SYSTEM, city=CITY, now=AFTER)


def certified_by_voice(session: Session, person: Person, *, now: datetime = HALFWAY) -> None:
    challenge = start_self_certification(session, speaking(person), person_id=person.id, now=now)
    check = certify_self(
        session,
        speaking(person),
        person_id=person.id,
        challenge_id=challenge.id,
        digits_heard=challenge.digits,
        now=now,
    )
    assert check.outcome is CheckOutcome.PASSED


# --- opening --------------------------------------------------------------------------------------


def test_whom_a_worker_found_alive_is_asked_although_a_register_has_her_death(
    session: Session, wang: Person, case_id: UUID
) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(died_on=date(2026, 10, 1)))
    propose_stops(session, SYSTEM, now=OPENING)
    decide_stop(session, worker_of(wang), case_id=case_id, stop=False, reason="她在家", now=OPENING)
    opened(session)
    assert certification_of(session, SYSTEM, person_id=wang.id, now=OPENING).due
    send_reminders(session, SYSTEM, city=CITY, now=OPENING)
    assert texts_to(session, wang)


def test_opening_takes_everybody_who_is_paid_and_nobody_else(session: Session, wang: Person) -> None:
    lin, guo, sun = (person_named(session, name) for name in ("林国华", "郭志强", "孙福生"))
    paid_case(session, wang)
    paid_case(session, lin)
    session.execute(update(PersonRow).where(PersonRow.id == lin.id).values(died_on=date(2026, 10, 1)))
    paid_case(session, guo, first_month=date(2026, 12, 1))
    report = open_campaign(session, SYSTEM, city=CITY, now=OPENING)
    assert (report.campaign.code, report.population, report.to_act, report.matched) == ("2026-11", 1, 1, {})
    assert certification_of(session, speaking(wang), person_id=wang.id, now=OPENING).due
    for other in (lin, guo, sun):
        assert certification_of(session, SYSTEM, person_id=other.id, now=OPENING).campaign is None


def test_opening_again_changes_nothing(session: Session, case_id: UUID) -> None:
    first = open_campaign(session, SYSTEM, city=CITY, now=OPENING)
    paid_case(session, person_named(session, "林国华"))
    assert open_campaign(session, SYSTEM, city=CITY, now=HALFWAY) == replace(first, was_open=True)
    current = current_campaign(session, city=CITY, now=LAST_EVENING)
    assert current is not None
    assert current.ends_on == date(2026, 11, 30)


def test_between_two_windows_there_is_no_campaign(session: Session) -> None:
    with pytest.raises(NoWindowNow) as refused:
        open_campaign(session, SYSTEM, city=CITY, now=AFTER)
    assert refused.value.facts == {"next_starts_on": date(2027, 5, 1)}
    assert current_campaign(session, city=CITY, now=AFTER) is None


def test_who_is_in_no_campaign_has_nothing_to_do_and_knows_when_the_next_begins(session: Session, wang: Person) -> None:
    status = certification_of(session, speaking(wang), person_id=wang.id, now=OPENING)
    assert not status.due
    assert status.next_starts_on == date(2027, 5, 1)
    with pytest.raises(NothingToCertify):
        start_self_certification(session, speaking(wang), person_id=wang.id, now=OPENING)


# --- her own voice --------------------------------------------------------------------------------


def test_the_digits_said_certify_her_and_she_gets_a_text(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    certified_by_voice(session, wang)
    status = certification_of(session, speaking(wang), person_id=wang.id, now=HALFWAY)
    assert (status.due, status.done_on, status.evidence) == (False, date(2026, 11, 15), EvidenceKind.SELF)
    assert texts_to(session, wang) == ["certification_done"]
    with pytest.raises(NothingToCertify):
        start_self_certification(session, speaking(wang), person_id=wang.id, now=HALFWAY)


def test_the_same_digits_stay_while_they_count_and_never_come_again(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    first = start_self_certification(session, speaking(wang), person_id=wang.id, now=OPENING)
    later = OPENING + timedelta(minutes=4, seconds=59)
    assert start_self_certification(session, speaking(wang), person_id=wang.id, now=later) == first
    seen = {first.digits}
    for minutes in range(5, 200, 5):
        at = OPENING + timedelta(minutes=minutes)
        seen.add(start_self_certification(session, speaking(wang), person_id=wang.id, now=at).digits)
    assert len(seen) == 40
    assert len(set(session.scalars(select(ChallengeRow.digits)))) == 40


def test_after_five_minutes_digits_prove_nothing(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    challenge = start_self_certification(session, speaking(wang), person_id=wang.id, now=OPENING)
    check = certify_self(
        session,
        speaking(wang),
        person_id=wang.id,
        challenge_id=challenge.id,
        digits_heard=challenge.digits,
        now=OPENING + timedelta(minutes=5),
    )
    assert check.outcome is CheckOutcome.EXPIRED
    assert certification_of(session, speaking(wang), person_id=wang.id, now=OPENING).due


def test_three_tries_and_then_other_digits(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    challenge = start_self_certification(session, speaking(wang), person_id=wang.id, now=OPENING)

    def say(words: str) -> tuple[CheckOutcome, int]:
        check = certify_self(
            session,
            speaking(wang),
            person_id=wang.id,
            challenge_id=challenge.id,
            digits_heard=words,
            now=OPENING,
        )
        return check.outcome, check.tries_left

    assert say("听不清") == (CheckOutcome.WRONG, 2)
    assert say("") == (CheckOutcome.WRONG, 1)
    assert say("一二三") == (CheckOutcome.NO_TRIES_LEFT, 0)
    assert say(challenge.digits) == (CheckOutcome.NO_TRIES_LEFT, 0)
    assert start_self_certification(session, speaking(wang), person_id=wang.id, now=OPENING).id != challenge.id


def test_passed_once_stays_passed_however_often_it_is_sent(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    challenge = start_self_certification(session, speaking(wang), person_id=wang.id, now=OPENING)
    for _ in range(2):
        check = certify_self(
            session,
            speaking(wang),
            person_id=wang.id,
            challenge_id=challenge.id,
            digits_heard=challenge.digits,
            now=OPENING,
        )
        assert check.outcome is CheckOutcome.PASSED
    assert texts_to(session, wang) == ["certification_done"]


@pytest.mark.parametrize("channel", [Channel.SCREEN, Channel.TEXT_MESSAGE])
def test_typed_digits_are_no_proof_of_life(session: Session, wang: Person, case_id: UUID, channel: Channel) -> None:
    opened(session)
    typing = Actor.senior(wang.id, channel)
    challenge = start_self_certification(session, typing, person_id=wang.id, now=OPENING)
    with pytest.raises(MustBeSpoken):
        certify_self(
            session,
            typing,
            person_id=wang.id,
            challenge_id=challenge.id,
            digits_heard=challenge.digits,
            now=OPENING,
        )
    assert certification_of(session, typing, person_id=wang.id, now=OPENING).due


def test_nobody_says_the_digits_for_her(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    other = person_named(session, "黄婉仪")
    for actor in (speaking(other), worker_of(wang), SYSTEM):
        with pytest.raises(NotAllowed):
            start_self_certification(session, actor, person_id=wang.id, now=OPENING)
    paid_case(session, other)
    hers = start_self_certification(session, speaking(wang), person_id=wang.id, now=OPENING)
    with pytest.raises(ChallengeUnknown):
        certify_self(
            session,
            speaking(other),
            person_id=other.id,
            challenge_id=hers.id,
            digits_heard=hers.digits,
            now=OPENING,
        )


# --- visits and helpers ---------------------------------------------------------------------------


def test_a_visit_asked_for_is_on_the_list_once_and_the_worker_certifies(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    for _ in range(2):
        status = ask_for_visit(session, Actor.senior(wang.id, Channel.SCREEN), person_id=wang.id, now=HALFWAY)
    assert status.visit_asked_on == date(2026, 11, 15)
    (task,) = tasks_about(session, wang, HALFWAY)
    assert task.kind is TaskKind.CERTIFICATION_VISIT
    assert task.facts["because"] == "asked"
    assert texts_to(session, wang) == ["certification_visit"]
    done = record_visit(session, worker_of(wang), person_id=wang.id, passed=True, reason="本人在家", now=NEAR_THE_END)
    assert (done.due, done.evidence) == (False, EvidenceKind.VISIT)
    assert tasks_about(session, wang, NEAR_THE_END) == []


def test_a_visit_asked_for_by_text_is_answered_by_the_inbox(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    ask_for_visit(session, Actor.senior(wang.id, Channel.TEXT_MESSAGE), person_id=wang.id, now=HALFWAY)
    assert texts_to(session, wang) == []
    assert len(tasks_about(session, wang, HALFWAY)) == 1


def test_a_visit_asked_for_in_the_last_days_is_due_before_the_end(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    ask_for_visit(session, speaking(wang), person_id=wang.id, now=NEAR_THE_END)
    (task,) = tasks_about(session, wang, NEAR_THE_END)
    assert task.due_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("asked_on", "due_on"),
    [(20, date(2026, 11, 27)), (23, date(2026, 11, 30)), (24, date(2026, 11, 30)), (30, date(2026, 11, 30))],
)
def test_a_visit_is_due_in_five_working_days_but_never_after_the_window(
    session: Session, wang: Person, case_id: UUID, asked_on: int, due_on: date
) -> None:
    opened(session)
    asked_at = HALFWAY.replace(day=asked_on)
    ask_for_visit(session, speaking(wang), person_id=wang.id, now=asked_at)
    (task,) = tasks_about(session, wang, asked_at)
    assert task.due_on == due_on


def test_a_visit_that_did_not_succeed_stops_nothing(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    ask_for_visit(session, speaking(wang), person_id=wang.id, now=HALFWAY)
    status = record_visit(session, worker_of(wang), person_id=wang.id, passed=False, reason="家里没人", now=HALFWAY)
    assert status.due
    assert tasks_about(session, wang, HALFWAY) == []
    assert get_case(session, SYSTEM, case_id=case_id).state is CaseState.ACTIVE


def test_only_a_worker_of_her_community_records_and_gives_a_reason(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    elsewhere = Actor.staff(
        ActorKind.COMMUNITY_WORKER,
        new_id(),
        Channel.SCREEN,
        community="景田",
        district="福田区",
        open_records=EVERY_RECORD,
    )
    for actor, refusal in ((elsewhere, NotAllowed), (speaking(wang), OnlyByPeople), (SYSTEM, OnlyByPeople)):
        with pytest.raises(refusal):
            record_visit(session, actor, person_id=wang.id, passed=True, reason="在家", now=HALFWAY)
    with pytest.raises(ReasonMissing):
        record_visit(session, worker_of(wang), person_id=wang.id, passed=True, reason=" ", now=HALFWAY)


# --- reminders ------------------------------------------------------------------------------------


def test_who_must_act_is_told_three_times_and_never_twice_at_one_step(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    for now in (
        OPENING,
        OPENING + timedelta(days=13),
        HALFWAY,
        HALFWAY,
        NEAR_THE_END,
        LAST_EVENING - timedelta(hours=7),
    ):
        send_reminders(session, SYSTEM, city=CITY, now=now)
    assert texts_to(session, wang) == ["certification_due", "certification_reminder", "certification_reminder"]


def test_steps_that_fell_out_are_not_made_up_for(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    for _ in range(3):
        send_reminders(session, SYSTEM, city=CITY, now=NEAR_THE_END)
    assert texts_to(session, wang) == ["certification_due"]


@pytest.mark.parametrize("hour", [0, 10, 13])
def test_nobody_is_told_at_night(session: Session, wang: Person, case_id: UUID, hour: int) -> None:
    opened(session)
    night = OPENING.replace(hour=hour) if hour else OPENING - timedelta(hours=1)
    assert not send_reminders(session, SYSTEM, city=CITY, now=night).anybody


def test_who_is_certified_or_waits_for_a_visit_is_not_reminded(session: Session, wang: Person, case_id: UUID) -> None:
    lin = person_named(session, "林国华")
    paid_case(session, lin)
    opened(session)
    certified_by_voice(session, wang, now=OPENING)
    ask_for_visit(session, speaking(lin), person_id=lin.id, now=OPENING)
    assert not send_reminders(session, SYSTEM, city=CITY, now=HALFWAY).anybody


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"phone_sealed": None, "phone_index": None}, "no_phone"),
        ({"resident": False}, "lives_away"),
    ],
)
def test_a_worker_goes_where_a_text_is_no_help(
    session: Session, wang: Person, case_id: UUID, changed: dict[str, object], because: str
) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(**changed))
    opened(session)
    for now in (OPENING, HALFWAY, NEAR_THE_END):
        send_reminders(session, SYSTEM, city=CITY, now=now)
    (task,) = tasks_about(session, wang, HALFWAY)
    assert (task.kind, task.facts["because"]) == (TaskKind.CERTIFICATION_VISIT, because)
    assert texts_to(session, wang) == []


def test_the_dead_and_those_whose_case_ended_are_left_in_peace(session: Session, wang: Person, case_id: UUID) -> None:
    lin = person_named(session, "林国华")
    ended = paid_case(session, lin)
    opened(session)
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(died_on=date(2026, 11, 2)))
    session.execute(
        text("UPDATE allowance_cases SET state = 'stopped', stopped_from = first_month WHERE id = :id"), {"id": ended}
    )
    assert not send_reminders(session, SYSTEM, city=CITY, now=HALFWAY).anybody
    (report,) = close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    # The death may turn out to be wrong, so that somebody must look; what has stopped is over.
    assert (report.missed, report.to_decide) == (2, 1)


def test_many_are_told_in_groups(session: Session) -> None:
    for name in ("王秀珍", "林国华", "黄婉仪"):
        paid_case(session, person_named(session, name))
    opened(session)
    told = [send_reminders(session, SYSTEM, city=CITY, now=OPENING, limit=2).asked for _ in range(3)]
    assert told == [2, 1, 0]


# --- missed ---------------------------------------------------------------------------------------


def test_a_campaign_is_closed_only_when_its_last_day_is_over(session: Session, case_id: UUID) -> None:
    opened(session)
    with pytest.raises(WindowStillOpen):
        close_campaign(session, SYSTEM, city=CITY, now=LAST_EVENING)
    (report,) = close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    assert (report.population, report.missed, report.to_decide) == (1, 1, 1)
    assert close_campaign(session, SYSTEM, city=CITY, now=AFTER) == ()


def test_missing_it_stops_nothing_until_a_worker_decides(session: Session, wang: Person, case_id: UUID) -> None:
    missed(session)
    status = certification_of(session, speaking(wang), person_id=wang.id, now=AFTER)
    assert (status.due, status.missed, status.suspended, status.until_on) == (True, True, False, None)
    (task,) = tasks_about(session, wang, AFTER)
    assert task.kind is TaskKind.MISSED_CERTIFICATION
    assert task.facts["suspend_from"] == "2026-12-01"
    assert task.facts["visit_asked"] is False
    assert get_case(session, SYSTEM, case_id=case_id).state is CaseState.ACTIVE


def test_a_worker_suspends_from_the_next_month_and_late_certification_brings_it_back(
    session: Session, wang: Person, case_id: UUID
) -> None:
    missed(session)
    status = decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="三次联系不上", now=AFTER)
    assert status.suspended
    case = get_case(session, SYSTEM, case_id=case_id)
    assert (case.state, case.suspended_from) == (CaseState.SUSPENDED, date(2026, 12, 1))
    assert tasks_about(session, wang, AFTER) == []
    later = AFTER + timedelta(days=70)
    certified_by_voice(session, wang, now=later)
    assert get_case(session, SYSTEM, case_id=case_id).state is CaseState.ACTIVE
    status = certification_of(session, speaking(wang), person_id=wang.id, now=later)
    assert (status.due, status.missed, status.suspended) == (False, False, False)
    assert texts_to(session, wang) == ["allowance_suspended", "allowance_resumed"]


def test_a_worker_may_leave_the_payment_as_it_is(session: Session, wang: Person, case_id: UUID) -> None:
    missed(session)
    decide_missed(session, worker_of(wang), person_id=wang.id, suspend=False, reason="住院,已电话核实", now=AFTER)
    assert get_case(session, SYSTEM, case_id=case_id).state is CaseState.ACTIVE
    assert tasks_about(session, wang, AFTER) == []
    with pytest.raises(NothingMissed):
        decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="再想想", now=AFTER)


def test_certified_late_before_anybody_decided_nothing_was_ever_stopped(
    session: Session, wang: Person, case_id: UUID
) -> None:
    missed(session)
    certified_by_voice(session, wang, now=AFTER)
    assert tasks_about(session, wang, AFTER) == []
    with pytest.raises(NothingMissed):
        decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="x", now=AFTER)


def test_suspending_is_decided_by_a_person_with_a_reason(session: Session, wang: Person, case_id: UUID) -> None:
    missed(session)
    with pytest.raises(OnlyByPeople):
        decide_missed(session, SYSTEM, person_id=wang.id, suspend=True, reason="auto", now=AFTER)
    with pytest.raises(NotAllowed):
        decide_missed(session, speaking(wang), person_id=wang.id, suspend=False, reason="me", now=AFTER)
    with pytest.raises(ReasonMissing):
        decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="", now=AFTER)


def test_the_task_says_that_she_asked_for_a_visit_that_nobody_made(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    ask_for_visit(session, speaking(wang), person_id=wang.id, now=NEAR_THE_END)
    close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    (task,) = (t for t in tasks_about(session, wang, AFTER) if t.kind is TaskKind.MISSED_CERTIFICATION)
    assert task.facts["visit_asked"] is True


def test_who_lapsed_is_asked_again_in_the_next_campaign_through_a_worker_and_then_owes_nothing(
    session: Session, wang: Person, case_id: UUID
) -> None:
    missed(session)
    decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="联系不上", now=AFTER)
    report = open_campaign(session, SYSTEM, city=CITY, now=NEXT_OPENING)
    assert (report.campaign.code, report.population) == ("2027-05", 1)
    send_reminders(session, SYSTEM, city=CITY, now=NEXT_OPENING)
    (task,) = tasks_about(session, wang, NEXT_OPENING)
    assert task.facts["because"] == "lapsed"
    status = certification_of(session, speaking(wang), person_id=wang.id, now=NEXT_OPENING)
    assert (status.missed, status.suspended) == (False, True)
    record_visit(session, worker_of(wang), person_id=wang.id, passed=True, reason="见到本人", now=NEXT_OPENING)
    assert get_case(session, SYSTEM, case_id=case_id).state is CaseState.ACTIVE
    assert tasks_about(session, wang, NEXT_OPENING) == []
    with pytest.raises(NothingToCertify):
        start_self_certification(session, speaking(wang), person_id=wang.id, now=NEXT_OPENING)


def test_two_campaigns_that_nobody_decided_about_are_decided_at_once(
    session: Session, wang: Person, case_id: UUID
) -> None:
    missed(session)
    open_campaign(session, SYSTEM, city=CITY, now=NEXT_OPENING)
    later = NEXT_OPENING + timedelta(days=31)
    close_campaign(session, SYSTEM, city=CITY, now=later)
    assert len(tasks_about(session, wang, later)) == 2
    decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="两次都没做", now=later)
    assert tasks_about(session, wang, later) == []
    assert get_case(session, SYSTEM, case_id=case_id).suspended_from == date(2026, 12, 1)


def test_who_is_suspended_already_is_not_decided_about_again(session: Session, wang: Person, case_id: UUID) -> None:
    missed(session)
    decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="联系不上", now=AFTER)
    open_campaign(session, SYSTEM, city=CITY, now=NEXT_OPENING)
    (report,) = close_campaign(session, SYSTEM, city=CITY, now=NEXT_OPENING + timedelta(days=31))
    assert (report.missed, report.to_decide) == (1, 0)


def test_when_strangely_many_missed_it_an_operator_looks_first(session: Session, wang: Person, case_id: UUID) -> None:
    paid_copies(session, wang, 99)
    opened(session)
    with pytest.raises(TooManyMissed) as alarm:
        close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    assert alarm.value.facts == {"campaign": "2026-11", "missed": 100, "population": 100}
    (report,) = close_campaign(session, SYSTEM, city=CITY, now=AFTER, although_many_missed=True)
    assert (report.missed, report.to_decide) == (100, 100)


# --- what is written stays ------------------------------------------------------------------------


def test_a_proof_is_never_changed(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    certified_by_voice(session, wang)
    with pytest.raises((ProgrammingError, SQLAlchemyError), match="only ever added"):
        session.execute(update(ProofRow).values(kind="visit"))


def test_operators_open_and_close_and_workers_do_not(session: Session, wang: Person) -> None:
    operator = Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN)
    open_campaign(session, operator, city=CITY, now=OPENING)
    close_campaign(session, operator, city=CITY, now=AFTER)
    for actor in (worker_of(wang), speaking(wang)):
        with pytest.raises(NotAllowed):
            open_campaign(session, actor, city=CITY, now=OPENING)
        with pytest.raises(NotAllowed):
            close_campaign(session, actor, city=CITY, now=AFTER)
