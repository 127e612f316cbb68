"""What is sent to a senior also goes to the delegates whom she let receive her messages.

Most texts say whom they are about and go out as they are. One that asks for an answer would have the delegate answer
from a phone that counts for nothing, so another text says what waits; what is about signing in, an exchange of replies,
or the delegates themselves goes to nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Scope
from services.clock import local_day
from services.family import Reached, reached_for
from services.family.reached import with_delegates

Variables = Mapping[str, str | int | date | datetime]

HERS_ALONE = ("sign_in_code", "reply_", "delegation_", "delegate_", "desk_", "emergency_", "call_back_")
OFFER, CERTIFICATION = "delegate_copy_offer", "delegate_copy_certification"
INSTEAD = {
    "allowance_offer": OFFER,
    "allowance_offer_shared": OFFER,
    "allowance_reminder": OFFER,
    "certification_due": CERTIFICATION,
    "certification_reminder": CERTIFICATION,
}
# Only for whom the other text tells something that she can do.
FOR_WHOM = {OFFER: Scope.ANSWER_OFFERS}
VARIABLES = {OFFER: ("name",), CERTIFICATION: ("name", "until")}


def goes_to_delegates(template: str) -> bool:
    """Whether texts of this template go to delegates at all."""
    return not template.startswith(HERS_ALONE)


def copies_of(
    session: Session, template: str, variables: Variables, *, person_id: UUID, now: datetime
) -> tuple[tuple[str, Variables, Reached], ...]:
    """What goes to whom beside a text to a senior: template, variables and delegate."""
    if not goes_to_delegates(template):
        return ()
    today = local_day(now)
    receiving = reached_for(session, person_id, Scope.RECEIVE_MESSAGES, today=today)
    copied = INSTEAD.get(template, template)
    if copied in FOR_WHOM and receiving:
        able = {each.delegation_id for each in reached_for(session, person_id, FOR_WHOM[copied], today=today)}
        receiving = tuple(each for each in receiving if each.delegation_id in able)
    named = VARIABLES.get(copied)
    said = variables if named is None else {name: variables[name] for name in named}
    return tuple((copied, said, each) for each in receiving)


def with_copies(session: Session, person_ids: Collection[UUID], *, now: datetime) -> frozenset[UUID]:
    """Those of many people whose messages go to a delegate too: few of a city."""
    return with_delegates(session, person_ids, Scope.RECEIVE_MESSAGES, today=local_day(now))
