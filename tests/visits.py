"""What tests of care at home share: who is who, booking a visit and bringing it to a state, jobs on the test's own
transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor, ActorKind, Channel
from services.calendar.engagements import EngagementRow
from services.clock import local_moment
from services.database import new_id
from services.demo.providers import PROVIDERS
from services.home_care import (
    ComplaintAbout,
    DeclineReason,
    Rating,
    ServiceBooking,
    ServiceState,
    accept_request,
    book_service,
    cancel_service,
    complain,
    confirm_visit,
    decide_complaint,
    decline_request,
    end_visit,
    get_service_booking,
    look_after_visits,
    quote_service,
    record_not_at_home,
    start_visit,
)
from services.home_care.tables import CareWorkerRow, ProviderRow, ServiceBookingRow
from services.messages import OutgoingMessage
from services.people import Person
from tests.conftest import NOW
from tests.opened import EVERY_RECORD

CITY = "shenzhen"
TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)
NINE, TEN = time(9), time(10)
SYSTEM = Actor.system()
REASON = "打电话问过双方"
QUARTER = timedelta(minutes=15)
A_DAY = timedelta(days=1)


def herself(person: Person, channel: Channel = Channel.SCREEN) -> Actor:
    """She herself at a screen."""
    return Actor.senior(person.id, channel)


def community_worker_of(person: Person) -> Actor:
    """A community worker of her community."""
    return Actor.staff(
        ActorKind.COMMUNITY_WORKER,
        new_id(),
        Channel.SCREEN,
        person.community,
        person.district,
        open_records=EVERY_RECORD,
    )


def provider_row(session: Session, number: int = 0) -> ProviderRow:
    """One of the demonstration's providers; the first has the accounts."""
    code = PROVIDERS[number].credit_code
    return session.scalars(select(ProviderRow).where(ProviderRow.credit_code == code)).one()


def office(session: Session, number: int = 0) -> Actor:
    """Somebody in the office of a provider."""
    return Actor.staff(ActorKind.PROVIDER, new_id(), Channel.SCREEN, workplace_id=provider_row(session, number).id)


def care_worker(session: Session, name: str) -> CareWorkerRow:
    """A care worker of the demonstration."""
    return session.scalars(select(CareWorkerRow).where(CareWorkerRow.name == name)).one()


def mei(session: Session) -> Actor:
    """阿梅 with her phone."""
    row = care_worker(session, "阿梅")
    assert row.staff_id is not None
    return Actor.staff(ActorKind.CARE_WORKER, row.staff_id, Channel.SCREEN, workplace_id=row.provider_id)


def book(
    session: Session,
    person: Person,
    *,
    service: str = "CLEAN",
    worker: str = "阿梅",
    day: date = TOMORROW,
    at: time = NINE,
    now: datetime = NOW,
    request_id: UUID | None = None,
) -> ServiceBooking:
    """Book a visit at the price that she is shown."""
    about = {
        "person_id": person.id,
        "service": service,
        "worker_id": care_worker(session, worker).id,
        "starts_at": local_moment(day, at),
    }
    quote = quote_service(session, herself(person), **about, now=now)  # type: ignore[arg-type]
    return book_service(
        session,
        herself(person),
        **about,  # type: ignore[arg-type]
        agreed_to_pay_fen=quote.split.self_paid_fen,
        request_id=request_id or new_id(),
        now=now,
    )


@dataclass
class Visit:
    """A booked visit and whatever is done with it, as those do it whose business it is."""

    session: Session
    her: Person
    id: UUID

    @property
    def now(self) -> ServiceBooking:
        """How it stands."""
        return get_service_booking(self.session, herself(self.her), booking_id=self.id)

    @property
    def row(self) -> ServiceBookingRow:
        """How it is stored."""
        return self.session.get_one(ServiceBookingRow, self.id)

    def accept(self) -> None:
        """The office accepts."""
        accept_request(self.session, office(self.session), booking_id=self.id, now=NOW)

    def start(self) -> None:
        """阿梅 begins on time."""
        start_visit(self.session, mei(self.session), booking_id=self.id, now=self.row.starts_at)

    def end(self) -> None:
        """阿梅 ends on time."""
        end_visit(self.session, mei(self.session), booking_id=self.id, note="一切正常", now=self.row.ends_at)

    def nobody_opens(self) -> None:
        """阿梅 has waited at the door."""
        record_not_at_home(self.session, mei(self.session), booking_id=self.id, now=self.row.starts_at + QUARTER)

    def nobody_notes_it(self) -> None:
        """The day passes."""
        look_after(self.session, self.row.ends_at + A_DAY)

    def confirm(self, rating: Rating | None = Rating.GOOD) -> None:
        """She says that it was as agreed."""
        confirm_visit(self.session, herself(self.her), booking_id=self.id, rating=rating, now=self.row.ends_at + A_DAY)

    def complain(self) -> None:
        """She complains."""
        complain(
            self.session,
            herself(self.her),
            booking_id=self.id,
            about=ComplaintAbout.NOT_DONE_WELL,
            now=self.row.ends_at + A_DAY,
        )

    def decide(self, *, upheld: bool) -> None:
        """A community worker decides."""
        decide_complaint(
            self.session,
            community_worker_of(self.her),
            booking_id=self.id,
            upheld=upheld,
            reason=REASON,
            now=self.row.ends_at + 2 * A_DAY,
        )

    def cancel(self) -> None:
        """She cancels in time."""
        cancel_service(self.session, herself(self.her), booking_id=self.id, now=NOW)

    def decline(self) -> None:
        """The office declines."""
        decline_request(
            self.session, office(self.session), booking_id=self.id, reason=DeclineReason.NOBODY_FREE, now=NOW
        )

    def to(self, state: ServiceState) -> Visit:
        """Bring it there, on the shortest way."""
        for step in WAYS[state]:
            step(self)
        assert self.now.state is state
        return self


WAYS = {
    ServiceState.REQUESTED: (),
    ServiceState.ACCEPTED: (Visit.accept,),
    ServiceState.VISITING: (Visit.accept, Visit.start),
    ServiceState.DONE: (Visit.accept, Visit.start, Visit.end),
    ServiceState.CONFIRMED: (Visit.accept, Visit.start, Visit.end, Visit.confirm),
    ServiceState.DISPUTED: (Visit.accept, Visit.start, Visit.end, Visit.complain),
    ServiceState.NOT_CHARGED: (
        *(Visit.accept, Visit.start, Visit.end, Visit.complain),
        lambda visit: visit.decide(upheld=True),
    ),
    ServiceState.CANCELLED: (Visit.cancel,),
    ServiceState.DECLINED: (Visit.decline,),
    ServiceState.NOT_AT_HOME: (Visit.accept, Visit.nobody_opens),
    ServiceState.MISSED: (Visit.accept, Visit.nobody_notes_it),
}


def visit(session: Session, person: Person, state: ServiceState = ServiceState.REQUESTED, **about: object) -> Visit:
    """A booked visit of hers, brought to a state; 阿梅 comes tomorrow at nine unless something else is said."""
    return Visit(session, person, book(session, person, **about).id).to(state)  # type: ignore[arg-type]


def sessions_of(session: Session) -> sessionmaker[Session]:
    """Sessions for jobs, on the test's own transaction."""
    return sessionmaker(session.connection(), info=session.info, join_transaction_mode="create_savepoint")


def look_after(session: Session, now: datetime) -> dict[str, int]:
    """What happens to visits without anybody asking; only the steps that did something."""
    moved = look_after_visits(sessions_of(session), city=CITY, now=now)
    session.expire_all()
    return {name: count for name, count in moved.items() if count}


def texts_to(session: Session, person: Person) -> list[str]:
    """The templates of all messages to her, in order."""
    sent = select(OutgoingMessage.template).where(OutgoingMessage.person_id == person.id)
    return list(session.scalars(sent.order_by(OutgoingMessage.queued_at, OutgoingMessage.id)))


def overlapping(session: Session) -> list[tuple[EngagementRow, EngagementRow]]:
    """Pairs of engagements of one worker or person that overlap, looked for without the database's own rule."""
    rows = sorted(session.scalars(select(EngagementRow)), key=lambda row: (str(row.resource_id), row.period.lower))
    return [
        (one, other)
        for one, other in pairwise(rows)
        if one.resource_id == other.resource_id and other.period.lower < one.period.upper
    ]
