"""Moving an emergency: the only place that changes its state, and that writes events and the record of deeds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability
from services.emergencies.errors import EmergencyOver, EmergencyUnknown
from services.emergencies.states import ALLOWED, OPEN, EmergencyEventKind, EmergencyState
from services.emergencies.tables import EmergencyEventRow, EmergencyRow


def held(session: Session, emergency_id: UUID) -> EmergencyRow:
    """An emergency that nobody else changes until commit, as it is now. Raises EmergencyUnknown."""
    row = session.get(EmergencyRow, emergency_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise EmergencyUnknown(capability=Capability.SEE_EMERGENCIES.value)
    return row


def move(row: EmergencyRow, state: EmergencyState, now: datetime) -> None:
    """Go to another state. Raises EmergencyOver."""
    if state not in ALLOWED[EmergencyState(row.state)]:
        raise EmergencyOver(state=row.state)
    row.state = state
    if state not in OPEN:
        row.ended_at = now


def write(
    session: Session,
    actor: Actor,
    row: EmergencyRow,
    kind: EmergencyEventKind,
    *,
    now: datetime,
    note: str | None = None,
    **facts: str | None,
) -> None:
    """Add the event and the entry in the record of deeds, which holds neither the note nor a name, and flush."""
    plain = {name: value for name, value in facts.items() if value is not None}
    session.add(
        EmergencyEventRow(
            city=row.city,
            emergency_id=row.id,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            channel=actor.channel,
            kind=kind,
            facts=plain,
            note=note,
        )
    )
    audit.record(
        session,
        actor,
        f"emergency_{kind}",
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        now=now,
        **{name: value for name, value in plain.items() if name not in ("name", "phone_ends")},
    )
    session.flush()
