"""What is done on behalf of a senior, by delegates and by a worker who assists her at the desk: as she sees it on her
page, and the text message that tells her of it.

The record of deeds is the one source. Its entries for somebody else defer a job in their own transaction, so no use
case can forget to tell her.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from services.audit import LOOKS, AuditEntry
from services.database import unit_of_work
from services.database.tables import new_id
from services.delegation import telling
from services.family import Relation, get_family_member
from services.family.tables import DelegationRow, ToldDeedRow
from services.messages.wording import SEVERAL
from services.people import PersonRow
from services.staff import names_of_staff

# Older than that a text message would only puzzle her.
TOLD_WITHIN = timedelta(days=2)
BATCH = 200

# What a text message calls a deed: the key of its word. Deeds of one kind share a word; the message about the deed
# itself (meal_booked and its like) has the details.
DEED_WORDS = {
    "meal_booked": "did_meal_booked",
    "meal_changed": "did_meal_changed",
    "meal_cancelled": "did_meal_cancelled",
    "meal_line_joined": "did_meal_line",
    "meal_line_left": "did_meal_line",
    "standing_order_placed": "did_standing_order",
    "standing_order_ended": "did_standing_order_ended",
    "dietary_marks_set": "did_diet",
    "service_booked": "did_service_booked",
    "service_changed": "did_service_changed",
    "service_price_agreed": "did_service_changed",
    "service_cancelled": "did_service_cancelled",
    "service_confirmed": "did_service_confirmed",
    "service_rated": "did_service_confirmed",
    "service_complained": "did_service_complained",
    "allowance_agreed": "did_offer_agreed",
    "allowance_applied": "did_offer_agreed",
    "allowance_declined": "did_offer_declined",
    "certification_visit_asked": "did_visit_asked",
    "certified": "did_certified",
    "adaptation_applied": "did_adaptation_applied",
    "adaptation_agreed": "did_adaptation_agreed",
    "adaptation_accepted": "did_adaptation_accepted",
    "adaptation_objected": "did_adaptation_objected",
}
OTHER_DEED = "did_other"
# What follows from a deed and is none by itself: the question of a worker that an answer settles.
CONSEQUENCES = frozenset({"task_closed"})


@dataclass(frozen=True)
class DelegateDeed:
    """One thing that was done, or looked at, for a senior. `deed` is the code of the record of deeds, `word` its kind
    (`did_...`), None for a look. `family_name` is masked, and None where a worker did it: `worker_name`."""

    id: UUID
    at: datetime
    deed: str
    word: str | None
    family_name: str | None
    worker_name: str | None
    relation: Relation | None
    channel: str
    subject_id: UUID | None


def deed_view(session: Session, entry: AuditEntry) -> DelegateDeed:
    """An entry of the record as the senior sees it."""
    member_id = entry.actor_family_member_id
    row = _delegation_of(session, entry) if member_id is not None else None
    return DelegateDeed(
        id=entry.id,
        at=entry.at,
        deed=entry.deed,
        word=None if entry.deed in LOOKS else DEED_WORDS.get(entry.deed, OTHER_DEED),
        family_name=get_family_member(session, member_id).masked_name if member_id is not None else None,
        worker_name=_worker_of(session, entry),
        relation=Relation(row.relation) if row is not None else None,
        channel=entry.channel,
        subject_id=entry.subject_id,
    )


def tell_of_deeds(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Text every senior what was done for her since she was told last, by whom, and how she undoes it; how many texts.
    What one of them did within a moment is one text. Safe to run twice, and at the same time."""
    told = 0
    while True:
        with unit_of_work(sessions) as session:
            entries = _untold(session, now)
            if not entries:
                return told
            told += _tell(session, entries, now)


def _untold(session: Session, now: datetime) -> Sequence[AuditEntry]:
    """The deeds of one delegate, or worker, for one senior that nobody told her of; the oldest deed first."""
    is_told = select(ToldDeedRow.id).where(ToldDeedRow.audit_entry_id == AuditEntry.id).exists()
    waiting = (
        select(AuditEntry)
        .where(
            AuditEntry.on_behalf_of.is_not(None),
            AuditEntry.deed.not_in(LOOKS | CONSEQUENCES),
            AuditEntry.at > now - TOLD_WITHIN,
            ~is_told,
        )
        .order_by(AuditEntry.at, AuditEntry.id)
        .limit(BATCH)
    )
    found = session.scalars(waiting).all()
    first = next(iter(found), None)
    return [entry for entry in found if first is not None and _same_pair(entry, first)]


def _same_pair(entry: AuditEntry, other: AuditEntry) -> bool:
    return _pair(entry) == _pair(other)


def _pair(entry: AuditEntry) -> tuple[UUID | None, UUID | None, UUID | None]:
    return entry.on_behalf_of, entry.actor_family_member_id, entry.actor_staff_id


def _tell(session: Session, entries: Sequence[AuditEntry], now: datetime) -> int:
    """Claim the deeds, so that of two jobs one tells her; a claim of the other waits here until it is settled."""
    claimed = []
    for entry in entries:
        claim = insert(ToldDeedRow).values(id=new_id(), city=entry.city, audit_entry_id=entry.id, told_at=now)
        if session.scalar(claim.on_conflict_do_nothing().returning(ToldDeedRow.id)) is not None:
            claimed.append(entry)
    if not claimed:
        return 0
    first = claimed[0]
    assert first.on_behalf_of is not None
    senior = session.get_one(PersonRow, first.on_behalf_of)
    row = _delegation_of(session, first)
    worker = _worker_of(session, first)
    if (row is None and worker is None) or senior.died_on is not None:
        return 0
    # One deed writes several entries (a visit is confirmed and rated, a week is many meals): one word for each kind.
    words = list(dict.fromkeys(DEED_WORDS.get(entry.deed, OTHER_DEED) for entry in claimed))
    is_one = len(words) == 1
    said = {"deed": words[0]} if is_one else {"deeds": SEVERAL.join(words)}
    if row is not None:
        template = "delegate_did" if is_one else "delegate_did_several"
        return int(telling.tell_senior(session, row, template, now=now, **said))
    assert worker is not None
    template = "desk_did" if is_one else "desk_did_several"
    return int(telling.tell_of_desk(session, senior.id, template, worker=worker, now=now, **said))


def _worker_of(session: Session, entry: AuditEntry) -> str | None:
    """The name of the worker who assisted her."""
    staff_id = entry.actor_staff_id
    return names_of_staff(session, {staff_id}).get(staff_id) if staff_id is not None else None


def _delegation_of(session: Session, entry: AuditEntry) -> DelegationRow | None:
    """By which delegation it was done; the newest that was agreed by then. None for the deed of a worker."""
    return session.scalar(
        select(DelegationRow)
        .where(
            DelegationRow.family_member_id == entry.actor_family_member_id,
            DelegationRow.person_id == entry.on_behalf_of,
            DelegationRow.agreed_at <= entry.at,
        )
        .order_by(DelegationRow.agreed_at.desc())
        .limit(1)
    )
