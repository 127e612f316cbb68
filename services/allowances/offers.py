"""Answering an offer, and applying without one. Only a clear yes is an application; whatever is not one changes nothing
and is looked at by a worker."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.allowances.errors import (
    AlreadyApplied,
    AlreadyDecided,
    CaseUnknown,
    NotEntitled,
    OfferEnded,
    OfferUnknown,
)
from services.allowances.payable import amount_for
from services.allowances.rules import ALLOWANCE, entitled_by, first_month
from services.allowances.states import CaseState, EventKind
from services.allowances.steps import SYSTEM, held_case, hold, latest_case, living_case, move, note, person_of, state_of
from services.allowances.stopping import wish_to_withdraw
from services.allowances.tables import AllowanceCaseRow
from services.allowances.telling import tell, where_paid
from services.allowances.views import AllowanceCase, case_view
from services.benefits import Benefit, Status, assess, facts_of, rule_on
from services.clock import local_day
from services.database.tables import new_id
from services.people import Person
from services.worker_tasks import TaskKind, close_task, close_tasks, open_task

# In these she has what she wishes for when she agrees once more.
AGREED = frozenset({CaseState.APPLIED, CaseState.IN_REVIEW, CaseState.ACTIVE, CaseState.SUSPENDED})
# Questions to a worker that an answer settles.
ABOUT_AN_ANSWER = (
    TaskKind.NO_ANSWER,
    TaskKind.UNCLEAR_REPLY,
    TaskKind.OTHER_PHONE,
    TaskKind.LATE_REPLY,
    TaskKind.UNDELIVERED,
)
# The letters of a city in its application numbers, as on its cars' old plates of the name.
CITY_LETTERS = {"shenzhen": "SZ"}


def agree_to_offer(
    session: Session,
    actor: Actor,
    *,
    case_id: UUID,
    now: datetime,
    message_id: UUID | None = None,
    phone_is_hers: bool = True,
) -> AllowanceCase:
    """Her yes: the offer becomes an application with a number, and she gets a text. Agreeing again changes nothing.

    From a phone that is not hers it is no consent: a worker asks her, and if she means it, the day of that reply is the
    day of the application. A worker may also take her yes after the offer's end. Raises OfferUnknown, NotAllowed,
    OfferEnded, AlreadyDecided.
    """
    row = _held_offer(session, actor, case_id)
    state, today = state_of(row), local_day(now)
    if state in AGREED:
        return case_view(row)
    if state not in (CaseState.OFFERED, CaseState.OFFER_ENDED):
        raise AlreadyDecided(state=state.value)
    if not phone_is_hers:
        return _ask_whether_she_means_it(session, actor, row, now=now, message_id=message_id)
    if _is_over(row, today) and not actor.is_staff:
        raise OfferEnded(ended_on=row.offer_ends_on)
    applied_on = row.replied_on or today if actor.is_staff else today
    _accept(session, actor, row, EventKind.AGREED, applied_on=applied_on, now=now, message_id=message_id)
    return case_view(row)


def decline_offer(
    session: Session, actor: Actor, *, case_id: UUID, now: datetime, message_id: UUID | None = None
) -> AllowanceCase:
    """Her no. After a yes it is the wish to withdraw, which a worker makes sure of. Declining again changes nothing.

    Raises OfferUnknown, NotAllowed, AlreadyDecided.
    """
    row = _held_offer(session, actor, case_id)
    state = state_of(row)
    if state is CaseState.DECLINED:
        return case_view(row)
    if state in AGREED:
        return wish_to_withdraw(session, actor, row, now=now, message_id=message_id)
    if state not in (CaseState.OFFERED, CaseState.OFFER_ENDED):
        raise AlreadyDecided(state=state.value)
    move(row, CaseState.DECLINED)
    _settle(session, actor, row, "declined", now)
    told = tell(session, person_of(session, row), row, "allowance_declined", now=now)
    note(session, actor, row, EventKind.DECLINED, now=now, message_id=message_id, told=told)
    return case_view(row)


def late_reply(
    session: Session, actor: Actor, *, case_id: UUID, now: datetime, message_id: UUID | None = None
) -> AllowanceCase:
    """A yes that came after the offer's end: nothing is lost, a worker calls, and the day of the reply is the day of
    the application if she means it. The same again changes nothing. Raises OfferUnknown, NotAllowed."""
    row = _held_offer(session, actor, case_id)
    today = local_day(now)
    if row.replied_on is not None or not _is_over(row, today):
        return case_view(row)
    row.replied_on = today
    if state_of(row) is CaseState.OFFERED:
        move(row, CaseState.OFFER_ENDED)
    ended_on = row.offer_ends_on or today
    told = tell(session, person_of(session, row), row, "allowance_late_reply", now=now, until=ended_on)
    note(session, actor, row, EventKind.AGREED_LATE, now=now, message_id=message_id, told=told, replied_on=today)
    close_task(session, SYSTEM, kind=TaskKind.NO_ANSWER, subject_id=row.id, decision="late_reply", reason=None, now=now)
    _ask(session, row, TaskKind.LATE_REPLY, now=now, replied_on=today, ended_on=ended_on)
    return case_view(row)


def apply_for(session: Session, actor: Actor, *, person_id: UUID, benefit: Benefit, now: datetime) -> AllowanceCase:
    """An application of her own: without an offer, after one that she declined or let pass, or by answering an open
    one. Applying again changes nothing.

    What is missing to decide is for a worker (`check_applications`); only a clear no of the rules raises NotEntitled.
    Raises NotAllowed.
    """
    people.require_for(session, actor, Capability.ANSWER_OFFERS, person_id=person_id)
    hold(session, person_id)
    living = living_case(session, person_id, benefit)
    if living is not None:
        return agree_to_offer(session, actor, case_id=living.id, now=now)
    person, today = people.get_person(session, SYSTEM, person_id=person_id), local_day(now)
    refuse_clear_noes(person, benefit, today)
    latest = latest_case(session, person_id, benefit)
    if latest is not None and state_of(latest) is CaseState.OFFER_ENDED:
        # The day of a late reply stays the day of the application.
        applied_on = latest.replied_on or today
        _accept(session, actor, latest, EventKind.APPLIED, applied_on=applied_on, now=now)
        return case_view(latest)
    row = new_case(person, benefit, today=today, now=now)
    session.add(row)
    _accept(session, actor, row, EventKind.APPLIED, applied_on=today, now=now)
    if latest is not None and state_of(latest) is CaseState.DECLINED:
        # What she answers next still names the code of the offer that she changed her mind about.
        row.code, row.phone_index = latest.code, latest.phone_index
        session.flush()
    return case_view(row)


def refuse_clear_noes(person: Person, benefit: Benefit, today: date) -> None:
    """Raises NotEntitled where no missing fact could still make her entitled by the month that offers look ahead to."""
    if benefit is not ALLOWANCE:
        raise NotEntitled(reasons=("not_applied_for_here",))
    answer = assess(facts_of(person, as_of=entitled_by(today)), [benefit])[benefit]
    if answer.status is Status.NOT_ELIGIBLE:
        raise NotEntitled(reasons=answer.reasons)


def new_case(person: Person, benefit: Benefit, *, today: date, now: datetime) -> AllowanceCaseRow:
    """A case that begins as an open offer of no phone; the amount is that of its first month."""
    return AllowanceCaseRow(
        id=new_id(),
        city=person.city,
        person_id=person.id,
        benefit=benefit,
        state=CaseState.OFFERED,
        amount_fen=amount_for(first_month(person.birth_on, today), person.birth_on),
        rule_version=rule_on(today, benefit),
        in_doubt=False,
        created_at=now,
    )


def _held_offer(session: Session, actor: Actor, case_id: UUID) -> AllowanceCaseRow:
    try:
        return held_case(session, actor, case_id, Capability.ANSWER_OFFERS)
    except CaseUnknown:
        raise OfferUnknown() from None


def _is_over(row: AllowanceCaseRow, today: date) -> bool:
    """Also in the hours between the end of the last day and the job that writes it down."""
    if state_of(row) is CaseState.OFFERED:
        return row.offer_ends_on is not None and today > row.offer_ends_on
    return state_of(row) is CaseState.OFFER_ENDED


def _accept(
    session: Session,
    actor: Actor,
    row: AllowanceCaseRow,
    kind: EventKind,
    *,
    applied_on: date,
    now: datetime,
    message_id: UUID | None = None,
) -> None:
    living = living_case(session, row.person_id, Benefit(row.benefit))
    if living is not None and living.id != row.id:
        raise AlreadyApplied(case_id=living.id, state=living.state)
    move(row, CaseState.APPLIED)
    row.applied_on = applied_on
    row.application_number = _new_number(session, row.city, local_day(now))
    session.flush()
    # Before she is told: without a phone that is a task for a worker as well.
    _settle(session, actor, row, "agreed", now)
    person = person_of(session, row)
    template, where = where_paid(person, "allowance_accepted", today=local_day(now))
    told = tell(session, person, row, template, now=now, number=row.application_number, **where)
    note(
        session,
        actor,
        row,
        kind,
        now=now,
        message_id=message_id,
        told=told,
        applied_on=applied_on,
        application_number=row.application_number,
    )


def _new_number(session: Session, city: str, today: date) -> str:
    """One that nobody else gets, even if two applications come in the same moment: the sequence never gives a number
    twice and never makes anybody wait. It may skip some."""
    number = session.scalar(text("SELECT nextval('allowance_application_numbers')"))
    letters = CITY_LETTERS.get(city, city[:2].upper())
    return f"{letters}{today:%y%m}-{number:06d}"


def _ask_whether_she_means_it(
    session: Session, actor: Actor, row: AllowanceCaseRow, *, now: datetime, message_id: UUID | None
) -> AllowanceCase:
    if row.replied_on is None:
        row.replied_on = local_day(now)
        note(
            session,
            actor,
            row,
            EventKind.AGREED_FROM_OTHER_PHONE,
            now=now,
            message_id=message_id,
            replied_on=row.replied_on,
        )
        _ask(session, row, TaskKind.OTHER_PHONE, now=now, replied_on=row.replied_on, ended_on=row.offer_ends_on)
    return case_view(row)


def _ask(session: Session, row: AllowanceCaseRow, kind: TaskKind, *, now: datetime, **days: date | None) -> None:
    facts = {"case_id": str(row.id)} | {name: day.isoformat() for name, day in days.items() if day}
    open_task(session, kind=kind, city=row.city, person_id=row.person_id, subject_id=row.id, facts=facts, now=now)


def _settle(session: Session, actor: Actor, row: AllowanceCaseRow, decision: str, now: datetime) -> None:
    close_tasks(session, actor, kinds=ABOUT_AN_ANSWER, subject_id=row.id, decision=decision, reason=None, now=now)
