"""Quoting and booking visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.calendar import Engaged, engage
from services.clock import local_day
from services.database.tables import new_id
from services.home_care.catalogue import Service, service_on
from services.home_care.crews import crews_for
from services.home_care.errors import (
    OwnVisitThen,
    ServiceNotOffered,
    ServicePriceChanged,
    TimeTaken,
    TooLateToBook,
    WorkerUnknown,
)
from services.home_care.offers import require_bookable_day
from services.home_care.reading import booking_view
from services.home_care.states import HOLDING_TIME, EventKind, ServiceState
from services.home_care.steps import note, send_workers
from services.home_care.tables import ServiceBookingRow
from services.home_care.telling import tell
from services.home_care.terms import terms_for
from services.home_care.views import CareWorker, PriceSplit, Provider, ServiceBooking, ServiceQuote
from services.people import Person
from services.vouchers import SelfPaidChanged, VoucherSplit, hold_vouchers, split_price

BOOKED_BY = select(ServiceBookingRow.id).where(
    ServiceBookingRow.request_id == bindparam("request_id"), ServiceBookingRow.person_id == bindparam("person_id")
)


@dataclass(frozen=True)
class Plan:
    """A visit that could be made: who would come when."""

    service: Service
    provider: Provider
    workers: tuple[CareWorker, ...]
    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it would end."""
        return self.starts_at + self.service.duration


def quote_service(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    service: str,
    worker_id: UUID,
    starts_at: datetime,
    now: datetime,
    instead_of: UUID | None = None,
) -> ServiceQuote:
    """What she would get and pay; where two come, the second one is named here. Changes nothing.

    `instead_of` is a booking of hers that is to be changed: its time and its vouchers count as free. Raises whatever
    `book_service` or `change_service` would raise now.
    """
    people.require_for(session, actor, Capability.BOOK_SERVICES, person_id=person_id)
    person = people.get_person(session, actor, person_id=person_id)
    plan = planned(session, person, service, worker_id, starts_at, now=now, without=instead_of)
    split = split_price(
        session,
        person,
        item=plan.service.item,
        price_fen=plan.service.price_fen,
        on=local_day(starts_at),
        now=now,
        freeing=instead_of,
    )
    return ServiceQuote(
        service=plan.service,
        provider=plan.provider,
        workers=plan.workers,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        split=PriceSplit(split.price_fen, split.parts, split.self_paid_fen),
        left_after=split.left_after,
        cancel_until_at=terms_for(starts_at).cancel_until(starts_at),
        address=people.address_of(session, person_id),
    )


def book_service(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    service: str,
    worker_id: UUID,
    starts_at: datetime,
    agreed_to_pay_fen: int,
    request_id: UUID,
    now: datetime,
) -> ServiceBooking:
    """Book a visit at the price that she was shown and agreed to (what she pays herself), hold the workers' time and
    her vouchers, ask the provider and text her.

    The same `request_id` again answers with the booking that it made: a double tap books once. However many book at
    once, no worker is ever in two places, the way between them included. Raises NotAllowed, ServiceUnknown,
    ServiceNotOffered, WorkerUnknown, ServiceDayNotOffered, TooLateToBook, TimeTaken, OwnVisitThen,
    ServicePriceChanged.
    """
    people.require_for(session, actor, Capability.BOOK_SERVICES, person_id=person_id)
    person = people.hold_person(session, actor, person_id=person_id)
    before = session.scalar(BOOKED_BY, {"request_id": request_id, "person_id": person_id})
    if before is not None:
        return booking_view(session, session.get_one(ServiceBookingRow, before))
    plan = planned(session, person, service, worker_id, starts_at, now=now)
    booking_id = new_id()
    split = take(session, actor, person, plan, booking_id, agreed_to_pay_fen=agreed_to_pay_fen, now=now)
    row = _new_booking(actor, person, plan, split, booking_id, request_id=request_id, now=now)
    session.add(row)
    session.flush()
    send_workers(session, row, [worker.id for worker in plan.workers])
    tell(session, person, row, "service_booked", now=now, until=terms_for(starts_at).cancel_until(starts_at))
    note(
        session,
        actor,
        row,
        EventKind.BOOKED,
        now=now,
        service=row.service,
        worker_id=worker_id,
        starts_at=starts_at.isoformat(),
        price_fen=row.price_fen,
        self_paid_fen=row.self_paid_fen,
        voucher_rule=split.rule,
    )
    return booking_view(session, row)


def planned(
    session: Session,
    person: Person,
    service: str,
    worker_id: UUID,
    starts_at: datetime,
    *,
    now: datetime,
    without: UUID | None = None,
) -> Plan:
    """The visit as it could be booked now, with everybody who would come. `without`: a booking to be changed."""
    day = local_day(starts_at)
    wanted = service_on(service, day)
    require_bookable_day(day, now)
    until = terms_for(starts_at).book_until(starts_at)
    if now > until:
        raise TooLateToBook(service=service, day=day, book_until_at=until)
    _no_visit_of_her_own(session, person, wanted, starts_at, without)
    crews = crews_for(session, person, wanted, day, day, led_by=worker_id, without=without)
    lead = next((crew for crew in crews.members if crew.worker.id == worker_id), None)
    if lead is None or not crews.can_come:
        if crews_for(session, person, wanted, day, day).can_come:
            raise WorkerUnknown()
        raise ServiceNotOffered(service=service)
    team = crews.team(worker_id, starts_at)
    if team is None:
        raise TimeTaken(service=service, day=day, starts_at=starts_at)
    return Plan(wanted, lead.provider, tuple(team), starts_at)


def take(
    session: Session,
    actor: Actor,
    person: Person,
    plan: Plan,
    booking_id: UUID,
    *,
    agreed_to_pay_fen: int,
    now: datetime,
) -> VoucherSplit:
    """Hold her vouchers and the time of everybody for a visit, herself included: the database decides who was first.
    Raises ServicePriceChanged, TimeTaken, OwnVisitThen; then nothing of the caller's transaction may be kept."""
    about = {"service": plan.service.code, "day": local_day(plan.starts_at), "starts_at": plan.starts_at}
    try:
        split = hold_vouchers(
            session,
            actor,
            person=person,
            subject_id=booking_id,
            item=plan.service.item,
            price_fen=plan.service.price_fen,
            on=local_day(plan.starts_at),
            agreed_self_paid_fen=agreed_to_pay_fen,
            now=now,
        )
        engage(
            session,
            city=person.city,
            resource_ids=[person.id, *(worker.id for worker in plan.workers)],
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            gap=terms_for(plan.starts_at).travel,
            subject_id=booking_id,
        )
    except SelfPaidChanged as changed:
        raise ServicePriceChanged(**about, **changed.facts) from changed
    except Engaged as engaged:
        if engaged.resource_ids == (person.id,):
            raise OwnVisitThen(**about) from engaged
        raise TimeTaken(**about) from engaged
    return split


def stored_split(split: VoucherSplit) -> dict[str, object]:
    """The columns of a booking that hold its price."""
    return {
        "price_fen": split.price_fen,
        "voucher_fen": split.vouchers_fen,
        "self_paid_fen": split.self_paid_fen,
        "vouchers": [[part.kind.value, part.fen] for part in split.parts],
    }


def _no_visit_of_her_own(
    session: Session, person: Person, service: Service, starts_at: datetime, without: UUID | None
) -> None:
    travel, ends_at = terms_for(starts_at).travel, starts_at + service.duration
    asked = select(ServiceBookingRow.id).where(
        ServiceBookingRow.person_id == person.id,
        ServiceBookingRow.state.in_(HOLDING_TIME),
        ServiceBookingRow.starts_at < ends_at + travel,
        ServiceBookingRow.ends_at + travel > starts_at,
    )
    if without is not None:
        asked = asked.where(ServiceBookingRow.id != without)
    other = session.scalars(asked).first()
    if other is not None:
        raise OwnVisitThen(booking_id=other, service=service.code, day=local_day(starts_at), starts_at=starts_at)


def _new_booking(
    actor: Actor,
    person: Person,
    plan: Plan,
    split: VoucherSplit,
    booking_id: UUID,
    *,
    request_id: UUID,
    now: datetime,
) -> ServiceBookingRow:
    return ServiceBookingRow(
        id=booking_id,
        city=person.city,
        person_id=person.id,
        service=plan.service.code,
        provider_id=plan.provider.id,
        day=local_day(plan.starts_at),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        state=ServiceState.REQUESTED,
        request_id=request_id,
        booked_at=now,
        booked_through=actor.channel,
        **stored_split(split),
    )
