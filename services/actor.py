"""Who acts, for whom, through which channel, and what each may do. Use cases ask here; channels never decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID

from services.errors import ServiceError


class ActorKind(StrEnum):
    """What kind of somebody acts."""

    SENIOR = "senior"
    SYSTEM = "system"


class Channel(StrEnum):
    """The door that the wish came through."""

    SCREEN = "screen"
    VOICE = "voice"
    COMMAND_LINE = "command_line"
    JOB = "job"


class Capability(StrEnum):
    """What can be done to somebody's affairs."""

    SEE_PERSON = "see_person"
    SEE_MEALS = "see_meals"
    BOOK_MEALS = "book_meals"
    TALK = "talk"


# A senior may do these for herself and for nobody else.
OF_A_SENIOR = frozenset({Capability.SEE_PERSON, Capability.SEE_MEALS, Capability.BOOK_MEALS, Capability.TALK})


class NotAllowed(ServiceError):
    """The actor has no right to do this for this person."""

    code = "not_allowed"


@dataclass(frozen=True)
class Actor:
    """Somebody who acts. `person_id` is who acts, where that is a person."""

    kind: ActorKind
    channel: Channel
    person_id: UUID | None = None

    @classmethod
    def senior(cls, person_id: UUID, channel: Channel) -> Self:
        """A senior who acts for herself."""
        return cls(ActorKind.SENIOR, channel, person_id)

    @classmethod
    def system(cls, channel: Channel = Channel.JOB) -> Self:
        """The system itself: jobs and set-up."""
        return cls(ActorKind.SYSTEM, channel)


def require(actor: Actor, capability: Capability, *, person_id: UUID) -> None:
    """Return if the actor may do this to the affairs of `person_id`; raises NotAllowed."""
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.person_id == person_id and capability in OF_A_SENIOR:
        return
    raise NotAllowed(capability=capability.value)
