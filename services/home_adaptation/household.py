"""Whose household a case is: hers and that of everybody who lives with her.

A household gets one adaptation, whoever of it applies and wherever its people move; the database decides, also when two
of them apply at the same moment.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.home_adaptation.errors import AdaptationStepNotPossible, NotInHousehold
from services.home_adaptation.reading import adaptation_view
from services.home_adaptation.states import WITHOUT_WORK, EventKind
from services.home_adaptation.steps import checked_note, held_case, note, refuse_the_machine, state_of
from services.home_adaptation.tables import AdaptationRow, HouseholdMemberRow
from services.home_adaptation.views import Adaptation
from services.people import PersonRow

# An address with more people than these is that of an institution or a collective household registration, where people
# do not live together: only she herself counts then.
MOST_IN_A_HOUSEHOLD = 8


def adaptation_of_household(session: Session, actor: Actor, *, person_id: UUID) -> UUID | None:
    """The case that counts for her household, whoever of it applied; None where there is none, or it ended without
    work. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_BENEFITS, person_id=person_id)
    return session.scalar(select(HouseholdMemberRow.adaptation_id).where(HouseholdMemberRow.person_id == person_id))


def take_out_of_household(
    session: Session, actor: Actor, *, adaptation_id: UUID, person_id: UUID, words: str, now: datetime
) -> Adaptation:
    """Somebody at her address is no part of her household (a tenant, say) and may have a home of his own made safe.
    `words`: how the worker knows. Only a worker of the community may. Raises AdaptationUnknown, NotAllowed,
    OnlyByPeople, NoteMissing, NoteTooLong, NotInHousehold, AdaptationStepNotPossible once the case has ended without
    work."""
    row = held_case(session, actor, adaptation_id, Capability.DECIDE_CASES)
    refuse_the_machine(actor)
    words = checked_note(words, needed=True)
    if state_of(row) in WITHOUT_WORK:
        raise AdaptationStepNotPossible(state=row.state)
    member = session.scalar(
        select(HouseholdMemberRow).where(
            HouseholdMemberRow.adaptation_id == row.id,
            HouseholdMemberRow.person_id == person_id,
            HouseholdMemberRow.person_id != row.person_id,
        )
    )
    if member is None:
        raise NotInHousehold()
    session.delete(member)
    note(session, actor, row, EventKind.HOUSEHOLD_CORRECTED, now=now, words=words, member=str(person_id))
    return adaptation_view(session, row)


def enter_household(session: Session, row: AdaptationRow) -> None:
    """Count a new case for her and for those who live with her. The constraint refuses who has had one."""
    # In order, so that two who enter at the same moment wait for each other and never both.
    for person_id in sorted({row.person_id, *_living_with(session, row.person_id)}):
        session.add(HouseholdMemberRow(city=row.city, adaptation_id=row.id, person_id=person_id))


def release_household(session: Session, row: AdaptationRow) -> None:
    """The case ended without work: it counts for nobody any more."""
    session.execute(delete(HouseholdMemberRow).where(HouseholdMemberRow.adaptation_id == row.id))


def _living_with(session: Session, person_id: UUID) -> list[UUID]:
    """Those whom the registers have at her address. It is looked for without an index, which every import would pay
    for: a city has some hundred cases a year."""
    her = session.get_one(PersonRow, person_id)
    if her.address_sealed is None or her.address_index is None:
        return []
    found = session.scalars(
        select(PersonRow.id)
        .where(PersonRow.city == her.city, PersonRow.address_index == her.address_index, PersonRow.died_on.is_(None))
        .limit(MOST_IN_A_HOUSEHOLD + 1)
    ).all()
    return list(found) if len(found) <= MOST_IN_A_HOUSEHOLD else []
