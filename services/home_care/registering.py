"""Entering who comes into homes: providers, and the care workers whom they send. Only the system does so (set-up)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, ActorKind, NotAllowed
from services.clock import local_day
from services.home_care.catalogue import service_on
from services.home_care.credit_codes import normal_credit_code
from services.home_care.reading import provider_view, worker_views
from services.home_care.tables import CareWorkerRow, CredentialRow, ProviderRow, ShiftRow
from services.home_care.views import CareWorker, Credential, Provider, Shift


@dataclass(frozen=True)
class NewProvider:
    """What is needed to add a provider: `areas` are the districts where it comes to, `services` codes of the
    catalogue, `licences` as its papers name them."""

    name: str
    credit_code: str
    district: str
    street: str
    community: str
    phone: str
    licences: tuple[str, ...]
    areas: tuple[str, ...]
    services: tuple[str, ...]
    is_demonstration: bool = False


@dataclass(frozen=True)
class NewCareWorker:
    """What is needed to add a care worker. `health_checked_until`: the last day of her health certificate; `staff_id`:
    the account with which she signs in, if she has one."""

    name: str
    sex: str
    credentials: tuple[Credential, ...]
    shifts: tuple[Shift, ...]
    health_checked_until: date
    since: date
    staff_id: UUID | None = None
    is_demonstration: bool = False


def add_provider(session: Session, actor: Actor, new: NewProvider, *, city: str, now: datetime) -> Provider:
    """A new provider, known by its unified social credit code. Raises NotAllowed, CreditCodeWrong, ServiceUnknown."""
    _only_the_system(actor)
    for code in new.services:
        service_on(code, local_day(now))
    row = ProviderRow(
        city=city,
        name=new.name,
        credit_code=normal_credit_code(new.credit_code),
        district=new.district,
        street=new.street,
        community=new.community,
        phone=new.phone,
        licences=list(new.licences),
        areas=list(new.areas),
        services=list(new.services),
        is_demonstration=new.is_demonstration,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "service_provider_added", city=city, person_id=None, subject_id=row.id, now=now)
    return provider_view(row)


def add_care_worker(
    session: Session, actor: Actor, new: NewCareWorker, *, provider_id: UUID, now: datetime
) -> CareWorker:
    """Somebody who works for a provider, with her certificates and shifts. Raises NotAllowed."""
    _only_the_system(actor)
    city = session.get_one(ProviderRow, provider_id).city
    row = CareWorkerRow(
        city=city,
        provider_id=provider_id,
        name=new.name,
        sex=new.sex,
        health_checked_until=new.health_checked_until,
        since=new.since,
        staff_id=new.staff_id,
        is_demonstration=new.is_demonstration,
        credentials=[
            CredentialRow(city=city, kind=it.kind, issued_on=it.issued_on, valid_until=it.valid_until)
            for it in new.credentials
        ],
        shifts=[ShiftRow(city=city, weekday=it.weekday, begins=it.begins, ends=it.ends) for it in new.shifts],
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "care_worker_added", city=city, person_id=None, subject_id=row.id, now=now)
    return worker_views(session, [row])[row.id]


def _only_the_system(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="register_care")
