"""Since when nobody has confirmed that a number is still hers. Numbers are given to somebody else after a while, and
whoever has one then may answer a text that was meant for her.

A number is confirmed by a register that states it, by whoever wrote it down when she became known here, and by a code
that was sent to it and typed in. One that nobody confirmed for a year is weak: what comes from it is a reason to ask
her, and no consent that a machine may act on.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.clock import local_day
from services.people import PersonRow
from services.registry.tables import RegistryRecordRow
from services.sign_in import last_signed_in_at


def confirmed_on(session: Session, person_id: UUID) -> date | None:
    """The last day on which her mobile number was confirmed; None where none is known. For use cases, which have
    checked the right."""
    person = session.get_one(PersonRow, person_id)
    if person.phone_index is None:
        return None
    stated_on = session.scalar(
        select(func.max(RegistryRecordRow.stated_on)).where(
            RegistryRecordRow.id_number_index == person.id_number_index,
            RegistryRecordRow.city == person.city,
            RegistryRecordRow.phone_index == person.phone_index,
        )
    )
    known_on = stated_on or local_day(person.created_at)
    proven_at = last_signed_in_at(session, person_id)
    return max(known_on, local_day(proven_at)) if proven_at is not None else known_on


def is_weak(session: Session, person_id: UUID, *, on: date) -> bool:
    """Whether her number was not confirmed in the year before a day. Without a number there is nothing to doubt."""
    last = confirmed_on(session, person_id)
    return last is not None and last < year_before(on)


def year_before(day: date) -> date:
    """The same day twelve months earlier, the last one of the month where it has no such day.

    >>> year_before(date(2026, 11, 30)), year_before(date(2028, 2, 29))
    (datetime.date(2025, 11, 30), datetime.date(2027, 2, 28))
    """
    year = day.year - 1
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))
