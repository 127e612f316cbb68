"""Finding where booked months are no longer what is owed, and booking the differences.

What costs her nothing is approved by the system: more money, or less for a month that was not paid yet. Taking back
what was paid waits for a worker (`decide_adjustment`). A difference that a worker refused is not found again as long as
the same is owed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, ActorKind
from services.allowances.ledger.states import AdjustmentCause
from services.allowances.ledger.tables import AdjustmentDecisionRow, AdjustmentRow
from services.allowances.ledger.terms import PersonTerms
from services.allowances.months import last_day_of, month_of, months_from, months_later
from services.allowances.payable import owed_in_all_lives
from services.benefits import Benefit, rule_on
from services.database.tables import new_id
from services.worker_tasks import NewTask, TaskKind, close_task, open_tasks

SYSTEM = Actor.system()
SUPERSEDED = "superseded"

PAYABLES = text(
    "SELECT person_id, month, amount_fen FROM payables WHERE person_id = ANY(:people) AND benefit = :benefit"
)
ADJUSTMENTS = text("""
SELECT a.id, a.group_id, a.person_id, a.month, a.amount_fen, a.owed_fen, a.cause, d.approved, d.actor_kind
FROM adjustments a LEFT JOIN adjustment_decisions d ON d.adjustment_id = a.id
WHERE a.person_id = ANY(:people) AND a.benefit = :benefit ORDER BY a.id
""")
COMMITTED = text("""
SELECT person_id, month, sum(fen) FROM (
    SELECT person_id, for_month AS month, amount_fen AS fen FROM payment_lines
    WHERE person_id = ANY(:people) AND benefit = :benefit AND status IN ('to_pay', 'paid')
    UNION ALL
    SELECT person_id, month, -amount_fen FROM refunds WHERE person_id = ANY(:people) AND benefit = :benefit
) moved GROUP BY person_id, month
""")


@dataclass
class MonthBooks:
    """What is booked for one month besides the payable: corrections that hold, that wait, and that a worker refused.

    `asked_about_gap`: whether a worker has been asked about a gap between districts; `is_gap`: whether she found one,
    so that nothing is owed whatever else becomes known.
    """

    approved_fen: int = 0
    waiting: list[tuple[UUID, UUID, int]] = field(default_factory=list)
    refused_owed_fen: int | None = None
    asked_about_gap: bool = False
    is_gap: bool = False

    @property
    def expected_fen(self) -> int:
        """What the corrections will have added once those that wait are approved."""
        return self.approved_fen + sum(fen for _, _, fen in self.waiting)


@dataclass(frozen=True)
class Books:
    """What is booked for some people: payables, corrections, and what was paid or will be, by person and month."""

    payables: dict[UUID, dict[date, int]]
    months: dict[tuple[UUID, date], MonthBooks]
    committed: dict[tuple[UUID, date], int]


def books_of(session: Session, people: list[UUID], benefit: Benefit) -> Books:
    """What is booked for these people."""
    asked = {"people": people, "benefit": benefit}
    connection = session.connection()
    payables: dict[UUID, dict[date, int]] = defaultdict(dict)
    for person_id, month, fen in connection.execute(PAYABLES, asked):
        payables[person_id][month] = fen
    months: dict[tuple[UUID, date], MonthBooks] = defaultdict(MonthBooks)
    for row in connection.execute(ADJUSTMENTS, asked):
        _enter(months[row.person_id, row.month], row)
    committed = {(person_id, month): int(fen) for person_id, month, fen in connection.execute(COMMITTED, asked)}
    return Books(payables, months, committed)


def _enter(books: MonthBooks, row: Any) -> None:
    was_superseded = row.approved is False and row.actor_kind == ActorKind.SYSTEM
    if was_superseded:
        return
    is_about_gap = row.cause == AdjustmentCause.DISTRICT_GAP
    books.asked_about_gap |= is_about_gap
    if row.approved:
        books.approved_fen += row.amount_fen
        books.is_gap |= is_about_gap
    elif row.approved is None:
        if not is_about_gap:
            books.waiting.append((row.id, row.group_id, row.amount_fen))
    elif not is_about_gap:
        books.refused_owed_fen = row.owed_fen


@dataclass(frozen=True)
class _Found:
    person_id: UUID
    month: date
    amount_fen: int
    owed_fen: int
    cause: AdjustmentCause
    is_free: bool


def adjust(
    session: Session,
    people: Iterable[PersonTerms],
    books: Books,
    *,
    city: str,
    benefit: Benefit,
    up_to: date,
    now: datetime,
) -> int:
    """Book the differences between what is owed and what was booked for these people; how many there were."""
    count = 0
    waiting: list[NewTask] = []
    for person in people:
        found = [*_differences(session, person, books, up_to, city=city, now=now), *_gap_months(person, books, up_to)]
        if found:
            count += len(found)
            waiting += _book(session, found, city=city, benefit=benefit, now=now)
    open_tasks(session, kind=TaskKind.ADJUSTMENT, city=city, tasks=waiting, now=now)
    return count


def _differences(
    session: Session, person: PersonTerms, books: Books, up_to: date, *, city: str, now: datetime
) -> list[_Found]:
    by_terms = owed_in_all_lives(person.cases, up_to)
    booked = {month: fen for month, fen in books.payables.get(person.person_id, {}).items() if month <= up_to}
    of_months = {month: books.months.get((person.person_id, month), MonthBooks()) for month in booked}
    owed = {month: by_terms[month][1] if month in by_terms and not of_months[month].is_gap else 0 for month in booked}
    if all(owed[month] == fen + of_months[month].expected_fen for month, fen in booked.items()):
        return []
    # What waited for a worker is no longer the question; she gets the new one as a whole.
    _supersede(session, of_months.values(), city, now)
    found = []
    for month, fen in sorted(booked.items()):
        owed_fen, approved = owed[month], fen + of_months[month].approved_fen
        if owed_fen not in (approved, of_months[month].refused_owed_fen):
            is_free = owed_fen > approved or books.committed.get((person.person_id, month), 0) <= owed_fen
            cause = AdjustmentCause.FACTS_CHANGED
            found.append(_Found(person.person_id, month, owed_fen - approved, owed_fen, cause, is_free))
    return found


def _supersede(session: Session, of_months: Iterable[MonthBooks], city: str, now: datetime) -> None:
    groups = set()
    for of_month in of_months:
        for adjustment_id, group_id, _ in of_month.waiting:
            session.add(decision_row(adjustment_id, city, SYSTEM, approved=False, reason=SUPERSEDED, now=now))
            groups.add(group_id)
    for group_id in groups:
        close_task(
            session, SYSTEM, kind=TaskKind.ADJUSTMENT, subject_id=group_id, decision=SUPERSEDED, reason=None, now=now
        )


def _gap_months(person: PersonTerms, books: Books, up_to: date) -> list[_Found]:
    """Months between leaving one district and being registered in the next: by the rule nobody pays, so a worker looks
    at each before it is paid."""
    here = person.whereabouts
    if here.left_on is None or here.district is None or here.changed_on is None:
        return []
    first, last = months_later(month_of(here.left_on), 1), min(month_of(here.changed_on), up_to)
    owed = owed_in_all_lives(person.cases, up_to)
    return [
        _Found(person.person_id, month, -owed[month][1], 0, AdjustmentCause.DISTRICT_GAP, is_free=False)
        for month in months_from(first, last)
        if month in owed and not books.months.get((person.person_id, month), MonthBooks()).asked_about_gap
    ]


def _book(session: Session, found: list[_Found], *, city: str, benefit: Benefit, now: datetime) -> list[NewTask]:
    """Write the corrections of one person; the task for a worker if any of them waits."""
    group_id = new_id()
    ids = [new_id() for _ in found]
    rows = [
        {
            "id": adjustment_id,
            "city": city,
            "person_id": each.person_id,
            "benefit": benefit.value,
            "month": each.month,
            "group_id": group_id,
            "amount_fen": each.amount_fen,
            "owed_fen": each.owed_fen,
            "cause": each.cause.value,
            "rule_version": rule_on(last_day_of(each.month), benefit),
            "made_at": now,
        }
        for adjustment_id, each in zip(ids, found, strict=True)
    ]
    session.execute(insert(AdjustmentRow), rows)
    for adjustment_id, each in zip(ids, found, strict=True):
        if each.is_free:
            session.add(decision_row(adjustment_id, city, SYSTEM, approved=True, reason=None, now=now))
    session.flush()
    person_id = found[0].person_id
    total = sum(each.amount_fen for each in found)
    audit.record(
        session,
        SYSTEM,
        "payables_adjusted",
        city=city,
        person_id=person_id,
        subject_id=group_id,
        now=now,
        months=len(found),
        amount_fen=total,
    )
    waits = [each for each in found if not each.is_free]
    facts = {
        "benefit": benefit.value,
        "cause": waits[0].cause.value if waits else None,
        "months": [each.month.isoformat() for each in waits],
        "amount_fen": sum(each.amount_fen for each in waits),
    }
    return [NewTask(person_id, group_id, facts)] if waits else []


def decision_row(
    adjustment_id: UUID, city: str, actor: Actor, *, approved: bool, reason: str | None, now: datetime
) -> AdjustmentDecisionRow:
    """What is written of a decision."""
    return AdjustmentDecisionRow(
        id=new_id(),
        city=city,
        adjustment_id=adjustment_id,
        approved=approved,
        actor_kind=actor.kind,
        actor_id=actor.id,
        reason=reason,
        decided_at=now,
    )
