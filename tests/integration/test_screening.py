"""Screening a city: who gets an offer, who does not and why, and that nothing is done twice (domain 3.3)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import registry
from services.actor import Actor, NotAllowed
from services.allowances import (
    CaseState,
    NoRuleOn,
    TooManyInDoubt,
    agree_to_offer,
    apply_for,
    events_of,
    list_cases,
    screen,
    screening_writing,
)
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.audit import AuditEntry
from services.benefits import Benefit
from services.database import Database, Table, unit_of_work
from services.messages import Composer, Outcome, OutgoingMessage
from services.messages.phone_notes import PhoneNote, note_phone
from services.messages.sending import send_due
from services.people import Hukou, Person, phone_of
from services.settings import PROJECT
from services.worker_tasks import TaskKind
from services.worker_tasks.tables import WorkerTaskRow
from tests.allowances import (
    CITY,
    NOW,
    SOON_70,
    SYSTEM,
    TODAY,
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
from tests.integration.test_allowance_decisions import doubt

WRITTEN: tuple[type[Table], ...] = (
    AllowanceCaseRow,
    AllowanceEventRow,
    OutgoingMessage,
    WorkerTaskRow,
    AuditEntry,
)


class Remembering:
    """A carrier that takes every message."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def submit(self, message_id: UUID, phone: str, text: str) -> str:
        self.sent.append((phone, text))
        return str(message_id)

    def outcome_of(self, message_id: UUID) -> Outcome:
        return Outcome.CANNOT_TELL


def counts(session: Session) -> list[int]:
    """How many rows there are of everything that a screening writes."""
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in WRITTEN]


@pytest.mark.parametrize(
    ("born", "amount"),
    [
        # the youngest who is due: 70 on the last day of the month two months ahead
        (date(1957, 1, 31), 20000),
        # 70 already and never asked
        (date(1950, 6, 1), 20000),
        # 80 next month: her first month is this one, and not yet of the higher tier
        (date(1946, 12, 9), 20000),
        (date(1946, 11, 30), 30000),
        # a leap day, and a hundred years
        (date(1956, 2, 29), 20000),
        (date(1926, 11, 1), 100000),
    ],
)
def test_an_offer_goes_to_whoever_is_entitled_and_has_no_case(session: Session, born: date, amount: int) -> None:
    person = senior(session, born=born)
    report = screened(session)
    assert (report.looked_at, report.offers, report.excluded) == (1, 1, {})
    case = case_of(session, person)
    assert (case.state, case.amount_fen, case.offer_ends_on) == (CaseState.OFFERED, amount, date(2027, 1, 31))
    (event,) = events_of(session, SYSTEM, case_id=case.id)
    assert (event.kind, event.rule_version) == ("offered", case.rule_version)
    (message,) = session.scalars(select(OutgoingMessage).where(OutgoingMessage.person_id == person.id))
    assert event.message_id == message.id
    assert case.rule_version == "old_age_allowance-2019-10-01"


@pytest.mark.parametrize(
    ("reason", "about", "known"),
    [
        # the day after the last one
        ("age_not_reached", {"born": date(1957, 2, 1)}, {}),
        ("hukou_not_in_city", {"hukou": Hukou.ELSEWHERE}, {}),
        ("hukou_not_in_city", {"hukou": Hukou.HK_MO_TW}, {}),
        ("died", {"born": date(1950, 6, 1)}, {"died_on": date(2026, 11, 20)}),
    ],
)
def test_the_others_are_counted_by_reason(
    session: Session, reason: str, about: dict[str, object], known: dict[str, object]
) -> None:
    person = senior(session, **about, **known)  # type: ignore[arg-type]
    report = screened(session)
    assert (report.offers, report.excluded) == (0, {reason: 1})
    assert list_cases(session, SYSTEM, person_id=person.id) == ()


def test_a_second_screening_of_the_same_day_writes_nothing(session: Session) -> None:
    for card in (True, False):
        senior(session, card=card)
    senior(session, phone=None)
    first = screened(session)
    assert (first.offers, first.card_first, first.by_worker) == (3, 1, 1)
    before = counts(session)
    again = screened(session, now=NOW + timedelta(hours=3))
    assert (again.offers, again.already, again.excluded) == (0, 3, {})
    assert counts(session) == before


@pytest.mark.parametrize("answer", ["agreed", "declined", "ended"])
def test_whoever_was_asked_once_is_not_asked_again(session: Session, answer: str) -> None:
    person, case = offered(session)
    if answer == "agreed":
        agree_to_offer(session, herself(person), case_id=case.id, now=NOW)
    session.get_one(AllowanceCaseRow, case.id).state = {
        "agreed": CaseState.REFUSED,
        "declined": CaseState.DECLINED,
        "ended": CaseState.OFFER_ENDED,
    }[answer]
    session.flush()
    assert screened(session, as_of=date(2027, 3, 1)).already == 1


def test_somebody_without_a_card_gets_the_offer_and_a_worker_helps_her_to_a_card(session: Session) -> None:
    person, _ = offered(session, card=False)
    assert set(tasks_about(session, person)) == {TaskKind.NO_CARD}
    assert texts_to(session, person) == ["allowance_offer"]


@pytest.mark.parametrize("note", [PhoneNote.STOPPED, PhoneNote.DOUBTFUL])
def test_a_phone_that_wants_no_messages_loses_no_benefit(session: Session, note: PhoneNote) -> None:
    person = senior(session)
    phone = phone_of(session, person.id)
    assert phone is not None
    note_phone(session, note, city=CITY, phone=phone, person_id=None, now=NOW)
    report = screened(session)
    assert (report.offers, report.by_worker) == (1, 1)
    assert texts_to(session, person) == []
    assert tasks_about(session, person)[TaskKind.UNDELIVERED].facts["reason"] == "phone_unreachable"
    agreed = agree_to_offer(session, worker(), case_id=case_of(session, person).id, now=NOW)
    assert agreed.state is CaseState.APPLIED


def test_whoever_the_registers_disagree_about_waits_until_that_is_settled(session: Session) -> None:
    person = senior(session)
    finding = doubt(session, person.id)
    assert registry.people_in_doubt(session, city=CITY) == {person.id}
    report = screened(session)
    assert (report.offers, report.excluded) == (0, {"in_doubt": 1})
    finding.status = "settled"
    session.flush()
    assert screened(session).offers == 1


def test_when_a_third_of_all_are_in_doubt_nobody_gets_an_offer_until_somebody_has_looked(session: Session) -> None:
    people = [senior(session) for _ in range(100)]
    for person in people[:31]:
        doubt(session, person.id)
    with pytest.raises(TooManyInDoubt) as held:
        screened(session)
    assert held.value.facts == {"candidates": 100, "in_doubt": 31}
    report = screen(session, SYSTEM, city=CITY, as_of=TODAY, now=NOW, even_if_in_doubt=True)
    assert report.offers == 69


def test_a_phone_of_a_whole_house_does_not_run_out_of_codes(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    # Over several parts, so that codes of earlier ones count.
    monkeypatch.setattr(screening_writing, "AT_ONCE", 40)
    people = [senior(session, phone="15466660001") for _ in range(93)]
    report = screened(session)
    assert (report.offers, report.by_worker) == (93, 3)
    codes = [case.code for person in people for case in list_cases(session, SYSTEM, person_id=person.id)]
    assert (len(set(codes) - {None}), codes.count(None)) == (90, 3)


def test_what_is_sent_names_her_masked_says_the_amount_and_asks_for_nothing_else(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        young, old = senior(session), senior(session, born=date(1943, 1, 1), name="林国华")
        screened(session)
        phones = {phone_of(session, person.id): person for person in (young, old)}
    gateway = Remembering()
    send_due(own_database.sessions, gateway, Composer(PROJECT / "locales"), lease=timedelta(seconds=60))
    sent = {phones[phone].id: text for phone, text in gateway.sent if phone in phones}
    assert "陈*英：您将满70周岁，可领高龄津贴200元/月。" in sent[young.id]
    assert "林*华：您已满83周岁，可领高龄津贴300元/月。" in sent[old.id]


def test_an_application_in_the_same_moment_makes_no_second_case(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        people = [senior(session) for _ in range(20)]
    start = threading.Barrier(3)

    def apply(those: list[Person]) -> None:
        start.wait()
        for person in those:
            with unit_of_work(own_database.sessions) as mine:
                apply_for(mine, herself(person), person_id=person.id, benefit=Benefit.OLD_AGE_ALLOWANCE, now=NOW)

    def look() -> None:
        start.wait()
        for _ in range(3):
            with unit_of_work(own_database.sessions) as mine:
                screened(mine)

    threads = [
        threading.Thread(target=apply, args=[people[:10]]),
        threading.Thread(target=apply, args=[people[10:]]),
        threading.Thread(target=look),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit_of_work(own_database.sessions) as session:
        cases: list[UUID] = list(
            session.scalars(select(AllowanceCaseRow.person_id).where(AllowanceCaseRow.city == CITY))
        )
        states = set(session.scalars(select(AllowanceCaseRow.state).where(AllowanceCaseRow.city == CITY)))
    assert sorted(cases) == sorted(person.id for person in people)
    assert states == {CaseState.APPLIED}


def test_progress_and_the_record_of_deeds_tell_how_many(session: Session) -> None:
    senior(session)
    senior(session, born=date(1980, 1, 1))
    told: list[tuple[str, int, int]] = []
    screen(session, SYSTEM, city=CITY, as_of=TODAY, now=NOW, progress=lambda *said: told.append(said))
    assert told == [("looking", 0, 0), ("looking", 2, 2), ("offering", 1, 1)]
    (deed,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "screened", AuditEntry.city == CITY))
    assert deed.facts["offers"] == 1
    assert deed.facts["excluded_age_not_reached"] == 1


def test_a_city_with_nobody_and_a_day_before_the_rules_are_no_surprise(session: Session) -> None:
    assert screened(session).looked_at == 0
    senior(session, born=SOON_70)
    with pytest.raises(NoRuleOn):
        screened(session, as_of=date(2021, 2, 28))


def test_only_operators_and_the_system_screen(session: Session) -> None:
    person = senior(session)
    for actor in (herself(person), worker(), Actor.senior(person.id, herself(person).channel)):
        with pytest.raises(NotAllowed):
            screen(session, actor, city=CITY, as_of=TODAY, now=NOW)


def test_a_person_who_died_after_the_offer_is_found_by_the_rules_of_the_next_screening(session: Session) -> None:
    person, _ = offered(session)
    learn(session, person, died_on=date(2026, 12, 1))
    assert screened(session).already == 1
