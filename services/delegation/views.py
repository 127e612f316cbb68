"""What the use cases of delegation hand out: to the senior and her worker, and, knowing less, to the family member."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import ACTING, Scope
from services.family import DelegationState, EndReason, Relation, get_family_member
from services.family.states import IN_FORCE, WAITING
from services.family.tables import NAMED, DelegationRow
from services.people import PersonRow, masked_name, masked_phone, normal_id_number
from services.sealing import vault_of

LAST_DIGITS = 4


@dataclass(frozen=True)
class Delegation:
    """What a family member may do, wants to do or could do, as the senior and her worker see it.

    `family_name` is masked, and None where she has not written it; `phone_ends` are the last four digits of her phone.
    `until_on` is the last day. `waits_until_at`: until then she may not do everything yet.
    """

    id: UUID
    person_id: UUID
    family_member_id: UUID
    family_name: str | None
    phone_ends: str
    relation: Relation
    scopes: frozenset[Scope]
    state: DelegationState
    code: str
    until_on: date
    asked_at: datetime
    answer_until_on: date
    agreed_at: datetime | None
    agreed_through: str | None
    witnessed: bool
    waits_until_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None

    @property
    def waits_for_senior(self) -> bool:
        """Whether the senior has to answer."""
        return self.state is DelegationState.ASKED

    @property
    def is_in_force(self) -> bool:
        """Whether it was agreed and has not ended; a frozen one is in force, though nothing can be done by it."""
        return self.state in IN_FORCE


@dataclass(frozen=True)
class Charge:
    """A senior for whom a family member may act, or whom she was invited to act for, as that family member sees it.
    `person_id` is for the use cases, not for a page."""

    id: UUID
    person_id: UUID
    senior_name: str
    relation: Relation
    scopes: frozenset[Scope]
    state: DelegationState
    until_on: date
    waits_until_at: datetime | None
    end_reason: EndReason | None

    @property
    def can_act(self) -> bool:
        """Whether there is anything that she may do at this moment."""
        return self.state is DelegationState.ACTIVE and bool(self.scopes & ACTING)


@dataclass(frozen=True)
class Request:
    """A request as the family member who made it sees it: what she wrote, and whether somebody may still answer. It
    looks the same whether there is such a senior, whether she was told, and whether she has said no."""

    id: UUID
    named: str = field(repr=False)
    number: str
    relation: Relation
    scopes: frozenset[Scope]
    until_on: date
    asked_on: date
    answer_until_on: date
    is_over: bool


def delegation_view(session: Session, row: DelegationRow) -> Delegation:
    """The whole of it. The caller has checked that it may be seen."""
    assert row.person_id is not None
    member = get_family_member(session, row.family_member_id)
    return Delegation(
        id=row.id,
        person_id=row.person_id,
        family_member_id=row.family_member_id,
        family_name=member.masked_name,
        phone_ends=(member.masked_phone or "")[-LAST_DIGITS:],
        relation=Relation(row.relation),
        scopes=scopes_of(row),
        state=DelegationState(row.state),
        code=row.code,
        until_on=row.until_on,
        asked_at=row.asked_at,
        answer_until_on=row.answer_until_on,
        agreed_at=row.agreed_at,
        agreed_through=row.agreed_through,
        witnessed=row.witnessed_by is not None,
        waits_until_at=row.waits_until_at,
        ended_at=row.ended_at,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
    )


def charge_view(session: Session, row: DelegationRow) -> Charge:
    """The same for the family member, once the senior has agreed."""
    assert row.person_id is not None
    return Charge(
        id=row.id,
        person_id=row.person_id,
        senior_name=masked_name(session.get_one(PersonRow, row.person_id).name),
        relation=Relation(row.relation),
        scopes=scopes_of(row),
        state=DelegationState(row.state),
        until_on=row.until_on,
        waits_until_at=row.waits_until_at,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
    )


def request_view(session: Session, row: DelegationRow, *, asked_on: date, today: date) -> Request:
    """A request before the senior's yes, by what was written alone."""
    named = opened(session, row)
    return Request(
        id=row.id,
        named=named["name"],
        number=masked_number(named["number"]),
        relation=Relation(row.relation),
        scopes=scopes_of(row),
        until_on=row.until_on,
        asked_on=asked_on,
        answer_until_on=row.answer_until_on,
        is_over=today > row.answer_until_on,
    )


def scopes_of(row: DelegationRow) -> frozenset[Scope]:
    """What was ticked."""
    return frozenset(Scope(scope) for scope in row.scopes)


def is_waiting(row: DelegationRow) -> bool:
    """Whether somebody has still to answer."""
    return row.state in WAITING


def sealed(session: Session, *, name: str, number: str) -> bytes:
    """What a family member wrote, as it is stored."""
    return vault_of(session).seal(json.dumps({"name": name, "number": number}, ensure_ascii=False), context=NAMED)


def opened(session: Session, row: DelegationRow) -> dict[str, str]:
    """What a family member wrote: `name` and `number`."""
    assert row.named_sealed is not None
    named: dict[str, str] = json.loads(vault_of(session).open(row.named_sealed, context=NAMED))
    return named


def masked_number(number: str) -> str:
    """A number as it may be shown again to whoever wrote it.

    >>> masked_number("15400000001"), masked_number("44039919560315001X"), masked_number("0021")
    ('154****0001', '4403**********001X', '0021')
    """
    if len(number) == LAST_DIGITS:
        return number
    if len(number) == len("15400000001"):
        return masked_phone(number)
    number = normal_id_number(number)
    return f"{number[:LAST_DIGITS]}{'*' * (len(number) - 2 * LAST_DIGITS)}{number[-LAST_DIGITS:]}"
