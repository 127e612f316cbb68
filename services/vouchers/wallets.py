"""Her vouchers of a month: what the rules give, and the rows that are written once one of them is issued or used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.allowances.months import last_day_of, month_of, months_later
from services.clock import local_day
from services.database.tables import new_id
from services.people import Person
from services.vouchers.keeping import ask_whether_to_keep
from services.vouchers.kinds import MovementKind, VoucherKind
from services.vouchers.movements import move
from services.vouchers.parameters import Rules, rules_on
from services.vouchers.tables import VoucherRow
from services.vouchers.telling import tell_of_change
from services.vouchers.views import Voucher
from services.vouchers.worth import Hers, Worth, vouchers_of, worth_of

SYSTEM = Actor.system()


@dataclass(frozen=True)
class Wallet:
    """A voucher as it is, or as it would be if it were used now; then `row` is None, or still says less."""

    kind: VoucherKind
    month: date
    row: VoucherRow | None
    granted_fen: int
    worth: Worth | None
    is_foreseen: bool

    @property
    def left_fen(self) -> int:
        """What can still be held."""
        return self.granted_fen - (self.row.held_fen + self.row.spent_fen if self.row else 0)


def see_vouchers(session: Session, actor: Actor, *, person_id: UUID, now: datetime) -> tuple[Voucher, ...]:
    """Her vouchers of this month, and those of months to come against which something is held already; empty for who
    has none. Raises NotAllowed (SEE_BENEFITS)."""
    people.require_for(session, actor, Capability.SEE_BENEFITS, person_id=person_id)
    person, today = people.get_person(session, actor, person_id=person_id), local_day(now)
    rules = rules_on(today)
    wallets = wallets_for(session, person, today, today=today, rules=rules)
    coming = session.scalars(
        select(VoucherRow.month)
        .where(VoucherRow.person_id == person_id, VoucherRow.month > today, VoucherRow.held_fen > 0)
        .distinct()
        .order_by(VoucherRow.month)
    ).all()
    for month in coming:
        wallets += [
            wallet for wallet in wallets_for(session, person, month, today=today, rules=rules) if wallet.is_foreseen
        ]
    return tuple(_view(wallet, rules) for wallet in wallets if wallet.granted_fen)


def wallets_for(session: Session, person: Person, on: date, *, today: date, rules: Rules) -> list[Wallet]:
    """The vouchers that can pay a service on a day, in the order in which they pay: of each kind the month that ends
    first. Somebody who has died has none."""
    if person.died_on is not None:
        return []
    month, found = month_of(on), []
    hers = vouchers_of(
        session, person.id, months_later(month, -max(rules.carry_over_months.values(), default=0)), month
    )
    for kind in rules.order:
        for earlier in range(rules.carry_over_months[kind], -1, -1):
            wallet = _wallet(person, kind, months_later(month, -earlier), hers, today=today)
            if wallet is not None:
                found.append(wallet)
    return found


def _wallet(person: Person, kind: VoucherKind, month: date, hers: Hers, *, today: date) -> Wallet | None:
    row, is_foreseen = hers.get((kind, month)), month > today
    if month < month_of(today):
        # What nobody issued in its own month is not issued any more.
        return Wallet(kind, month, row, row.granted_fen, None, False) if row else None
    worth = worth_of(person, kind, month, hers)
    if row is None:
        return Wallet(kind, month, None, worth.fen, worth, is_foreseen)
    if row.issued_at is not None:
        # What became known since can only raise it: what was issued stays issued.
        return Wallet(kind, month, row, max(row.granted_fen, worth.by_rules_fen), worth, False)
    return Wallet(kind, month, row, max(worth.fen, row.held_fen + row.spent_fen), worth, is_foreseen)


def write(session: Session, actor: Actor, person: Person, wallet: Wallet, *, now: datetime) -> VoucherRow:
    """The row of a wallet, brought up to what it is worth. The caller holds the person (`people.hold`)."""
    row = wallet.row
    if row is None:
        row = _insert(session, person, wallet)
    if wallet.granted_fen > row.granted_fen:
        begins = row.granted_fen == 0 and row.issued_at is None
        kind = (MovementKind.FORESEEN if wallet.is_foreseen else MovementKind.ISSUED) if begins else MovementKind.RAISED
        move(session, actor, row, kind, now=now, granted_fen=wallet.granted_fen - row.granted_fen)
    if wallet.worth is not None:
        row.rule = wallet.worth.rule
        if row.issued_at is None and not wallet.is_foreseen and row.held_fen + row.spent_fen == 0:
            mark_issued(session, person, row, wallet.worth, now=now)
    return row


def mark_issued(session: Session, person: Person, row: VoucherRow, worth: Worth, *, now: datetime) -> None:
    """The month has begun and this is what she has in it: tell her if it changed, ask a worker if it should."""
    row.issued_at, row.kept_at_fen = now, worth.kept_at_fen
    session.flush()
    tell_of_change(session, person, row, worth, now=now)
    if worth.to_be_decided:
        ask_whether_to_keep(session, row, worth, now=now)


def _insert(session: Session, person: Person, wallet: Wallet) -> VoucherRow:
    assert wallet.worth is not None
    values = {
        "id": new_id(),
        "city": person.city,
        "person_id": person.id,
        "kind": wallet.kind.value,
        "month": wallet.month,
        "granted_fen": 0,
        "held_fen": 0,
        "spent_fen": 0,
        "rule": wallet.worth.rule,
    }
    session.execute(insert(VoucherRow).values(values).on_conflict_do_nothing())
    return vouchers_of(session, person.id, wallet.month, wallet.month)[wallet.kind, wallet.month]


def _view(wallet: Wallet, rules: Rules) -> Voucher:
    row = wallet.row
    return Voucher(
        kind=wallet.kind,
        month=wallet.month,
        granted_fen=wallet.granted_fen,
        held_fen=row.held_fen if row else 0,
        spent_fen=row.spent_fen if row else 0,
        usable_until=last_day_of(months_later(wallet.month, rules.carry_over_months[wallet.kind])),
        is_foreseen=wallet.is_foreseen,
    )
