"""Who acts, for whom, through which channel, and what each may do. Use cases ask here; channels never decide.

The matrix is capability x kind of actor, and for a delegate also x scope: she may do for one senior what that senior
ticked, and nothing else. Refusing, suspending or stopping a benefit needs `DECIDE_CASES`, which only a community worker
holds, and only for the people of her own community (principle 12 of the design). What she may do with the record of one
of them she may do once she has said why she opens it, and for a while (`services.records`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from services.errors import ServiceError


class ActorKind(StrEnum):
    """What kind of somebody acts."""

    SENIOR = "senior"
    FAMILY_MEMBER = "family_member"
    """somebody of a senior's family in her own matters: asking to act for her, giving it up"""
    DELEGATE = "delegate"
    """a family member while she acts for one senior"""
    SYSTEM = "system"
    COMMUNITY_WORKER = "community_worker"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    """watches over the staff: reads what they did, and no record"""
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
    DESK = "desk"
    """at the community's desk: the senior is there and says what she wants, a worker presses the keys"""


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
    WITHDRAW_BENEFIT = "withdraw_benefit"
    MANAGE_DELEGATION = "manage_delegation"
    """agree to a delegate, invite one, take it back"""
    OVERSEE_DELEGATION = "oversee_delegation"
    """witness it at the desk, freeze it, end it"""
    ASK_TO_ACT = "ask_to_act"
    END_SESSIONS = "end_sessions"
    READ_TEXTS = "read_texts"
    """look up what was texted to her"""
    MANAGE_CONTACTS = "manage_contacts"
    """see, note and remove who is called for her; ask one of them to call back"""
    RAISE_EMERGENCY = "raise_emergency"
    """call for help, and say that all is well"""
    SEE_EMERGENCIES = "see_emergencies"
    HANDLE_EMERGENCIES = "handle_emergencies"
    """see the alarm and all that helps her, take it, close it"""
    RUN_ACTIVITIES = "run_activities"
    """enter what happens in the community, and call it off"""
    OPEN_RECORDS = "open_records"
    """open somebody's record after saying why"""
    ASK_ABOUT_OWN_DATA = "ask_about_own_data"
    """take away what is held about her, and have deleted what no law keeps"""
    OWN_SESSIONS = "own_sessions"
    """see where she of the staff is signed in, and sign out there"""
    SEE_TRAIL = "see_trail"
    """read and export what the staff did, and the flags on unusual reading"""
    LOOK_INTO_READING = "look_into_reading"
    """write down what came of looking into a flag"""


class Scope(StrEnum):
    """What a senior can let somebody of her family do, each ticked by itself."""

    SEE_BENEFITS = "see_benefits"
    BOOK_AND_CANCEL = "book_and_cancel"
    ANSWER_OFFERS = "answer_offers"
    CERTIFY = "certify"
    RECEIVE_MESSAGES = "receive_messages"
    EMERGENCIES = "emergencies"


# What each scope lets a delegate do. Who answers an offer has to see what is offered. Getting her messages is about
# what comes to the delegate's phone; nobody acts by it.
WITHIN: Mapping[Scope, frozenset[Capability]] = {
    Scope.SEE_BENEFITS: frozenset({Capability.SEE_PERSON, Capability.TALK, Capability.SEE_BENEFITS}),
    Scope.BOOK_AND_CANCEL: frozenset(
        {
            Capability.SEE_PERSON,
            Capability.TALK,
            Capability.SEE_MEALS,
            Capability.BOOK_MEALS,
            Capability.SEE_SERVICES,
            Capability.BOOK_SERVICES,
        }
    ),
    Scope.ANSWER_OFFERS: frozenset(
        {Capability.SEE_PERSON, Capability.TALK, Capability.SEE_BENEFITS, Capability.ANSWER_OFFERS}
    ),
    Scope.CERTIFY: frozenset({Capability.SEE_PERSON, Capability.TALK, Capability.CERTIFY}),
    Scope.RECEIVE_MESSAGES: frozenset(),
    Scope.EMERGENCIES: frozenset({Capability.SEE_PERSON, Capability.SEE_EMERGENCIES}),
}
# With these a scope is something to act by.
ACTING = frozenset(scope for scope, capabilities in WITHIN.items() if capabilities)

# What each may do. A senior may for herself and for nobody else, a worker for the people of her community; what an
# operator may do concerns registers and runs and no single person, but for an alarm that no community has or takes
# (`services.emergencies`). A canteen and a provider may for what was booked
# with them, and a care worker for her provider's visits. A delegate has at most what stands here; what she has is by
# scope. The system may do everything.
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
            Capability.WITHDRAW_BENEFIT,
            Capability.MANAGE_DELEGATION,
            Capability.END_SESSIONS,
            Capability.READ_TEXTS,
            Capability.MANAGE_CONTACTS,
            Capability.RAISE_EMERGENCY,
            Capability.SEE_EMERGENCIES,
            Capability.ASK_ABOUT_OWN_DATA,
        }
    ),
    ActorKind.FAMILY_MEMBER: frozenset({Capability.ASK_TO_ACT, Capability.ASK_ABOUT_OWN_DATA}),
    ActorKind.DELEGATE: frozenset[Capability]().union(*WITHIN.values()),
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
            Capability.WITHDRAW_BENEFIT,
            Capability.OVERSEE_DELEGATION,
            Capability.END_SESSIONS,
            Capability.READ_TEXTS,
            Capability.MANAGE_CONTACTS,
            Capability.SEE_EMERGENCIES,
            Capability.HANDLE_EMERGENCIES,
            Capability.RUN_ACTIVITIES,
            Capability.OPEN_RECORDS,
            Capability.OWN_SESSIONS,
        }
    ),
    ActorKind.OPERATOR: frozenset(
        {
            Capability.OWN_SESSIONS,
            Capability.SEE_TASKS,
            Capability.IMPORT_REGISTERS,
            Capability.SCREEN,
            Capability.SEE_RUNS,
            Capability.RUN_MONTH,
            Capability.HANDLE_EMERGENCIES,
        }
    ),
    ActorKind.SUPERVISOR: frozenset({Capability.SEE_TRAIL, Capability.LOOK_INTO_READING, Capability.OWN_SESSIONS}),
    ActorKind.CANTEEN: frozenset({Capability.SERVE_MEALS, Capability.OWN_SESSIONS}),
    ActorKind.PROVIDER: frozenset({Capability.RUN_SERVICES, Capability.ADAPT_HOMES, Capability.OWN_SESSIONS}),
    ActorKind.CARE_WORKER: frozenset({Capability.MAKE_VISITS, Capability.OWN_SESSIONS}),
}
# What a community worker may do for somebody whose record she has not opened: open it, and see to what stands on her
# list and to a call for help, which are the reason themselves.
WITHOUT_OPENING = frozenset(
    {
        Capability.OPEN_RECORDS,
        Capability.SEE_TASKS,
        Capability.DECIDE_CASES,
        Capability.HANDLE_EMERGENCIES,
        Capability.RUN_ACTIVITIES,
    }
)
# What a worker does for a senior who is there and asks for it (`services.desk_help`): her own matters, and none
# of those that a worker decides about. Agreeing to a delegate needs a witness, so it has a page of its own.
AT_THE_DESK = frozenset(
    {
        Capability.SEE_PERSON,
        Capability.SEE_MEALS,
        Capability.BOOK_MEALS,
        Capability.SEE_SERVICES,
        Capability.BOOK_SERVICES,
        Capability.SEE_BENEFITS,
        Capability.ANSWER_OFFERS,
        Capability.CERTIFY,
        Capability.WITHDRAW_BENEFIT,
        Capability.READ_TEXTS,
        Capability.MANAGE_CONTACTS,
        Capability.SEE_EMERGENCIES,
    }
)
# Who works at one place: a canteen, or a provider of home care.
AT_A_WORKPLACE = frozenset({ActorKind.CANTEEN, ActorKind.PROVIDER, ActorKind.CARE_WORKER})
STAFF = frozenset({ActorKind.COMMUNITY_WORKER, ActorKind.OPERATOR, ActorKind.SUPERVISOR}) | AT_A_WORKPLACE


class NotAllowed(ServiceError):
    """The actor has no right to do this for this person."""

    code = "not_allowed"


class TooSoonForThis(NotAllowed):
    """A new delegate may not do this before `from_at`."""

    code = "too_soon_for_this"


class RecordClosed(NotAllowed):
    """A worker has not said why she opens the record of `person_id`, or said it too long ago."""

    code = "record_closed"


@dataclass(frozen=True)
class Actor:
    """Somebody who acts. `person_id` is who acts, where that is a senior; `staff_id`, where it is one of the staff;
    `family_member_id`, where it is somebody of a senior's family.

    `community` and `district` are where a community worker works, `workplace_id` is the canteen or the provider of
    those who work at one; operators and supervisors have none of them and work for the city. `open_records`: whose
    records a worker has open at this moment, as `services.records.with_open_records` knows them. A delegate acts
    `on_behalf_of` one senior within `scopes`, by `delegation_id`; what she may not do yet stands in `waits_for`, until
    `waits_until`. A worker who assists a senior at the desk acts on her behalf, too.
    """

    kind: ActorKind
    channel: Channel
    person_id: UUID | None = None
    staff_id: UUID | None = None
    community: str | None = None
    district: str | None = None
    workplace_id: UUID | None = None
    open_records: frozenset[UUID] = frozenset()
    family_member_id: UUID | None = None
    on_behalf_of: UUID | None = None
    delegation_id: UUID | None = None
    scopes: frozenset[Scope] = frozenset()
    waits_for: frozenset[Capability] = frozenset()
    waits_until: datetime | None = None

    @classmethod
    def senior(cls, person_id: UUID, channel: Channel) -> Self:
        """A senior who acts for herself."""
        return cls(ActorKind.SENIOR, channel, person_id)

    @classmethod
    def family_member(cls, family_member_id: UUID, channel: Channel) -> Self:
        """Somebody of a senior's family in her own matters."""
        return cls(ActorKind.FAMILY_MEMBER, channel, family_member_id=family_member_id)

    @classmethod
    def delegate(
        cls,
        family_member_id: UUID,
        channel: Channel,
        *,
        on_behalf_of: UUID,
        delegation_id: UUID,
        scopes: frozenset[Scope],
        waits_for: frozenset[Capability] = frozenset(),
        waits_until: datetime | None = None,
    ) -> Self:
        """A family member who acts for one senior. Made by `services.delegation.act_for`, which knows her word."""
        return cls(
            ActorKind.DELEGATE,
            channel,
            family_member_id=family_member_id,
            on_behalf_of=on_behalf_of,
            delegation_id=delegation_id,
            scopes=scopes,
            waits_for=waits_for,
            waits_until=waits_until,
        )

    @classmethod
    def at_the_desk(cls, worker: Self, *, on_behalf_of: UUID) -> Self:
        """A worker who assists a senior. Made by `services.desk_help.assist`, which knows that the senior is there."""
        return replace(worker, channel=Channel.DESK, on_behalf_of=on_behalf_of)

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
        open_records: frozenset[UUID] = frozenset(),
    ) -> Self:
        """One of the staff. Without a community, or without a workplace, those who need one may do nothing."""
        return cls(
            kind,
            channel,
            staff_id=staff_id,
            community=community,
            district=district,
            workplace_id=workplace_id,
            open_records=open_records,
        )

    @property
    def id(self) -> UUID | None:
        """Who acts, senior, staff or family, for records of deeds; None for the system."""
        return self.staff_id or self.family_member_id or self.person_id

    @property
    def may(self) -> frozenset[Capability]:
        """What the matrix lets this actor do, where the matter concerns her: the cells of her kind, and of a delegate's
        scopes; for a senior at the desk, of both sets."""
        if self.kind is ActorKind.DELEGATE:
            return frozenset[Capability]().union(*(WITHIN[scope] for scope in self.scopes))
        return MAY[self.kind] & AT_THE_DESK if self.is_at_the_desk else MAY[self.kind]

    @property
    def is_at_the_desk(self) -> bool:
        """Whether one of the staff assists a senior who is there."""
        return self.is_staff and self.on_behalf_of is not None

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
    """Return if the actor may do this to the affairs of `person_id`; raises NotAllowed, TooSoonForThis for what a new
    delegate has to wait for, and RecordClosed for what a worker has to say why for.

    `community` and `district` are the person's own: without them no worker may do anything for her, so a use case that
    workers have asks `services.people.require_for`, which looks them up. For what concerns no single person (registers,
    runs) `person_id` is None. `workplace_id` is the canteen or the provider that the matter was booked with.
    """
    if capability not in actor.may or not _concerned(actor, person_id, community, district, workplace_id):
        raise NotAllowed(capability=capability.value)
    if capability in actor.waits_for:
        raise TooSoonForThis(capability=capability.value, from_at=actor.waits_until)
    if actor.kind is ActorKind.COMMUNITY_WORKER and not _is_open(actor, capability, person_id):
        raise RecordClosed(capability=capability.value, person_id=person_id)


def _is_open(actor: Actor, capability: Capability, person_id: UUID | None) -> bool:
    return person_id is None or capability in WITHOUT_OPENING or person_id in actor.open_records


def _concerned(
    actor: Actor, person_id: UUID | None, community: str | None, district: str | None, workplace_id: UUID | None
) -> bool:
    if actor.kind is ActorKind.SENIOR:
        return person_id is not None and actor.person_id == person_id
    if actor.kind is ActorKind.DELEGATE:
        return person_id is not None and actor.on_behalf_of == person_id
    if actor.kind is ActorKind.FAMILY_MEMBER:
        return person_id is None
    if actor.kind is ActorKind.COMMUNITY_WORKER:
        return actor.works_in(community, district) and actor.on_behalf_of in (None, person_id)
    if actor.kind in AT_A_WORKPLACE:
        return workplace_id is not None and actor.workplace_id == workplace_id
    return True
