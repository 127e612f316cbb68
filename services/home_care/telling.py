"""Text messages about visits. The templates are registered in locales/*/text_messages.yaml."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from services import people
from services.home_care.tables import ServiceBookingRow
from services.messages import queue_message
from services.people import Person


def tell(
    session: Session,
    person: Person,
    row: ServiceBookingRow,
    template: str,
    *,
    now: datetime,
    **more: str | int | date | datetime,
) -> None:
    """Write to her about a visit, if a phone of hers is known. `more`: what only this template names."""
    tell_of(session, person, row, row.workers[0].worker.name, template, now=now, **more)


def tell_of(
    session: Session,
    person: Person,
    row: ServiceBookingRow,
    worker: str,
    template: str,
    *,
    now: datetime,
    **more: str | int | date | datetime,
) -> None:
    """The same where it is known who comes first."""
    phone = people.phone_to_reach(session, person)
    if phone is None:
        return
    queue_message(
        session,
        template,
        city=person.city,
        phone=phone,
        locale=person.locale,
        now=now,
        person_id=person.id,
        name=person.masked_name,
        service=row.service,
        starts_at=row.starts_at,
        worker=worker,
        to_pay=row.self_paid_fen,
        asked=row.self_paid_fen + row.uncovered_fen,
        **more,
    )
