"""Telling people that a birthday raises what they are paid: nobody has to ask for it, and each is told once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.allowances.ledger.tables import TierChangeRow
from services.allowances.ledger.telling import TierNews, tell_tiers
from services.allowances.months import last_day_of, month_of, months_later
from services.allowances.payable import amounts_for, tier_change_in
from services.benefits import Benefit, rule_on
from services.database.tables import new_id

# Whoever is paid already; a suspended case changes its tier too, and is told when it is resumed.
PAID = text("""
SELECT c.person_id, p.birth_on FROM allowance_cases c JOIN persons p ON p.id = c.person_id
WHERE c.city = :city AND c.benefit = :benefit AND c.state = 'active' AND c.stop_proposed_from IS NULL
    AND c.first_month < :month AND p.died_on IS NULL
ORDER BY c.person_id
""")


def announce_tier_changes(
    session: Session,
    actor: Actor,
    *,
    city: str,
    month: date,
    now: datetime,
    benefit: Benefit = Benefit.OLD_AGE_ALLOWANCE,
) -> int:
    """Tell everybody whose amount changes in `month`; how many were told. The same month again tells nobody twice.
    Raises NotAllowed."""
    require(actor, Capability.RUN_MONTH, person_id=None)
    month = month_of(month)
    rows = session.connection().execute(PAID, {"city": city, "benefit": benefit, "month": month}).all()
    births = np.array([row.birth_on for row in rows], dtype="datetime64[D]")
    before, after = amounts_for(months_later(month, -1), births), amounts_for(month, births)
    rule, news, noted = rule_on(last_day_of(month), benefit), [], []
    for place in np.flatnonzero((before != after) & (before > 0)).tolist():
        change = tier_change_in(month, rows[place].birth_on)
        assert change is not None
        news.append(TierNews(rows[place].person_id, change.age, month, change.to_fen))
        noted.append(
            {
                "id": new_id(),
                "city": city,
                "person_id": rows[place].person_id,
                "benefit": benefit.value,
                "month": month,
                "from_fen": change.from_fen,
                "to_fen": change.to_fen,
                "rule_version": rule,
                "announced_at": now,
            }
        )
    if not noted:
        return 0
    told = _note(session, noted)
    count = tell_tiers(session, [each for each in news if each.person_id in told], city=city, now=now)
    if told:
        audit.record(
            session, actor, "tiers_announced", city=city, person_id=None, subject_id=None, now=now, people=len(told)
        )
        session.flush()
    return count


def _note(session: Session, noted: list[dict[str, object]]) -> set[UUID]:
    adding = insert(TierChangeRow).on_conflict_do_nothing().returning(TierChangeRow.person_id)
    return set(session.scalars(adding, noted))
