"""What the use cases of allowances hand out: frozen views of cases and their events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.allowances.states import FINAL, CaseState, EventKind, StopReason
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.benefits import Benefit


@dataclass(frozen=True)
class AllowanceCase:
    """One life of one person's benefit. Months are their first day, amounts fen a month.

    `amount_fen` is the amount of the first month; what is paid later follows from her age. `replied_on`: when an answer
    came that a worker must confirm. `stop_proposed_from`: the first month that would not be paid if a worker agrees
    with the proposal to stop; payments wait meanwhile. `suspended_from`: set while the case is suspended.
    """

    id: UUID
    city: str
    person_id: UUID
    benefit: Benefit
    state: CaseState
    code: str | None = field(repr=False)
    amount_fen: int
    offered_at: datetime | None
    offer_ends_on: date | None
    replied_on: date | None
    applied_on: date | None
    application_number: str | None
    first_month: date | None
    suspended_from: date | None
    stop_proposed_from: date | None
    stopped_from: date | None
    stop_reason: StopReason | None
    in_doubt: bool
    rule_version: str

    @property
    def is_over(self) -> bool:
        """Whether this life of the benefit has ended."""
        return self.state in FINAL


@dataclass(frozen=True)
class AllowanceEvent:
    """One step of a case: who did what through which channel, by which rule, with which message."""

    id: UUID
    case_id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    channel: str
    kind: EventKind
    rule_version: str
    message_id: UUID | None
    facts: dict[str, Any]


def case_view(row: AllowanceCaseRow) -> AllowanceCase:
    """The case of a row."""
    return AllowanceCase(
        id=row.id,
        city=row.city,
        person_id=row.person_id,
        benefit=Benefit(row.benefit),
        state=CaseState(row.state),
        code=row.code,
        amount_fen=row.amount_fen,
        offered_at=row.offered_at,
        offer_ends_on=row.offer_ends_on,
        replied_on=row.replied_on,
        applied_on=row.applied_on,
        application_number=row.application_number,
        first_month=row.first_month,
        suspended_from=row.suspended_from,
        stop_proposed_from=row.stop_proposed_from,
        stopped_from=row.stopped_from,
        stop_reason=StopReason(row.stop_reason) if row.stop_reason else None,
        in_doubt=row.in_doubt,
        rule_version=row.rule_version,
    )


def event_view(row: AllowanceEventRow) -> AllowanceEvent:
    """The event of a row."""
    return AllowanceEvent(
        id=row.id,
        case_id=row.case_id,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        channel=row.channel,
        kind=EventKind(row.kind),
        rule_version=row.rule_version,
        message_id=row.message_id,
        facts=row.facts,
    )
