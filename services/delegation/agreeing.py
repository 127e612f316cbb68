"""The senior's yes or no to a family member who asked, on any channel, or at the desk with a worker as witness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, ActorKind
from services.clock import local_day
from services.confirmed_phones import is_weak
from services.delegation import telling
from services.delegation.errors import DelegationOver, DelegationStepNotPossible, EvidenceMissing, NeedsWitness
from services.delegation.parameters import rules_on
from services.delegation.steps import end, held_for, in_force_between, move, write
from services.delegation.views import Delegation, delegation_view
from services.delegation.watching import look_after_agreement
from services.family import DelegationState, EndReason, phone_of_family_member
from services.family.states import DelegationEventKind
from services.family.tables import DelegationRow
from services.messages.phone_notes import is_contact, is_doubtful, is_stopped
from services.people import PersonRow
from services.worker_tasks import TaskKind, close_task

LONGEST_NOTE = 500


class Evidence(StrEnum):
    """What a worker looked at when a senior agreed before her."""

    ID_CARDS_SEEN = "id_cards_seen"
    """both were there, with their ID cards"""
    SIGNED_PAPER = "signed_paper"
    """a paper that the senior signed, kept with her file"""
    HOME_VISIT = "home_visit"
    """the worker was at the senior's home and asked her alone"""


@dataclass(frozen=True)
class Witness:
    """What a worker attests: the evidence, and in her own words how she made sure."""

    evidence: Evidence
    note: str = field(repr=False)


def agree_to_delegate(
    session: Session,
    actor: Actor,
    *,
    delegation_id: UUID,
    now: datetime,
    witness: Witness | None = None,
    message_id: UUID | None = None,
) -> Delegation:
    """Her yes: from now on the family member may act for her. Agreeing again changes nothing.

    An earlier right of the same two is replaced. A worker agrees only as `witness` of the senior. Raises
    DelegationUnknown, NotAllowed, DelegationOver, NeedsWitness where the phone proves nothing, EvidenceMissing,
    DelegationStepNotPossible.
    """
    row = held_for(session, actor, delegation_id)
    if row.state in (DelegationState.ACTIVE, DelegationState.FROZEN):
        return delegation_view(session, row)
    require_answerable(row, now)
    note = checked_witness(session, actor, row, witness, now=now)
    before = in_force_between(session, row)
    if before is not None:
        end(session, actor, before, EndReason.REPLACED, now=now)
    move(row, DelegationState.ACTIVE)
    begin(session, row, actor, witness, now)
    close_task(
        session,
        actor,
        kind=TaskKind.DELEGATION_REQUEST,
        subject_id=row.id,
        decision="agreed",
        reason=note,
        now=now,
    )
    write(
        session,
        actor,
        row,
        DelegationEventKind.AGREED,
        now=now,
        words=note,
        evidence=witness.evidence.value if witness else None,
        message_id=str(message_id) if message_id else None,
    )
    tell_agreed(session, row, now)
    look_after_agreement(session, actor, row, now=now)
    return delegation_view(session, row)


def decline_delegate(
    session: Session,
    actor: Actor,
    *,
    delegation_id: UUID,
    now: datetime,
    message_id: UUID | None = None,
    note: str | None = None,
) -> Delegation:
    """Her no to a request. The family member is not told: she sees a request that nobody answered. Saying no again
    changes nothing. `note`: how a worker heard it. Raises DelegationUnknown, NotAllowed, DelegationStepNotPossible for
    what she agreed to, which is taken back instead."""
    row = held_for(session, actor, delegation_id)
    if row.state == DelegationState.ENDED:
        return delegation_view(session, row)
    if row.state != DelegationState.ASKED:
        raise DelegationStepNotPossible(state=row.state)
    end(
        session,
        actor,
        row,
        EndReason.DECLINED,
        now=now,
        note=note,
        message_id=str(message_id) if message_id else None,
    )
    telling.tell_senior(session, row, "delegation_declined", now=now)
    return delegation_view(session, row)


def needs_witness(session: Session, row: DelegationRow, *, today: date) -> str | None:
    """Why an answer from the senior's phone would prove nothing, so that a worker has to ask her; None where it would.

    `shared_phone`: it is the family member's phone too. `contact_phone`: it is registered as that of a contact of hers.
    `phone_not_confirmed`: for a year nobody has confirmed that it is hers. `no_phone`, `phone_doubtful`,
    `phone_stopped`: no message reaches her.
    """
    assert row.person_id is not None
    phone = people.phone_of(session, row.person_id)
    if phone is None:
        return "no_phone"
    if phone == phone_of_family_member(session, row.family_member_id):
        return "shared_phone"
    if is_contact(session, phone, row.person_id):
        return "contact_phone"
    if is_doubtful(session, phone, row.person_id):
        return "phone_doubtful"
    if is_stopped(session, phone):
        return "phone_stopped"
    return "phone_not_confirmed" if is_weak(session, row.person_id, on=today) else None


def checked_witness(
    session: Session, actor: Actor, row: DelegationRow, witness: Witness | None, *, now: datetime
) -> str | None:
    """What the worker wrote, where one is the witness. Raises EvidenceMissing, NeedsWitness."""
    if actor.kind is not ActorKind.COMMUNITY_WORKER:
        # A phone that wants no messages, or that nobody has, is no reason against her own word on the tablet.
        if needs_witness(session, row, today=local_day(now)) in ("shared_phone", "contact_phone"):
            raise NeedsWitness()
        return None
    note = witness.note.strip()[:LONGEST_NOTE] if witness else ""
    if not note:
        raise EvidenceMissing()
    return note


def begin(session: Session, row: DelegationRow, actor: Actor, witness: Witness | None, now: datetime) -> None:
    """Write down through which channel the senior agreed, and until when a new delegate has to wait for what costs or
    brings money: not at all where a worker knows both."""
    row.agreed_at, row.agreed_through = now, actor.channel
    row.known_account = session.get_one(PersonRow, row.person_id).card_last_four
    if witness is not None:
        row.witnessed_by = actor.staff_id
        row.waits_until_at = None
    else:
        row.waits_until_at = now + rules_on(local_day(now)).wait


def require_answerable(row: DelegationRow, now: datetime) -> None:
    """Return if there is still something to answer. Raises DelegationOver."""
    if row.state == DelegationState.ENDED:
        raise DelegationOver(reason=row.end_reason)
    if local_day(now) > row.answer_until_on:
        raise DelegationOver(reason=EndReason.LAPSED.value)


def tell_agreed(session: Session, row: DelegationRow, now: datetime) -> None:
    """Tell both that it is agreed, and the senior how she takes it back."""
    telling.tell_senior(session, row, "delegation_agreed", now=now, what=telling.matters(row), until=row.until_on)
    telling.tell_family(
        session, row, "delegation_agreed_family", now=now, what=telling.matters(row), until=row.until_on
    )
