"""From an application to a decision: the machine approves where every fact is certain; where one is in doubt a worker
decides, with a reason if she refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Date, cast, func, select, tuple_
from sqlalchemy.orm import Session

from services import confirmed_phones, registry
from services.actor import Actor, Capability, Channel
from services.allowances.errors import StepNotPossible
from services.allowances.ledger.reading import first_paid_by
from services.allowances.months import last_day_of
from services.allowances.payable import amount_for
from services.allowances.rules import first_month
from services.allowances.states import CaseState, EventKind
from services.allowances.steps import codes, held_case, move, note, person_of, refuse_the_machine, settle, state_of
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.allowances.telling import tell, where_paid
from services.allowances.views import AllowanceCase, case_view
from services.benefits import Benefit, Status, assess, facts_of, rule_on
from services.clock import local_day
from services.people import Person, PersonRow
from services.worker_tasks import TaskKind, TaskStatus, close_task, open_task
from services.worker_tasks.tables import WorkerTaskRow

# How many applications one transaction decides, lest it hold so many people at once.
AT_ONCE = 500
PAID_BY_FIRST_MONTH = (CaseState.ACTIVE, CaseState.SUSPENDED, CaseState.STOPPED)


def check_applications(session: Session, actor: Actor, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Look at applications, oldest first: approve those whose every fact is certain, put the others before a worker.

    How many were looked at; `limit` means that there may be more. Whoever wishes to withdraw waits for a worker. Raises
    NotAllowed.
    """
    waiting = session.scalars(
        select(AllowanceCaseRow.id)
        .where(AllowanceCaseRow.state == CaseState.APPLIED, AllowanceCaseRow.stop_proposed_from.is_(None))
        .order_by(AllowanceCaseRow.applied_on, AllowanceCaseRow.id)
        .limit(limit)
    ).all()
    for case_id in waiting:
        row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
        # Somebody else may have decided while we waited for the person.
        if state_of(row) is CaseState.APPLIED and row.stop_proposed_from is None:
            _check(session, actor, row, now=now)
    return len(waiting)


def _check(session: Session, actor: Actor, row: AllowanceCaseRow, *, now: datetime) -> None:
    person = person_of(session, row)
    doubts = doubts_about(session, person, row)
    if not doubts:
        _approve(session, actor, row, person, now=now)
        return
    move(row, CaseState.IN_REVIEW)
    row.in_doubt = True
    note(session, actor, row, EventKind.PUT_IN_REVIEW, now=now, doubts=codes(doubts))
    open_task(
        session,
        kind=TaskKind.REVIEW,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={"case_id": str(row.id), "doubts": list(doubts)},
        now=now,
    )


def doubts_about(session: Session, person: Person, row: AllowanceCaseRow) -> tuple[str, ...]:
    """Why the machine may not approve, as codes: what the rules say against her or are not told, what the registers
    contradict, and a text message from a number that nobody confirmed for a year. No card is no doubt: payment waits
    until there is one."""
    applied_on = row.applied_on or row.created_at.date()
    first = first_month(person.birth_on, applied_on)
    benefit = Benefit(row.benefit)
    answer = assess(facts_of(person, as_of=last_day_of(first)), [benefit])[benefit]
    doubts = []
    if answer.status is not Status.ELIGIBLE:
        doubts += [*answer.reasons, *(f"unknown_{field}" for field in answer.missing)]
    if registry.is_in_doubt(session, person.id):
        doubts.append("registers_disagree")
    if person.hukou_district is None:
        # Nobody knows which district pays.
        doubts.append("unknown_hukou_district")
    if _came_by_text(session, row) and confirmed_phones.is_weak(session, person.id, on=applied_on):
        doubts.append("phone_not_confirmed")
    return tuple(doubts)


def _came_by_text(session: Session, row: AllowanceCaseRow) -> bool:
    """Whether all that shows her wish is a text message from her number."""
    asked = (
        select(AllowanceEventRow.channel)
        .where(AllowanceEventRow.case_id == row.id, AllowanceEventRow.kind.in_((EventKind.AGREED, EventKind.APPLIED)))
        .order_by(AllowanceEventRow.at.desc(), AllowanceEventRow.id.desc())
        .limit(1)
    )
    return session.scalar(asked) == Channel.TEXT_MESSAGE


def decide_review(
    session: Session, actor: Actor, *, case_id: UUID, approve: bool, reason: str | None, now: datetime
) -> AllowanceCase:
    """What a worker decides about an application in doubt. Refusing needs a reason.

    Raises CaseUnknown, NotAllowed, OnlyByPeople, ReasonMissing, StepNotPossible.
    """
    row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
    wanted = CaseState.ACTIVE if approve else CaseState.REFUSED
    if state_of(row) is wanted:
        return case_view(row)
    if state_of(row) is not CaseState.IN_REVIEW:
        raise StepNotPossible(state=row.state, wanted=wanted.value)
    person = person_of(session, row)
    if approve:
        _approve(session, actor, row, person, now=now)
    else:
        refuse_the_machine(actor, reason)
        move(row, CaseState.REFUSED)
        told = tell(session, person, row, "allowance_refused", now=now)
        note(session, actor, row, EventKind.REFUSED, now=now, told=told)
    settle(session, actor, row, TaskKind.REVIEW, "approve" if approve else "refuse", reason, now=now)
    return case_view(row)


def _approve(session: Session, actor: Actor, row: AllowanceCaseRow, person: Person, *, now: datetime) -> None:
    today, benefit = local_day(now), Benefit(row.benefit)
    first = first_month(person.birth_on, row.applied_on or today)
    move(row, CaseState.ACTIVE)
    row.in_doubt = False
    row.first_month = first
    row.amount_fen = amount_for(first, person.birth_on)
    row.rule_version = rule_on(last_day_of(first), benefit)
    paid_by = first_paid_by(session, city=row.city, benefit=benefit, first_month=first, today=today)
    template, where = where_paid(person, "allowance_approved", today=today)
    told = tell(
        session,
        person,
        row,
        template,
        now=now,
        year=first.year,
        month=first.month,
        amount=row.amount_fen,
        paid_by=paid_by,
        **where,
    )
    note(session, actor, row, EventKind.APPROVED, now=now, told=told, first_month=first, amount_fen=row.amount_fen)
    if not person.has_card:
        ask_for_card(session, row, now=now)


def ask_for_card(session: Session, row: AllowanceCaseRow, *, now: datetime) -> None:
    """Have a worker help her to a card; what is owed waits for it."""
    open_task(
        session,
        kind=TaskKind.NO_CARD,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.person_id,
        facts={"case_id": str(row.id)},
        now=now,
    )


def settle_cards(session: Session, actor: Actor, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Close the tasks about people who have a card by now; how many. `limit` means that there may be more."""
    ids = session.scalars(
        select(WorkerTaskRow.subject_id)
        .join(PersonRow, PersonRow.id == WorkerTaskRow.subject_id)
        .where(
            WorkerTaskRow.kind == TaskKind.NO_CARD,
            WorkerTaskRow.status == TaskStatus.OPEN,
            PersonRow.has_card.is_(True),
        )
        .limit(limit)
    ).all()
    for person_id in ids:
        close_task(
            session,
            actor,
            kind=TaskKind.NO_CARD,
            subject_id=person_id,
            decision="has_card",
            reason=None,
            now=now,
        )
    return len(ids)


def correct_first_months(session: Session, actor: Actor, *, now: datetime) -> int:
    """Bring first months up to date with corrected birth dates; how many changed. What was paid by the old ones the
    ledger compares, and a person approves the difference. Raises NotAllowed."""
    wrong = _with_wrong_first_months(session)
    for case_id in wrong:
        row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
        person, before = person_of(session, row), row.first_month
        row.first_month = first_month(person.birth_on, row.applied_on or local_day(now))
        row.amount_fen = amount_for(row.first_month, person.birth_on)
        note(session, actor, row, EventKind.FIRST_MONTH_CORRECTED, now=now, before=before, first_month=row.first_month)
    return len(wrong)


def _with_wrong_first_months(session: Session) -> Sequence[UUID]:
    """The paid cases whose first month is not that of their birth date. A city's people share some hundred months of
    birth and days of application, so that the rule is asked once for each pair and not once for each person."""
    born_in = cast(func.date_trunc("month", PersonRow.birth_on), Date)
    case = AllowanceCaseRow
    paid = (
        select(born_in, case.applied_on, case.first_month)
        .join(PersonRow, PersonRow.id == case.person_id)
        .where(case.state.in_(PAID_BY_FIRST_MONTH), case.applied_on.is_not(None))
    )
    wrong = [
        (birth_month, applied_on, stored)
        for birth_month, applied_on, stored in session.execute(paid.distinct())
        if applied_on and first_month(birth_month, applied_on) != stored
    ]
    if not wrong:
        return []
    named = tuple_(born_in, case.applied_on, case.first_month).in_(wrong)
    return session.scalars(paid.with_only_columns(case.id).where(named).order_by(case.person_id)).all()
