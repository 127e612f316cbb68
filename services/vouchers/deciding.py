"""What a worker decides about a voucher that the facts of a new month speak against: lower it, or keep it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, ActorKind, Capability
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.vouchers.errors import NothingToLower
from services.vouchers.issuing import OnLost
from services.vouchers.kinds import VoucherKind
from services.vouchers.movements import lower_to
from services.vouchers.tables import VoucherRow
from services.vouchers.telling import tell_of_change
from services.vouchers.worth import Worth, by_rules
from services.worker_tasks import TaskKind, close_task

LOWERED, KEPT = "lower", "keep"


def decide_voucher(
    session: Session, actor: Actor, *, voucher_id: UUID, lower: bool, reason: str, now: datetime, on_lost: OnLost
) -> int:
    """Lower a voucher to what the rules give, or keep it; the fen that it is worth then.

    What was spent stays spent; bookings that lose something go to `on_lost`. Kept, she is asked about again only once
    the rules say something else. Only a worker of her community may. Raises NotAllowed, OnlyByPeople, ReasonMissing,
    NothingToLower (also where the registers came round in the meantime).
    """
    row = session.get(VoucherRow, voucher_id)
    if row is None:
        raise NothingToLower()
    people.require_for(session, actor, Capability.DECIDE_CASES, person_id=row.person_id)
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        raise OnlyByPeople()
    if not reason.strip():
        raise ReasonMissing()
    people.hold(session, row.person_id)
    session.refresh(row)
    person = people.get_person(session, actor, person_id=row.person_id)
    had_fen, fen = row.granted_fen, by_rules(person, VoucherKind(row.kind), row.month).at_least_fen
    if fen >= had_fen:
        raise NothingToLower()
    if lower:
        lost = lower_to(session, actor, row, fen, now=now)
        tell_of_change(session, person, row, Worth(fen, fen, had_fen, None, row.rule), now=now)
        for each in lost:
            on_lost(session, each, now)
    else:
        row.kept_at_fen = fen
    session.flush()
    close_task(
        session,
        actor,
        kind=TaskKind.VOUCHER_LOWERED,
        subject_id=row.id,
        decision=LOWERED if lower else KEPT,
        reason=reason.strip(),
        now=now,
    )
    return row.granted_fen
