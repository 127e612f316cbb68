"""Who acts, for whom, through which channel, and what each may do. Use cases ask here; channels never decide.

Refusing, suspending or stopping a benefit needs `DECIDE_CASES`, which only a community worker holds, and only for the
people of her own community (principle 12 of the design).
"""

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
    COMMUNITY_WORKER = "community_worker"
    OPERATOR = "operator"
    CANTEEN = "canteen"
    PROVIDER = "provider"
    CARE_WORKER = "care_worker"


class Channel(StrEnum):
    """The door that the wish came through."""

    SCREEN = "screen"
    VOICE = "voice"
    COMMAND_LINE = "command_line"
    JOB = "job"
    TEXT_MESSAGE = "text_message"


class Capability(StrEnum):
    """What can be done to somebody's affairs, or with the city's registers and runs."""

    SEE_PERSON = "see_person"
    SEE_MEALS = "see_meals"
    BOOK_MEALS = "book_meals"
    TALK = "talk"
    SEE_BENEFITS = "see_benefits"
    ANSWER_OFFERS = "answer_offers"
    CERTIFY = "certify"
    SEE_TASKS = "see_tasks"
    DECIDE_CASES = "decide_cases"
    IMPORT_REGISTERS = "import_registers"
    SCREEN = "screen"
    SEE_RUNS = "see_runs"
    RUN_MONTH = "run_month"
    SEE_SERVICES = "see_services"
    BOOK_SERVICES = "book_services"
    SERVE_MEALS = "serve_meals"
    RUN_SERVICES = "run_services"
    MAKE_VISITS = "make_visits"
    ADAPT_HOMES = "adapt_homes"


# What each may do. A senior may for herself and for nobody else, a worker for the people of her community; what an
# operator may do concerns registers and runs and no single person. A canteen and a provider may for what was booked
# with them, and a care worker for her provider's visits. The system may do everything.
MAY: dict[ActorKind, frozenset[Capability]] = {
    ActorKind.SYSTEM: frozenset(Capability),
    ActorKind.SENIOR: frozenset(
        {
            Capability.SEE_PERSON,
            Capability.SEE_MEALS,
            Capability.BOOK_MEALS,
            Capability.TALK,
            Capability.SEE_BENEFITS,
            Capability.ANSWER_OFFERS,
            Capability.CERTIFY,
            Capability.SEE_SERVICES,
            Capability.BOOK_SERVICES,
        }
    ),
    ActorKind.COMMUNITY_WORKER: frozenset(
        {
            Capability.SEE_PERSON,
            Capability.SEE_MEALS,
            Capability.BOOK_MEALS,
            Capability.SEE_SERVICES,
            Capability.BOOK_SERVICES,
            Capability.SEE_BENEFITS,
            Capability.ANSWER_OFFERS,
            Capability.CERTIFY,
            Capability.SEE_TASKS,
            Capability.DECIDE_CASES,
        }
    ),
    ActorKind.OPERATOR: frozenset(
        {
            Capability.SEE_TASKS,
            Capability.IMPORT_REGISTERS,
            Capability.SCREEN,
            Capability.SEE_RUNS,
            Capability.RUN_MONTH,
        }
    ),
    ActorKind.CANTEEN: frozenset({Capability.SERVE_MEALS}),
    ActorKind.PROVIDER: frozenset({Capability.RUN_SERVICES, Capability.ADAPT_HOMES}),
    ActorKind.CARE_WORKER: frozenset({Capability.MAKE_VISITS}),
}
# Who works at one place: a canteen, or a provider of home care.
AT_A_WORKPLACE = frozenset({ActorKind.CANTEEN, ActorKind.PROVIDER, ActorKind.CARE_WORKER})
STAFF = frozenset({ActorKind.COMMUNITY_WORKER, ActorKind.OPERATOR}) | AT_A_WORKPLACE


class NotAllowed(ServiceError):
    """The actor has no right to do this for this person."""

    code = "not_allowed"


@dataclass(frozen=True)
class Actor:
    """Somebody who acts. `person_id` is who acts, where that is a senior; `staff_id`, where it is one of the staff.

    `community` and `district` are where a community worker works, `workplace_id` is the canteen or the provider of
    those who work at one; an operator has none of them and works for the city.
    """

    kind: ActorKind
    channel: Channel
    person_id: UUID | None = None
    staff_id: UUID | None = None
    community: str | None = None
    district: str | None = None
    workplace_id: UUID | None = None

    @classmethod
    def senior(cls, person_id: UUID, channel: Channel) -> Self:
        """A senior who acts for herself."""
        return cls(ActorKind.SENIOR, channel, person_id)

    @classmethod
    def system(cls, channel: Channel = Channel.JOB) -> Self:
        """The system itself: jobs and set-up."""
        return cls(ActorKind.SYSTEM, channel)

    @classmethod
    def staff(
        cls,
        kind: ActorKind,
        staff_id: UUID,
        channel: Channel,
        community: str | None = None,
        district: str | None = None,
        workplace_id: UUID | None = None,
    ) -> Self:
        """One of the staff. Without a community, or without a workplace, those who need one may do nothing."""
        return cls(kind, channel, staff_id=staff_id, community=community, district=district, workplace_id=workplace_id)

    @property
    def id(self) -> UUID | None:
        """Who acts, senior or staff, for records of deeds; None for the system."""
        return self.staff_id or self.person_id

    @property
    def is_staff(self) -> bool:
        """Whether one of the staff acts."""
        return self.kind in STAFF

    def works_in(self, community: str | None, district: str | None = None) -> bool:
        """Whether this is the community where a worker works. Communities of two districts may share a name, so the
        district is compared too where both are known."""
        if community is None or self.community != community:
            return False
        return district is None or self.district is None or self.district == district


def require(
    actor: Actor,
    capability: Capability,
    *,
    person_id: UUID | None,
    community: str | None = None,
    district: str | None = None,
    workplace_id: UUID | None = None,
) -> None:
    """Return if the actor may do this to the affairs of `person_id`; raises NotAllowed.

    `community` and `district` are the person's own: without them no worker may do anything for her, so a use case that
    workers have asks `services.people.require_for`, which looks them up. For what concerns no single person (registers,
    runs) `person_id` is None. `workplace_id` is the canteen or the provider that the matter was booked with.
    """
    if capability in MAY[actor.kind] and _concerned(actor, person_id, community, district, workplace_id):
        return
    raise NotAllowed(capability=capability.value)


def _concerned(
    actor: Actor, person_id: UUID | None, community: str | None, district: str | None, workplace_id: UUID | None
) -> bool:
    if actor.kind is ActorKind.SENIOR:
        return person_id is not None and actor.person_id == person_id
    if actor.kind is ActorKind.COMMUNITY_WORKER:
        return actor.works_in(community, district)
    if actor.kind in AT_A_WORKPLACE:
        return workplace_id is not None and actor.workplace_id == workplace_id
    return True
