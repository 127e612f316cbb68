"""The demonstration's allowances: who has been paid for months, who is offered the allowance today, the months that
were listed, audited and paid, and the certification of this season, each through the use cases that a city runs."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.ages import completed_years
from services.allowances import audit_month, list_month, pay_month, screen, take_over
from services.allowances.months import month_of, months_from, months_later
from services.allowances.tables import AllowanceCaseRow
from services.benefits import Benefit
from services.certification import NoWindowNow, open_campaign
from services.clock import local_day, local_moment
from services.messages import MessageStatus, OutgoingMessage
from services.people import Hukou, PersonRow

MONTHS_PAID = 3
LIST_BY, AUDIT_BY, PAY_BY = 10, 15, 20
# They never answered, so that they are asked today.
NOT_ASKED_YET = frozenset({"林国华", "张秀兰"})
OLD_ENOUGH = 70
IN_THE_DATABASE = {"synchronize_session": False}


def prepare_allowances(session: Session, *, city: str, now: datetime) -> None:
    """Add the past months and today's offers, once. People and their cards must be there (`prepare_demonstration`)."""
    if session.scalar(select(AllowanceCaseRow.id).limit(1)) is not None:
        return
    system, today = Actor.system(Channel.COMMAND_LINE), local_day(now)
    first = months_later(month_of(today), -MONTHS_PAID)
    for person in session.scalars(select(PersonRow).where(PersonRow.is_demonstration).order_by(PersonRow.id)):
        if person.name not in NOT_ASKED_YET and person.hukou == Hukou.SHENZHEN and _was_old_enough(person, first):
            allowance, begun_at = Benefit.OLD_AGE_ALLOWANCE, _morning_of(first)
            take_over(session, system, person_id=person.id, benefit=allowance, from_month=first, now=begun_at)
    for month in months_from(first, month_of(today)):
        _run(session, system, month, city=city, now=now)
    let_arrive(session, before=now)
    screen(session, system, city=city, as_of=today, now=now)
    # Between two windows there is nothing to certify.
    with suppress(NoWindowNow):
        open_campaign(session, system, city=city, now=now)


def let_arrive(session: Session, *, before: datetime) -> None:
    """What was written to people before a moment is on their phones since then; nobody gets it today."""
    arrived = {
        "status": MessageStatus.DELIVERED,
        "sent_at": OutgoingMessage.queued_at,
        "settled_at": OutgoingMessage.queued_at,
    }
    waiting = OutgoingMessage.status == MessageStatus.QUEUED, OutgoingMessage.queued_at < before
    session.execute(update(OutgoingMessage).where(*waiting).values(arrived), execution_options=IN_THE_DATABASE)


def _run(session: Session, system: Actor, month: date, *, city: str, now: datetime) -> None:
    """List, audit and pay a month, as far as its days are over."""
    listed_at, audited_at, paid_at = (_morning_of(month.replace(day=day)) for day in (LIST_BY, AUDIT_BY, PAY_BY))
    if listed_at <= now:
        run = list_month(session, system, city=city, month=month, now=listed_at)
        if audited_at <= now:
            audit_month(session, system, run_id=run.id, now=audited_at)
        if paid_at <= now:
            pay_month(session, system, run_id=run.id, now=paid_at)


def _was_old_enough(person: PersonRow, day: date) -> bool:
    return completed_years(person.birth_on, day) >= OLD_ENOUGH


def _morning_of(day: date) -> datetime:
    return local_moment(day, time(9))
