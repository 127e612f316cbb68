"""A worker settles what does not fit together; what she found counts until a later extract says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.audit import AuditEntry
from services.database import new_id
from services.people import Person
from services.registry import (
    Finding,
    FindingKind,
    FindingSettled,
    ImportReport,
    Kind,
    Settlement,
    SettlementImpossible,
    import_extract,
    is_in_doubt,
    list_open_findings,
    origins_of,
    settle_finding,
    settlements_for,
)
from services.registry.settlements import SETTLEMENTS, ReasonMissing
from services.worker_tasks import TaskKind, list_tasks
from tests.conftest import NOW, person_named
from tests.extracts import Row, extract, household, other
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
ELSEWHERE = Actor.staff(
    ActorKind.COMMUNITY_WORKER,
    UUID(int=8),
    Channel.SCREEN,
    community="民新",
    district="罗湖区",
    open_records=EVERY_RECORD,
)
# A month later, when the registers send their next extracts.
LATER = NOW + timedelta(days=30)
LATER_ON = "2026-12-20"


def take(session: Session, kind: str, rows: Sequence[Row], **of_extract: str) -> ImportReport:
    now = LATER if of_extract.get("on") == LATER_ON else NOW
    return import_extract(session, SYSTEM, extract(kind, rows, **of_extract), city="shenzhen", now=now)


def one(session: Session) -> Finding:
    (finding,) = list_open_findings(session, SYSTEM, city="shenzhen")
    return finding


def fang(session: Session) -> Person:
    session.expire_all()
    return person_named(session, "方玉兰")


def settle(session: Session, decision: Settlement, actor: Actor = WORKER) -> tuple[str, ...]:
    """Settle the only open finding; what changed."""
    return settle_finding(
        session, actor, finding_id=one(session).id, decision=decision, reason="看过户口本", now=NOW
    ).changed


def waiting(session: Session) -> list[UUID]:
    return [task.subject_id for task in list_tasks(session, SYSTEM, now=LATER, kind=TaskKind.DOUBTFUL_MATCH)]


def dead_and_alive(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "deaths", [other(died_on="2026-10-02")])


def test_a_finding_opens_a_task_that_settling_closes(session: Session) -> None:
    dead_and_alive(session)
    finding = one(session)
    (task,) = list_tasks(session, WORKER, now=LATER, kind=TaskKind.DOUBTFUL_MATCH)
    assert (task.subject_id, task.person_id, task.facts) == (
        finding.id,
        fang(session).id,
        {"finding": "dead_and_alive"},
    )
    settle(session, Settlement.ALIVE)
    assert waiting(session) == []
    assert not is_in_doubt(session, fang(session).id)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "finding_settled")).one()
    assert (entry.subject_id, entry.facts["decision"]) == (finding.id, "alive")


def test_a_task_goes_with_her_to_another_community(session: Session) -> None:
    dead_and_alive(session)
    assert list_tasks(session, ELSEWHERE, now=LATER, kind=TaskKind.DOUBTFUL_MATCH) == ()
    take(session, "household", [household(community="民新", alive="")], on="2026-11-20")
    assert list_tasks(session, WORKER, now=LATER, kind=TaskKind.DOUBTFUL_MATCH) == ()
    assert len(list_tasks(session, ELSEWHERE, now=LATER, kind=TaskKind.DOUBTFUL_MATCH)) == 1


def test_who_is_dead_after_all_is_dead_from_then_on(session: Session) -> None:
    dead_and_alive(session)
    assert settle(session, Settlement.DEAD) == ("died_on",)
    assert fang(session).died_on == date(2026, 10, 2)
    origin = origins_of(session, SYSTEM, person_id=fang(session).id)["died_on"]
    assert (origin.kind, origin.source, origin.stated_on, origin.import_id) == (
        Kind.DECISION,
        str(WORKER.staff_id),
        date(2026, 11, 24),
        None,
    )
    # The register of before the decision is no news.
    take(session, "household", [household(street="黄贝")], on="2026-11-20")
    assert fang(session).died_on == date(2026, 10, 2)
    assert list_open_findings(session, SYSTEM, city="shenzhen") == ()


def test_a_later_sign_of_life_opens_the_question_again(session: Session) -> None:
    dead_and_alive(session)
    finding_id = one(session).id
    settle(session, Settlement.DEAD)
    assert take(session, "household", [household()], on=LATER_ON).counts.findings == 1
    assert fang(session).died_on is None
    assert one(session).id == finding_id
    assert waiting(session) == [finding_id]


def test_who_lives_after_all_stays_alive_until_a_death_is_reported_anew(session: Session) -> None:
    dead_and_alive(session)
    assert settle(session, Settlement.ALIVE) == ()
    take(session, "household", [household(street="黄贝", alive="")], on="2026-11-20")
    assert fang(session).died_on is None
    assert list_open_findings(session, SYSTEM, city="shenzhen") == ()
    take(session, "deaths", [other(died_on="2026-12-10")], on=LATER_ON)
    assert fang(session).died_on == date(2026, 12, 10)


def test_a_birth_date_of_another_register_counts_until_the_household_register_says_its_own_again(
    session: Session,
) -> None:
    take(session, "household", [household()])
    take(session, "accounts", [other(birth_on="1951-01-01", has_card="yes")], source="银行")
    assert settle(session, Settlement.OTHER_DATE_IS_RIGHT) == ("birth_on",)
    assert fang(session).birth_on == date(1951, 1, 1)
    take(session, "hardship", [other(lives_alone="yes")])
    assert fang(session).birth_on == date(1951, 1, 1)
    assert list_open_findings(session, SYSTEM, city="shenzhen") == ()
    take(session, "household", [household()], on=LATER_ON)
    assert fang(session).birth_on == date(1950, 1, 1)
    assert one(session).kind is FindingKind.BIRTH_ON_DIFFERS


def test_the_id_number_can_be_right_against_the_register(session: Session) -> None:
    take(session, "household", [household(birth_on="1950-01-10")])
    assert settle(session, Settlement.ID_NUMBER_IS_RIGHT) == ("birth_on",)
    assert fang(session).birth_on == date(1950, 1, 1)


@pytest.mark.parametrize(
    ("decision", "day"),
    [
        (Settlement.NOTHING_TO_CHANGE, 3),
        (Settlement.EARLIER_DATE_IS_RIGHT, 2),
        (Settlement.LATER_DATE_IS_RIGHT, 3),
    ],
)
def test_of_two_days_of_death_one_is_chosen(session: Session, decision: Settlement, day: int) -> None:
    take(session, "household", [household(alive="")])
    take(session, "deaths", [other(died_on="2026-10-02")], source="甲")
    take(session, "deaths", [other(died_on="2026-10-03")], source="乙", on="2026-11-01")
    settle(session, decision)
    assert fang(session).died_on == date(2026, 10, day)


def test_a_death_before_the_birth_is_taken_back(session: Session) -> None:
    take(session, "household", [household(alive="")])
    take(session, "deaths", [other(died_on="1949-10-02")])
    assert settle(session, Settlement.ALIVE) == ()
    assert fang(session).died_on is None
    assert not is_in_doubt(session, fang(session).id)


def test_a_card_can_be_hers_whatever_the_bank_says(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "accounts", [other(has_card="yes", card_last_four="0018", card_holder_matches="no")])
    assert settle(session, Settlement.CARD_IS_HERS) == ("card_holder_matches",)
    assert fang(session).card_holder_matches is True


def test_what_is_said_under_another_name_counts_once_a_worker_knows_that_it_is_she(session: Session) -> None:
    take(session, "household", [household()], on="2026-09-30")
    take(session, "accounts", [other(name="方玉蓝", has_card="yes", card_last_four="0018")])
    assert settle(session, Settlement.SAME_PERSON) == ("card_last_four", "has_card")
    assert fang(session).card_last_four == "0018"
    report = take(session, "accounts", [other(name="方玉蓝", has_card="no")], on=LATER_ON)
    assert (report.counts.changed, report.counts.held, report.counts.findings) == (1, 0, 0)
    assert "card_last_four" in origins_of(session, SYSTEM, person_id=fang(session).id)


def test_the_other_name_can_be_the_right_one(session: Session) -> None:
    take(session, "household", [household()], on="2026-09-30")
    take(session, "household", [household(name="方玉蓝", community="民新")])
    assert settle(session, Settlement.OTHER_NAME_IS_RIGHT) == ("community", "name")
    session.expire_all()
    person = person_named(session, "方玉蓝")
    assert person.community == "民新"
    assert person.masked_phone == "154****0700"


def test_what_is_not_about_her_never_counts(session: Session) -> None:
    take(session, "household", [household()], on="2026-09-30")
    take(session, "deaths", [other(name="方玉蓝", died_on="2026-10-02")])
    assert settle(session, Settlement.NOT_HER) == ()
    report = take(session, "deaths", [other(name="方玉蓝", died_on="2026-10-02")], on=LATER_ON)
    assert (report.counts.held, report.counts.findings) == (1, 0)
    assert fang(session).died_on is None


def test_of_two_extracts_of_one_day_the_second_can_be_right(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "household", [household(community="民新", phone="15400020009")])
    assert settle(session, Settlement.SECOND_IS_RIGHT) == ("community", "phone")
    person = fang(session)
    assert (person.community, person.masked_phone, person.street) == ("民新", "154****0009", "翠竹")


def test_rows_that_were_rejected_cannot_be_chosen_from(session: Session) -> None:
    take(session, "household", [household()], on="2026-09-30")
    take(session, "household", [household(sex="male"), household(sex="female")])
    assert settlements_for(session, WORKER, finding_id=one(session).id) == (Settlement.NOTHING_TO_CHANGE,)
    with pytest.raises(SettlementImpossible):
        settle(session, Settlement.SECOND_IS_RIGHT)


def test_who_is_known_to_nobody_is_the_operators_matter(session: Session) -> None:
    take(session, "deaths", [other(died_on="2026-10-02"), other(died_on="2026-10-03")])
    with pytest.raises(NotAllowed):
        settle(session, Settlement.NOTHING_TO_CHANGE)
    operator = Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN)
    assert settle(session, Settlement.NOTHING_TO_CHANGE, operator) == ()
    assert waiting(session) == []


def test_only_a_worker_of_her_community_settles_and_only_with_a_reason(session: Session, wang: Person) -> None:
    dead_and_alive(session)
    finding_id = one(session).id
    for actor in (
        ELSEWHERE,
        Actor.senior(wang.id, Channel.SCREEN),
        Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN),
    ):
        with pytest.raises(NotAllowed):
            settle(session, Settlement.ALIVE, actor)
    with pytest.raises(ReasonMissing):
        settle_finding(session, WORKER, finding_id=finding_id, decision=Settlement.ALIVE, reason=" ", now=NOW)
    assert waiting(session) == [finding_id]


def test_settling_twice_changes_nothing_and_otherwise_is_refused(session: Session) -> None:
    dead_and_alive(session)
    finding_id = one(session).id
    settle(session, Settlement.DEAD)
    again = {"finding_id": finding_id, "reason": "再看", "now": NOW}
    assert settle_finding(session, WORKER, decision=Settlement.DEAD, **again).changed == ()
    with pytest.raises(FindingSettled):
        settle_finding(session, WORKER, decision=Settlement.ALIVE, **again)
    assert settlements_for(session, WORKER, finding_id=finding_id) == ()


def test_every_kind_of_finding_can_be_settled() -> None:
    assert set(SETTLEMENTS) == set(FindingKind)
