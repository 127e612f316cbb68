"""Where the facts of a new month speak against a voucher that somebody has: a worker decides whether it is lowered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.vouchers.tables import VoucherRow
from services.vouchers.worth import Worth
from services.worker_tasks import TaskKind, open_task


def ask_whether_to_keep(session: Session, row: VoucherRow, worth: Worth, *, now: datetime) -> None:
    """Put it on the list of her community. Until somebody decides she has what she had."""
    open_task(
        session,
        kind=TaskKind.VOUCHER_LOWERED,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={
            "voucher": row.kind,
            "month": row.month.isoformat(),
            "has_fen": row.granted_fen,
            "by_rules_fen": worth.by_rules_fen,
            "rule": worth.rule,
        },
        now=now,
    )
