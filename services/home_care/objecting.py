"""After a visit: she confirms it, says how it was, or complains; a community worker decides about complaints."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, ActorKind, Capability
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.home_care.errors import TooLateToObject, VisitStepNotPossible, WordsTooLong
from services.home_care.reading import booking_view, visit_views
from services.home_care.states import WITHOUT_VISIT, ComplaintAbout, EventKind, Rating, ServiceState
from services.home_care.steps import give_up, held, move, note, seen_by_her, state_of
from services.home_care.tables import WORDS, ComplaintRow, ServiceBookingRow
from services.home_care.telling import tell
from services.home_care.terms import terms_on
from services.home_care.views import Complaint, ServiceBooking, Visit
from services.sealing import vault_of
from services.vouchers import settle_vouchers
from services.worker_tasks import TaskKind, close_task, open_task

LONGEST_WORDS = 500
UPHELD, NOT_UPHELD = "upheld", "not_upheld"
SYSTEM = Actor.system()


def confirm_visit(
    session: Session, actor: Actor, *, booking_id: UUID, rating: Rating | None = None, now: datetime
) -> ServiceBooking:
    """She says that it was as agreed, and how it was if she likes; it is then paid. Again with a rating adds the rating
    if there is none; otherwise it comes back as it is. Raises NotAllowed, ServiceBookingUnknown, VisitStepNotPossible,
    TooLateToObject."""
    row = held(session, seen_by_her(session, actor, booking_id, Capability.BOOK_SERVICES))
    if state_of(row) is ServiceState.DISPUTED:
        # What she complained about is decided by a person; a press on an old page does not take it back.
        raise VisitStepNotPossible(state=row.state, wanted=ServiceState.CONFIRMED.value)
    is_new = state_of(row) is not ServiceState.CONFIRMED
    adds_rating = rating is not None and row.rating is None
    if is_new or adds_rating:
        _in_time(row, ServiceState.CONFIRMED, now)
    if is_new:
        confirmed(session, actor, row, now=now)
    if rating is not None and adds_rating:
        row.rating = rating.points
        note(session, actor, row, EventKind.RATED, now=now, rating=rating.value)
    return booking_view(session, row)


def confirmed(session: Session, actor: Actor, row: ServiceBookingRow, *, now: datetime) -> None:
    """A visit that is held counts as made: what was held of her vouchers is spent. Raises VisitStepNotPossible."""
    move(row, ServiceState.CONFIRMED)
    settle_vouchers(session, actor, subject_id=row.id, now=now)
    note(session, actor, row, EventKind.CONFIRMED, now=now)


def complain(
    session: Session,
    actor: Actor,
    *,
    booking_id: UUID,
    about: ComplaintAbout,
    words: str = "",
    now: datetime,
) -> ServiceBooking:
    """One step: a community worker is asked to decide, nothing is paid until then, and the provider sees it. A second
    complaint about a visit comes back as the first. Raises NotAllowed, ServiceBookingUnknown, VisitStepNotPossible,
    TooLateToObject, WordsTooLong."""
    row = held(session, seen_by_her(session, actor, booking_id, Capability.BOOK_SERVICES))
    if row.complaint is not None:
        return booking_view(session, row)
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise WordsTooLong(most=LONGEST_WORDS)
    if state_of(row) is ServiceState.ACCEPTED and now >= row.ends_at:
        missed(session, actor, row, now=now)
    _in_time(row, ServiceState.DISPUTED, now)
    before = row.state
    move(row, ServiceState.DISPUTED)
    sealed = vault_of(session).seal(words, context=WORDS) if words else None
    row.complaint = ComplaintRow(
        city=row.city, booking_id=row.id, about=about, words_sealed=sealed, complained_at=now, state_before=before
    )
    open_task(
        session,
        kind=TaskKind.SERVICE_COMPLAINT,
        city=row.city,
        person_id=row.person_id,
        subject_id=row.id,
        facts={"booking_id": str(row.id), "service": row.service, "about": about.value, "state_before": before},
        now=now,
    )
    tell(session, _person(session, row), row, "service_complaint_received", now=now)
    note(session, actor, row, EventKind.COMPLAINED, now=now, about=about.value, with_words=bool(words))
    return booking_view(session, row)


def get_complaint(session: Session, actor: Actor, *, booking_id: UUID) -> Complaint | None:
    """What she complained about, for herself and for the community worker who decides; None where she did not. Raises
    NotAllowed, ServiceBookingUnknown."""
    row = seen_by_her(session, actor, booking_id, Capability.SEE_SERVICES)
    made = row.complaint
    if made is None:
        return None
    words = vault_of(session).open(made.words_sealed, context=WORDS) if made.words_sealed is not None else None
    return Complaint(booking_view(session, row), ComplaintAbout(made.about), words, made.complained_at, made.upheld)


def get_visit_to_judge(session: Session, actor: Actor, *, booking_id: UUID, now: datetime) -> Visit:
    """A visit with what the care worker noted of it, for the community worker who decides about a complaint or asks
    after somebody who did not open. Raises NotAllowed, ServiceBookingUnknown."""
    row = seen_by_her(session, actor, booking_id, Capability.DECIDE_CASES)
    return visit_views(session, actor, [row], now=now)[0]


def decide_complaint(
    session: Session, actor: Actor, *, booking_id: UUID, upheld: bool, reason: str, now: datetime
) -> ServiceBooking:
    """A community worker decides: upheld, and nothing is paid; or not, and the visit stands as before. She is told.
    Raises NotAllowed, ServiceBookingUnknown, VisitStepNotPossible, OnlyByPeople, ReasonMissing."""
    row = seen_by_her(session, actor, booking_id, Capability.DECIDE_CASES)
    if actor.kind is ActorKind.SYSTEM:
        raise OnlyByPeople()
    if not reason.strip():
        raise ReasonMissing()
    held(session, row)
    made = row.complaint
    if made is None or state_of(row) is not ServiceState.DISPUTED:
        raise VisitStepNotPossible(state=row.state, wanted=ServiceState.NOT_CHARGED.value)
    made.upheld, made.decided_at = upheld, now
    before = ServiceState(made.state_before)
    if upheld:
        give_up(session, actor, row, ServiceState.NOT_CHARGED, now=now)
    elif before in WITHOUT_VISIT:
        move(row, before)
    else:
        confirmed(session, actor, row, now=now)
    tell(session, _person(session, row), row, _told(upheld, before), now=now)
    decision = UPHELD if upheld else NOT_UPHELD
    close_task(
        session,
        actor,
        kind=TaskKind.SERVICE_COMPLAINT,
        subject_id=row.id,
        decision=decision,
        reason=reason.strip(),
        now=now,
    )
    kind = EventKind.COMPLAINT_UPHELD if upheld else EventKind.COMPLAINT_NOT_UPHELD
    note(session, actor, row, kind, now=now)
    return booking_view(session, row)


def missed(session: Session, actor: Actor, row: ServiceBookingRow, *, now: datetime) -> None:
    """Nobody noted a visit that is held and whose time is over: nothing is paid. Raises VisitStepNotPossible."""
    give_up(session, actor, row, ServiceState.MISSED, now=now)
    row.over_at = now
    note(session, actor, row, EventKind.MISSED, now=now)


def _told(upheld: bool, before: ServiceState) -> str:
    """The template of what she is told; where nobody was there it names no amount to pay."""
    if upheld:
        return "service_complaint_upheld"
    return "service_complaint_not_upheld_free" if before in WITHOUT_VISIT else "service_complaint_not_upheld"


def _in_time(row: ServiceBookingRow, wanted: ServiceState, now: datetime) -> None:
    if row.over_at is None:
        raise VisitStepNotPossible(state=row.state, wanted=wanted.value)
    until = terms_on(row.day).object_until(row.over_at)
    if now > until:
        raise TooLateToObject(until_at=until)


def _person(session: Session, row: ServiceBookingRow) -> people.Person:
    return people.get_person(session, SYSTEM, person_id=row.person_id)
