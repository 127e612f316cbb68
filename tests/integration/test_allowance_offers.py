"""Answering offers: what counts as her yes, what waits for a worker, and what is never done twice (domain 3.7)."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed
from services.allowances import (
    AlreadyDecided,
    CaseState,
    EventKind,
    NotEntitled,
    OfferEnded,
    OfferUnknown,
    agree_to_offer,
    apply_for,
    cases_of_phone,
    decide_stop,
    decline_offer,
    end_offers,
    events_of,
    late_reply,
    open_offers,
    open_offers_of_phone,
    remind,
    renew_offers,
    withdraw,
)
from services.allowances.tables import AllowanceEventRow
from services.audit import AuditEntry
from services.benefits import Benefit
from services.database import Database, new_id, unit_of_work
from services.people import Hukou, phone_of
from services.worker_tasks import TaskKind
from tests.allowances import (
    NOW,
    SYSTEM,
    TODAY,
    approved,
    case_of,
    herself,
    learn,
    offered,
    phone_columns,
    screened,
    senior,
    tasks_about,
    texts_to,
    worker,
)

ALLOWANCE = Benefit.OLD_AGE_ALLOWANCE
# The offers of NOW end with January 2027.
AFTER_THE_END = NOW + timedelta(days=75)


def test_a_yes_makes_an_application_with_a_number_and_one_text(session: Session) -> None:
    person, case = offered(session)
    message_id = new_id()
    agreed = agree_to_offer(session, herself(person), case_id=case.id, now=NOW, message_id=message_id)
    assert (agreed.state, agreed.applied_on, agreed.code) == (CaseState.APPLIED, TODAY, case.code)
    assert agreed.application_number is not None
    assert agreed.application_number[2:7] == "2611-"
    assert texts_to(session, person) == ["allowance_offer", "allowance_accepted"]
    *_, event = events_of(session, herself(person), case_id=case.id)
    assert (event.kind, event.message_id, event.channel) == (EventKind.AGREED, message_id, "text_message")
    assert (event.actor_kind, event.actor_id) == ("senior", person.id)
    assert event.rule_version == "old_age_allowance-2019-10-01"
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject_id == case.id)).all()
    assert "allowance_agreed" in deeds


def test_duplicate_replies_are_one_application_with_one_text(session: Session) -> None:
    person, case = offered(session)
    first = agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
    again = agree_to_offer(session, herself(person), case_id=case.id, now=NOW + timedelta(hours=1))
    assert again == first
    assert texts_to(session, person).count("allowance_accepted") == 1


def test_two_applications_never_share_a_number(session: Session) -> None:
    people = [offered(session) for _ in range(3)]
    numbers = {
        agree_to_offer(session, herself(person), case_id=case.id, now=NOW).application_number for person, case in people
    }
    assert len(numbers) == 3


def test_two_replies_in_the_same_moment_are_one_application(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        person, case = offered(session)
    answers = []

    def agree() -> None:
        with unit_of_work(own_database.sessions) as mine:
            answers.append(agree_to_offer(mine, herself(person), case_id=case.id, now=NOW))

    threads = [threading.Thread(target=agree) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len({answer.application_number for answer in answers}) == 1
    with unit_of_work(own_database.sessions) as session:
        assert texts_to(session, person).count("allowance_accepted") == 1


def test_a_no_is_kept_and_told_once_and_she_can_still_apply(session: Session) -> None:
    person, case = offered(session)
    for _ in range(2):
        declined = decline_offer(session, herself(person), case_id=case.id, now=NOW)
    assert declined.state is CaseState.DECLINED
    assert texts_to(session, person).count("allowance_declined") == 1
    with pytest.raises(AlreadyDecided):
        agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
    applied = apply_for(session, herself(person, Channel.SCREEN), person_id=person.id, benefit=ALLOWANCE, now=NOW)
    assert (applied.state, applied.id != case.id) == (CaseState.APPLIED, True)


def test_yes_then_no_before_payment_waits_for_a_worker_who_makes_sure(session: Session) -> None:
    person, case = offered(session)
    agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
    for _ in range(2):
        wished = decline_offer(session, herself(person), case_id=case.id, now=NOW + timedelta(hours=2))
    assert wished.state is CaseState.APPLIED
    assert wished.stop_proposed_from is not None
    assert texts_to(session, person).count("allowance_withdrawal_noted") == 1
    assert tasks_about(session, person)[TaskKind.STOP_DECISION].facts["reason"] == "withdrawn"
    ended = decide_stop(session, worker(), case_id=case.id, stop=True, reason="本人确认不要", now=NOW)
    assert ended.state is CaseState.WITHDRAWN
    assert not tasks_about(session, person)


def test_who_was_told_that_nothing_is_paid_is_told_once_that_it_goes_on(session: Session) -> None:
    person, case = approved(session)
    withdraw(session, herself(person), case_id=case.id, now=NOW)
    for _ in range(2):
        decide_stop(session, worker(), case_id=case.id, stop=False, reason="本人说回错了", now=NOW)
    assert texts_to(session, person)[-2:] == ["allowance_withdrawal_noted", "allowance_kept"]
    assert case_of(session, person).stop_proposed_from is None
    # She changes her mind once more, and so does what she is told.
    withdraw(session, herself(person), case_id=case.id, now=NOW + timedelta(days=1))
    decide_stop(session, worker(), case_id=case.id, stop=False, reason="又要领", now=NOW + timedelta(days=2))
    assert texts_to(session, person).count("allowance_kept") == 2


def test_an_application_that_she_takes_back_and_keeps_goes_on(session: Session) -> None:
    person, case = offered(session)
    agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
    decline_offer(session, herself(person), case_id=case.id, now=NOW)
    kept = decide_stop(session, worker(), case_id=case.id, stop=False, reason="本人说回错了", now=NOW)
    assert kept.state is CaseState.APPLIED
    assert texts_to(session, person)[-1] == "allowance_kept"


def test_a_withdrawal_after_approval_but_before_any_payment_leaves_nothing_to_pay(session: Session) -> None:
    person, case = approved(session)
    withdraw(session, herself(person), case_id=case.id, now=NOW)
    assert case_of(session, person).stop_proposed_from == case.first_month
    decide_stop(session, worker(), case_id=case.id, stop=True, reason="本人确认不要", now=NOW)
    assert case_of(session, person).state is CaseState.WITHDRAWN


def test_a_couple_that_shares_a_phone_gets_codes_and_one_yes_is_never_for_both(session: Session) -> None:
    wife = senior(session, phone="15488880001")
    husband = senior(session, phone="15488880001", name="林国华")
    screened(session)
    offers = open_offers_of_phone(session, "15488880001")
    assert {offer.person_id for offer in offers} == {wife.id, husband.id}
    codes = {offer.code for offer in offers}
    assert len(codes) == 2
    assert all(code is not None and 10 <= int(code) <= 99 for code in codes)
    assert texts_to(session, wife) == texts_to(session, husband) == ["allowance_offer_shared"]
    hers = case_of(session, wife)
    agree_to_offer(session, herself(wife), case_id=hers.id, now=NOW)
    assert case_of(session, husband).state is CaseState.OFFERED
    assert [offer.person_id for offer in open_offers_of_phone(session, "15488880001")] == [husband.id]
    assert len(cases_of_phone(session, "15488880001")) == 2


def test_an_agreement_from_another_phone_is_no_consent_until_a_worker_has_asked_her(session: Session) -> None:
    person, case = offered(session)
    for _ in range(2):
        waiting = agree_to_offer(session, herself(person), case_id=case.id, now=NOW, phone_is_hers=False)
    assert (waiting.state, waiting.replied_on) == (CaseState.OFFERED, TODAY)
    kinds = [event.kind for event in events_of(session, SYSTEM, case_id=case.id)]
    assert kinds == [EventKind.OFFERED, EventKind.AGREED_FROM_OTHER_PHONE]
    assert TaskKind.OTHER_PHONE in tasks_about(session, person)
    # She means it: the day of the reply is the day of the application, though the offer is over by now.
    end_offers(session, SYSTEM, now=AFTER_THE_END)
    assert TaskKind.NO_ANSWER not in tasks_about(session, person)
    agreed = agree_to_offer(session, worker(), case_id=case.id, now=AFTER_THE_END)
    assert (agreed.state, agreed.applied_on) == (CaseState.APPLIED, TODAY)
    assert not tasks_about(session, person)


def test_a_late_reply_is_not_lost_and_its_day_counts(session: Session) -> None:
    person, case = offered(session)
    end_offers(session, SYSTEM, now=AFTER_THE_END)
    with pytest.raises(OfferEnded) as refused:
        agree_to_offer(session, herself(person), case_id=case.id, now=AFTER_THE_END)
    assert refused.value.facts["ended_on"] == date(2027, 1, 31)
    for _ in range(2):
        late = late_reply(session, herself(person), case_id=case.id, now=AFTER_THE_END, message_id=new_id())
    assert (late.state, late.replied_on) == (CaseState.OFFER_ENDED, date(2027, 2, 7))
    assert texts_to(session, person).count("allowance_late_reply") == 1
    assert set(tasks_about(session, person)) == {TaskKind.LATE_REPLY}
    agreed = agree_to_offer(session, worker(), case_id=case.id, now=AFTER_THE_END + timedelta(days=30))
    assert agreed.applied_on == date(2027, 2, 7)


def test_an_offer_is_over_on_the_first_day_after_its_end_even_before_the_job_has_run(session: Session) -> None:
    person, case = offered(session)
    last_minute = NOW.replace(year=2027, month=1, day=31, hour=15, minute=59)
    with pytest.raises(OfferEnded):
        agree_to_offer(session, herself(person), case_id=case.id, now=last_minute + timedelta(minutes=2))
    assert late_reply(session, herself(person), case_id=case.id, now=last_minute).state is CaseState.OFFERED
    agreed = agree_to_offer(session, herself(person), case_id=case.id, now=last_minute)
    assert agreed.applied_on == date(2027, 1, 31)


def test_silence_gets_one_reminder_and_then_a_worker(session: Session) -> None:
    person, case = offered(session)
    assert remind(session, SYSTEM, now=NOW + timedelta(days=40)) == 0
    soon = NOW + timedelta(days=50)
    assert (remind(session, SYSTEM, now=soon), remind(session, SYSTEM, now=soon)) == (1, 0)
    assert texts_to(session, person) == ["allowance_offer", "allowance_reminder"]
    assert end_offers(session, SYSTEM, now=soon) == 0
    assert (end_offers(session, SYSTEM, now=AFTER_THE_END), end_offers(session, SYSTEM, now=AFTER_THE_END)) == (1, 0)
    assert case_of(session, person).state is CaseState.OFFER_ENDED
    assert tasks_about(session, person)[TaskKind.NO_ANSWER].subject_id == case.id
    declined = decline_offer(session, worker(), case_id=case.id, now=AFTER_THE_END)
    assert declined.state is CaseState.DECLINED
    assert not tasks_about(session, person)


def test_nobody_reminds_or_rings_somebody_who_died(session: Session) -> None:
    person, _ = offered(session)
    learn(session, person, died_on=date(2026, 12, 1))
    assert remind(session, SYSTEM, now=NOW + timedelta(days=50)) == 0
    end_offers(session, SYSTEM, now=AFTER_THE_END)
    assert texts_to(session, person) == ["allowance_offer"]
    assert not tasks_about(session, person)


def test_a_new_phone_gets_the_offer_again_and_the_old_one_answers_for_nobody(session: Session) -> None:
    person, case = offered(session)
    old_phone = phone_of(session, person.id)
    other = senior(session, phone="15477770001", born=date(1980, 1, 1))
    learn(session, person, **phone_columns(session, other))
    assert old_phone is not None
    assert open_offers_of_phone(session, old_phone) == ()
    assert (renew_offers(session, SYSTEM, now=NOW), renew_offers(session, SYSTEM, now=NOW)) == (1, 0)
    assert [offer.id for offer in open_offers_of_phone(session, "15477770001")] == [case.id]
    assert texts_to(session, person) == ["allowance_offer", "allowance_offer"]


def test_somebody_without_a_phone_is_told_by_a_worker_until_there_is_one(session: Session) -> None:
    person, case = offered(session, phone=None)
    task = tasks_about(session, person)[TaskKind.UNDELIVERED]
    assert (task.subject_id, task.facts["reason"], task.due_on) == (case.id, "no_phone", date(2026, 12, 1))
    assert texts_to(session, person) == []
    other = senior(session, born=date(1980, 1, 1))
    learn(session, person, **phone_columns(session, other))
    assert renew_offers(session, SYSTEM, now=NOW) == 1
    assert texts_to(session, person) == ["allowance_offer"]
    assert not tasks_about(session, person)


def test_what_a_worker_brought_waits_no_longer_once_it_is_answered(session: Session) -> None:
    for answer in (agree_to_offer, decline_offer):
        person, case = offered(session, phone=None)
        answer(session, worker(), case_id=case.id, now=NOW)
        # What became of it has to be brought as well.
        told = tasks_about(session, person)[TaskKind.UNDELIVERED].facts["template"]
        assert told in ("allowance_accepted", "allowance_declined")


def test_she_can_apply_without_an_offer_once_she_may_have_one(session: Session) -> None:
    person = senior(session)
    actor = herself(person, Channel.VOICE)
    applied = apply_for(session, actor, person_id=person.id, benefit=ALLOWANCE, now=NOW)
    again = apply_for(session, actor, person_id=person.id, benefit=ALLOWANCE, now=NOW)
    assert (applied, applied.state) == (again, CaseState.APPLIED)
    assert texts_to(session, person) == ["allowance_accepted"]
    assert screened(session).already == 1


def test_an_application_answers_an_open_offer(session: Session) -> None:
    person, case = offered(session)
    assert open_offers(session, herself(person), person_id=person.id) == (case,)
    applied = apply_for(session, herself(person), person_id=person.id, benefit=ALLOWANCE, now=NOW)
    assert applied.id == case.id
    assert open_offers(session, herself(person), person_id=person.id) == ()


def test_only_a_clear_no_of_the_rules_is_told_at_once(session: Session) -> None:
    too_young = senior(session, born=date(1957, 2, 1))
    elsewhere = senior(session, hukou=Hukou.ELSEWHERE)
    for person, reason in ((too_young, "age_not_reached"), (elsewhere, "hukou_not_in_city")):
        with pytest.raises(NotEntitled) as refused:
            apply_for(session, herself(person), person_id=person.id, benefit=ALLOWANCE, now=NOW)
        assert reason in refused.value.facts["reasons"]
    with pytest.raises(NotEntitled):
        apply_for(session, herself(too_young), person_id=too_young.id, benefit=Benefit.SENIOR_CARD, now=NOW)


def test_nobody_answers_for_somebody_else(session: Session) -> None:
    person, case = offered(session)
    neighbour = senior(session)
    strangers = (herself(neighbour), worker("别处"))
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            agree_to_offer(session, stranger, case_id=case.id, now=NOW)
        with pytest.raises(NotAllowed):
            events_of(session, stranger, case_id=case.id)
    with pytest.raises(OfferUnknown):
        agree_to_offer(session, herself(person), case_id=new_id(), now=NOW)


@pytest.mark.parametrize("change", [update(AllowanceEventRow).values(kind="other"), delete(AllowanceEventRow)])
def test_events_are_never_changed(session: Session, change: object) -> None:
    offered(session)
    with pytest.raises(SQLAlchemyError, match="only ever added"):
        session.execute(change)  # type: ignore[call-overload]


def test_no_event_or_record_holds_a_name_or_a_number_of_hers(session: Session) -> None:
    person, case = approved(session)
    said = " ".join(str(event.facts) for event in events_of(session, SYSTEM, case_id=case.id))
    said += " ".join(str(facts) for facts in session.scalars(select(AuditEntry.facts)))
    assert person.name not in said
    assert str(phone_of(session, person.id)) not in said


def test_a_worker_answers_for_somebody_who_cannot_read(session: Session) -> None:
    person, case = offered(session)
    by = worker()
    agree_to_offer(session, by, case_id=case.id, now=NOW)
    *_, event = events_of(session, Actor.system(), case_id=case.id)
    assert (event.actor_kind, event.actor_id) == ("community_worker", by.id)
    assert case_of(session, person).state is CaseState.APPLIED
