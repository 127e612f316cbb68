"""Somebody whose ID number changed is one person: a worker says so, and whatever comes under the old number is hers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.allowances import apply_for, list_cases, screen
from services.audit import AuditEntry
from services.benefits import Benefit
from services.clock import local_day
from services.people import PersonRow
from services.registry import (
    Finding,
    FindingKind,
    ImportReport,
    RecordInUse,
    Settlement,
    import_extract,
    is_in_doubt,
    list_open_findings,
    settle_finding,
    settlements_for,
)
from services.worker_tasks import TaskKind, list_tasks
from tests.conftest import NOW
from tests.extracts import Row, extract, household, number, other
from tests.opened import EVERY_RECORD

SYSTEM = Actor.system(Channel.COMMAND_LINE)
WORKER = Actor.staff(
    ActorKind.COMMUNITY_WORKER,
    UUID(int=7),
    Channel.SCREEN,
    community="水贝",
    district="罗湖区",
    open_records=EVERY_RECORD,
)
LATER = NOW + timedelta(days=30)
LATER_ON = "2026-12-20"
OLD, NEW = 700, 702


def take(session: Session, kind: str, rows: list[Row], **of_extract: str) -> ImportReport:
    now = LATER if of_extract.get("on") == LATER_ON else NOW
    return import_extract(session, SYSTEM, extract(kind, rows, **of_extract), city="shenzhen", now=now)


def people(session: Session) -> list[PersonRow]:
    """Everybody called 方玉兰."""
    session.expire_all()
    return list(session.scalars(select(PersonRow).where(PersonRow.name == "方玉兰").order_by(PersonRow.id)))


def her_number_changes(session: Session, **changes: str) -> PersonRow:
    """She was known under one number, and a later extract names her under another; the first of the two records."""
    take(session, "household", [household(OLD, phone="15400020700")])
    take(session, "household", [household(NEW, phone="15400020702") | changes], on=LATER_ON)
    return people(session)[0]


def one(session: Session) -> Finding:
    (finding,) = list_open_findings(session, SYSTEM, city="shenzhen")
    return finding


def settle(session: Session, decision: Settlement) -> tuple[str, ...]:
    return settle_finding(
        session, WORKER, finding_id=one(session).id, decision=decision, reason="看过新旧身份证", now=LATER
    ).changed


def test_somebody_new_who_seems_to_be_known_already_waits_for_a_worker(session: Session) -> None:
    first = her_number_changes(session)
    _, second = people(session)
    finding = one(session)
    assert (finding.kind, finding.person_id) == (FindingKind.KNOWN_UNDER_OTHER_NUMBER, second.id)
    assert finding.facts["other"] == str(first.id)
    assert is_in_doubt(session, second.id)
    (task,) = list_tasks(session, WORKER, now=LATER, kind=TaskKind.DOUBTFUL_MATCH)
    assert task.facts == {"finding": "known_under_other_number", "other": str(first.id)}
    assert settlements_for(session, WORKER, finding_id=finding.id) == (Settlement.TWO_PEOPLE, Settlement.ONE_PERSON)


def test_nobody_gets_a_second_allowance_by_a_new_number(session: Session) -> None:
    her_number_changes(session)
    screen(session, SYSTEM, city="shenzhen", as_of=local_day(LATER), now=LATER)
    first, second = people(session)
    assert len(list_cases(session, SYSTEM, person_id=first.id)) == 1
    assert list_cases(session, SYSTEM, person_id=second.id) == ()


@pytest.mark.parametrize("difference", [{"name": "方玉蘭"}, {"sex": "male"}, {"birth_on": "1950-01-02"}])
def test_somebody_else_is_nobody_known(session: Session, difference: dict[str, str]) -> None:
    take(session, "household", [household(OLD)])
    birth_on = difference.get("birth_on", "1950-01-01")
    somebody = household(NEW) | {"id_number": number(NEW, birth_on)} | difference
    assert take(session, "household", [somebody], on=LATER_ON).counts.findings == 0


def test_two_people_of_one_register_are_two_whatever_they_are_called(session: Session) -> None:
    take(session, "household", [household(OLD)])
    assert take(session, "household", [household(NEW), household(OLD)], on=LATER_ON).counts.findings == 0


def test_whoever_has_died_is_not_taken_for_somebody_new(session: Session) -> None:
    take(session, "household", [household(OLD)])
    take(session, "deaths", [other(OLD, died_on="2026-11-01")], on="2026-11-20")
    assert take(session, "household", [household(NEW)], on=LATER_ON).counts.findings == 0


def test_two_people_stay_two_and_are_in_no_doubt(session: Session) -> None:
    her_number_changes(session)
    assert settle(session, Settlement.TWO_PEOPLE) == ()
    first, second = people(session)
    assert not is_in_doubt(session, second.id)
    assert (first.id_number_index, second.id_number_index) != (second.id_number_index, first.id_number_index)


def test_one_person_keeps_her_record_and_gets_the_new_number_and_what_is_said_under_it(session: Session) -> None:
    first = her_number_changes(session)
    kept, new_index = first.id, people(session)[1].id_number_index
    apply_for(session, WORKER, person_id=kept, benefit=Benefit.OLD_AGE_ALLOWANCE, now=NOW)
    assert settle(session, Settlement.ONE_PERSON) == ("phone",)
    (she,) = people(session)
    assert (she.id, she.id_number_index) == (kept, new_index)
    assert not is_in_doubt(session, kept)
    assert len(list_cases(session, SYSTEM, person_id=kept)) == 1
    assert list_tasks(session, WORKER, now=LATER, kind=TaskKind.DOUBTFUL_MATCH) == ()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "finding_settled")).one()
    assert (entry.person_id, entry.facts["decision"]) == (kept, "one_person")


def test_what_other_registers_say_under_the_old_number_is_said_of_her(session: Session) -> None:
    her_number_changes(session)
    settle(session, Settlement.ONE_PERSON)
    take(session, "accounts", [other(OLD, has_card="yes", card_last_four="1234")], on=LATER_ON)
    take(session, "deaths", [other(OLD, died_on="2026-12-20")], on=LATER_ON)
    (she,) = people(session)
    assert (she.card_last_four, str(she.died_on)) == ("1234", "2026-12-20")


def test_the_old_number_in_a_household_extract_makes_nobody_new(session: Session) -> None:
    her_number_changes(session)
    settle(session, Settlement.ONE_PERSON)
    counts = take(session, "household", [household(OLD, community="民新"), household(NEW)], on=LATER_ON).counts
    assert (counts.new, counts.unchanged, sum(vars(counts).values())) == (0, 2, 2)
    assert [she.community for she in people(session)] == ["水贝"]


def test_the_old_number_is_kept_sealed_with_the_day_until_which_it_was_hers(session: Session) -> None:
    her_number_changes(session)
    settle(session, Settlement.ONE_PERSON)
    (kept,) = session.execute(text("SELECT person_id, until_on, id_number_sealed FROM former_id_numbers")).all()
    assert (kept.person_id, kept.until_on) == (people(session)[0].id, local_day(LATER))
    assert number(OLD).encode() not in bytes(kept.id_number_sealed)


def test_a_record_with_a_case_of_its_own_is_joined_to_no_other(session: Session) -> None:
    her_number_changes(session)
    apply_for(session, WORKER, person_id=people(session)[1].id, benefit=Benefit.OLD_AGE_ALLOWANCE, now=LATER)
    with pytest.raises(RecordInUse):
        settle(session, Settlement.ONE_PERSON)
    assert len(people(session)) == 2
