"""Changing a voucher: the only place that does, and that writes the movement beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor
from services.database import ask
from services.vouchers.kinds import MovementKind, VoucherKind
from services.vouchers.tables import VoucherMovementRow, VoucherRow
from services.vouchers.views import HeldVouchers, LostHold, VoucherPart

MOVED = select(exists().where(VoucherMovementRow.subject_id == bindparam("subject_id")))


def move(
    session: Session,
    actor: Actor,
    row: VoucherRow,
    kind: MovementKind,
    *,
    now: datetime,
    granted_fen: int = 0,
    held_fen: int = 0,
    spent_fen: int = 0,
    subject_id: UUID | None = None,
) -> None:
    """Change what is granted, held and spent by so much, and flush; the database refuses to overspend."""
    row.granted_fen += granted_fen
    row.held_fen += held_fen
    row.spent_fen += spent_fen
    session.add(
        VoucherMovementRow(
            city=row.city,
            voucher_id=row.id,
            subject_id=subject_id,
            kind=kind,
            granted_fen=granted_fen,
            held_fen=held_fen,
            spent_fen=spent_fen,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            channel=actor.channel,
        )
    )
    audit.record(
        session,
        actor,
        f"voucher_{kind}",
        city=row.city,
        person_id=row.person_id,
        subject_id=subject_id or row.id,
        now=now,
        voucher=row.kind,
        month=row.month.isoformat(),
        fen=granted_fen or held_fen or spent_fen,
    )
    session.flush()


def lower_to(session: Session, actor: Actor, row: VoucherRow, fen: int, *, now: datetime) -> tuple[LostHold, ...]:
    """Lower what is granted to `fen`, or to what was spent already where that is more. Bookings made last lose first
    what does not fit any more."""
    target = max(fen, row.spent_fen)
    too_much = row.held_fen + row.spent_fen - target
    lost = []
    for subject_id, held in _holds(session, row):
        if too_much <= 0:
            break
        part = min(held, too_much)
        too_much -= part
        move(session, actor, row, MovementKind.LOST, now=now, held_fen=-part, subject_id=subject_id)
        lost.append(LostHold(row.person_id, subject_id, (VoucherPart(VoucherKind(row.kind), part),)))
    if target < row.granted_fen:
        move(session, actor, row, MovementKind.LOWERED, now=now, granted_fen=target - row.granted_fen)
    return tuple(lost)


def is_moved_for(session: Session, subject_id: UUID) -> bool:
    """Whether a booking holds or spends anything now. Most are asked about before they have anything."""
    return bool(ask(session, MOVED, {"subject_id": subject_id}).scalar() and held_by(session, subject_id))


def held_by(session: Session, subject_id: UUID) -> list[tuple[VoucherRow, int, int]]:
    """For a booking each voucher with what is held in it, and what was spent, for this booking; zeros left out."""
    held, spent = func.sum(VoucherMovementRow.held_fen), func.sum(VoucherMovementRow.spent_fen)
    found = session.execute(
        select(VoucherRow, held, spent)
        .join(VoucherMovementRow, VoucherMovementRow.voucher_id == VoucherRow.id)
        .where(VoucherMovementRow.subject_id == subject_id)
        .group_by(VoucherRow.id)
        .having((held != 0) | (spent != 0))
        .order_by(VoucherRow.kind.desc(), VoucherRow.month)
        .execution_options(populate_existing=True)
    )
    return [(row, int(of_held), int(of_spent)) for row, of_held, of_spent in found]


def sums_by_subject(session: Session, subject_ids: Iterable[UUID]) -> dict[UUID, HeldVouchers]:
    """What vouchers do for each of these bookings; those that never had any are absent."""
    of = VoucherMovementRow
    was_lost = func.sum(-of.held_fen).filter(of.kind == MovementKind.LOST)
    found = session.execute(
        select(of.subject_id, VoucherRow.kind, func.sum(of.held_fen), func.sum(of.spent_fen), was_lost)
        .join(VoucherRow, VoucherRow.id == of.voucher_id)
        .where(of.subject_id.in_(list(subject_ids)))
        .group_by(of.subject_id, VoucherRow.kind)
        # The home care subsidy pays first, and stands first.
        .order_by(VoucherRow.kind.desc())
    ).all()
    held: dict[UUID, dict[str, list[VoucherPart]]] = {}
    for subject_id, kind, *sums in found:
        assert subject_id is not None
        parts = held.setdefault(subject_id, {"held": [], "spent": [], "lost": []})
        for name, fen in zip(parts, sums, strict=True):
            if fen:
                parts[name].append(VoucherPart(VoucherKind(kind), int(fen)))
    return {
        subject_id: HeldVouchers(subject_id, **{name: tuple(each) for name, each in parts.items()})
        for subject_id, parts in held.items()
    }


def _holds(session: Session, row: VoucherRow) -> list[tuple[UUID, int]]:
    """The bookings for which something is held in a voucher, the latest first."""
    held = func.sum(VoucherMovementRow.held_fen)
    found = session.execute(
        select(VoucherMovementRow.subject_id, held)
        .where(VoucherMovementRow.voucher_id == row.id, VoucherMovementRow.subject_id.is_not(None))
        .group_by(VoucherMovementRow.subject_id)
        .having(held > 0)
        .order_by(func.max(VoucherMovementRow.at).desc(), VoucherMovementRow.subject_id.desc())
    )
    return [(subject_id, int(fen)) for subject_id, fen in found if subject_id is not None]
