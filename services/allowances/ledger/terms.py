"""By which terms each person's months are owed now, read for a whole city at once.

Whoever has the usual terms (one case, active, never suspended, reckoned through last month) only gets one month more,
which is done for all of them together. Everybody whose terms differ from those of the last reckoning is reckoned again
from the beginning, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.allowances.months import last_day_of, months_later
from services.allowances.payable import AllowanceTerms, Suspension
from services.allowances.states import CaseState, StopReason
from services.benefits import Benefit, tiers_known_on

# A withdrawn case counts with no month, so that whatever was booked for it is taken back.
COUNTED = (CaseState.ACTIVE, CaseState.SUSPENDED, CaseState.STOPPED, CaseState.WITHDRAWN)

# A line for each case that counts, of everybody whose terms are new, have changed, or run on into this month. A death
# counts only where a worker has stopped the case for it.
READ = text(f"""
WITH pauses AS (
    SELECT case_id, string_agg(
        from_month || '~' || coalesce(resumed_on::text, '') || '~' || coalesce(back_pay::text, ''),
        ',' ORDER BY from_month, id) AS said
    FROM allowance_suspensions GROUP BY case_id
), lives AS (
    SELECT c.person_id, c.id AS case_id, c.state, c.first_month, c.stopped_from, p.birth_on,
        p.hukou, p.hukou_district, p.hukou_changed_on,
        CASE WHEN c.stop_reason = '{StopReason.DIED}' AND c.state = '{CaseState.STOPPED}' THEN p.died_on END AS died_on,
        coalesce(pauses.said, '') AS pauses
    FROM allowance_cases c
        JOIN persons p ON p.id = c.person_id
        LEFT JOIN pauses ON pauses.case_id = c.id
    WHERE c.city = :city AND c.benefit = :benefit AND c.state = ANY(:counted)
        AND (CAST(:person_id AS uuid) IS NULL OR c.person_id = :person_id)
), told AS (
    SELECT lives.*, count(*) OVER person AS lives,
        bool_or(state IN ('{CaseState.ACTIVE}', '{CaseState.SUSPENDED}')) OVER person AS runs_on,
        md5(string_agg(concat_ws('|', case_id, (state = '{CaseState.WITHDRAWN}')::text, first_month, stopped_from,
            birth_on, died_on, pauses), ';') OVER person) AS fingerprint
    FROM lives
    WINDOW person AS (
        PARTITION BY person_id ORDER BY first_month, case_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
SELECT t.*, a.fingerprint IS NOT DISTINCT FROM t.fingerprint AND a.tiers = known.tiers AS is_same, a.booked_through,
    a.district, a.left_on
FROM told t
    LEFT JOIN ledger_accounts a ON a.person_id = t.person_id AND a.benefit = :benefit
    LEFT JOIN unnest(CAST(:months AS date[]), CAST(:tiers AS text[])) AS known (month, tiers)
        ON known.month = a.booked_through
WHERE a.fingerprint IS DISTINCT FROM t.fingerprint OR a.tiers IS DISTINCT FROM known.tiers
    OR (t.runs_on AND a.booked_through < :month) OR CAST(:person_id AS uuid) IS NOT NULL
ORDER BY t.person_id, t.first_month, t.case_id
""")


BOOKED_THROUGH = text("SELECT DISTINCT booked_through FROM ledger_accounts WHERE benefit = :benefit")


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody is registered, and where she was when her months were last reckoned.

    `district`, `changed_on` are what the register says now, `district` None outside of the city. `paid_by`: the
    district that paid last; `left_on`: the day on which she had left the city's registers.
    """

    district: str | None
    changed_on: date | None
    paid_by: str | None
    left_on: date | None


@dataclass(frozen=True)
class PersonTerms:
    """The lives of one person's benefit. `booked_through` is None for somebody who was never reckoned."""

    person_id: UUID
    cases: tuple[tuple[UUID, AllowanceTerms], ...]
    fingerprint: str
    is_same: bool
    booked_through: date | None
    whereabouts: Whereabouts

    def is_usual(self, month: date) -> bool:
        """Whether this month is all that can be new."""
        if len(self.cases) != 1:
            return False
        (_, terms), *_ = self.cases
        if terms.until_month or terms.suspensions or terms.died_on:
            return False
        if self.booked_through is None:
            return terms.from_month == month
        return self.is_same and self.booked_through == months_later(month, -1) and terms.from_month <= month


def terms_of_city(session: Session, *, city: str, benefit: Benefit, month: date) -> list[PersonTerms]:
    """Everybody who may be owed something that is not booked yet, up to `month`, or no longer what was booked."""
    return _read(session, city=city, benefit=benefit, month=month, person_id=None)


def terms_of_person(
    session: Session, person_id: UUID, *, city: str, benefit: Benefit, month: date
) -> PersonTerms | None:
    """The same of one person, whatever has changed; None where she has no case that was ever approved."""
    found = _read(session, city=city, benefit=benefit, month=month, person_id=person_id)
    return found[0] if found else None


def _read(session: Session, **asked: Any) -> list[PersonTerms]:
    connection = session.connection()
    months = list(connection.execute(BOOKED_THROUGH, {"benefit": asked["benefit"]}).scalars())
    tiers = [tiers_known_on(last_day_of(month), asked["benefit"]) for month in months]
    rows = connection.execute(READ, {"counted": list(COUNTED), "months": months, "tiers": tiers, **asked}).all()
    people: list[PersonTerms] = []
    start = 0
    while start < len(rows):
        end = start + rows[start].lives
        people.append(_person(rows[start:end]))
        start = end
    return people


def _person(rows: Sequence[Any]) -> PersonTerms:
    first = rows[0]
    is_here = first.hukou == "shenzhen"
    return PersonTerms(
        person_id=first.person_id,
        cases=tuple((row.case_id, _terms(row)) for row in rows if row.state != CaseState.WITHDRAWN),
        fingerprint=first.fingerprint,
        is_same=first.is_same,
        booked_through=first.booked_through,
        whereabouts=Whereabouts(
            first.hukou_district if is_here else None, first.hukou_changed_on, first.district, first.left_on
        ),
    )


def _terms(row: Any) -> AllowanceTerms:
    return AllowanceTerms(
        birth_on=row.birth_on,
        from_month=row.first_month,
        until_month=months_later(row.stopped_from, -1) if row.stopped_from else None,
        died_on=row.died_on,
        suspensions=tuple(map(_suspension, row.pauses.split(","))) if row.pauses else (),
    )


def _suspension(said: str) -> Suspension:
    from_month, resumed_on, back_pay = said.split("~")
    return Suspension(
        date.fromisoformat(from_month),
        date.fromisoformat(resumed_on) if resumed_on else None,
        back_pay == "true",
    )
