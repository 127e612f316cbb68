"""Using vouchers for a booking: what they would pay, holding it, giving it back, spending it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor
from services.allowances.months import month_of
from services.clock import local_day
from services.people import Person
from services.vouchers.errors import SelfPaidChanged, VouchersHeldAlready
from services.vouchers.kinds import ItemKind, MovementKind, VoucherKind
from services.vouchers.movements import held_by, is_moved_for, move, sums_by_subject
from services.vouchers.parameters import rules_on
from services.vouchers.splitting import Purse, divide
from services.vouchers.tables import VoucherRow
from services.vouchers.views import HeldVouchers, VoucherPart, VoucherSplit
from services.vouchers.wallets import Wallet, wallets_for, write


def split_price(
    session: Session,
    person: Person,
    *,
    item: ItemKind,
    price_fen: int,
    on: date,
    now: datetime,
    freeing: UUID | None = None,
) -> VoucherSplit:
    """How the price of a service on the day `on` divides between her vouchers of that month and herself.

    `freeing` is a booking that is to be changed: what is held for it counts as free. Changes nothing, and never fails:
    who has no voucher pays all of it. For capabilities, which have checked the right.
    """
    freed = {row.id: held for row, held, _ in held_by(session, freeing)} if freeing else {}
    return _divided(session, person, item, price_fen, on, local_day(now), freed)[0]


def hold_vouchers(
    session: Session,
    actor: Actor,
    *,
    person: Person,
    subject_id: UUID,
    item: ItemKind,
    price_fen: int,
    on: date,
    agreed_self_paid_fen: int,
    now: datetime,
) -> VoucherSplit:
    """Hold for the booking `subject_id` what `split_price` says, in the transaction that books.

    Nothing is held, and nothing else changed, where she would pay another amount than the one that she agreed to:
    SelfPaidChanged. Raises VouchersHeldAlready for a booking that holds some (release them first, when it changes). Two
    bookings of one person at the same moment are decided one after the other: her record is locked (`people.hold`)
    until commit. For capabilities, which have checked the right.
    """
    people.hold(session, person.id)
    if is_moved_for(session, subject_id):
        raise VouchersHeldAlready(subject_id=subject_id)
    split, shares = _divided(session, person, item, price_fen, on, local_day(now), {})
    if split.self_paid_fen != agreed_self_paid_fen:
        raise SelfPaidChanged(to_pay_fen=split.self_paid_fen)
    for wallet, fen in shares:
        if fen:
            row = write(session, actor, person, wallet, now=now)
            move(session, actor, row, MovementKind.HELD, now=now, held_fen=fen, subject_id=subject_id)
    return split


def release_vouchers(session: Session, actor: Actor, *, subject_id: UUID, now: datetime) -> HeldVouchers:
    """Give back what is held for a booking, or was spent on it (a cancelled one, or a complaint that was upheld); what
    comes back can be used in its own month only. Again, or without anything held, nothing happens."""
    for row, held, spent in _locked(session, subject_id):
        if held:
            move(session, actor, row, MovementKind.RELEASED, now=now, held_fen=-held, subject_id=subject_id)
        if spent:
            move(session, actor, row, MovementKind.REFUNDED, now=now, spent_fen=-spent, subject_id=subject_id)
    return _now(session, subject_id)


def settle_vouchers(session: Session, actor: Actor, *, subject_id: UUID, now: datetime) -> HeldVouchers:
    """Spend what is held for a booking, once the service was given; also after the month has ended. Again nothing
    happens. What it returns in `spent` is what the provider is paid by vouchers."""
    for row, held, _ in _locked(session, subject_id):
        if held:
            move(
                session, actor, row, MovementKind.SPENT, now=now, held_fen=-held, spent_fen=held, subject_id=subject_id
            )
    return _now(session, subject_id)


def held_vouchers(session: Session, subject_ids: Collection[UUID]) -> dict[UUID, HeldVouchers]:
    """What vouchers do for these bookings now; those without any are absent. For capabilities."""
    return sums_by_subject(session, subject_ids)


def _now(session: Session, subject_id: UUID) -> HeldVouchers:
    return sums_by_subject(session, [subject_id]).get(subject_id, HeldVouchers(subject_id))


def _locked(session: Session, subject_id: UUID) -> list[tuple[VoucherRow, int, int]]:
    """The same as `held_by`, with the person's record held, so that nothing moves meanwhile."""
    found = held_by(session, subject_id)
    if found:
        people.hold(session, found[0][0].person_id)
        found = held_by(session, subject_id)
    return found


def _divided(
    session: Session, person: Person, item: ItemKind, price_fen: int, on: date, today: date, freed: Mapping[UUID, int]
) -> tuple[VoucherSplit, list[tuple[Wallet, int]]]:
    rules = rules_on(on)
    wallets = wallets_for(session, person, on, today=today, rules=rules)
    left = [wallet.left_fen + (freed.get(wallet.row.id, 0) if wallet.row else 0) for wallet in wallets]
    shares = divide(price_fen, item, [Purse(each.kind, fen) for each, fen in zip(wallets, left, strict=True)], rules)
    pairs = list(zip(wallets, shares, strict=True))
    after = zip(wallets, left, shares, strict=True)
    split = VoucherSplit(
        price_fen=price_fen,
        parts=_by_kind((wallet.kind, fen) for wallet, fen in pairs if fen),
        left_after=_by_kind((wallet.kind, had - fen) for wallet, had, fen in after if wallet.granted_fen),
        month=month_of(on),
        is_foreseen=month_of(on) > today,
        rule=rules.version,
    )
    return split, pairs


def _by_kind(amounts: Iterable[tuple[VoucherKind, int]]) -> tuple[VoucherPart, ...]:
    """Amounts of several months of one kind together, in the order in which the kinds came."""
    sums: dict[VoucherKind, int] = {}
    for kind, fen in amounts:
        sums[kind] = sums.get(kind, 0) + fen
    return tuple(VoucherPart(kind, fen) for kind, fen in sums.items())
