"""Reaching somebody who is no emergency: one of her family is asked to call back, or her community is.

Nobody is dialled from here. Whoever calls presses the number on her page, or is called back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.clock import local_day
from services.emergency_contacts.errors import ContactUnknown
from services.emergency_contacts.listing import Contact, family_to_call
from services.messages import queue_message
from services.messages.phone_notes import withheld_because
from services.rate_limits import RateLimit, seconds_to_wait
from services.worker_tasks import TaskKind, open_task
from services.working_days import working_days_after

# She may press again, or say it again: one text in ten minutes is heard as well as two.
CALL_BACKS = RateLimit("call_backs_per_contact", 1, timedelta(minutes=10))
# Her community calls on the next working day at the latest.
CALLED_WITHIN = 1


class CallBackOutcome(StrEnum):
    """Whether a contact was asked to call back."""

    TEXTED = "texted"
    TEXTED_BEFORE = "texted_before"
    """a moment ago; nothing more was sent"""
    WANTS_NO_TEXTS = "wants_no_texts"
    """this phone wants no messages: calling is left"""


@dataclass(frozen=True)
class CallBack:
    """Who was asked to call back, and whether a text goes out."""

    contact: Contact
    outcome: CallBackOutcome


def ask_to_call_back(session: Session, actor: Actor, *, person_id: UUID, contact_id: UUID, now: datetime) -> CallBack:
    """Text one of her family that she would like a call. Raises NotAllowed, ContactUnknown."""
    contacts = family_to_call(session, actor, person_id=person_id, now=now)
    contact = next((each for each in contacts if each.id == contact_id), None)
    if contact is None:
        raise ContactUnknown(capability=Capability.MANAGE_CONTACTS.value)
    person = people.get_person(session, Actor.system(), person_id=person_id)
    outcome = _outcome(session, person.id, contact, person.city, now)
    audit.record(
        session,
        actor,
        "call_back_asked",
        city=person.city,
        person_id=person_id,
        subject_id=contact.id,
        now=now,
        outcome=outcome.value,
    )
    if outcome is CallBackOutcome.TEXTED:
        queue_message(
            session,
            "call_back_asked",
            city=person.city,
            phone=contact.phone,
            locale=contact.locale,
            now=now,
            name=person.masked_name,
            at=now,
        )
    session.flush()
    return CallBack(contact, outcome)


def ask_community_to_call(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> date:
    """The day until which somebody of her community calls her: a task that waits for a worker, one however often she
    asks. Raises NotAllowed."""
    people.require_for(session, actor, Capability.MANAGE_CONTACTS, person_id=person_id)
    person = people.get_person(session, Actor.system(), person_id=person_id)
    until = working_days_after(local_day(now), CALLED_WITHIN)
    task_id = open_task(
        session,
        kind=TaskKind.HELP_WANTED,
        city=person.city,
        person_id=person_id,
        subject_id=person_id,
        facts={"wish": "call"},
        now=now,
        due_on=until,
    )
    audit.record(session, actor, "call_asked", city=person.city, person_id=person_id, subject_id=task_id, now=now)
    session.flush()
    return until


def _outcome(session: Session, person_id: UUID, contact: Contact, city: str, now: datetime) -> CallBackOutcome:
    if withheld_because(session, contact.phone, None) is not None:
        return CallBackOutcome.WANTS_NO_TEXTS
    waits = seconds_to_wait(session, CALL_BACKS, subject=f"{person_id} {contact.phone}", city=city, now=now)
    return CallBackOutcome.TEXTED_BEFORE if waits else CallBackOutcome.TEXTED
