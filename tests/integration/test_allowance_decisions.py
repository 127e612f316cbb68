"""From the application to the last month: what the machine approves, what workers decide, what the registers change
(domain 3.7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Channel, NotAllowed
from services.allowances import (
    CaseState,
    EventKind,
    OnlyByPeople,
    ReasonMissing,
    StepNotPossible,
    StopReason,
    agree_to_offer,
    apply_for,
    check_applications,
    correct_first_months,
    decide_review,
    decide_stop,
    events_of,
    propose_stops,
    resume,
    suspend,
    take_over,
    withdraw,
)
from services.allowances.ledger.tables import PaymentLineRow, PaymentRunRow
from services.allowances.tables import SuspensionRow
from services.benefits import Benefit
from services.database import new_id
from services.people import Hukou
from services.registry.tables import RegistryFindingRow, RegistryImportRow
from services.worker_tasks import TaskKind, tasks_of
from tests.allowances import (
    CITY,
    NOW,
    SOON_70,
    SYSTEM,
    TODAY,
    approved,
    case_of,
    herself,
    learn,
    offered,
    screened,
    senior,
    tasks_about,
    texts_to,
    worker,
)

ALLOWANCE = Benefit.OLD_AGE_ALLOWANCE
WHY = "已上门核实"
IN_SPRING = datetime(2027, 4, 12, 3, 0, tzinfo=NOW.tzinfo)


def kinds_of(session: Session, case_id: Any) -> list[EventKind]:
    """What happened in a case."""
    return [event.kind for event in events_of(session, SYSTEM, case_id=case_id)]


def doubt(session: Session, person_id: Any) -> RegistryFindingRow:
    """The registers disagree about her."""
    imported = RegistryImportRow(
        id=new_id(),
        city=CITY,
        kind="household",
        source="示例来源",
        extract_on=TODAY,
        file_digest=new_id().bytes,
        counts={},
        imported_at=NOW,
    )
    session.add(imported)
    session.flush()
    finding = RegistryFindingRow(
        id=new_id(),
        city=CITY,
        kind="birth_on_differs",
        id_number_index=new_id().bytes,
        person_id=person_id,
        fingerprint="f",
        facts={},
        status="open",
        found_at=NOW,
        import_id=imported.id,
    )
    session.add(finding)
    session.flush()
    return finding


class TestApproving:
    def test_the_machine_approves_where_every_fact_is_certain(self, session: Session) -> None:
        person, case = approved(session)
        assert (case.state, case.first_month, case.amount_fen) == (CaseState.ACTIVE, date(2027, 1, 1), 20000)
        assert texts_to(session, person) == ["allowance_offer", "allowance_accepted", "allowance_approved"]
        assert kinds_of(session, case.id) == [EventKind.OFFERED, EventKind.AGREED, EventKind.APPROVED]
        assert not tasks_about(session, person)
        assert check_applications(session, SYSTEM, now=NOW) == 0

    def test_somebody_without_a_card_is_approved_and_a_worker_helps_her_to_one(self, session: Session) -> None:
        person, case = approved(session, card=False)
        assert case.state is CaseState.ACTIVE
        assert texts_to(session, person)[1:] == ["allowance_accepted_no_card", "allowance_approved_no_card"]
        assert set(tasks_about(session, person)) == {TaskKind.NO_CARD}

    def test_what_the_registers_contradict_is_for_a_worker_who_approves(self, session: Session) -> None:
        person, case = offered(session)
        doubt(session, person.id)
        agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
        check_applications(session, SYSTEM, now=NOW)
        assert (case_of(session, person).state, case_of(session, person).in_doubt) == (CaseState.IN_REVIEW, True)
        assert tasks_about(session, person)[TaskKind.REVIEW].facts["doubts"] == ["registers_disagree"]
        for _ in range(2):
            decided = decide_review(session, worker(), case_id=case.id, approve=True, reason=WHY, now=NOW)
        assert (decided.state, decided.first_month) == (CaseState.ACTIVE, date(2027, 1, 1))
        assert texts_to(session, person).count("allowance_approved") == 1
        (task,) = tasks_of(session, SYSTEM, person_id=person.id)
        assert (task.decision, task.reason) == ("approve", WHY)

    def test_refusing_is_for_a_worker_with_a_reason_and_never_for_the_machine(self, session: Session) -> None:
        person, case = offered(session)
        agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
        learn(session, person, hukou=Hukou.ELSEWHERE, hukou_district=None)
        check_applications(session, SYSTEM, now=NOW)
        doubts = tasks_about(session, person)[TaskKind.REVIEW].facts["doubts"]
        assert doubts == ["hukou_not_in_city", "unknown_hukou_district"]
        with pytest.raises(OnlyByPeople):
            decide_review(session, SYSTEM, case_id=case.id, approve=False, reason=WHY, now=NOW)
        with pytest.raises(ReasonMissing):
            decide_review(session, worker(), case_id=case.id, approve=False, reason=" ", now=NOW)
        with pytest.raises(NotAllowed):
            decide_review(session, worker("别处"), case_id=case.id, approve=False, reason=WHY, now=NOW)
        refused = decide_review(session, worker(), case_id=case.id, approve=False, reason=WHY, now=NOW)
        assert (refused.state, refused.first_month) == (CaseState.REFUSED, None)
        assert texts_to(session, person)[-1] == "allowance_refused"
        with pytest.raises(StepNotPossible):
            decide_review(session, worker(), case_id=case.id, approve=True, reason=WHY, now=NOW)

    def test_death_after_consent_and_before_the_first_payment_is_not_approved_by_the_machine(
        self, session: Session
    ) -> None:
        person, case = offered(session)
        agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
        learn(session, person, died_on=date(2026, 12, 2))
        check_applications(session, SYSTEM, now=NOW + timedelta(days=20))
        assert case_of(session, person).state is CaseState.IN_REVIEW
        assert "died" in tasks_about(session, person)[TaskKind.REVIEW].facts["doubts"]

    def test_somebody_who_lives_away_keeps_her_right(self, session: Session) -> None:
        _, case = approved(session, resident=False)
        assert case.state is CaseState.ACTIVE

    @pytest.mark.parametrize(
        ("born", "agreed_on", "first"),
        [
            # in time, also on the last day of the month of the birthday
            (date(1957, 1, 31), date(2027, 1, 31), date(2027, 1, 1)),
            # a year late: nothing is paid back
            (date(1955, 6, 30), date(2026, 12, 24), date(2026, 12, 1)),
            # a leap day is reached in February
            (date(1956, 2, 29), date(2026, 11, 24), date(2026, 11, 1)),
        ],
    )
    def test_the_first_month_follows_from_age_and_application(
        self, session: Session, born: date, agreed_on: date, first: date
    ) -> None:
        at = datetime(agreed_on.year, agreed_on.month, agreed_on.day, 3, tzinfo=NOW.tzinfo)
        _, case = approved(session, born=born, agreed_at=at)
        assert case.first_month == first

    def test_somebody_born_on_a_leap_day_gets_the_offer_for_february(self, session: Session) -> None:
        person = senior(session, born=date(1960, 2, 29))
        screened(session, as_of=date(2029, 12, 1))
        case = case_of(session, person)
        at = datetime(2029, 12, 2, 3, tzinfo=NOW.tzinfo)
        agree_to_offer(session, herself(person, Channel.SCREEN), case_id=case.id, now=at)
        check_applications(session, SYSTEM, now=at)
        assert case_of(session, person).first_month == date(2030, 2, 1)


class TestStopping:
    def test_a_death_is_put_to_a_worker_who_stops_from_the_month_after_it(self, session: Session) -> None:
        person, case = approved(session)
        learn(session, person, died_on=date(2027, 3, 31))
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 1
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 0
        proposed = case_of(session, person)
        assert (proposed.state, proposed.stop_proposed_from) == (CaseState.ACTIVE, date(2027, 4, 1))
        with pytest.raises(OnlyByPeople):
            decide_stop(session, SYSTEM, case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        with pytest.raises(ReasonMissing):
            decide_stop(session, worker(), case_id=case.id, stop=True, reason=None, now=IN_SPRING)
        stopped = decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        assert (stopped.state, stopped.stopped_from) == (CaseState.STOPPED, date(2027, 4, 1))
        assert (stopped.stop_reason, stopped.stop_proposed_from) == (StopReason.DIED, None)
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 0

    def test_nobody_texts_the_phone_of_the_dead(self, session: Session) -> None:
        person, case = approved(session)
        before = texts_to(session, person)
        learn(session, person, died_on=date(2027, 3, 31))
        propose_stops(session, SYSTEM, now=IN_SPRING)
        decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        assert texts_to(session, person) == before

    def test_a_wrong_death_signal_takes_its_proposal_with_it(self, session: Session) -> None:
        person, case = approved(session)
        learn(session, person, died_on=date(2027, 3, 31))
        propose_stops(session, SYSTEM, now=IN_SPRING)
        learn(session, person, died_on=None)
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 1
        kept = case_of(session, person)
        assert (kept.state, kept.stop_proposed_from, kept.stop_reason) == (CaseState.ACTIVE, None, None)
        assert not tasks_about(session, person)
        assert kinds_of(session, case.id)[-2:] == [EventKind.STOP_PROPOSED, EventKind.STOP_PROPOSAL_DROPPED]

    def test_a_worker_who_met_her_alive_is_not_asked_again(self, session: Session) -> None:
        person, case = approved(session)
        learn(session, person, died_on=date(2027, 3, 31))
        propose_stops(session, SYSTEM, now=IN_SPRING)
        told = texts_to(session, person)
        kept = decide_stop(session, worker(), case_id=case.id, stop=False, reason=WHY, now=IN_SPRING)
        assert (kept.state, kept.stop_proposed_from) == (CaseState.ACTIVE, None)
        assert texts_to(session, person) == told, "she never heard of it"
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 0
        # Another report is another question.
        learn(session, person, died_on=date(2027, 4, 5))
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 1

    def test_a_stop_on_a_wrong_signal_is_put_to_a_worker_again_and_the_months_come_back(self, session: Session) -> None:
        person, case = approved(session)
        learn(session, person, died_on=date(2027, 2, 3))
        propose_stops(session, SYSTEM, now=IN_SPRING)
        decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        learn(session, person, died_on=None)
        assert (propose_stops(session, SYSTEM, now=IN_SPRING), propose_stops(session, SYSTEM, now=IN_SPRING)) == (1, 0)
        assert tasks_about(session, person)[TaskKind.STOP_DECISION].facts["wanted"] == "reinstate"
        back = decide_stop(session, worker(), case_id=case.id, stop=False, reason=WHY, now=IN_SPRING)
        assert (back.state, back.stopped_from, back.first_month) == (CaseState.ACTIVE, None, date(2027, 1, 1))
        assert texts_to(session, person)[-1] == "allowance_reinstated"

    def test_a_corrected_day_of_death_is_put_to_a_worker_again(self, session: Session) -> None:
        person, case = approved(session)
        learn(session, person, died_on=date(2027, 3, 31))
        propose_stops(session, SYSTEM, now=IN_SPRING)
        decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        learn(session, person, died_on=date(2027, 2, 1))
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 1
        corrected = decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        assert (corrected.state, corrected.stopped_from) == (CaseState.STOPPED, date(2027, 3, 1))
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 0

    def test_moving_between_districts_stops_nothing(self, session: Session) -> None:
        person, _ = approved(session)
        learn(session, person, hukou_district="龙华区", hukou_changed_on=date(2027, 3, 15))
        assert propose_stops(session, SYSTEM, now=IN_SPRING) == 0

    def test_leaving_the_city_stops_from_the_next_month_and_coming_back_brings_a_new_offer(
        self, session: Session
    ) -> None:
        person, case = approved(session)
        learn(session, person, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=date(2027, 3, 15))
        propose_stops(session, SYSTEM, now=IN_SPRING)
        stopped = decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        assert (stopped.stopped_from, stopped.stop_reason) == (date(2027, 4, 1), StopReason.MOVED_OUT)
        assert texts_to(session, person)[-1] == "allowance_stopped"
        assert screened(session, as_of=date(2027, 5, 2)).offers == 0
        learn(session, person, hukou=Hukou.SHENZHEN, hukou_district="罗湖区", hukou_changed_on=date(2027, 5, 1))
        assert screened(session, as_of=date(2027, 5, 2), now=IN_SPRING).offers == 1
        assert case_of(session, person).id != case.id

    def test_a_withdrawal_after_payment_stops_from_the_next_month(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person, case = approved(session, born=date(1950, 5, 1))
        pay_first_month(session, case)
        withdraw(session, herself(person), case_id=case.id, now=NOW)
        stopped = decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=NOW)
        assert (stopped.state, stopped.stopped_from) == (CaseState.STOPPED, date(2026, 12, 1))
        assert texts_to(session, person)[-1] == "allowance_stopped"

    def test_a_worker_can_stop_what_was_approved_by_mistake(self, session: Session) -> None:
        _, case = approved(session)
        stopped = decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        assert (stopped.stop_reason, stopped.stopped_from) == (StopReason.ERROR, date(2027, 5, 1))
        with pytest.raises(StepNotPossible):
            decide_stop(session, worker(), case_id=offered(session)[1].id, stop=False, reason=WHY, now=NOW)


def pay_first_month(session: Session, case: Any) -> None:
    """As the ledger writes it once the bank has the money."""
    run = PaymentRunRow(
        id=new_id(),
        city=CITY,
        benefit=ALLOWANCE,
        month=case.first_month,
        state="paid",
        changed_per_thousand=0,
        listed_at=NOW,
    )
    session.add(run)
    session.flush()
    session.add(
        PaymentLineRow(
            id=new_id(),
            city=CITY,
            run_id=run.id,
            person_id=case.person_id,
            benefit=ALLOWANCE,
            for_month=case.first_month,
            amount_fen=20000,
            status="paid",
        )
    )
    session.flush()


class TestSuspending:
    def test_a_missed_certification_suspends_and_a_late_one_resumes_with_back_pay(self, session: Session) -> None:
        person, case = approved(session)
        for _ in range(2):
            paused = suspend(session, worker(), case_id=case.id, from_month=date(2027, 6, 1), reason=WHY, now=IN_SPRING)
        assert (paused.state, paused.suspended_from) == (CaseState.SUSPENDED, date(2027, 6, 1))
        for _ in range(2):
            resumed = resume(session, SYSTEM, case_id=case.id, now=IN_SPRING + timedelta(days=120))
        assert (resumed.state, resumed.suspended_from) == (CaseState.ACTIVE, None)
        (pause,) = session.scalars(select(SuspensionRow).where(SuspensionRow.case_id == case.id))
        assert (pause.from_month, pause.resumed_on, pause.back_pay) == (date(2027, 6, 1), date(2027, 8, 10), True)
        assert texts_to(session, person)[-2:] == ["allowance_suspended", "allowance_resumed"]

    def test_the_machine_suspends_nobody(self, session: Session) -> None:
        _, case = approved(session)
        with pytest.raises(OnlyByPeople):
            suspend(session, SYSTEM, case_id=case.id, from_month=date(2027, 6, 1), reason=WHY, now=IN_SPRING)

    def test_somebody_who_died_while_suspended_is_put_to_a_worker_as_well(self, session: Session) -> None:
        person, case = approved(session)
        suspend(session, worker(), case_id=case.id, from_month=date(2027, 6, 1), reason=WHY, now=IN_SPRING)
        learn(session, person, died_on=date(2027, 7, 1))
        assert propose_stops(session, SYSTEM, now=IN_SPRING + timedelta(days=100)) == 1
        stopped = decide_stop(session, worker(), case_id=case.id, stop=True, reason=WHY, now=IN_SPRING)
        assert (stopped.state, stopped.stopped_from) == (CaseState.STOPPED, date(2027, 8, 1))


def test_a_corrected_birth_date_corrects_the_first_month(session: Session) -> None:
    person, case = approved(session)
    learn(session, person, birth_on=date(1956, 12, 1))
    assert (correct_first_months(session, SYSTEM, now=IN_SPRING), correct_first_months(session, SYSTEM, now=NOW)) == (
        1,
        0,
    )
    assert case_of(session, person).first_month == date(2026, 12, 1)
    *_, event = events_of(session, SYSTEM, case_id=case.id)
    assert (event.kind, event.facts["before"]) == (EventKind.FIRST_MONTH_CORRECTED, "2027-01-01")


def test_somebody_who_is_paid_already_is_taken_over_without_a_word(session: Session) -> None:
    person = senior(session, born=date(1944, 3, 1))
    for _ in range(2):
        case = take_over(session, SYSTEM, person_id=person.id, benefit=ALLOWANCE, from_month=date(2026, 12, 1), now=NOW)
    assert (case.state, case.first_month, case.amount_fen) == (CaseState.ACTIVE, date(2026, 12, 1), 30000)
    assert texts_to(session, person) == []
    assert screened(session).already == 1
    with pytest.raises(NotAllowed):
        take_over(
            session, herself(person), person_id=person.id, benefit=ALLOWANCE, from_month=date(2026, 12, 1), now=NOW
        )


def test_an_application_in_the_month_of_the_birthday_is_in_time(session: Session) -> None:
    person = senior(session, born=SOON_70)
    last_day = datetime(2027, 1, 31, 3, tzinfo=NOW.tzinfo)
    applied = apply_for(session, herself(person), person_id=person.id, benefit=ALLOWANCE, now=last_day)
    check_applications(session, SYSTEM, now=NOW + timedelta(days=70))
    assert (applied.state, case_of(session, person).first_month) == (CaseState.APPLIED, date(2027, 1, 1))
