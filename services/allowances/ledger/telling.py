"""Telling people by text message what was paid, and what will change. Each is told once: the messages are written in
the transaction that pays, or that notes the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.allowances.ledger.tables import PaymentRunRow
from services.messages.phone_notes import unreachable_phones
from services.messages.queueing_many import NewMessage, queue_messages
from services.people import masked_name

PAID = "allowance_paid"
PAID_WITH_OTHERS = "allowance_paid_with_others"
TIER = "allowance_tier"

PAID_PEOPLE = text("""
SELECT p.id, p.name, p.locale, p.phone_sealed, p.phone_index, p.card_last_four, sum(l.amount_fen) AS fen,
    bool_and(l.for_month = :month) AS is_only_this
FROM payment_lines l JOIN persons p ON p.id = l.person_id
WHERE l.run_id = :run_id AND l.status = 'paid' AND p.phone_sealed IS NOT NULL AND p.died_on IS NULL
GROUP BY p.id HAVING sum(l.amount_fen) > 0 ORDER BY p.id
""")
REACHED = text("""
SELECT id, name, locale, phone_sealed, phone_index FROM persons WHERE id = ANY(:people) AND phone_sealed IS NOT NULL
""")


def tell_paid(session: Session, run: PaymentRunRow, *, now: datetime) -> int:
    """Tell everybody whom this run paid; how many. Nobody is told about the money of somebody who has died."""
    rows = session.connection().execute(PAID_PEOPLE, {"run_id": run.id, "month": run.month}).all()
    unreachable = unreachable_phones(session, city=run.city)
    messages = [
        NewMessage(
            template=PAID if row.is_only_this else PAID_WITH_OTHERS,
            person_id=row.id.bytes,
            phone_sealed=row.phone_sealed,
            phone_index=row.phone_index,
            locale=row.locale,
            variables={
                "name": masked_name(row.name),
                "month": run.month.month,
                "amount": int(row.fen),
                "card": row.card_last_four or "",
            },
        )
        for row in rows
        if bytes(row.phone_index) not in unreachable
    ]
    return len(queue_messages(session, messages, city=run.city, now=now))


@dataclass(frozen=True)
class TierNews:
    """What somebody is told of her next tier."""

    person_id: UUID
    age: int
    month: date
    fen: int


def tell_tiers(session: Session, news: list[TierNews], *, city: str, now: datetime) -> int:
    """Tell each of them what she will be paid and from when; how many could be told."""
    by_person = {each.person_id: each for each in news}
    rows = session.connection().execute(REACHED, {"people": list(by_person)}).all()
    unreachable = unreachable_phones(session, city=city)
    messages = [
        NewMessage(
            template=TIER,
            person_id=row.id.bytes,
            phone_sealed=row.phone_sealed,
            phone_index=row.phone_index,
            locale=row.locale,
            variables={
                "name": masked_name(row.name),
                "age": by_person[row.id].age,
                "month": by_person[row.id].month.month,
                "amount": by_person[row.id].fen,
            },
        )
        for row in rows
        if bytes(row.phone_index) not in unreachable
    ]
    return len(queue_messages(session, messages, city=city, now=now))
