"""Taking over somebody who is paid already when the city begins to use this system, without asking her anything."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, ActorKind, NotAllowed
from services.allowances.months import month_of
from services.allowances.offers import new_case
from services.allowances.payable import amount_for
from services.allowances.rules import first_month
from services.allowances.states import CaseState, EventKind
from services.allowances.steps import SYSTEM, hold, latest_case, note
from services.allowances.views import AllowanceCase, case_view
from services.benefits import Benefit


def take_over(
    session: Session, actor: Actor, *, person_id: UUID, benefit: Benefit, from_month: date, now: datetime
) -> AllowanceCase:
    """An active case of somebody whom another system pays until the month before `from_month`. She gets no message,
    since nothing changes for her.

    Whoever has or had a case keeps it as it is. Only for the system; raises NotAllowed.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="take_over")
    hold(session, person_id)
    known = latest_case(session, person_id, benefit)
    if known is not None:
        return case_view(known)
    person = people.get_person(session, SYSTEM, person_id=person_id)
    row = new_case(person, benefit, today=from_month, now=now)
    row.state = CaseState.ACTIVE
    row.applied_on = month_of(from_month)
    row.first_month = first_month(person.birth_on, row.applied_on)
    row.amount_fen = amount_for(row.first_month, person.birth_on)
    session.add(row)
    session.flush()
    note(session, actor, row, EventKind.TAKEN_OVER, now=now, first_month=row.first_month)
    return case_view(row)
