"""Accounts of staff: adding one, listing them, handing out a new password. Only the system does so (command line)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import audit
from services.actor import AT_A_WORKPLACE, STAFF, Actor, ActorKind, Channel, NotAllowed
from services.database.tables import new_id
from services.errors import ServiceError
from services.sealing import vault_of
from services.staff.authenticator import new_secret
from services.staff.passwords import hashed, new_password
from services.staff.tables import AUTHENTICATOR, HOME_ADDRESS, StaffRecoveryCodeRow, StaffRow, StaffSessionRow

LOGIN_NAME = re.compile("[a-z][a-z0-9._-]{2,31}")


class LoginNameWrong(ServiceError):
    """Not 3 to 32 of a-z, 0-9, dot, dash and underscore that begin with a letter, or somebody has it already."""

    code = "login_name_wrong"


class WorkplaceWrong(ServiceError):
    """A community worker needs a district and a community, somebody at a canteen or a provider its id, and nobody has
    what she does not need; or no such role."""

    code = "workplace_wrong"


@dataclass(frozen=True)
class StaffMember:
    """One of the staff. District and community are a community worker's, the workplace is the canteen or the provider
    of those who work at one. `is_enrolled`: her authenticator counts."""

    id: UUID
    city: str
    role: ActorKind
    login_name: str
    name: str = field(repr=False)
    district: str | None
    community: str | None
    is_enrolled: bool
    is_demonstration: bool
    workplace_id: UUID | None = None

    def acting(self, channel: Channel) -> Actor:
        """She as the one who acts."""
        return Actor.staff(self.role, self.id, channel, self.community, self.district, self.workplace_id)


@dataclass(frozen=True)
class NewStaff:
    """What is needed to add one of the staff."""

    login_name: str
    name: str
    role: ActorKind
    district: str | None = None
    community: str | None = None
    workplace_id: UUID | None = None
    is_demonstration: bool = False
    home_address: str | None = field(default=None, repr=False)

    def fits_role(self) -> bool:
        """Whether she works where her role does, and nowhere else."""
        return (
            self.role in STAFF
            and bool(self.community) is bool(self.district) is (self.role is ActorKind.COMMUNITY_WORKER)
            and (self.workplace_id is not None) is (self.role in AT_A_WORKPLACE)
        )


def add_staff(session: Session, actor: Actor, new: NewStaff, *, city: str, now: datetime) -> tuple[StaffMember, str]:
    """A new account, and the password to hand to her. Raises NotAllowed, LoginNameWrong, WorkplaceWrong."""
    _only_the_system(actor)
    if not LOGIN_NAME.fullmatch(new.login_name):
        raise LoginNameWrong(expected=LOGIN_NAME.pattern)
    if not new.fits_role():
        raise WorkplaceWrong(role=new.role.value)
    password = new_password()
    row = StaffRow(
        id=new_id(),
        city=city,
        login_name=new.login_name,
        name=new.name,
        role=new.role.value,
        district=new.district,
        community=new.community,
        workplace_id=new.workplace_id,
        password_hash=hashed(password),
        authenticator_sealed=vault_of(session).seal(new_secret(), context=AUTHENTICATOR),
        home_address_sealed=vault_of(session).seal(new.home_address, context=HOME_ADDRESS)
        if new.home_address
        else None,
        is_demonstration=new.is_demonstration,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise LoginNameWrong(login_name="taken") from error
    audit.record(
        session, actor, "staff_added", city=city, person_id=None, subject_id=row.id, now=now, role=new.role.value
    )
    session.flush()
    return member(row), password


def list_staff(session: Session, actor: Actor, *, city: str) -> tuple[StaffMember, ...]:
    """Everybody with an account, by login name. Raises NotAllowed."""
    _only_the_system(actor)
    return members_of(session, city)


def members_of(session: Session, city: str) -> tuple[StaffMember, ...]:
    """The same for other services."""
    rows = session.scalars(select(StaffRow).where(StaffRow.city == city).order_by(StaffRow.login_name))
    return tuple(member(row) for row in rows)


def reset_staff(session: Session, actor: Actor, *, login_name: str, city: str, now: datetime) -> str:
    """A new password to hand out, for somebody who lost her password or her authenticator: she enrols anew, and all
    her sessions and recovery codes end. Raises NotAllowed, LoginNameWrong where nobody has this name."""
    _only_the_system(actor)
    row = session.scalar(select(StaffRow).where(StaffRow.city == city, StaffRow.login_name == login_name))
    if row is None:
        raise LoginNameWrong(login_name="unknown")
    password = new_password()
    row.password_hash = hashed(password)
    row.authenticator_sealed = vault_of(session).seal(new_secret(), context=AUTHENTICATOR)
    row.enrolled_at = row.last_step = None
    session.execute(delete(StaffRecoveryCodeRow).where(StaffRecoveryCodeRow.staff_id == row.id))
    live = update(StaffSessionRow).where(StaffSessionRow.staff_id == row.id, StaffSessionRow.ended_at.is_(None))
    session.execute(live.values(ended_at=now))
    audit.record(session, actor, "staff_reset", city=city, person_id=None, subject_id=row.id, now=now)
    session.flush()
    return password


def names_of_staff(session: Session, staff_ids: set[UUID]) -> dict[UUID, str]:
    """The names of staff by id, for pages that tell who decided."""
    rows = session.execute(select(StaffRow.id, StaffRow.name).where(StaffRow.id.in_(staff_ids)))
    return {staff_id: name for staff_id, name in rows}


def home_address_of(session: Session, staff_id: UUID) -> str | None:
    """Where she lives, for the service that watches who reads about her neighbours; None where she has not said."""
    sealed = session.scalar(select(StaffRow.home_address_sealed).where(StaffRow.id == staff_id))
    return vault_of(session).open(sealed, context=HOME_ADDRESS) if sealed is not None else None


def member(row: StaffRow) -> StaffMember:
    """A stored account as use cases hand it out."""
    return StaffMember(
        id=row.id,
        city=row.city,
        role=ActorKind(row.role),
        login_name=row.login_name,
        name=row.name,
        district=row.district,
        community=row.community,
        is_enrolled=row.enrolled_at is not None,
        is_demonstration=row.is_demonstration,
        workplace_id=row.workplace_id,
    )


def _only_the_system(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="manage_staff")
