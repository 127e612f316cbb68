"""Telling her what became of her case: by text message, or through a worker where no message can reach her."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.allowances.rules import figure
from services.allowances.tables import AllowanceCaseRow
from services.clock import local_day
from services.messages import queue_message
from services.people import Person
from services.worker_tasks import TaskKind, open_task
from services.working_days import working_days_after


def tell(
    session: Session,
    person: Person,
    row: AllowanceCaseRow,
    template: str,
    *,
    now: datetime,
    **variables: Any,
) -> UUID | None:
    """The id of the message to her, or None where she has no phone and a worker has to tell her within the days of the
    rule. Phones that must not get messages are the business of `services.messages`, which asks a worker likewise."""
    phone = people.phone_of(session, person.id)
    if phone is None:
        ask_a_worker(session, row, template, now=now, reason="no_phone")
        return None
    return queue_message(
        session,
        template,
        city=row.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person.id,
        name=person.masked_name,
        **variables,
    )


def ask_a_worker(session: Session, row: AllowanceCaseRow, template: str, *, now: datetime, reason: str) -> None:
    """Have a worker tell her what the message of `template` would have said."""
    today = local_day(now)
    open_task(
        session,
        kind=TaskKind.UNDELIVERED,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={"case_id": str(row.id), "template": template, "reason": reason},
        now=now,
        due_on=working_days_after(today, figure(today, "notify_working_days")),
    )


def where_paid(person: Person, template: str, *, today: date) -> tuple[str, dict[str, str | int]]:
    """The form of a message that says where the money goes: to her card, or that a worker helps her to one first."""
    if not (person.has_card and person.card_last_four):
        return f"{template}_no_card", {}
    return template, {"card": person.card_last_four, "pay_day": int(figure(today, "pay_day"))}
