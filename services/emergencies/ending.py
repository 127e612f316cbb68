"""How an emergency ends: she calls it off within a minute, or somebody of the staff has looked and closes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.emergencies.errors import ClosingReasonMissing
from services.emergencies.listing import require_handling
from services.emergencies.raising import open_row, tell_called_off
from services.emergencies.states import OPEN, EmergencyEventKind, EmergencyState
from services.emergencies.steps import held, move, write
from services.emergencies.views import Emergency, emergency_view

LONGEST_NOTE = 500


def say_all_well(
    session: Session, actor: Actor, *, person_id: UUID, now: datetime, said_at: datetime | None = None
) -> Emergency | None:
    """She says that nothing is wrong. Within a minute that calls the alarm off, and everybody who was told hears of it;
    later it is written down, and whoever looks after her sees it. None where nothing is open. `said_at`: when she wrote
    a message that was on its way; one of before the alarm does not call it off. Raises NotAllowed."""
    people.require_for(session, actor, Capability.RAISE_EMERGENCY, person_id=person_id)
    row = open_row(session, person_id)
    if row is None:
        return None
    if not row.raised_at <= (said_at or now) <= row.call_off_until_at:
        write(session, actor, row, EmergencyEventKind.SAID_ALL_WELL, now=now)
        return emergency_view(session, row)
    move(row, EmergencyState.CALLED_OFF, now)
    write(session, actor, row, EmergencyEventKind.CALLED_OFF, now=now)
    tell_called_off(session, row, people.get_person(session, Actor.system(), person_id=person_id), now=now)
    return emergency_view(session, row)


def take_emergency(session: Session, actor: Actor, *, emergency_id: UUID, now: datetime) -> Emergency:
    """Somebody of the staff looks after it from now on: the alarm is silent. Where somebody else was faster, that
    stands. Raises EmergencyUnknown, NotAllowed, EmergencyOver."""
    row = held(session, emergency_id)
    require_handling(actor, row, now)
    if row.state == EmergencyState.TAKEN:
        return emergency_view(session, row)
    move(row, EmergencyState.TAKEN, now)
    row.taken_at, row.taken_by = now, actor.id
    write(session, actor, row, EmergencyEventKind.TAKEN, now=now)
    return emergency_view(session, row)


def close_emergency(session: Session, actor: Actor, *, emergency_id: UUID, reason: str, now: datetime) -> Emergency:
    """It is over, for what was found: `reason`. Closing again changes nothing. Raises EmergencyUnknown, NotAllowed,
    ClosingReasonMissing, EmergencyOver for one that she called off."""
    row = held(session, emergency_id)
    require_handling(actor, row, now)
    if row.state == EmergencyState.CLOSED:
        return emergency_view(session, row)
    found = reason.strip()[:LONGEST_NOTE]
    if not found and row.state in OPEN:
        raise ClosingReasonMissing()
    move(row, EmergencyState.CLOSED, now)
    write(session, actor, row, EmergencyEventKind.CLOSED, now=now, note=found)
    return emergency_view(session, row)
