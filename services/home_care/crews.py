"""Who may come to a home, and when they are free: providers, qualified workers, shifts less engagements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from services.calendar import Period, engagements_of
from services.clock import local_day, local_moment
from services.database import ask
from services.home_care.catalogue import Service
from services.home_care.free_times import free_times, working_times
from services.home_care.reading import provider_view, worker_views_of
from services.home_care.tables import CareWorkerRow, ProviderRow
from services.home_care.terms import terms_on
from services.home_care.views import CareWorker, Provider, Shift
from services.people import Person

Wanted = TypeVarTuple("Wanted")
PROVIDERS = select(*ProviderRow.__table__.columns).where(
    ProviderRow.city == bindparam("city"), ProviderRow.areas.contains(bindparam("areas", type_=ProviderRow.areas.type))
)


@dataclass(frozen=True)
class Crew:
    """A worker who could lead a visit, with her provider and her shifts."""

    provider: Provider
    worker: CareWorker
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Crews:
    """Everybody who may come for a service, and what they and the person herself are engaged with."""

    service: Service
    members: tuple[Crew, ...]
    engaged: dict[UUID, list[Period]]
    person_id: UUID

    @property
    def can_come(self) -> bool:
        """Whether there are enough workers at any provider, free or not."""
        return any(len(self._colleagues(crew)) + 1 >= self.service.workers for crew in self.members)

    def free_on(self, day: date) -> list[tuple[Crew, list[datetime]]]:
        """Who could lead a visit on a day, and at which times enough of her colleagues are free, too."""
        able = [crew for crew in self.members if not missing(crew.worker, self.service, day)]
        times = {crew.worker.id: self._times(crew, day) for crew in able}
        free = []
        for crew in self.members:
            leading = times.get(crew.worker.id, set())
            others = [times.get(other.worker.id, set()) for other in self._colleagues(crew)]
            enough = [it for it in sorted(leading) if 1 + sum(it in free for free in others) >= self.service.workers]
            if enough:
                free.append((crew, enough))
        return free

    def team(self, worker_id: UUID, starts_at: datetime) -> list[CareWorker] | None:
        """Who would come with this worker in the lead, the best rated colleagues first; None where it cannot be."""
        day = local_day(starts_at)
        free = [
            crew
            for crew in self.members
            if not missing(crew.worker, self.service, day) and starts_at in self._times(crew, day)
        ]
        lead = next((crew for crew in free if crew.worker.id == worker_id), None)
        if lead is None:
            return None
        others = [crew.worker for crew in free if crew.provider.id == lead.provider.id and crew is not lead]
        others.sort(key=lambda worker: (-(worker.rating_tenths or 0), worker.name))
        team = [lead.worker, *others[: self.service.workers - 1]]
        return team if len(team) == self.service.workers else None

    def _times(self, crew: Crew, day: date) -> set[datetime]:
        if crew.worker.left_on is not None and crew.worker.left_on <= day:
            return set()
        terms = terms_on(day)
        whole_day = Period(local_moment(day, time(0)), local_moment(day + timedelta(days=2), time(0)))
        engaged = self.engaged.get(crew.worker.id, []) + self.engaged.get(self.person_id, [])
        times = free_times(
            working_times(crew.shifts, day),
            [period for period in engaged if period.overlaps(whole_day)],
            duration=self.service.duration,
            travel=terms.travel,
            step=timedelta(minutes=terms.step_minutes),
        )
        return set(times)

    def _colleagues(self, crew: Crew) -> list[Crew]:
        return [other for other in self.members if other.provider.id == crew.provider.id and other is not crew]


def missing(worker: CareWorker, service: Service, day: date) -> tuple[str, ...]:
    """What a worker lacks for a service on a day: codes of credentials, or `health_certificate`."""
    valid = {it.kind for it in worker.credentials if it.issued_on <= day <= (it.valid_until or date.max)}
    lacking = [kind for kind in service.credentials if kind not in valid]
    return (*lacking, *(["health_certificate"] if worker.health_checked_until < day else []))


def providers_for(session: Session, person: Person) -> list[Provider]:
    """Who comes to her home at all."""
    if person.district is None:
        return []
    return [provider_view(row) for row in ask(session, PROVIDERS, {"city": person.city, "areas": [person.district]})]


def crews_for(
    session: Session,
    person: Person,
    service: Service,
    first_day: date,
    last_day: date,
    *,
    led_by: UUID | None = None,
    without: UUID | None = None,
) -> Crews:
    """Everybody who may come to her home for this service on one of these days. `led_by`: only those who matter where
    this worker leads, which are herself and, where several come, her colleagues. `without`: a booking whose own
    engagements do not count, since it is to be changed."""
    providers = {it.id: it for it in providers_for(session, person) if service.code in it.services}
    columns = select(*CareWorkerRow.__table__.columns)
    rows = ask(session, _working_for(columns, list(providers), first_day, *_with(led_by, service))).all()
    members = tuple(
        Crew(providers[worker.provider_id], worker, shifts)
        for worker, shifts in worker_views_of(session, rows).values()
        if any(not missing(worker, service, day) for day in (first_day, last_day))
    )
    engaged = engagements_of(
        session,
        [person.id, *(crew.worker.id for crew in members)],
        starts_at=local_moment(first_day, time(0)),
        # The way after the last visit of a day may reach into the next one.
        ends_at=local_moment(last_day + timedelta(days=2), time(0)),
        without=without,
    )
    return Crews(service, members, engaged, person.id)


def colleagues_of(session: Session, provider_id: UUID, day: date) -> Sequence[CareWorkerRow]:
    """Everybody who works for a provider on a day, by name."""
    return session.scalars(_working_for(select(CareWorkerRow), [provider_id], day)).all()


def _with(lead: UUID | None, service: Service) -> Iterator[ColumnElement[bool]]:
    if lead is not None and service.workers == 1:
        yield CareWorkerRow.id == lead
    elif lead is not None:
        hers = select(CareWorkerRow.provider_id).where(CareWorkerRow.id == lead)
        yield CareWorkerRow.provider_id == hers.scalar_subquery()


def _working_for(
    wanted: Select[*Wanted], provider_ids: Sequence[UUID], day: date, *which: ColumnElement[bool]
) -> Select[*Wanted]:
    return wanted.where(
        CareWorkerRow.provider_id.in_(provider_ids),
        CareWorkerRow.left_on.is_(None) | (CareWorkerRow.left_on > day),
        *which,
    ).order_by(CareWorkerRow.name, CareWorkerRow.id)
