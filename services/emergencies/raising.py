"""A call for help: the alarm is there at once, and everybody who is to be told is told, in their order.

Nothing is asked before. Two presses, or a press and a word, are one alarm: an index of the database sees to it. We
never call an ambulance, and nothing here says so.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.database.tables import new_id
from services.emergencies.states import CALL_OFF_WITHIN, OPEN, EmergencyEventKind, EmergencyState
from services.emergencies.steps import held, write
from services.emergencies.tables import EmergencyRow
from services.emergencies.views import Emergency, emergency_view
from services.emergency_contacts import Contact, told_in_emergency
from services.messages import queue_message
from services.messages.phone_notes import withheld_because
from services.people import Person

RAISED, CALLED_OFF = "emergency_raised", "emergency_called_off"
LAST_DIGITS = 4


def raise_emergency(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> Emergency:
    """An alarm for her community, and a text to each of her emergency contacts. While one is open, calling again is
    written down and nobody is told twice. Raises NotAllowed."""
    people.require_for(session, actor, Capability.RAISE_EMERGENCY, person_id=person_id)
    person = people.get_person(session, Actor.system(), person_id=person_id)
    emergency_id = _new_row(session, actor, person, now)
    if emergency_id is None:
        row = open_row(session, person_id)
        if row is not None:
            write(session, actor, row, EmergencyEventKind.RAISED_AGAIN, now=now)
            return emergency_view(session, row)
        # It was ended between the two statements: this is a new one.
        return raise_emergency(session, actor, person_id=person_id, now=now)
    row = held(session, emergency_id)
    write(session, actor, row, EmergencyEventKind.RAISED, now=now)
    for contact in told_in_emergency(session, person_id, now=now):
        _tell(session, row, person, contact, now)
    return emergency_view(session, row)


def open_row(session: Session, person_id: UUID) -> EmergencyRow | None:
    """The open emergency of this person, held until commit."""
    return session.scalar(
        select(EmergencyRow)
        .where(EmergencyRow.person_id == person_id, EmergencyRow.state.in_(OPEN))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def tell_called_off(session: Session, row: EmergencyRow, person: Person, *, now: datetime) -> None:
    """Tell everybody who was told of the alarm that she called it off."""
    for contact in told_in_emergency(session, row.person_id, now=now):
        _text(session, row, person, contact, CALLED_OFF, now)


def _new_row(session: Session, actor: Actor, person: Person, now: datetime) -> UUID | None:
    """The id of the new alarm; None where one is open. Without a look before: of two presses at the same moment the
    database lets one in."""
    new = insert(EmergencyRow).values(
        id=new_id(),
        city=person.city,
        person_id=person.id,
        community=person.community,
        district=person.district,
        state=EmergencyState.RAISED,
        raised_at=now,
        raised_through=actor.channel,
        call_off_until_at=now + CALL_OFF_WITHIN,
    )
    return session.scalar(new.on_conflict_do_nothing().returning(EmergencyRow.id))


def _tell(session: Session, row: EmergencyRow, person: Person, contact: Contact, now: datetime) -> None:
    system = Actor.system()
    message_id = _text(session, row, person, contact, RAISED, now)
    write(
        session,
        system,
        row,
        EmergencyEventKind.CONTACT_TEXTED if message_id else EmergencyEventKind.CONTACT_NOT_TEXTED,
        now=now,
        relation=contact.relation.value,
        name=contact.masked_name,
        phone_ends=contact.phone[-LAST_DIGITS:],
        message_id=str(message_id) if message_id else None,
    )


def _text(
    session: Session, row: EmergencyRow, person: Person, contact: Contact, template: str, now: datetime
) -> UUID | None:
    """The id of the message; None for a phone that wants none, which carriers would not deliver to either."""
    if withheld_because(session, contact.phone, None) is not None:
        return None
    return queue_message(
        session,
        template,
        city=row.city,
        phone=contact.phone,
        locale=contact.locale,
        now=now,
        name=person.masked_name,
        at=row.raised_at,
    )
