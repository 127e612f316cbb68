"""协助: a senior is at the desk and says what she wants; a worker of her community presses the keys on her own pages.

Each deed is the senior's, with the worker beside it: the record says on whose behalf, by whom assisted and at the desk,
and the senior is texted what was done (`services.delegation.deeds`). It lasts until the worker says that the senior
goes, or as long as her record is open because she is here. It is one of the ways in for whoever cannot sign in by code.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Capability, NotAllowed
from services.people import require_for
from services.records import OpeningReason, RecordOpening, close_record, is_open_because, open_record


class NotAtTheDesk(NotAllowed):
    """The worker has not said that the senior is here, or said it too long ago."""

    code = "not_at_the_desk"


def begin_at_desk(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> RecordOpening:
    """She is here: from now on `assist` lets this worker act on her behalf. Raises NotAllowed."""
    return open_record(session, actor, person_id=person_id, reason=OpeningReason.SHE_IS_HERE, now=now)


def assist(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> Actor:
    """The worker as the one who assists this senior, with what a senior may do and no more. Raises NotAtTheDesk,
    NotAllowed."""
    is_here = actor.kind is ActorKind.COMMUNITY_WORKER and is_open_because(
        session, actor, person_id=person_id, reason=OpeningReason.SHE_IS_HERE, now=now
    )
    if not is_here:
        raise NotAtTheDesk(capability=Capability.SEE_PERSON.value)
    require_for(session, actor, Capability.SEE_PERSON, person_id=person_id)
    return Actor.at_the_desk(actor, on_behalf_of=person_id)


def end_at_desk(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> None:
    """She goes: nothing is done on her behalf any more. Again, nothing happens. Raises NotAllowed."""
    close_record(session, actor, person_id=person_id, reason=OpeningReason.SHE_IS_HERE, now=now)
