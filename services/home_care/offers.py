"""What can be had: the catalogue for her, the days on which somebody is free, who would come when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.clock import CITY_TIME, local_day
from services.home_care.catalogue import Service, catalogue_on, service_on
from services.home_care.crews import Crew, crews_for, providers_for
from services.home_care.errors import NobodyFree, ServiceDayNotOffered, ServiceNotOffered
from services.home_care.states import DayPart
from services.home_care.tables import BookingWorkerRow, ServiceBookingRow
from services.home_care.terms import terms_on
from services.home_care.views import Offer, PartChoice, PriceSplit, Provider, ServiceChoice, ServiceDay
from services.people import Person
from services.vouchers import split_price

NEARNESS = ("community", "street", "district", "city")


def list_services(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> tuple[ServiceChoice, ...]:
    """The catalogue for her, by kind, with what she would pay today. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_SERVICES, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    today = local_day(now)
    offered = {code for provider in providers_for(session, person) for code in provider.services}
    return tuple(
        ServiceChoice(service, service.code in offered, price_split(session, person, service, today, now))
        for service in catalogue_on(today)
    )


def list_service_days(
    session: Session, actor: Actor, *, person_id: UUID, service: str, now: datetime, instead_of: UUID | None = None
) -> tuple[ServiceDay, ...]:
    """The days for which `service` (a code) can be booked, today first, with the free times of their parts.

    `instead_of` is a booking of hers that is to be changed: its time counts as free. Raises NotAllowed, ServiceUnknown,
    ServiceNotOffered.
    """
    people.require_for(session, actor, Capability.SEE_SERVICES, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    today = local_day(now)
    last_day = terms_on(today).last_day(now)
    days = [today + timedelta(days=ahead) for ahead in range((last_day - today).days + 1)]
    free = _free_by_day(session, person, service_on(service, today), days, now, instead_of)
    return tuple(_service_day(day, [starts_at for _, times in free[day] for starts_at in times]) for day in days)


def list_offers(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    service: str,
    day: date,
    part: DayPart | None = None,
    at: time | None = None,
    sex: str | None = None,
    now: datetime,
    instead_of: UUID | None = None,
) -> tuple[Offer, ...]:
    """Who would come at which times of a day, or of a part of it, or at one time; the nearest provider first, then who
    was in her home before, then the best rated. `sex`: only such workers (female, male).

    Raises NotAllowed, ServiceUnknown, ServiceNotOffered, ServiceDayNotOffered, NobodyFree.
    """
    people.require_for(session, actor, Capability.SEE_SERVICES, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    require_bookable_day(day, now)
    wanted = service_on(service, day)
    free = _free_by_day(session, person, wanted, [day], now, instead_of)[day]
    known = _who_was_there(session, person)
    offers = []
    for crew, times in free:
        fitting = tuple(it for it in times if _fits(it, day, part, at))
        if fitting and sex in (None, crew.worker.sex):
            nearness = nearness_of(person, crew.provider)
            offers.append(Offer(wanted, crew.provider, crew.worker, nearness, crew.worker.id in known, fitting))
    if not offers:
        next_day = _next_free_day(session, person, wanted, day, now, instead_of)
        raise NobodyFree(service=service, day=day, next_day=next_day)
    return tuple(sorted(offers, key=_best_first))


def suggest_offer(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    service: str,
    day: date,
    part: DayPart | None = None,
    at: time | None = None,
    now: datetime,
    instead_of: UUID | None = None,
) -> Offer:
    """The best offer with one time alone, the earliest, where she did not name a worker. Raises as `list_offers`."""
    best = list_offers(
        session,
        actor,
        person_id=person_id,
        service=service,
        day=day,
        part=part,
        at=at,
        now=now,
        instead_of=instead_of,
    )[0]
    return replace(best, times=best.times[:1])


def require_bookable_day(day: date, now: datetime) -> None:
    """Return if visits of this day can be booked. Raises ServiceDayNotOffered."""
    first_day, last_day = local_day(now), terms_on(day).last_day(now)
    if not first_day <= day <= last_day:
        raise ServiceDayNotOffered(day=day, first_day=first_day, last_day=last_day)


def nearness_of(person: Person, provider: Provider) -> str:
    """How near a provider's office is to her home, by the city's own division."""
    if provider.district != person.district:
        return "city"
    if provider.street != person.street:
        return "district"
    return "community" if provider.community == person.community else "street"


def price_split(session: Session, person: Person, service: Service, day: date, now: datetime) -> PriceSplit:
    """How the price of a visit on `day` divides between her vouchers and herself."""
    split = split_price(session, person, item=service.item, price_fen=service.price_fen, on=day, now=now)
    return PriceSplit(split.price_fen, split.parts, split.self_paid_fen)


def _free_by_day(
    session: Session, person: Person, service: Service, days: Sequence[date], now: datetime, instead_of: UUID | None
) -> dict[date, list[tuple[Crew, list[datetime]]]]:
    """By day: who could lead a visit, and at which times it could be booked now. Raises ServiceNotOffered."""
    crews = crews_for(session, person, service, days[0], days[-1], without=instead_of)
    if not crews.can_come:
        raise ServiceNotOffered(service=service.code)
    free = {}
    for day in days:
        until = terms_on(day).book_until
        by_crew = [(crew, [it for it in times if now <= until(it)]) for crew, times in crews.free_on(day)]
        free[day] = [(crew, times) for crew, times in by_crew if times]
    return free


def _service_day(day: date, times: Sequence[datetime]) -> ServiceDay:
    terms = terms_on(day)
    parts = [terms.part_of(starts_at) for starts_at in sorted(set(times))]
    return ServiceDay(day, tuple(PartChoice(part, parts.count(part)) for part in DayPart))


def _next_free_day(
    session: Session, person: Person, service: Service, day: date, now: datetime, instead_of: UUID | None
) -> date | None:
    last_day = terms_on(day).last_day(now)
    later = [day + timedelta(days=ahead) for ahead in range(1, (last_day - day).days + 1)]
    free = _free_by_day(session, person, service, later, now, instead_of) if later else {}
    return next((it for it in later if free[it]), None)


def _fits(starts_at: datetime, day: date, part: DayPart | None, at: time | None) -> bool:
    if at is not None and starts_at.astimezone(CITY_TIME).time() != at:
        return False
    return part is None or terms_on(day).part_of(starts_at) is part


def _who_was_there(session: Session, person: Person) -> set[UUID]:
    """The workers who have made a visit to her."""
    asked = (
        select(BookingWorkerRow.care_worker_id)
        .join(ServiceBookingRow, ServiceBookingRow.id == BookingWorkerRow.booking_id)
        .where(ServiceBookingRow.person_id == person.id, ServiceBookingRow.ended_at.is_not(None))
    )
    return set(session.scalars(asked))


def _best_first(offer: Offer) -> tuple[int, bool, int, datetime, str]:
    rating = offer.worker.rating_tenths or 0
    return NEARNESS.index(offer.nearness), not offer.knows_her, -rating, offer.times[0], offer.worker.name
