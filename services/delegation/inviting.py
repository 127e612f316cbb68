"""The senior wants somebody of her family to act for her, and says so first; the family member then agrees."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, ActorKind, Scope
from services.clock import local_day
from services.database.tables import new_id
from services.delegation import telling
from services.delegation.agreeing import Witness, begin, checked_witness, require_answerable, tell_agreed
from services.delegation.errors import DelegationOver, DelegationStepNotPossible, OwnPhone
from services.delegation.steps import (
    answer_until,
    checked_scopes,
    end,
    free_code,
    held,
    held_for,
    in_force_between,
    last_day_after,
    move,
    require_own,
    say_of,
    write,
)
from services.delegation.views import Charge, Delegation, charge_view, delegation_view
from services.delegation.watching import look_after_agreement
from services.family import DelegationState, EndReason, Relation, register_family_member
from services.family.states import IN_FORCE, DelegationEventKind
from services.family.tables import DelegationRow

# What she is asked about who wants help with everyday things; certifying and answering offers she ticks herself.
USUAL = frozenset({Scope.SEE_BENEFITS, Scope.BOOK_AND_CANCEL, Scope.RECEIVE_MESSAGES, Scope.EMERGENCIES})


def invite_delegate(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    phone: str,
    relation: Relation,
    scopes: frozenset[Scope] = USUAL,
    months: int | None = None,
    now: datetime,
    witness: Witness | None = None,
) -> Delegation:
    """Ask the family member with this phone to act for her. Her own yes is in it: once the family member agrees, it is
    in force. A second invitation of the same two takes the place of the first. A worker invites only as `witness`.

    Raises NotAllowed, PhoneNumberWrong, OwnPhone, NoScopes, TermWrong, NeedsWitness, EvidenceMissing.
    """
    people.require_for(session, actor, say_of(actor), person_id=person_id)
    phone = people.normal_phone(phone)
    if actor.kind is not ActorKind.COMMUNITY_WORKER and phone == people.phone_of(session, person_id):
        raise OwnPhone()
    person = people.get_person(session, Actor.system(), person_id=person_id)
    member = register_family_member(
        session, phone=phone, city=person.city, now=now, is_demonstration=person.is_demonstration
    )
    row = DelegationRow(
        id=new_id(),
        city=person.city,
        family_member_id=member.id,
        person_id=person_id,
        relation=relation,
        scopes=checked_scopes(scopes),
        state=DelegationState.INVITED,
        code=free_code(session, person_ids=[person_id], family_member_id=member.id),
        until_on=last_day_after(months, now),
        asked_at=now,
        answer_until_on=answer_until(now),
        looked_up_at=now,
    )
    note = checked_witness(session, actor, row, witness, now=now)
    for earlier in _waiting_invitations(session, row):
        end(session, actor, earlier, EndReason.REPLACED, now=now)
    begin(session, row, actor, witness, now)
    session.add(row)
    session.flush()
    evidence = witness.evidence.value if witness else None
    write(session, actor, row, DelegationEventKind.INVITED, now=now, words=note, evidence=evidence)
    telling.tell_family(
        session, row, "delegation_invited", now=now, what=telling.matters(row), until=row.until_on, code=row.code
    )
    return delegation_view(session, row)


def confirm_invitation(
    session: Session, actor: Actor, *, delegation_id: UUID, now: datetime, message_id: UUID | None = None
) -> Charge:
    """The family member agrees: from now on she may act. Agreeing again changes nothing. Raises DelegationUnknown,
    NotAllowed, DelegationOver."""
    row = held(session, delegation_id)
    require_own(actor, row)
    if row.state in IN_FORCE:
        return charge_view(session, row)
    if row.state == DelegationState.ASKED:
        raise DelegationStepNotPossible(state=row.state)
    require_answerable(row, now)
    before = in_force_between(session, row)
    if before is not None:
        end(session, actor, before, EndReason.REPLACED, now=now)
    move(row, DelegationState.ACTIVE)
    fact = str(message_id) if message_id else None
    write(session, actor, row, DelegationEventKind.CONFIRMED, now=now, message_id=fact)
    tell_agreed(session, row, now)
    look_after_agreement(session, actor, row, now=now)
    return charge_view(session, row)


def decline_invitation(session: Session, actor: Actor, *, delegation_id: UUID, now: datetime) -> None:
    """The family member does not want to; the senior is told. Once it is over, nothing happens. Raises
    DelegationUnknown, NotAllowed, DelegationStepNotPossible."""
    row = held(session, delegation_id)
    require_own(actor, row)
    if row.state == DelegationState.ENDED:
        return
    if row.state != DelegationState.INVITED:
        raise DelegationStepNotPossible(state=row.state)
    end(session, actor, row, EndReason.DECLINED, now=now)
    telling.tell_senior(session, row, "delegation_invitation_declined", now=now)


def extend_delegation(session: Session, actor: Actor, *, delegation_id: UUID, now: datetime) -> Delegation:
    """Let it run for the usual term from today, with what was ticked before; never shorter than it was. Raises
    DelegationUnknown, NotAllowed, NeedsWitness, DelegationOver, DelegationStepNotPossible."""
    row = held_for(session, actor, delegation_id)
    if row.state == DelegationState.ENDED or local_day(now) > row.until_on:
        raise DelegationOver(reason=row.end_reason or EndReason.EXPIRED.value)
    if row.state != DelegationState.ACTIVE:
        raise DelegationStepNotPossible(state=row.state)
    checked_witness(session, actor, row, None, now=now)
    until = last_day_after(None, now)
    if until > row.until_on:
        row.until_on = until
        write(session, actor, row, DelegationEventKind.EXTENDED, now=now, until_on=until.isoformat())
        tell_agreed(session, row, now)
    return delegation_view(session, row)


def _waiting_invitations(session: Session, row: DelegationRow) -> list[DelegationRow]:
    return list(
        session.scalars(
            select(DelegationRow)
            .where(
                DelegationRow.family_member_id == row.family_member_id,
                DelegationRow.person_id == row.person_id,
                DelegationRow.state == DelegationState.INVITED,
            )
            .order_by(DelegationRow.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
