"""A few days before the month ends: telling her what is left in a voucher that nobody uses."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, ActorKind, NotAllowed
from services.allowances.months import last_day_of, month_of
from services.clock import local_day
from services.vouchers.kinds import VoucherKind
from services.vouchers.parameters import rules_on
from services.vouchers.tables import VoucherRow
from services.vouchers.telling import tell

# Less than this buys nothing in any catalogue.
LEAST_WORTH_TELLING_FEN = 10_00


def remind_of_unused(session: Session, actor: Actor, *, now: datetime, limit: int) -> int:
    """Tell at most `limit` people, once each, what of the home care voucher is void after this month; how many were
    looked at. Only for the system; raises NotAllowed.

    The voucher of 2026 is left out: it only takes over a part of what she would pay, and a text that urges her to spend
    is what swindlers write.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="remind_of_unused")
    today = local_day(now)
    rules, last_day = rules_on(today), last_day_of(month_of(today))
    kind = VoucherKind.HOME_CARE_SUBSIDY
    if today < last_day - timedelta(days=rules.reminder_days_before_end) or rules.carry_over_months[kind]:
        return 0
    left = VoucherRow.granted_fen - VoucherRow.held_fen - VoucherRow.spent_fen
    rows = session.scalars(
        select(VoucherRow)
        .where(
            VoucherRow.kind == kind,
            VoucherRow.month == month_of(today),
            VoucherRow.issued_at.is_not(None),
            VoucherRow.reminded_at.is_(None),
            left >= LEAST_WORTH_TELLING_FEN,
        )
        .order_by(VoucherRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.reminded_at = now
        person = people.get_person(session, actor, person_id=row.person_id)
        if person.died_on is None:
            tell(session, person, row, "voucher_expires", now=now, left=row.left_fen, until=last_day.isoformat())
    session.flush()
    return len(rows)
