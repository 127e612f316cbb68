"""Quoting and booking visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.calendar import Engaged, engage
from services.clock import local_day
from services.database import ask, new_id
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
from services.home_care.reading import booking_view, new_booking_view
from services.home_care.states import HOLDING_TIME, EventKind, ServiceState
from services.home_care.steps import note
from services.home_care.tables import BookingWorkerRow, ServiceBookingRow
from services.home_care.telling import tell_of
from services.home_care.terms import terms_for
from services.home_care.views import CareWorker, PriceSplit, Provider, ServiceBooking, ServiceQuote
from services.people import Person
from services.vouchers import SelfPaidChanged, VoucherSplit, hold_vouchers, split_price

BOOKED_BY = select(ServiceBookingRow.id).where(
    ServiceBookingRow.request_id == bindparam("request_id"), ServiceBookingRow.person_id == bindparam("person_id")
)


OWN_VISIT = select(ServiceBookingRow.id).where(
    ServiceBookingRow.person_id == bindparam("person_id"),
    ServiceBookingRow.state.in_(HOLDING_TIME),
    ServiceBookingRow.starts_at < bindparam("before"),
    ServiceBookingRow.ends_at > bindparam("after"),
    ServiceBookingRow.id.is_distinct_from(bindparam("without", type_=Uuid)),
)
NEW_BOOKING, NEW_PLACE = insert(ServiceBookingRow), insert(BookingWorkerRow)
# The columns of a booking that was just made; nothing has become of it yet.
FILLED = (
    *("id", "city", "person_id", "service", "provider_id", "day", "starts_at", "ends_at", "state"),
    *("price_fen", "voucher_fen", "self_paid_fen", "uncovered_fen", "vouchers"),
    *("request_id", "booked_at", "booked_through"),
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
    before = ask(session, BOOKED_BY, {"request_id": request_id, "person_id": person_id}).scalar()
    if before is not None:
        return booking_view(session, session.get_one(ServiceBookingRow, before))
    plan = planned(session, person, service, worker_id, starts_at, now=now)
    booking_id = new_id()
    split = take(session, actor, person, plan, booking_id, agreed_to_pay_fen=agreed_to_pay_fen, now=now)
    row = _new_booking(actor, person, plan, split, booking_id, request_id=request_id, now=now)
    # Written as rows, not as objects: nobody goes on with them in this transaction, and many book at once.
    ask(session, NEW_BOOKING, {column: getattr(row, column) for column in FILLED})
    ask(
        session,
        NEW_PLACE,
        [
            {"id": new_id(), "city": row.city, "booking_id": booking_id, "care_worker_id": worker.id, "place": place}
            for place, worker in enumerate(plan.workers)
        ],
    )
    until = terms_for(starts_at).cancel_until(starts_at)
    tell_of(session, person, row, plan.workers[0].name, "service_booked", now=now, until=until)
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
    return new_booking_view(row, plan.provider, plan.workers)


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
    about = {"person_id": person.id, "after": starts_at - travel, "before": ends_at + travel, "without": without}
    other = ask(session, OWN_VISIT, about).scalar()
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
        uncovered_fen=0,
        **stored_split(split),
    )
