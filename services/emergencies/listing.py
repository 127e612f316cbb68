"""Seeing emergencies: her own, a senior's whom somebody acts for, and the alarms of whoever works for the community."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability, Scope, require
from services.clock import local_day
from services.delegation import family_of
from services.emergencies.errors import EmergencyUnknown
from services.emergencies.states import GOES_TO_OPERATORS_AFTER, OPEN, EmergencyState
from services.emergencies.tables import EmergencyRow
from services.emergencies.views import Dossier, Emergency, emergency_view, events_of
from services.emergency_contacts import told_in_emergency
from services.family import DelegationState
from services.people import PersonRow, masked_name

# What is over stands in the list for so long: a call that was called off is worth a call back.
SHOWN_FOR = timedelta(days=2)
MOST_SHOWN = 50


@dataclass(frozen=True)
class Alarm:
    """An emergency as a list shows it."""

    emergency: Emergency
    masked_name: str


def open_emergency(session: Session, actor: Actor, *, person_id: UUID) -> Emergency | None:
    """The open emergency of a senior, None where nothing is open. For herself, a delegate whom she lets be called, and
    a worker of her community. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_EMERGENCIES, person_id=person_id)
    row = session.scalar(select(EmergencyRow).where(EmergencyRow.person_id == person_id, EmergencyRow.state.in_(OPEN)))
    return emergency_view(session, row) if row is not None else None


def latest_emergency(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> Emergency | None:
    """The same, or the last one of these days that is over. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_EMERGENCIES, person_id=person_id)
    row = session.scalar(
        select(EmergencyRow)
        .where(EmergencyRow.person_id == person_id, EmergencyRow.raised_at > now - SHOWN_FOR)
        .order_by(EmergencyRow.id.desc())
        .limit(1)
    )
    return emergency_view(session, row) if row is not None else None


def charges_in_emergency(session: Session, actor: Actor, *, now: datetime) -> frozenset[UUID]:
    """The delegations of a family member whose senior calls for help at this moment, and let her be called. Raises
    NotAllowed."""
    charges = [
        charge
        for charge in family_of(session, actor, now=now).charges
        if Scope.EMERGENCIES in charge.scopes and charge.state is DelegationState.ACTIVE
    ]
    return frozenset(charge.id for charge in charges if has_open_emergency(session, [charge.person_id]))


def has_open_emergency(session: Session, person_ids: Sequence[UUID]) -> bool:
    """Whether one of these people called for help and the alarm is open. For services."""
    found = select(EmergencyRow.id).where(EmergencyRow.person_id.in_(person_ids), EmergencyRow.state.in_(OPEN))
    return bool(person_ids) and session.scalar(found.limit(1)) is not None


def alarms_for(session: Session, actor: Actor, *, city: str, now: datetime) -> tuple[Alarm, ...]:
    """What somebody of the staff must know: what nobody has taken first, then what is open, then what ended lately.

    A worker sees her community's. An operator sees those of people whose community nobody knows, what no community has
    taken for some minutes, and what she took herself. Raises NotAllowed.
    """
    require_alarms(actor)
    rows = session.execute(
        select(EmergencyRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == EmergencyRow.person_id)
        .where(
            EmergencyRow.city == city,
            or_(EmergencyRow.state.in_(OPEN), EmergencyRow.raised_at > now - SHOWN_FOR),
            _concerns(actor, now),
        )
        .order_by(EmergencyRow.raised_at.desc())
        .limit(MOST_SHOWN)
    )
    found = [Alarm(emergency_view(session, row), masked_name(name)) for row, name in rows]
    order = list(EmergencyState)
    return tuple(sorted(found, key=lambda alarm: min(order.index(alarm.emergency.state), 2)))


def get_dossier(session: Session, actor: Actor, *, emergency_id: UUID, now: datetime) -> Dossier:
    """All that helps whoever looks after it. Each look goes into the record of deeds. Raises EmergencyUnknown,
    NotAllowed."""
    row = session.get(EmergencyRow, emergency_id)
    if row is None:
        raise EmergencyUnknown(capability=Capability.HANDLE_EMERGENCIES.value)
    require_handling(actor, row, now)
    person = people.get_person(session, Actor.system(), person_id=row.person_id)
    audit.record(session, actor, "emergency_read", city=row.city, person_id=row.person_id, subject_id=row.id, now=now)
    session.flush()
    return Dossier(
        emergency=emergency_view(session, row),
        name=person.name,
        age=person.age_on(local_day(now)),
        lives_alone=person.lives_alone,
        phone=people.phone_of(session, person.id),
        address=people.address_of(session, person.id),
        contacts=told_in_emergency(session, person.id, now=now),
        events=events_of(session, row.id),
    )


def require_alarms(actor: Actor) -> None:
    """Return if this is somebody who looks after alarms. Raises NotAllowed."""
    require(actor, Capability.HANDLE_EMERGENCIES, person_id=None, community=actor.community, district=actor.district)


def require_handling(actor: Actor, row: EmergencyRow, now: datetime) -> None:
    """Return if this actor may look after this emergency. Raises NotAllowed, EmergencyUnknown."""
    require(
        actor,
        Capability.HANDLE_EMERGENCIES,
        person_id=row.person_id,
        community=row.community,
        district=row.district,
    )
    if actor.kind is ActorKind.OPERATOR and not _is_for_operators(actor, row, now):
        raise EmergencyUnknown(capability=Capability.HANDLE_EMERGENCIES.value)


def _is_for_operators(actor: Actor, row: EmergencyRow, now: datetime) -> bool:
    waited = row.state == EmergencyState.RAISED and row.raised_at <= now - GOES_TO_OPERATORS_AFTER
    return row.community is None or waited or row.taken_by == actor.staff_id


def _concerns(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The same as a part of a question."""
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.OPERATOR:
        waited = and_(
            EmergencyRow.state == EmergencyState.RAISED, EmergencyRow.raised_at <= now - GOES_TO_OPERATORS_AFTER
        )
        return or_(EmergencyRow.community.is_(None), waited, EmergencyRow.taken_by == actor.staff_id)
    in_community = EmergencyRow.community == actor.community
    if actor.district is None:
        return in_community
    return in_community & or_(EmergencyRow.district.is_(None), EmergencyRow.district == actor.district)
