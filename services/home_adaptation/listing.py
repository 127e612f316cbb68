"""Seeing cases: hers, those of a community, those of a firm; where the home is, and what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, ActorKind, Capability, require
from services.home_adaptation.photos import seeing
from services.home_adaptation.reading import adaptation_view, event_view
from services.home_adaptation.states import FINAL, AdaptationState
from services.home_adaptation.steps import person_of, seen_case
from services.home_adaptation.tables import DWELLING, AdaptationEventRow, AdaptationRow, FirmRow
from services.home_adaptation.views import Adaptation, AdaptationEvent, Home
from services.sealing import vault_of


def get_adaptation(session: Session, actor: Actor, *, adaptation_id: UUID) -> Adaptation:
    """One case, for herself, a worker of the community of the home, or its firm. Raises AdaptationUnknown,
    NotAllowed."""
    return adaptation_view(session, seen_case(session, actor, adaptation_id, seeing(actor)))


def latest_adaptation(session: Session, actor: Actor, *, person_id: UUID) -> Adaptation | None:
    """Her newest case, ended or not; None where she never applied. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_BENEFITS, person_id=person_id)
    row = session.scalar(
        select(AdaptationRow)
        .where(AdaptationRow.person_id == person_id)
        .order_by(AdaptationRow.created_at.desc(), AdaptationRow.id.desc())
        .limit(1)
    )
    return adaptation_view(session, row) if row else None


def list_adaptations(session: Session, actor: Actor, *, city: str) -> tuple[Adaptation, ...]:
    """The cases that a worker's community or a firm has, those under way first, then the newest. Raises NotAllowed."""
    asked = select(AdaptationRow).where(AdaptationRow.city == city)
    if actor.kind is ActorKind.PROVIDER:
        require(actor, Capability.ADAPT_HOMES, person_id=None, workplace_id=actor.workplace_id)
        firms = select(FirmRow.id).where(FirmRow.workplace_id == actor.workplace_id)
        asked = asked.where(AdaptationRow.firm_id.in_(firms))
    else:
        require(actor, Capability.SEE_TASKS, person_id=None, community=actor.community, district=actor.district)
        asked = asked.where(AdaptationRow.community == actor.community, AdaptationRow.district == actor.district)
    rows = session.scalars(asked.order_by(AdaptationRow.created_at.desc(), AdaptationRow.id.desc())).all()
    return tuple(adaptation_view(session, row) for row in _under_way_first(rows))


def home_of(session: Session, actor: Actor, *, adaptation_id: UUID, now: datetime) -> Home | None:
    """Where to go and whom to call, for the firm and for a worker while the case is under way; None once it has ended.
    Each look goes into the record of deeds. Raises AdaptationUnknown, NotAllowed."""
    capability = Capability.ADAPT_HOMES if actor.kind is ActorKind.PROVIDER else Capability.DECIDE_CASES
    row = seen_case(session, actor, adaptation_id, capability)
    if AdaptationState(row.state) in FINAL:
        return None
    audit.record(
        session, actor, "adaptation_home_read", city=row.city, person_id=row.person_id, subject_id=row.id, now=now
    )
    session.flush()
    return Home(
        name=person_of(session, row).name,
        address=vault_of(session).open(row.dwelling_sealed, context=DWELLING),
        phone=people.phone_of(session, row.person_id),
    )


def events_of_adaptation(session: Session, actor: Actor, *, adaptation_id: UUID) -> tuple[AdaptationEvent, ...]:
    """What happened in a case, in order. Raises AdaptationUnknown, NotAllowed."""
    row = seen_case(session, actor, adaptation_id, seeing(actor))
    events = session.scalars(
        select(AdaptationEventRow).where(AdaptationEventRow.adaptation_id == row.id).order_by(AdaptationEventRow.id)
    )
    return tuple(event_view(event) for event in events)


def _under_way_first(rows: Iterable[AdaptationRow]) -> list[AdaptationRow]:
    return sorted(rows, key=lambda row: AdaptationState(row.state) in FINAL)
