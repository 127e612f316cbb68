"""Seeing cases: hers, those of a phone that an answer came from, and how each came to be as it is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.allowances.errors import CaseUnknown
from services.allowances.states import CaseState
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.allowances.views import AllowanceCase, AllowanceEvent, case_view, event_view
from services.people import PHONE, PersonRow
from services.sealing import vault_of


def list_cases(session: Session, actor: Actor, *, person_id: UUID) -> tuple[AllowanceCase, ...]:
    """All her cases, the newest first; ended ones too. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_BENEFITS, person_id=person_id)
    rows = session.scalars(
        select(AllowanceCaseRow)
        .where(AllowanceCaseRow.person_id == person_id)
        .order_by(AllowanceCaseRow.created_at.desc(), AllowanceCaseRow.id.desc())
    )
    return tuple(case_view(row) for row in rows)


def get_case(session: Session, actor: Actor, *, case_id: UUID) -> AllowanceCase:
    """One case. Raises CaseUnknown, NotAllowed."""
    return case_view(_seen(session, actor, case_id))


def events_of(session: Session, actor: Actor, *, case_id: UUID) -> tuple[AllowanceEvent, ...]:
    """What happened in a case, in order. Raises CaseUnknown, NotAllowed."""
    row = _seen(session, actor, case_id)
    events = session.scalars(
        select(AllowanceEventRow).where(AllowanceEventRow.case_id == row.id).order_by(AllowanceEventRow.id)
    )
    return tuple(event_view(event) for event in events)


def open_offers(session: Session, actor: Actor, *, person_id: UUID) -> tuple[AllowanceCase, ...]:
    """The offers that she has not answered yet, the oldest first. Raises NotAllowed."""
    cases = list_cases(session, actor, person_id=person_id)
    return tuple(case for case in reversed(cases) if case.state is CaseState.OFFERED)


def open_offers_of_phone(session: Session, phone: str) -> tuple[AllowanceCase, ...]:
    """The offers that were sent to this phone and may be answered from it, the oldest first. For the inbox.

    Not those of somebody who has another phone now: whoever has the old one answers for nobody.
    """
    return tuple(case for case in cases_of_phone(session, phone) if case.state is CaseState.OFFERED)


def cases_of_phone(session: Session, phone: str) -> tuple[AllowanceCase, ...]:
    """The same for cases in any state, the oldest first: for answers that come twice, late, or change their mind."""
    index = vault_of(session).index(phone, context=PHONE)
    rows = session.scalars(
        select(AllowanceCaseRow)
        .join(PersonRow, PersonRow.id == AllowanceCaseRow.person_id)
        .where(PersonRow.phone_index == index, AllowanceCaseRow.phone_index == index)
        .order_by(AllowanceCaseRow.offered_at, AllowanceCaseRow.id)
    )
    return tuple(case_view(row) for row in rows)


def open_offers_with_code(session: Session, *, city: str, code: str, limit: int) -> tuple[AllowanceCase, ...]:
    """Open offers of any phone that have this code, which many share. For the inbox: somebody answers with it from a
    phone that is nobody's."""
    rows = session.scalars(
        select(AllowanceCaseRow)
        .where(
            AllowanceCaseRow.city == city,
            AllowanceCaseRow.state == CaseState.OFFERED,
            AllowanceCaseRow.code == code,
        )
        .order_by(AllowanceCaseRow.id)
        .limit(limit)
    )
    return tuple(case_view(row) for row in rows)


def _seen(session: Session, actor: Actor, case_id: UUID) -> AllowanceCaseRow:
    row = session.get(AllowanceCaseRow, case_id)
    if row is None:
        raise CaseUnknown()
    people.require_for(session, actor, Capability.SEE_BENEFITS, person_id=row.person_id)
    return row
