"""Once a worker has settled what does not fit together, nothing of it is in doubt until a register says so anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import AuditEntry
from services.registry import FindingKind, Settlement, is_in_doubt, list_open_findings, settle_finding
from services.registry.settlements import SETTLEMENTS
from tests.conftest import NOW, person_named
from tests.extracts import household, other
from tests.integration.test_registry_settling import LATER, LATER_ON, SYSTEM, WORKER, take, waiting

Bring = Callable[[Session], None]
OTHER_NAME = "方玉蓝"


def names(session: Session) -> None:
    take(session, "household", [household()], on="2026-09-30")
    take(session, "household", [household(name=OTHER_NAME, community="民新")])


def births(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "accounts", [other(birth_on="1951-01-01", has_card="yes")], source="银行")


def birth_and_number(session: Session) -> None:
    take(session, "household", [household(birth_on="1950-01-10")])


def death_and_life(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "deaths", [other(died_on="2026-10-02")])


def deaths(session: Session) -> None:
    take(session, "household", [household(alive="")])
    take(session, "deaths", [other(died_on="2026-10-02")], source="甲")
    take(session, "deaths", [other(died_on="2026-10-03")], source="乙", on="2026-11-01")


def death_and_birth(session: Session) -> None:
    take(session, "household", [household(alive="")])
    take(session, "deaths", [other(died_on="1949-10-02")])


def card(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "accounts", [other(has_card="yes", card_last_four="0018", card_holder_matches="no")])


def communities(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "household", [household(community="民新", phone="15400020009")])


# Two records of one person are another matter: test_registry_joining.
CONFLICTS: dict[FindingKind, Bring] = {
    FindingKind.NAME_DIFFERS: names,
    FindingKind.BIRTH_ON_DIFFERS: births,
    FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER: birth_and_number,
    FindingKind.DEAD_AND_ALIVE: death_and_life,
    FindingKind.DEATH_DATES_DIFFER: deaths,
    FindingKind.DEATH_BEFORE_BIRTH: death_and_birth,
    FindingKind.CARD_HOLDER_DIFFERS: card,
    FindingKind.SOURCE_CONTRADICTS_ITSELF: communities,
}


def settle(session: Session, kind: FindingKind, decision: Settlement, now: datetime = NOW) -> tuple[str, ...]:
    """Settle the open finding of this kind; what changed."""
    (finding,) = [each for each in list_open_findings(session, SYSTEM, city="shenzhen") if each.kind is kind]
    settled = settle_finding(session, WORKER, finding_id=finding.id, decision=decision, reason="看过户口本", now=now)
    session.expire_all()
    return settled.changed


def open_kinds(session: Session) -> set[FindingKind]:
    return {each.kind for each in list_open_findings(session, SYSTEM, city="shenzhen")}


def nothing_is_in_doubt(session: Session, name: str = "方玉兰") -> bool:
    return not (open_kinds(session) or waiting(session) or is_in_doubt(session, person_named(session, name).id))


@pytest.mark.parametrize(
    ("kind", "decision"), [(kind, decision) for kind in CONFLICTS for decision in SETTLEMENTS[kind]]
)
def test_what_is_settled_is_in_doubt_no_more(session: Session, kind: FindingKind, decision: Settlement) -> None:
    CONFLICTS[kind](session)
    settle(session, kind, decision)
    name = OTHER_NAME if decision is Settlement.OTHER_NAME_IS_RIGHT else "方玉兰"
    assert nothing_is_in_doubt(session, name)
    # Another register, of before the decision and silent about the matter, has her looked at once more.
    take(session, "hardship", [other(name=name, lives_alone="yes")], on="2026-11-20")
    assert nothing_is_in_doubt(session, name)


@pytest.mark.parametrize(
    ("first", "second", "changed"),
    [
        ({}, {"birth_on": "1950-01-10"}, ("birth_on",)),
        ({"birth_on": "1950-01-10"}, {}, ("birth_on",)),
        ({}, {"alive": "no", "died_on": "2026-10-02"}, ("died_on",)),
        ({"alive": "no", "died_on": "2026-10-02"}, {}, ("died_on",)),
        ({"alive": "no", "died_on": "2026-10-02"}, {"alive": "no", "died_on": "2026-10-03"}, ("died_on",)),
    ],
    ids=["birth, no longer of the number", "birth, of the number", "dead", "not dead", "day of death"],
)
def test_the_second_of_two_extracts_of_one_day_raises_no_other_question(
    session: Session, first: dict[str, str], second: dict[str, str], changed: tuple[str, ...]
) -> None:
    take(session, "household", [household(**first)])
    take(session, "household", [household(**second)])
    assert settle(session, FindingKind.SOURCE_CONTRADICTS_ITSELF, Settlement.SECOND_IS_RIGHT) == changed
    assert nothing_is_in_doubt(session)


@pytest.mark.parametrize("is_hers", ["yes", "no"])
def test_what_the_second_extract_says_of_a_card_raises_no_other_question(session: Session, is_hers: str) -> None:
    first = "no" if is_hers == "yes" else "yes"
    take(session, "household", [household()])
    for holder in (first, is_hers):
        take(session, "accounts", [other(has_card="yes", card_last_four="0018", card_holder_matches=holder)])
    settle(session, FindingKind.SOURCE_CONTRADICTS_ITSELF, Settlement.SECOND_IS_RIGHT)
    assert nothing_is_in_doubt(session)
    assert person_named(session, "方玉兰").card_holder_matches is (is_hers == "yes")


@pytest.mark.parametrize(
    ("kind", "decision"),
    [
        (FindingKind.BIRTH_ON_DIFFERS, Settlement.NOTHING_TO_CHANGE),
        (FindingKind.BIRTH_ON_DIFFERS, Settlement.OTHER_DATE_IS_RIGHT),
        (FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER, Settlement.NOTHING_TO_CHANGE),
        (FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER, Settlement.ID_NUMBER_IS_RIGHT),
    ],
)
def test_a_decision_about_the_birth_date_answers_every_question_about_it(
    session: Session, kind: FindingKind, decision: Settlement
) -> None:
    birth_and_number(session)
    take(session, "accounts", [other(birth_on="1950-01-01", has_card="yes")], source="银行")
    assert open_kinds(session) == {FindingKind.BIRTH_ON_DIFFERS, FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER}
    settle(session, kind, decision)
    assert nothing_is_in_doubt(session)
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.deed == "finding_settled")).all()) == 2


@pytest.mark.parametrize(
    ("kind", "decision", "left"),
    [
        (FindingKind.DEAD_AND_ALIVE, Settlement.ALIVE, set()),
        # That she has died is no answer to when.
        (FindingKind.DEAD_AND_ALIVE, Settlement.DEAD, {FindingKind.DEATH_DATES_DIFFER}),
        (FindingKind.DEATH_DATES_DIFFER, Settlement.ALIVE, set()),
        (FindingKind.DEATH_DATES_DIFFER, Settlement.EARLIER_DATE_IS_RIGHT, set()),
        (FindingKind.DEATH_DATES_DIFFER, Settlement.LATER_DATE_IS_RIGHT, set()),
        # Which report is right as to the day is no answer to whether she lives.
        (FindingKind.DEATH_DATES_DIFFER, Settlement.NOTHING_TO_CHANGE, {FindingKind.DEAD_AND_ALIVE}),
    ],
)
def test_a_decision_about_a_death_answers_the_questions_that_follow_from_it(
    session: Session, kind: FindingKind, decision: Settlement, left: set[FindingKind]
) -> None:
    deaths(session)
    take(session, "household", [household()], on="2026-11-20")
    assert open_kinds(session) == {FindingKind.DEAD_AND_ALIVE, FindingKind.DEATH_DATES_DIFFER}
    settle(session, kind, decision)
    assert open_kinds(session) == left


def test_that_a_day_of_death_is_right_does_not_put_it_after_the_birth(session: Session) -> None:
    death_and_birth(session)
    take(session, "deaths", [other(died_on="1949-10-03")], source="乙", on="2026-11-01")
    settle(session, FindingKind.DEATH_DATES_DIFFER, Settlement.EARLIER_DATE_IS_RIGHT)
    assert FindingKind.DEATH_BEFORE_BIRTH in open_kinds(session)


@pytest.mark.parametrize("decision", SETTLEMENTS[FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER])
def test_a_later_extract_that_says_otherwise_asks_again_and_one_decision_answers(
    session: Session, decision: Settlement
) -> None:
    birth_and_number(session)
    settle(session, FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER, Settlement.ID_NUMBER_IS_RIGHT)
    take(session, "household", [household(birth_on="1950-01-10")], on=LATER_ON)
    assert FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER in open_kinds(session)
    assert is_in_doubt(session, person_named(session, "方玉兰").id)
    settle(session, FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER, decision, LATER)
    assert nothing_is_in_doubt(session)
    take(session, "hardship", [other(lives_alone="yes")], on=LATER_ON)
    assert nothing_is_in_doubt(session)


def test_what_the_registers_say_as_the_worker_did_asks_nothing(session: Session) -> None:
    birth_and_number(session)
    settle(session, FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER, Settlement.ID_NUMBER_IS_RIGHT)
    take(session, "household", [household()], on=LATER_ON)
    assert nothing_is_in_doubt(session)


def test_of_days_of_death_that_are_reported_after_she_was_found_alive_one_can_be_chosen(session: Session) -> None:
    death_and_life(session)
    settle(session, FindingKind.DEAD_AND_ALIVE, Settlement.ALIVE)
    take(session, "deaths", [other(died_on="2026-12-10")], source="甲", on=LATER_ON)
    take(session, "deaths", [other(died_on="2026-12-12")], source="乙", on=LATER_ON)
    settle(session, FindingKind.DEATH_DATES_DIFFER, Settlement.EARLIER_DATE_IS_RIGHT, LATER)
    assert person_named(session, "方玉兰").died_on == date(2026, 12, 10)
    assert nothing_is_in_doubt(session)
