"""What the bank sends back: the money is on the next list again, and a worker finds out what is wrong with the card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor
from services.allowances.ledger.errors import ReturnUnknown, RunNotReady
from services.allowances.ledger.runs import held_run
from services.allowances.ledger.states import LineStatus, RunState
from services.allowances.ledger.tables import PaymentLineRow
from services.allowances.ledger.totals import run_view
from services.allowances.ledger.views import PaymentRun
from services.clock import local_day
from services.worker_tasks import NewTask, TaskKind, open_tasks


class ReturnCode(StrEnum):
    """Why the bank did not credit a payment."""

    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_FROZEN = "account_frozen"
    NAME_DIFFERS = "name_differs"
    OTHER = "other"


def record_returns(
    session: Session, actor: Actor, *, run_id: UUID, returned: Mapping[UUID, ReturnCode], now: datetime
) -> PaymentRun:
    """Payments of a paid run that came back, by the reference that the bank file gave each of them.

    Each has all the lines that it was made of marked as returned. The same list again changes nothing; a list with a
    reference that is not of this run changes nothing either. Raises NotAllowed, RunUnknown, RunNotReady, ReturnUnknown.
    """
    run = held_run(session, actor, run_id)
    if run.state != RunState.PAID:
        raise RunNotReady(state=run.state, wanted=RunState.PAID.value)
    lines = session.scalars(
        select(PaymentLineRow)
        .where(PaymentLineRow.run_id == run_id, PaymentLineRow.status.in_((LineStatus.PAID, LineStatus.RETURNED)))
        .order_by(PaymentLineRow.person_id)
    ).all()
    by_id = {line.id: line for line in lines}
    unknown = returned.keys() - by_id.keys()
    if unknown:
        raise ReturnUnknown(reference=min(unknown))
    codes = {(by_id[line_id].person_id, by_id[line_id].district): (line_id, code) for line_id, code in returned.items()}
    today, count = local_day(now), 0
    for line in lines:
        reference, code = codes.get((line.person_id, line.district), (None, None))
        if reference is not None and line.status == LineStatus.PAID:
            line.status, line.returned_on, line.return_code = LineStatus.RETURNED, today, code
            count += 1
    tasks = [_task(by_id[reference], code, run.month) for reference, code in codes.values()]
    if count:
        open_tasks(session, kind=TaskKind.BANK_RETURN, city=run.city, tasks=tasks, now=now)
        audit.record(
            session,
            actor,
            "payments_returned",
            city=run.city,
            person_id=None,
            subject_id=run.id,
            now=now,
            payments=len(codes),
            lines=count,
        )
    session.flush()
    return run_view(session, run)


def _task(line: PaymentLineRow, code: ReturnCode, month: date) -> NewTask:
    return NewTask(line.person_id, line.id, {"run_id": str(line.run_id), "month": str(month), "code": code.value})
