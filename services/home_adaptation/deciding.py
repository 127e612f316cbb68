"""What a worker decides: to approve or to refuse, and that the firm was paid."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.allowances.errors import NotEntitled, ReasonMissing
from services.benefits import Status
from services.clock import local_day
from services.home_adaptation.applying import entitlement
from services.home_adaptation.errors import AdaptationStepNotPossible, PaymentWrong
from services.home_adaptation.household import release_household
from services.home_adaptation.reading import adaptation_view
from services.home_adaptation.states import BEFORE_APPROVAL, AdaptationState, EventKind
from services.home_adaptation.steps import (
    checked_note,
    firm_of,
    held_case,
    move,
    must_be,
    note,
    person_of,
    refuse_the_machine,
    settle_task,
    state_of,
    tell,
)
from services.home_adaptation.tables import AdaptationRow
from services.home_adaptation.views import Adaptation
from services.worker_tasks import TaskKind

LONGEST_REFERENCE = 60


def decide_adaptation(
    session: Session, actor: Actor, *, adaptation_id: UUID, approve: bool, reason: str, now: datetime
) -> Adaptation:
    """Approve a quote to which she and the owner have agreed, or refuse the case, with a reason; at any time before it
    is approved.

    Only a worker of the community may. Raises AdaptationUnknown, NotAllowed, OnlyByPeople, ReasonMissing,
    AdaptationStepNotPossible; on approving also NotEntitled, where the rules of today do not say yes: `missing` names
    what has to be found out first.
    """
    row = held_case(session, actor, adaptation_id, Capability.DECIDE_CASES)
    refuse_the_machine(actor)
    reason = checked_note(reason)
    if not reason:
        raise ReasonMissing()
    if approve:
        _approve(session, actor, row, reason, now)
    else:
        _refuse(session, actor, row, reason, now)
    return adaptation_view(session, row)


def _approve(session: Session, actor: Actor, row: AdaptationRow, reason: str, now: datetime) -> None:
    must_be(row, AdaptationState.AGREED)
    answer = entitlement(person_of(session, row), now)
    if answer.status is not Status.ELIGIBLE:
        raise NotEntitled(reasons=answer.reasons, missing=answer.missing)
    move(row, AdaptationState.APPROVED)
    note(session, actor, row, EventKind.APPROVED, now=now, words=reason, subsidy_fen=row.subsidy_fen)
    settle_task(session, actor, row, TaskKind.ADAPTATION_DECISION, "approve", reason, now)
    assert row.subsidy_fen is not None
    assert row.self_paid_fen is not None
    tell(session, row, "adaptation_approved", now=now, firm=firm_of(session, row).name, subsidy=row.subsidy_fen,
         self_paid=row.self_paid_fen)  # fmt: skip


def _refuse(session: Session, actor: Actor, row: AdaptationRow, reason: str, now: datetime) -> None:
    if state_of(row) not in BEFORE_APPROVAL:
        raise AdaptationStepNotPossible(state=row.state)
    move(row, AdaptationState.REFUSED)
    release_household(session, row)
    note(session, actor, row, EventKind.REFUSED, now=now, words=reason)
    for kind in (TaskKind.ADAPTATION_ASSESSMENT, TaskKind.ADAPTATION_DECISION):
        settle_task(session, actor, row, kind, "refuse", reason, now)
    tell(session, row, "adaptation_refused", now=now)


def record_payment(
    session: Session,
    actor: Actor,
    *,
    adaptation_id: UUID,
    amount_fen: int,
    reference: str,
    paid_on: date,
    now: datetime,
) -> Adaptation:
    """That the city's part was transferred to the account of the firm, never cash and never to her: exactly that part,
    once, after she has accepted the work. Paid already with the same reference, nothing happens.

    Raises AdaptationUnknown, NotAllowed, OnlyByPeople, PaymentWrong, AdaptationStepNotPossible.
    """
    row = held_case(session, actor, adaptation_id, Capability.DECIDE_CASES)
    refuse_the_machine(actor)
    reference = reference.strip()
    if row.state == AdaptationState.PAID and row.payment_reference == reference:
        return adaptation_view(session, row)
    must_be(row, AdaptationState.ACCEPTED)
    in_time = row.applied_on <= paid_on <= local_day(now)
    if amount_fen != row.subsidy_fen or not in_time or not 0 < len(reference) <= LONGEST_REFERENCE:
        raise PaymentWrong(expected_fen=row.subsidy_fen)
    row.paid_on, row.payment_reference = paid_on, reference
    move(row, AdaptationState.PAID)
    firm = firm_of(session, row)
    note(session, actor, row, EventKind.PAID, now=now, words=reference, amount_fen=amount_fen,
         paid_on=paid_on.isoformat(), account=firm.account_last_four)  # fmt: skip
    settle_task(session, actor, row, TaskKind.ADAPTATION_PAYMENT, "paid", reference, now)
    tell(session, row, "adaptation_paid", now=now, firm=firm.name, subsidy=amount_fen)
    return adaptation_view(session, row)
