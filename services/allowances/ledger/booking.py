"""Booking what is owed: new months as payables, corrections of booked months as adjustments. Nothing past is edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.allowances.ledger.adjusting import Books, adjust, books_of
from services.allowances.ledger.tables import PaymentRunRow
from services.allowances.ledger.terms import PersonTerms, Whereabouts, terms_of_city
from services.allowances.months import last_day_of, month_of, months_later
from services.allowances.payable import Payer, Registration, amounts_for, owed_in_all_lives, payer_of
from services.allowances.states import EventKind, StopReason
from services.benefits import Benefit, rule_on, tiers_known_on
from services.clock import CITY_TIME
from services.database.tables import new_id

NEW_ACCOUNTS = """
CREATE TEMPORARY TABLE IF NOT EXISTS new_accounts
    (id uuid, person_id uuid, fingerprint text, district text, left_on date) ON COMMIT DELETE ROWS
"""
COPY_ACCOUNTS = "COPY new_accounts (id, person_id, fingerprint, district, left_on) FROM STDIN"
KEEP_ACCOUNTS = text("""
INSERT INTO ledger_accounts (id, city, person_id, benefit, fingerprint, tiers, booked_through, district, left_on)
SELECT id, :city, person_id, :benefit, fingerprint, :tiers, :month, district, left_on FROM new_accounts
ON CONFLICT (person_id, benefit) DO UPDATE SET fingerprint = excluded.fingerprint, tiers = excluded.tiers,
    booked_through = excluded.booked_through, district = excluded.district, left_on = excluded.left_on
""")
COPY_PAYABLES = """
COPY payables (id, city, person_id, benefit, month, case_id, run_id, amount_fen, district, rule_version, booked_at)
FROM STDIN
"""
# Somebody who left the city's registers and came back between two lists: when the list is made her record shows nothing
# of it, but the proposal to stop that it caused has the day, or was made when the register no longer had her.
NOTE_WHO_LEFT = text(f"""
UPDATE ledger_accounts a
SET left_on = coalesce((e.facts ->> 'happened_on')::date, (e.at AT TIME ZONE '{CITY_TIME.key}')::date)
FROM allowance_events e JOIN allowance_cases c ON c.id = e.case_id
WHERE e.city = :city AND e.kind = '{EventKind.STOP_PROPOSED}' AND e.facts ->> 'reason' = '{StopReason.MOVED_OUT}'
    AND e.at > :since AND c.benefit = :benefit AND a.benefit = :benefit AND a.person_id = e.person_id
    AND a.left_on IS NULL
""")
# People who are reckoned from the beginning, at a time.
STEP = 5_000


@dataclass(frozen=True)
class Booked:
    """How many months and corrections were booked."""

    payables: int
    adjustments: int


@dataclass(frozen=True)
class _Month:
    person_id: UUID
    month: date
    case_id: UUID
    fen: int
    district: str | None


def book_month(session: Session, run: PaymentRunRow, *, since: datetime | None, now: datetime) -> Booked:
    """Book everything that is owed up to the run's month and is not booked yet; each month of each person once.

    `since`: when the list before this one was made.
    """
    benefit = Benefit(run.benefit)
    if since is not None:
        session.execute(NOTE_WHO_LEFT, {"city": run.city, "benefit": run.benefit, "since": since})
    people = terms_of_city(session, city=run.city, benefit=benefit, month=run.month)
    usual = [person for person in people if person.is_usual(run.month) and not _came_back(person)]
    others = [person for person in people if not person.is_usual(run.month) or _came_back(person)]
    payables = _copy_payables(session, run, _months_of_usual(usual, run.month), now)
    adjustments = 0
    for start in range(0, len(others), STEP):
        some = others[start : start + STEP]
        books = books_of(session, [person.person_id for person in some], benefit)
        payables += _copy_payables(session, run, _missing_months(some, books, run.month), now)
        adjustments += adjust(session, some, books, city=run.city, benefit=benefit, up_to=run.month, now=now)
    _keep_accounts(session, run, people)
    return Booked(payables, adjustments)


def _months_of_usual(people: list[PersonTerms], month: date) -> Iterator[_Month]:
    """This month of those for whom nothing else is new, reckoned together."""
    births = np.array([person.cases[0][1].birth_on for person in people], dtype="datetime64[D]")
    for person, fen in zip(people, amounts_for(month, births).tolist(), strict=True):
        if fen:
            yield _Month(person.person_id, month, person.cases[0][0], fen, payer(person.whereabouts, month).district)


def _missing_months(people: list[PersonTerms], books: Books, up_to: date) -> Iterator[_Month]:
    for person in people:
        booked = books.payables.get(person.person_id, {})
        for month, (case_id, fen) in owed_in_all_lives(person.cases, up_to).items():
            if month not in booked:
                yield _Month(person.person_id, month, case_id, fen, payer(person.whereabouts, month).district)


def payer(whereabouts: Whereabouts, month: date) -> Payer:
    """Who pays for a month, from where she is registered now and who paid last. Out of the city there is no gap:
    whether the benefit stops is another question."""
    here, before = whereabouts.district, whereabouts.paid_by
    if here is None:
        return Payer(before, in_gap=False)
    if before is None or whereabouts.changed_on is None or (before == here and whereabouts.left_on is None):
        return Payer(here, in_gap=False)
    until = whereabouts.left_on or whereabouts.changed_on
    return payer_of(month, [Registration(before, until=until), Registration(here, since=whereabouts.changed_on)])


def _came_back(person: PersonTerms) -> bool:
    return person.whereabouts.left_on is not None and person.whereabouts.district is not None


def _copy_payables(session: Session, run: PaymentRunRow, months: Iterable[_Month], now: datetime) -> int:
    rules: dict[date, str] = {}
    count = 0
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(COPY_PAYABLES) as copy:
        for each in months:
            rule = rules.setdefault(each.month, rule_on(last_day_of(each.month), Benefit(run.benefit)))
            copy.write_row(
                (
                    new_id(),
                    run.city,
                    each.person_id,
                    run.benefit,
                    each.month,
                    each.case_id,
                    run.id,
                    each.fen,
                    each.district,
                    rule,
                    now,
                )
            )
            count += 1
    return count


def _keep_accounts(session: Session, run: PaymentRunRow, people: list[PersonTerms]) -> None:
    connection = session.connection()
    connection.execute(text(NEW_ACCOUNTS))
    connection.execute(text("DELETE FROM new_accounts"))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(COPY_ACCOUNTS) as copy:
        for person in people:
            district, left_on = kept(person.whereabouts, run.month)
            copy.write_row((new_id(), person.person_id, person.fingerprint, district, left_on))
    tiers = tiers_known_on(last_day_of(run.month), Benefit(run.benefit))
    connection.execute(KEEP_ACCOUNTS, {"city": run.city, "benefit": run.benefit, "month": run.month, "tiers": tiers})


def kept(whereabouts: Whereabouts, month: date) -> tuple[str | None, date | None]:
    """What the account remembers after this month: the district that pays, and since when she is away, if she is."""
    district = payer(whereabouts, month).district
    if whereabouts.district is None:
        return district, whereabouts.left_on or whereabouts.changed_on
    came_back_on = whereabouts.changed_on
    if whereabouts.left_on and came_back_on and months_later(month_of(came_back_on), 1) > month:
        return district, whereabouts.left_on
    return district, None
