"""Signs that somebody abuses the rights of family: a worker looks, nothing is taken away by a machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.actor import Actor
from services.clock import local_day
from services.delegation.parameters import rules_on
from services.delegation.steps import ask_a_worker
from services.family.states import IN_FORCE
from services.family.tables import DelegationRow
from services.people import PersonRow
from services.worker_tasks import TaskKind


def look_after_agreement(session: Session, actor: Actor, row: DelegationRow, *, now: datetime) -> None:
    """Have a worker look where the family member acts for the people of many households. A couple is one household, by
    its address or its phone."""
    households = households_of(session, row.family_member_id)
    if households > rules_on(local_day(now)).most_households:
        ask_a_worker(session, row, TaskKind.DELEGATION_CHECK, now=now, because="many_seniors", households=households)


def households_of(session: Session, family_member_id: UUID) -> int:
    """For the people of how many households somebody acts."""
    home = func.coalesce(PersonRow.address_index, PersonRow.phone_index, PersonRow.id_number_index)
    counted = session.scalar(
        select(func.count(home.distinct()))
        .select_from(DelegationRow)
        .join(PersonRow, PersonRow.id == DelegationRow.person_id)
        .where(DelegationRow.family_member_id == family_member_id, DelegationRow.state.in_(IN_FORCE))
    )
    return counted or 0


def look_after_accounts(session: Session, *, city: str, now: datetime) -> int:
    """Have a worker look where the card account of a senior changed soon after she got a new delegate; how many."""
    days = rules_on(local_day(now)).new_account_days
    found = session.execute(
        select(DelegationRow, PersonRow.card_last_four)
        .join(PersonRow, PersonRow.id == DelegationRow.person_id)
        .where(
            DelegationRow.city == city,
            DelegationRow.state.in_(IN_FORCE),
            DelegationRow.agreed_at > now - timedelta(days=days),
            DelegationRow.known_account.is_distinct_from(PersonRow.card_last_four),
        )
        .order_by(DelegationRow.id)
        .with_for_update(of=DelegationRow, skip_locked=True)
    ).all()
    for row, account in found:
        # Once for each change: what the worker decides about is known from then on.
        row.known_account = account
        ask_a_worker(session, row, TaskKind.DELEGATION_CHECK, now=now, because="new_account")
    session.flush()
    return len(found)
