"""Corrections as people meet them: reckoning one person again, deciding what waits, noting what came back."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.allowances.errors import AlreadyDecided, CaseUnknown
from services.allowances.ledger.adjusting import adjust, books_of, decision_row
from services.allowances.ledger.errors import AdjustmentUnknown, RefundTooMuch
from services.allowances.ledger.reading import payments_of_person
from services.allowances.ledger.tables import (
    AdjustmentDecisionRow,
    AdjustmentRow,
    LedgerAccountRow,
    PayableRow,
    RefundRow,
)
from services.allowances.ledger.terms import terms_of_person
from services.allowances.steps import refuse_the_machine
from services.allowances.tables import AllowanceCaseRow
from services.benefits import Benefit
from services.database.tables import new_id
from services.people import PersonRow
from services.worker_tasks import TaskKind, close_task

RECKONED_SINGLY = "reckoned_singly"


def recompute(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    person_id: UUID | None = None,
    case_id: UUID | None = None,
    benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE,
) -> int:
    """Compare what was booked for one person with what is owed by today's facts, and book the differences as
    adjustments; how many there were.

    Months that were never booked are booked by the next list, not here. The list of a month does the same for
    everybody, so this is only for those who want to see the difference at once. Raises NotAllowed, CaseUnknown.
    """
    if case_id is not None:
        case = session.get(AllowanceCaseRow, case_id)
        if case is None:
            raise CaseUnknown()
        person_id, benefit = case.person_id, Benefit(case.benefit)
    assert person_id is not None, "whose months?"
    people.require_for(session, actor, Capability.DECIDE_CASES, person_id=person_id)
    people.hold(session, person_id)
    session.flush()
    latest = session.scalar(
        select(func.max(PayableRow.month)).where(PayableRow.person_id == person_id, PayableRow.benefit == benefit)
    )
    if latest is None:
        return 0
    city = session.get_one(PersonRow, person_id).city
    terms = terms_of_person(session, person_id, city=city, benefit=benefit, month=latest)
    if terms is None:
        return 0
    books = books_of(session, [person_id], benefit)
    # The next list books what is new, and sees if the facts changed back.
    _reckon_again(session, person_id, benefit)
    return adjust(session, [terms], books, city=city, benefit=benefit, up_to=latest, now=now)


def _reckon_again(session: Session, person_id: UUID, benefit: Benefit) -> None:
    """Have the next list reckon her from the beginning."""
    session.execute(
        update(LedgerAccountRow)
        .where(LedgerAccountRow.person_id == person_id, LedgerAccountRow.benefit == benefit)
        .values(fingerprint=RECKONED_SINGLY)
    )


def decide_adjustment(
    session: Session, actor: Actor, *, adjustment_id: UUID, approve: bool, reason: str | None, now: datetime
) -> int:
    """What a worker decides about corrections that wait: `adjustment_id` is the subject of her task, and stands for all
    that was found at once. How many were decided; the same decision again decides nothing.

    Approved, what was paid too much is kept back from later payments, or is due from the family where none follow.
    Refused, it stays with the person. Raises NotAllowed, OnlyByPeople, ReasonMissing, AdjustmentUnknown,
    AlreadyDecided.
    """
    rows = session.scalars(
        select(AdjustmentRow)
        .where((AdjustmentRow.group_id == adjustment_id) | (AdjustmentRow.id == adjustment_id))
        .order_by(AdjustmentRow.id)
    ).all()
    if not rows:
        raise AdjustmentUnknown()
    person_id = rows[0].person_id
    people.require_for(session, actor, Capability.DECIDE_CASES, person_id=person_id)
    refuse_the_machine(actor, reason)
    people.hold(session, person_id)
    decided = {
        decision.adjustment_id: decision
        for decision in session.scalars(
            select(AdjustmentDecisionRow).where(AdjustmentDecisionRow.adjustment_id.in_([row.id for row in rows]))
        )
    }
    waiting = [row for row in rows if row.id not in decided]
    if not waiting:
        by_people = [each.approved for each in decided.values() if each.actor_id is not None]
        if by_people and all(approved != approve for approved in by_people):
            raise AlreadyDecided(state="approved" if by_people[0] else "refused")
        return 0
    for row in waiting:
        session.add(decision_row(row.id, row.city, actor, approved=approve, reason=reason, now=now))
    session.flush()
    # What became known since the correction was found may make another amount of it.
    _reckon_again(session, person_id, Benefit(rows[0].benefit))
    decision = "approve" if approve else "refuse"
    close_task(
        session,
        actor,
        kind=TaskKind.ADJUSTMENT,
        subject_id=rows[0].group_id,
        decision=decision,
        reason=reason,
        now=now,
    )
    audit.record(
        session,
        actor,
        "adjustment_decided",
        city=rows[0].city,
        person_id=person_id,
        subject_id=rows[0].group_id,
        now=now,
        approved=approve,
        months=len(waiting),
        amount_fen=sum(row.amount_fen for row in waiting),
    )
    session.flush()
    return len(waiting)


def record_refund(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    amount_fen: int,
    received_on: date,
    now: datetime,
    benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE,
) -> None:
    """Money that came back for months that were paid and not owed, oldest month first. Raises NotAllowed,
    RefundTooMuch."""
    people.require_for(session, actor, Capability.DECIDE_CASES, person_id=person_id)
    people.hold(session, person_id)
    due = {
        payment.month: payment.refund_due_fen
        for payment in payments_of_person(session, person_id)
        if payment.benefit is benefit and payment.refund_due_fen
    }
    if not 0 < amount_fen <= sum(due.values()):
        raise RefundTooMuch(due_fen=sum(due.values()))
    city, left = session.get_one(PersonRow, person_id).city, amount_fen
    for month, fen in sorted(due.items()):
        part = min(fen, left)
        if part:
            session.add(
                RefundRow(
                    id=new_id(),
                    city=city,
                    person_id=person_id,
                    benefit=benefit,
                    month=month,
                    amount_fen=part,
                    received_on=received_on,
                    recorded_at=now,
                )
            )
        left -= part
    audit.record(
        session,
        actor,
        "refund_received",
        city=city,
        person_id=person_id,
        subject_id=None,
        now=now,
        amount_fen=amount_fen,
        received_on=str(received_on),
    )
    session.flush()
