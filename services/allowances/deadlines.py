"""What time does to open offers: a new phone gets the offer again, silence gets one reminder, the end gets a worker."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.ages import completed_years
from services.allowances.offer_codes import code_to_ask_for, codes_taken, free_code
from services.allowances.rules import month_of_reaching_age, reminded_until
from services.allowances.states import CaseState, EventKind
from services.allowances.steps import SYSTEM, held_case, move, note, person_of, state_of
from services.allowances.tables import AllowanceCaseRow
from services.allowances.telling import tell
from services.clock import local_day
from services.people import Person, PersonRow
from services.worker_tasks import TaskKind, close_task, open_task

# How many one transaction deals with, lest it hold so many people at once.
AT_ONCE = 500


def remind(session: Session, actor: Actor, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Remind whoever has not answered and whose offer ends soon, once; how many. `limit` means that there may be more.
    Raises NotAllowed."""
    today = local_day(now)
    ids = session.scalars(
        select(AllowanceCaseRow.id)
        .join(PersonRow, PersonRow.id == AllowanceCaseRow.person_id)
        .where(
            AllowanceCaseRow.state == CaseState.OFFERED,
            AllowanceCaseRow.reminded_at.is_(None),
            AllowanceCaseRow.replied_on.is_(None),
            AllowanceCaseRow.phone_index.is_not(None),
            AllowanceCaseRow.offer_ends_on.between(today, reminded_until(today)),
            PersonRow.died_on.is_(None),
        )
        .order_by(AllowanceCaseRow.person_id)
        .limit(limit)
    ).all()
    return sum(_remind(session, actor, case_id, now=now) for case_id in ids)


def _remind(session: Session, actor: Actor, case_id: UUID, *, now: datetime) -> bool:
    row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
    if state_of(row) is not CaseState.OFFERED or row.reminded_at is not None:
        return False
    row.reminded_at = now
    told = tell(
        session,
        person_of(session, row),
        row,
        "allowance_reminder",
        now=now,
        amount=row.amount_fen,
        code=code_to_ask_for(session, row, local_day(now)),
    )
    note(session, actor, row, EventKind.REMINDED, now=now, message_id=told)
    return True


def end_offers(session: Session, actor: Actor, *, now: datetime, limit: int = AT_ONCE) -> int:
    """End the offers whose last day is over, and have a worker call whoever did not answer; how many. `limit` means
    that there may be more. Raises NotAllowed."""
    today = local_day(now)
    ids = session.scalars(
        select(AllowanceCaseRow.id)
        .where(AllowanceCaseRow.state == CaseState.OFFERED, AllowanceCaseRow.offer_ends_on < today)
        .order_by(AllowanceCaseRow.person_id)
        .limit(limit)
    ).all()
    return sum(_end(session, actor, case_id, now=now) for case_id in ids)


def _end(session: Session, actor: Actor, case_id: UUID, *, now: datetime) -> bool:
    row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
    if state_of(row) is not CaseState.OFFERED:
        return False
    move(row, CaseState.OFFER_ENDED)
    note(session, actor, row, EventKind.OFFER_ENDED, now=now, ended_on=row.offer_ends_on)
    # An agreement from another phone waits for a worker already; the dead are not called.
    if row.replied_on is None and person_of(session, row).died_on is None:
        open_task(
            session,
            kind=TaskKind.NO_ANSWER,
            city=row.city,
            person_id=row.person_id,
            subject_id=row.id,
            facts={"case_id": str(row.id), "ended_on": str(row.offer_ends_on), "amount_fen": row.amount_fen},
            now=now,
        )
    return True


def renew_offers(session: Session, actor: Actor, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Send open offers again to people who have another phone now, or have one at last; how many. The old phone can
    answer no more. `limit` means that there may be more. Raises NotAllowed."""
    # Screening gives out codes as well.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('allowance_offers'))"))
    ids = session.scalars(
        select(AllowanceCaseRow.id)
        .join(PersonRow, PersonRow.id == AllowanceCaseRow.person_id)
        .where(
            AllowanceCaseRow.state == CaseState.OFFERED,
            AllowanceCaseRow.offer_ends_on >= local_day(now),
            PersonRow.phone_index.is_not(None),
            PersonRow.phone_index.is_distinct_from(AllowanceCaseRow.phone_index),
            PersonRow.died_on.is_(None),
        )
        .order_by(AllowanceCaseRow.person_id)
        .limit(limit)
    ).all()
    return sum(_renew(session, actor, case_id, now=now) for case_id in ids)


def _renew(session: Session, actor: Actor, case_id: UUID, *, now: datetime) -> bool:
    row = held_case(session, actor, case_id, Capability.DECIDE_CASES)
    index = session.scalar(select(PersonRow.phone_index).where(PersonRow.id == row.person_id))
    if state_of(row) is not CaseState.OFFERED or index in (None, row.phone_index):
        return False
    row.phone_index, row.code = index, None
    session.flush()
    row.code = free_code(codes_taken(session, index))
    if row.code is None:
        # A phone of a whole house: nobody could tell the answers apart.
        return False
    session.flush()
    told = tell_offer(session, person_of(session, row), row, now=now)
    note(session, actor, row, EventKind.OFFERED_AGAIN, now=now, message_id=told, amount_fen=row.amount_fen)
    close_task(
        session, SYSTEM, kind=TaskKind.UNDELIVERED, subject_id=row.id, decision="sent_again", reason=None, now=now
    )
    return True


def tell_offer(session: Session, person: Person, row: AllowanceCaseRow, *, now: datetime) -> UUID | None:
    """Send an offer; with its code where a plain word from this phone could mean another one."""
    variables = offer_variables(person.birth_on, local_day(now), row.amount_fen)
    code = code_to_ask_for(session, row, local_day(now))
    if code:
        return tell(session, person, row, "allowance_offer_shared", now=now, code=code, **variables)
    return tell(session, person, row, "allowance_offer", now=now, **variables)


def offer_variables(birth_on: date, today: date, amount_fen: int) -> dict[str, str | int]:
    """What an offer says beside the name: "you will be 70", or "you are 73" to somebody who never applied.

    >>> offer_variables(date(1957, 1, 24), date(2026, 11, 24), 20000)
    {'turn': 'turning', 'age': 70, 'amount': 20000}
    """
    reached = month_of_reaching_age(birth_on, today)
    age = completed_years(birth_on, today)
    lowest = reached.year - birth_on.year
    return {"turn": "turning" if age < lowest else "turned", "age": max(age, lowest), "amount": amount_fen}
