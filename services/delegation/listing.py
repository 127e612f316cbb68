"""Seeing delegations: the senior's (who may, who asks, who did what when), and the family member's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability, require
from services.audit import LOOKS, AuditEntry
from services.clock import local_day
from services.delegation.deeds import CONSEQUENCES, DelegateDeed, deed_view
from services.delegation.errors import DelegationUnknown
from services.delegation.steps import require_over, require_own, say_of
from services.delegation.views import Charge, Delegation, Request, charge_view, delegation_view, request_view
from services.family import DelegationState, EndReason
from services.family.states import IN_FORCE
from services.family.tables import DelegationRow
from services.people import PHONE, PersonRow
from services.sealing import vault_of

# What is over is shown for so long; the record of deeds keeps it.
SHOWN_FOR = timedelta(days=365)
DEEDS_SHOWN = 50
# Who books a meal for her has looked at a few pages before.
ENTRIES_A_LINE = 10
WAS_IN_FORCE = frozenset(
    {EndReason.TAKEN_BACK, EndReason.GIVEN_UP, EndReason.EXPIRED, EndReason.BY_WORKER, EndReason.DEATH}
)
OF_HER = (DelegationState.ASKED, DelegationState.INVITED, DelegationState.ACTIVE, DelegationState.FROZEN)


@dataclass(frozen=True)
class Family:
    """Everything that a family member sees of her own: whom she may act for, who invited her, whom she asked for, and
    what has ended."""

    charges: tuple[Charge, ...]
    invitations: tuple[Charge, ...]
    requests: tuple[Request, ...]
    over: tuple[Charge, ...]


def delegates_of(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> tuple[Delegation, ...]:
    """Who may act for a senior, who was invited and who asks, what waits for her answer first; then what ended lately
    after it was agreed. For herself and a worker of her community. Raises NotAllowed."""
    people.require_for(session, actor, say_of(actor), person_id=person_id)
    rows = session.scalars(
        select(DelegationRow).where(DelegationRow.person_id == person_id).order_by(DelegationRow.id.desc())
    )
    today = local_day(now)
    shown = [row for row in rows if _is_shown(row, now)]
    views = [delegation_view(session, row) for row in shown]
    living = [view for view in views if view.state in OF_HER and not _has_lapsed(view, today)]
    ended = [view for view in views if view.state is DelegationState.ENDED]
    return (*sorted(living, key=lambda view: OF_HER.index(view.state)), *ended)


def get_delegation(session: Session, actor: Actor, *, delegation_id: UUID) -> Delegation:
    """One of them. Raises DelegationUnknown, NotAllowed."""
    row = session.get(DelegationRow, delegation_id)
    if row is None:
        raise DelegationUnknown(capability=Capability.MANAGE_DELEGATION.value)
    require_over(session, actor, row)
    return delegation_view(session, row)


def delegations_of_phone(session: Session, phone: str) -> tuple[Delegation, ...]:
    """What can be answered, or taken back, by a text message from this phone: of every senior whom it reaches, the
    newest first. For the inbox."""
    index = vault_of(session).index(phone, context=PHONE)
    rows = session.scalars(
        select(DelegationRow)
        .join(PersonRow, PersonRow.id == DelegationRow.person_id)
        .where(PersonRow.phone_index == index, PersonRow.died_on.is_(None))
        .order_by(DelegationRow.id.desc())
    )
    return tuple(delegation_view(session, row) for row in rows)


def invitations_of(session: Session, family_member_id: UUID) -> tuple[Delegation, ...]:
    """What this family member was invited to, the newest first. For the inbox."""
    rows = session.scalars(
        select(DelegationRow)
        .where(DelegationRow.family_member_id == family_member_id, DelegationRow.state == DelegationState.INVITED)
        .order_by(DelegationRow.id.desc())
    )
    return tuple(delegation_view(session, row) for row in rows)


def family_of(session: Session, actor: Actor, *, now: datetime) -> Family:
    """What a family member sees of her own. Raises NotAllowed."""
    require(actor, Capability.ASK_TO_ACT, person_id=None)
    rows = session.scalars(
        select(DelegationRow)
        .where(DelegationRow.family_member_id == actor.family_member_id)
        .order_by(DelegationRow.id.desc())
    ).all()
    today = local_day(now)
    in_force, invited, over = [], [], []
    requests = [
        request_view(session, row, asked_on=local_day(row.asked_at), today=today)
        for row in rows
        if _looks_unanswered(row) and row.asked_at > now - SHOWN_FOR
    ]
    for row in rows:
        if row.state in IN_FORCE and today <= row.until_on:
            in_force.append(charge_view(session, row))
        elif row.state == DelegationState.INVITED and today <= row.answer_until_on:
            invited.append(charge_view(session, row))
        elif row.state == DelegationState.ENDED and _is_shown(row, now):
            over.append(charge_view(session, row))
    return Family(tuple(in_force), tuple(invited), tuple(requests), tuple(over))


def get_charge(session: Session, actor: Actor, *, delegation_id: UUID) -> Charge:
    """One that was agreed, or that she was invited to. Raises DelegationUnknown, NotAllowed."""
    row = session.get(DelegationRow, delegation_id)
    if row is None or row.agreed_at is None:
        raise DelegationUnknown(capability=Capability.ASK_TO_ACT.value)
    require_own(actor, row)
    return charge_view(session, row)


def get_request(session: Session, actor: Actor, *, delegation_id: UUID, now: datetime) -> Request:
    """One that she made and that looks unanswered to her. Raises DelegationUnknown, NotAllowed."""
    row = session.get(DelegationRow, delegation_id)
    if row is None or not _looks_unanswered(row):
        raise DelegationUnknown(capability=Capability.ASK_TO_ACT.value)
    require_own(actor, row)
    return request_view(session, row, asked_on=local_day(row.asked_at), today=local_day(now))


def deeds_for(session: Session, actor: Actor, *, person_id: UUID, limit: int = DEEDS_SHOWN) -> tuple[DelegateDeed, ...]:
    """Who did or looked at what for a senior, newest first; the looks of one day by one of them are one line, that of
    the last. For herself and a worker of her community. Raises NotAllowed."""
    people.require_for(session, actor, say_of(actor), person_id=person_id)
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.on_behalf_of == person_id, AuditEntry.deed.not_in(CONSEQUENCES))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit * ENTRIES_A_LINE)
    )
    told = {_told_as(entry): entry for entry in reversed(entries.all())}
    newest_first = sorted(told.values(), key=lambda entry: (entry.at, entry.id), reverse=True)
    return tuple(deed_view(session, entry) for entry in newest_first[:limit])


def _told_as(entry: AuditEntry) -> tuple[object, ...]:
    """What makes one line of it: every deed by itself, and a day's looks together."""
    if entry.deed not in LOOKS:
        return (entry.id,)
    return entry.actor_family_member_id, entry.actor_staff_id, local_day(entry.at)


def _looks_unanswered(row: DelegationRow) -> bool:
    """A request that was never agreed to, whatever became of it; one that she called off herself is gone."""
    return row.named_sealed is not None and row.agreed_at is None and row.end_reason != EndReason.CALLED_OFF


def _is_shown(row: DelegationRow, now: datetime) -> bool:
    """What ended before it was in force, or goes on in another one, is nobody's concern any more."""
    if row.ended_at is None:
        return True
    return row.end_reason in WAS_IN_FORCE and row.agreed_at is not None and row.ended_at > now - SHOWN_FOR


def _has_lapsed(view: Delegation, today: date) -> bool:
    return (view.until_on if view.is_in_force else view.answer_until_on) < today
