"""The first of the month: issuing everybody's vouchers, and what becomes of what was held against a month foreseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

import numpy as np
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from services import people
from services.actor import Actor, ActorKind, NotAllowed
from services.allowances.months import month_of, months_later
from services.benefits.answers import verdicts_for
from services.benefits.facts import HUKOU_NAMES, INCOME_CLASS_NAMES, NOBODY, PLACE_OF, day_code
from services.clock import local_day
from services.database import unit_of_work
from services.database.columns import ID_BYTES, read_columns
from services.people import Person
from services.vouchers.kinds import VoucherKind
from services.vouchers.movements import lower_to
from services.vouchers.tables import VoucherMonthRow, VoucherRow
from services.vouchers.views import LostHold
from services.vouchers.wallets import Wallet, mark_issued, write
from services.vouchers.worth import vouchers_of, worth_of

# What a capability does about a booking of its own for which less is held now. It runs in the transaction that
# lowered the voucher, and changes nothing about a booking that is not its own.
OnLost = Callable[[Session, LostHold, datetime], None]

# So many people wait for each other's commit at most.
PART = 50
SYSTEM = Actor.system()

_NAMED = {"hukou": HUKOU_NAMES, "income_class": INCOME_CLASS_NAMES}
_TRUTHS = ("resident", "three_withouts", "special_care", "can_look_after_self")


def _code(name: str) -> str:
    """The SQL of a column as the rules read it."""
    place = PLACE_OF[name]
    if name in _NAMED:
        cases = " ".join(f"WHEN '{value}' THEN {code}" for code, value in enumerate(_NAMED[name]) if code)
        return f"CASE p.{name} {cases} ELSE {NOBODY[place]} END"
    if name in _TRUTHS:
        return f"coalesce(p.{name}::integer, {NOBODY[place]})"
    if name == "ability_level":
        return f"coalesce(p.{name}, {NOBODY[place]})"
    return f"coalesce(p.{name} - DATE '1970-01-01', {NOBODY[place]})"


# What the rules of both vouchers ask for.
ASKED = ("birth_on", "died_on", "hukou", "income_class", "ability_level", *_TRUTHS)
COLUMNS = {"id": ("uuid", "p.id")} | {name: ("integer", _code(name)) for name in ASKED}


def issue_month(sessions: sessionmaker[Session], *, city: str, now: datetime, on_lost: OnLost) -> int:
    """Issue this month's vouchers to everybody who is entitled on its first day, in parts that commit by themselves;
    how many people it looked at, 0 where it is done already. Killed in the middle, it goes on where it was.

    What a person uses before her turn comes is issued to her then.
    """
    month = month_of(local_day(now))
    with sessions() as session:
        if session.scalar(select(_is_issued(city, month))):
            return 0
        waiting = _who_may_have_one(session, city=city, month=month)
    count = 0
    for start in range(0, len(waiting), PART):
        with unit_of_work(sessions) as session:
            for person_id in waiting[start : start + PART]:
                count += len(issue_vouchers(session, SYSTEM, person_id=person_id, now=now, on_lost=on_lost))
    with unit_of_work(sessions) as session:
        session.add(VoucherMonthRow(city=city, month=month, issued_at=now, vouchers=count))
    return len(waiting)


def issue_vouchers(
    session: Session, actor: Actor, *, person_id: UUID, now: datetime, on_lost: OnLost
) -> tuple[VoucherKind, ...]:
    """Issue this month's vouchers to one person; which of them were not issued before. Only for the system.

    Where more is held against a voucher than the month gives, the bookings made last lose what is too much, and
    `on_lost` is called for each: that capability asks her price anew. She is told what she has where it is another
    amount than last month. Raises NotAllowed.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="issue_vouchers")
    people.hold(session, person_id)
    person = people.get_person(session, actor, person_id=person_id)
    month = month_of(local_day(now))
    return tuple(kind for kind in VoucherKind if _issue(session, actor, person, kind, month, now=now, on_lost=on_lost))


def _issue(
    session: Session, actor: Actor, person: Person, kind: VoucherKind, month: date, *, now: datetime, on_lost: OnLost
) -> bool:
    hers = vouchers_of(session, person.id, month, month)
    row, worth = hers.get((kind, month)), worth_of(person, kind, month, hers)
    if row is not None and row.issued_at is not None:
        return False
    if row is None and worth.fen == 0 and worth.before_fen == 0:
        return False
    lost: Sequence[LostHold] = ()
    if row is not None and worth.fen < row.granted_fen:
        lost = lower_to(session, actor, row, worth.fen, now=now)
    # One of nothing says that there was one before: whoever comes next tells her nothing again.
    row = write(session, actor, person, Wallet(kind, month, row, worth.fen, worth, False), now=now)
    if row.issued_at is None:
        mark_issued(session, person, row, worth, now=now)
    for each in lost:
        on_lost(session, each, now)
    return True


def _is_issued(city: str, month: date) -> exists:  # type: ignore[valid-type]
    return exists().where(VoucherMonthRow.city == city, VoucherMonthRow.month == month)


def _who_may_have_one(session: Session, *, city: str, month: date) -> list[UUID]:
    """Everybody whom the rules give something this month, who had something last month, or for whom something is held
    against this one; in the order of their ids, in which they are also locked."""
    found = {UUID(bytes=each) for each in _entitled(session, city=city, month=month)}
    rows = session.scalars(
        select(VoucherRow.person_id).where(
            VoucherRow.city == city,
            (VoucherRow.month == months_later(month, -1)) & (VoucherRow.granted_fen > 0)
            | (VoucherRow.month == month) & VoucherRow.issued_at.is_(None),
        )
    )
    return sorted(found.union(rows))


def _entitled(session: Session, *, city: str, month: date) -> set[bytes]:
    everybody = read_columns(session, COLUMNS, "FROM persons p WHERE p.city = %(city)s", {"city": city})
    codes = np.empty((len(everybody["id"]), len(NOBODY)), dtype=np.int32)
    codes[:] = NOBODY
    codes[:, PLACE_OF["as_of"]] = day_code(month)
    for name in ASKED:
        codes[:, PLACE_OF[name]] = everybody[name]
    found: set[bytes] = set()
    for places, verdicts in verdicts_for(codes, benefits=[kind.benefit for kind in VoucherKind]):
        for of_benefit in verdicts:
            packed = everybody["id"][places[of_benefit.amounts > 0]].tobytes()
            found.update(packed[start : start + ID_BYTES] for start in range(0, len(packed), ID_BYTES))
    return found
