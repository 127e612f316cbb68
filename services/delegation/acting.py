"""A family member begins to act for a senior: the one place where an actor of kind delegate is made.

The right is looked at anew each time (each request of the web, each turn of a conversation) and held until the end of
it: a word of the senior that takes it back at the same moment is either heard before, or waits for the deed that is
already under way.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import ACTING, Actor, Capability, Channel, NotAllowed, require
from services.clock import local_day
from services.delegation.errors import DelegationFrozen, DelegationOver, DelegationUnknown
from services.delegation.parameters import rules_on
from services.delegation.views import scopes_of
from services.family import DelegationState, EndReason
from services.family.tables import DelegationRow
from services.people import PersonRow


def act_for(session: Session, actor: Actor, *, delegation_id: UUID, channel: Channel, now: datetime) -> Actor:
    """The family member as the one who acts for the senior of this delegation. Raises DelegationUnknown for what is not
    hers or was not agreed, DelegationOver, DelegationFrozen, and NotAllowed where nothing was ticked to act by."""
    require(actor, Capability.ASK_TO_ACT, person_id=None)
    row = session.scalar(
        select(DelegationRow)
        .where(DelegationRow.id == delegation_id, DelegationRow.family_member_id == actor.family_member_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    if row is None or row.agreed_at is None or row.state == DelegationState.INVITED:
        raise DelegationUnknown(capability=Capability.ASK_TO_ACT.value)
    _require_in_force(session, row, now)
    scopes = scopes_of(row)
    if not scopes & ACTING:
        raise NotAllowed(capability=Capability.SEE_PERSON.value)
    assert row.person_id is not None
    waits = row.waits_until_at is not None and now < row.waits_until_at
    return Actor.delegate(
        row.family_member_id,
        channel,
        on_behalf_of=row.person_id,
        delegation_id=row.id,
        scopes=scopes,
        waits_for=rules_on(local_day(now)).waits_for if waits else frozenset(),
        waits_until=row.waits_until_at if waits else None,
    )


def _require_in_force(session: Session, row: DelegationRow, now: datetime) -> None:
    """Also between the end of the last day, or a death, and the job that writes it down."""
    if row.state == DelegationState.ENDED:
        raise DelegationOver(reason=row.end_reason)
    if local_day(now) > row.until_on:
        raise DelegationOver(reason=EndReason.EXPIRED.value)
    senior = session.get_one(PersonRow, row.person_id, populate_existing=True)
    if senior.died_on is not None:
        raise DelegationOver(reason=EndReason.DEATH.value)
    if row.state == DelegationState.FROZEN:
        raise DelegationFrozen()
