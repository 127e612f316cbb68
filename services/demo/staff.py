"""The demonstration's staff, whose passwords and codes a page shows to anybody.

They are enrolled from the start; only demonstration mode adds them, and only its page reads their codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, NotAllowed
from services.database.tables import new_id
from services.sealing import vault_of
from services.staff.accounts import NewStaff, StaffMember, member
from services.staff.authenticator import STEP_SECONDS, code_at_step, new_secret, step_at
from services.staff.passwords import hashed
from services.staff.tables import AUTHENTICATOR, StaffRow

PASSWORD = "shili-2026-yinian"  # noqa: S105 - shown to everybody on /demo/staff
CIVIL_SERVANTS = (
    NewStaff("liu.cuizhu", "刘工", ActorKind.COMMUNITY_WORKER, "罗湖区", "翠竹"),
    NewStaff("ma.jingtian", "马工", ActorKind.COMMUNITY_WORKER, "福田区", "景田"),
    NewStaff("zhao.shi", "赵科", ActorKind.OPERATOR),
    NewStaff("sun.ducha", "孙督查", ActorKind.SUPERVISOR),
)


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demonstration with everything that is needed to sign in. `code` is the next one that counts,
    for `seconds_left`: the one now, or the one after it where that was used already."""

    member: StaffMember
    password: str
    code: str
    seconds_left: int


def canteen_staff(canteen_id: UUID) -> NewStaff:
    """Who stands at the counter of the canteen where the demonstration's journeys eat."""
    return NewStaff("wu.fantang", "吴师傅", ActorKind.CANTEEN, workplace_id=canteen_id)


def add_demo_staff(session: Session, accounts: Iterable[NewStaff], *, city: str, now: datetime) -> None:
    """Add those of the accounts that are missing. Safe to run again."""
    known = set(session.scalars(select(StaffRow.login_name).where(StaffRow.is_demonstration)))
    rows = [
        {
            "id": new_id(),
            "city": city,
            "login_name": each.login_name,
            "name": each.name,
            "role": each.role.value,
            "district": each.district,
            "community": each.community,
            "workplace_id": each.workplace_id,
            "password_hash": _password_hash(),
            "authenticator_sealed": vault_of(session).seal(new_secret(), context=AUTHENTICATOR),
            "enrolled_at": now,
            "is_demonstration": True,
            "created_at": now,
        }
        for each in accounts
        if each.login_name not in known
    ]
    if rows:
        session.execute(insert(StaffRow).on_conflict_do_nothing(), rows)


def list_demo_staff(session: Session, actor: Actor, *, now: datetime) -> tuple[DemoAccount, ...]:
    """Every account of the demonstration. Only for the system, since it shows codes. Raises NotAllowed."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="see_demo_staff")
    rows = session.scalars(select(StaffRow).where(StaffRow.is_demonstration).order_by(StaffRow.id))
    return tuple(_account(session, row, now) for row in rows)


def _account(session: Session, row: StaffRow, now: datetime) -> DemoAccount:
    step = max(step_at(now), (row.last_step or 0) + 1)
    secret = vault_of(session).open(row.authenticator_sealed, context=AUTHENTICATOR)
    seconds_left = (step + 1) * STEP_SECONDS - int(now.timestamp())
    return DemoAccount(member(row), PASSWORD, code_at_step(secret, step), seconds_left)


@cache
def _password_hash() -> str:
    """Once a process: a hash takes long on purpose, and the tests seed many databases."""
    return hashed(PASSWORD)
