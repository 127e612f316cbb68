"""What workers decide: the use case behind each decision is carried out, the task closed with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.allowances import AllowanceCase, CaseState, ReasonMissing
from services.benefits import Benefit
from services.database import new_id
from services.decisions import (
    DECISIONS,
    LONGEST_REASON,
    USE_CASES,
    Choice,
    DecisionUnknown,
    ReasonTooLong,
    TaskClosed,
    decide,
    decisions_for,
)
from services.people import Person
from services.registry import Settlement, import_extract, is_in_doubt
from services.worker_tasks import TaskKind, TaskStatus, get_task, list_tasks, open_task
from tests.conftest import NOW, person_named
from tests.extracts import extract, household, number
from tests.opened import EVERY_RECORD

CITY = "shenzhen"
SYSTEM = Actor.system()
OF_JINGTIAN = Actor.staff(
    ActorKind.COMMUNITY_WORKER, UUID(int=1), Channel.SCREEN, "景田", "福田区", open_records=EVERY_RECORD
)
OF_CUIZHU = Actor.staff(
    ActorKind.COMMUNITY_WORKER, UUID(int=2), Channel.SCREEN, "翠竹", "罗湖区", open_records=EVERY_RECORD
)
OPERATOR = Actor.staff(ActorKind.OPERATOR, UUID(int=3), Channel.SCREEN)
WHY = "上门见到本人，核对了身份证"


@pytest.fixture
def lin(session: Session) -> Person:
    """林国华, 72, of 景田, who has no case yet."""
    found = person_named(session, "林国华")
    assert allowances.list_cases(session, SYSTEM, person_id=found.id) == ()
    return found


def applied(session: Session, person: Person) -> AllowanceCase:
    return allowances.apply_for(
        session,
        Actor.senior(person.id, Channel.VOICE),
        person_id=person.id,
        benefit=Benefit.OLD_AGE_ALLOWANCE,
        now=NOW,
    )


def active(session: Session, person: Person) -> AllowanceCase:
    case = applied(session, person)
    allowances.check_applications(session, SYSTEM, now=NOW)
    return now_of(session, case)


def now_of(session: Session, case: AllowanceCase) -> AllowanceCase:
    return allowances.get_case(session, SYSTEM, case_id=case.id)


def task_about(session: Session, person: Person | None, kind: TaskKind, subject_id: UUID, **facts: object) -> UUID:
    return open_task(
        session,
        kind=kind,
        city=CITY,
        person_id=person.id if person else None,
        subject_id=subject_id,
        facts=facts,
        now=NOW,
    )


def test_every_kind_of_task_can_be_decided_and_every_decision_but_settling_does_something() -> None:
    assert set(DECISIONS) == set(TaskKind) - {TaskKind.DOUBTFUL_MATCH}
    without_use_case = {
        (kind, decision.choice)
        for kind, decisions in DECISIONS.items()
        for decision in decisions
        if (kind, decision.choice) not in USE_CASES
    }
    # What a worker has done herself, outside of any use case.
    looked_after = {Choice.CALLED_HER, Choice.VISITED, Choice.ALL_WELL, Choice.HELP_SENT}
    assert {choice for _, choice in without_use_case} == {Choice.SETTLE} | looked_after
    assert set(USE_CASES) <= {(kind, each.choice) for kind, found in DECISIONS.items() for each in found}


def test_a_stop_is_decided_with_a_reason_and_the_case_ends(session: Session, lin: Person) -> None:
    case = active(session, lin)
    allowances.withdraw(session, Actor.senior(lin.id, Channel.VOICE), case_id=case.id, now=NOW)
    (task,) = list_tasks(session, OF_JINGTIAN, now=NOW, kind=TaskKind.STOP_DECISION)
    done = decide(session, OF_JINGTIAN, task_id=task.id, choice=Choice.STOP, reason=f" {WHY} ", now=NOW)
    assert (done.status, done.decision, done.reason) == (TaskStatus.CLOSED, "stop", WHY)
    assert done.decided_by == OF_JINGTIAN.staff_id
    assert now_of(session, case).state in (CaseState.WITHDRAWN, CaseState.STOPPED)
    assert decisions_for(session, OF_JINGTIAN, done) == ()
    with pytest.raises(TaskClosed):
        decide(session, OF_JINGTIAN, task_id=task.id, choice=Choice.KEEP, reason=WHY, now=NOW)


def test_keeping_takes_the_proposal_off(session: Session, lin: Person) -> None:
    case = active(session, lin)
    allowances.withdraw(session, Actor.senior(lin.id, Channel.VOICE), case_id=case.id, now=NOW)
    (task,) = list_tasks(session, OF_JINGTIAN, now=NOW, kind=TaskKind.STOP_DECISION)
    decide(session, OF_JINGTIAN, task_id=task.id, choice=Choice.KEEP, reason=WHY, now=NOW)
    kept = now_of(session, case)
    assert (kept.state, kept.stop_proposed_from) == (CaseState.ACTIVE, None)


def test_a_yes_from_another_phone_counts_once_a_worker_has_asked_her(session: Session) -> None:
    chen = person_named(session, "陈丽英")
    allowances.screen(session, SYSTEM, city=CITY, as_of=date(2026, 11, 24), now=NOW)
    (case,) = allowances.open_offers(session, SYSTEM, person_id=chen.id)
    allowances.agree_to_offer(session, SYSTEM, case_id=case.id, now=NOW, phone_is_hers=False)
    (task,) = list_tasks(session, OF_JINGTIAN, now=NOW, kind=TaskKind.OTHER_PHONE)
    done = decide(session, OF_JINGTIAN, task_id=task.id, choice=Choice.AGREE, reason=WHY, now=NOW + timedelta(days=1))
    # The use case closes the task without knowing the worker's reason, which is kept all the same.
    assert (done.status, done.reason) == (TaskStatus.CLOSED, WHY)
    assert now_of(session, case).state is CaseState.APPLIED
    event = allowances.events_of(session, SYSTEM, case_id=case.id)[-1]
    assert (event.actor_kind, event.actor_id) == (ActorKind.COMMUNITY_WORKER, OF_JINGTIAN.staff_id)


def test_declining_for_her_ends_the_offer(session: Session) -> None:
    chen = person_named(session, "陈丽英")
    allowances.screen(session, SYSTEM, city=CITY, as_of=date(2026, 11, 24), now=NOW)
    (case,) = allowances.open_offers(session, SYSTEM, person_id=chen.id)
    task_id = task_about(session, chen, TaskKind.UNCLEAR_REPLY, case.id, message_id=str(new_id()))
    decide(session, OF_JINGTIAN, task_id=task_id, choice=Choice.DECLINE, reason=WHY, now=NOW)
    assert now_of(session, case).state is CaseState.DECLINED


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        (TaskKind.MISSED_CERTIFICATION, Choice.SUSPEND),
        (TaskKind.CERTIFICATION_VISIT, Choice.VISIT_PASSED),
        (TaskKind.ADJUSTMENT, Choice.CORRECT),
    ],
)
def test_a_matter_that_settled_itself_is_taken_off_the_list(
    session: Session, lin: Person, kind: TaskKind, choice: Choice
) -> None:
    task_id = task_about(session, lin, kind, new_id())
    done = decide(session, OF_JINGTIAN, task_id=task_id, choice=choice, reason=WHY, now=NOW)
    assert (done.status, done.decision) == (TaskStatus.CLOSED, "signal_gone")


def test_a_reply_that_no_offer_belongs_to_can_only_be_settled(session: Session, lin: Person) -> None:
    message_id = new_id()
    task_id = task_about(session, lin, TaskKind.UNCLEAR_REPLY, message_id, message_id=str(message_id))
    task = get_task(session, OF_JINGTIAN, task_id=task_id)
    assert [each.choice for each in decisions_for(session, OF_JINGTIAN, task)] == [Choice.SETTLE]
    with pytest.raises(DecisionUnknown):
        decide(session, OF_JINGTIAN, task_id=task_id, choice=Choice.AGREE, reason=WHY, now=NOW)
    done = decide(session, OF_JINGTIAN, task_id=task_id, choice=Choice.SETTLE, reason=WHY, now=NOW)
    assert done.decision == "settle"


def test_nobody_decides_without_a_reason_or_with_a_novel(session: Session, lin: Person) -> None:
    task_id = task_about(session, lin, TaskKind.HELP_WANTED, new_id())
    for reason, refused in (("", ReasonMissing), (" \n", ReasonMissing), ("长" * (LONGEST_REASON + 1), ReasonTooLong)):
        with pytest.raises(refused):
            decide(session, OF_JINGTIAN, task_id=task_id, choice=Choice.SETTLE, reason=reason, now=NOW)
    assert get_task(session, OF_JINGTIAN, task_id=task_id).is_open


def test_only_the_workers_of_her_community_decide(session: Session, lin: Person) -> None:
    task_id = task_about(session, lin, TaskKind.HELP_WANTED, new_id())
    for actor in (OF_CUIZHU, OPERATOR, Actor.senior(lin.id, Channel.SCREEN)):
        with pytest.raises(NotAllowed):
            decide(session, actor, task_id=task_id, choice=Choice.SETTLE, reason=WHY, now=NOW)


def test_what_concerns_nobody_is_known_to_operators_who_settle_it(session: Session) -> None:
    task_id = task_about(session, None, TaskKind.HELP_WANTED, new_id())
    with pytest.raises(NotAllowed):
        decide(session, OF_JINGTIAN, task_id=task_id, choice=Choice.SETTLE, reason=WHY, now=NOW)
    assert decide(session, OPERATOR, task_id=task_id, choice=Choice.SETTLE, reason=WHY, now=NOW).decision == "settle"


def test_a_contradiction_is_settled_and_the_person_is_in_no_doubt_any_more(session: Session) -> None:
    in_her_community = household(community="翠竹", birth_on="1950-03-01")
    import_extract(session, SYSTEM, extract("household", [in_her_community]), city=CITY, now=NOW)
    (task,) = list_tasks(session, OF_CUIZHU, now=NOW, kind=TaskKind.DOUBTFUL_MATCH)
    assert task.person_id is not None
    choices = [each.choice for each in decisions_for(session, OF_CUIZHU, task)]
    assert choices == [Settlement.NOTHING_TO_CHANGE, Settlement.ID_NUMBER_IS_RIGHT]
    with pytest.raises(DecisionUnknown):
        decide(session, OF_CUIZHU, task_id=task.id, choice=Choice.SETTLE, reason=WHY, now=NOW)
    done = decide(session, OF_CUIZHU, task_id=task.id, choice=Settlement.NOTHING_TO_CHANGE, reason=WHY, now=NOW)
    assert (done.decision, done.reason) == ("nothing_to_change", WHY)
    assert not is_in_doubt(session, task.person_id)


def test_the_id_number_can_be_right_about_the_birth_date(session: Session) -> None:
    born = household(community="翠竹", birth_on="1946-12-01", id_number=number(701, "1947-12-01"))
    import_extract(session, SYSTEM, extract("household", [born]), city=CITY, now=NOW)
    (task,) = list_tasks(session, OF_CUIZHU, now=NOW, kind=TaskKind.DOUBTFUL_MATCH)
    decide(session, OF_CUIZHU, task_id=task.id, choice=Settlement.ID_NUMBER_IS_RIGHT, reason=WHY, now=NOW)
    session.expire_all()
    assert person_named(session, "方玉兰").birth_on == date(1947, 12, 1)


def test_no_other_task_is_settled_like_a_contradiction(session: Session, lin: Person) -> None:
    task_id = task_about(session, lin, TaskKind.HELP_WANTED, new_id())
    with pytest.raises(DecisionUnknown):
        decide(session, OF_JINGTIAN, task_id=task_id, choice=Settlement.ALIVE, reason=WHY, now=NOW)
