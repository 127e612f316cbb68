"""A message that will never arrive becomes a matter for a worker, who reaches the person in another way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.clock import Clock
from services.messages.receipts import Undelivered
from services.messages.tables import OutgoingMessage
from services.worker_tasks import TaskKind, open_task


def tell_workers(clock: Clock) -> Undelivered:
    """What to call with the ids of undelivered messages. Those to nobody whom we know need none."""

    def open_tasks(session: Session, message_ids: Sequence[UUID]) -> None:
        known = OutgoingMessage.id.in_(message_ids) & OutgoingMessage.person_id.is_not(None)
        columns = (
            OutgoingMessage.id,
            OutgoingMessage.city,
            OutgoingMessage.person_id,
            OutgoingMessage.template,
            OutgoingMessage.failure,
        )
        for row in session.execute(select(*columns).where(known).order_by(OutgoingMessage.id)).all():
            open_task(
                session,
                kind=TaskKind.UNDELIVERED,
                city=row.city,
                person_id=row.person_id,
                subject_id=row.id,
                facts={"template": row.template, "reason": row.failure},
                now=clock.now(),
            )

    return open_tasks
