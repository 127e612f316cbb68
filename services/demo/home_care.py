"""The demonstration's providers with their care workers, and two accounts at the first of them: the office and 阿梅."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.clock import local_day
from services.demo.providers import HEALTH_CHECK_DAYS, PROVIDERS, DemoProvider
from services.demo.routines import WORKER_WITH_ACCOUNT
from services.demo.staff import add_demo_staff
from services.home_care import add_care_worker, add_provider
from services.home_care.tables import CareWorkerRow, ProviderRow
from services.staff import NewStaff
from services.staff.tables import StaffRow

OFFICE_LOGIN, WORKER_LOGIN = "he.lelin", "mei.lelin"
# So long before a health certificate runs out its holder goes for the next check.
RENEWED_BEFORE = timedelta(days=30)
SYSTEM = Actor.system(Channel.COMMAND_LINE)


def prepare_home_care(session: Session, *, city: str, now: datetime) -> None:
    """Add the providers, care workers and accounts that are missing. Safe to run again; the caller keeps others out."""
    known = set(session.scalars(select(ProviderRow.credit_code).where(ProviderRow.city == city)))
    missing = [each for each in PROVIDERS if each.credit_code not in known]
    for provider in missing:
        add_demo_provider(session, provider, city=city, now=now)
    _renew_health_certificates(session, local_day(now))
    _add_accounts(session, city=city, now=now)


def add_demo_provider(session: Session, provider: DemoProvider, *, city: str, now: datetime) -> None:
    """Add a provider with its workers."""
    added = add_provider(session, SYSTEM, provider.as_new(), city=city, now=now)
    for worker in provider.workers:
        add_care_worker(session, SYSTEM, worker.as_new(local_day(now)), provider_id=added.id, now=now)


def _renew_health_certificates(session: Session, today: date) -> None:
    """Whose certificate still counts goes for the next check in time; whose is overdue stays so."""
    session.execute(
        update(CareWorkerRow)
        .where(
            CareWorkerRow.is_demonstration,
            CareWorkerRow.health_checked_until.between(today, today + RENEWED_BEFORE),
        )
        .values(health_checked_until=today + timedelta(days=HEALTH_CHECK_DAYS))
    )


def _add_accounts(session: Session, *, city: str, now: datetime) -> None:
    first = select(ProviderRow.id).where(ProviderRow.credit_code == PROVIDERS[0].credit_code, ProviderRow.city == city)
    provider_id = session.scalars(first).one()
    accounts = (
        NewStaff(OFFICE_LOGIN, "何主任", ActorKind.PROVIDER, workplace_id=provider_id),
        NewStaff(WORKER_LOGIN, WORKER_WITH_ACCOUNT, ActorKind.CARE_WORKER, workplace_id=provider_id),
    )
    add_demo_staff(session, accounts, city=city, now=now)
    account = select(StaffRow.id).where(StaffRow.login_name == WORKER_LOGIN, StaffRow.city == city).scalar_subquery()
    session.execute(
        update(CareWorkerRow)
        .where(
            CareWorkerRow.provider_id == provider_id,
            CareWorkerRow.name == WORKER_WITH_ACCOUNT,
            CareWorkerRow.staff_id.is_(None),
        )
        .values(staff_id=account)
    )
