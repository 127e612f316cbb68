"""Text messages in tests: offers that went out, replies that come in, what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor
from services.allowances import AllowanceCase
from services.allowances.tables import AllowanceCaseRow
from services.database import new_id
from services.inbox import HandledAs, handle, receive
from services.inbox.tables import IncomingMessageRow
from services.messages import OutgoingMessage
from services.people import PHONE, Person
from services.sealing import vault_of
from services.worker_tasks.tables import WorkerTaskRow

CITY, GATEWAY = "shenzhen", "test"
numbers = count(1)


def offer_to(
    session: Session, person: Person, phone: str, *, now: datetime, code: str = "21", days: int = 60
) -> AllowanceCase:
    """An open offer of the old-age allowance that went to this phone two days ago."""
    row = AllowanceCaseRow(
        id=new_id(),
        city=CITY,
        person_id=person.id,
        benefit="old_age_allowance",
        state="offered",
        code=code,
        phone_index=vault_of(session).index(phone, context=PHONE),
        amount_fen=20000,
        offered_at=now - timedelta(days=2),
        offer_ends_on=now.date() + timedelta(days=days),
        rule_version="test",
        in_doubt=False,
        created_at=now - timedelta(days=2),
    )
    session.add(row)
    session.flush()
    return allowances.get_case(session, Actor.system(), case_id=row.id)


def texts(session: Session, phone: str, words: str, *, at: datetime, now: datetime | None = None) -> HandledAs:
    """Somebody with this phone writes, and it is read at once, or at `now`."""
    message_id = str(next(numbers))
    receive(
        session,
        city=CITY,
        gateway=GATEWAY,
        gateway_message_id=message_id,
        phone=phone,
        text=words,
        to="10690000",
        received_at=at,
    )
    row = session.scalars(
        select(IncomingMessageRow).where(
            IncomingMessageRow.gateway == GATEWAY, IncomingMessageRow.gateway_message_id == message_id
        )
    ).one()
    return handle(session, row.id, now=now or at)


def state_of(session: Session, case: AllowanceCase) -> str:
    """The state that a case is in now."""
    return allowances.get_case(session, Actor.system(), case_id=case.id).state.value


def answers(session: Session) -> Sequence[str]:
    """The templates of all messages that are on their way, oldest first."""
    return session.scalars(
        select(OutgoingMessage.template).where(OutgoingMessage.status == "queued").order_by(OutgoingMessage.id)
    ).all()


def open_tasks(session: Session) -> set[tuple[str, UUID | None]]:
    """What waits for workers: kinds, and about whom."""
    rows = session.scalars(select(WorkerTaskRow).where(WorkerTaskRow.status == "open"))
    return {(row.kind, row.person_id) for row in rows}
