"""What a voucher of a month is worth to somebody: by the rules of the month's first day, and by what she had before.

A fact that speaks against somebody never lowers what she has by itself (principle 12 of the design): she keeps last
month's amount until a worker has decided. Rules that change or end do, and so does a death.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from services.allowances.months import months_later
from services.benefits import Answer, assess_one, facts_of
from services.benefits.reasons import NOT_IN_FORCE
from services.people import Person
from services.vouchers.kinds import VoucherKind
from services.vouchers.tables import VoucherRow

# Worded once: every price asks for it.
HERS_OF_MONTHS = (
    select(VoucherRow)
    .where(
        VoucherRow.person_id == bindparam("person_id"), VoucherRow.month.between(bindparam("first"), bindparam("last"))
    )
    .execution_options(populate_existing=True)
)

# What she has of which kind for which month.
Hers = Mapping[tuple[VoucherKind, date], VoucherRow]


@dataclass(frozen=True)
class Worth:
    """An amount for a month in fen. `by_rules_fen` is what the facts of now would give; where it is less, she `keeps`
    what she had and a worker decides. `before_fen`: what the month before gave."""

    fen: int
    by_rules_fen: int
    before_fen: int
    kept_at_fen: int | None
    rule: str

    @property
    def keeps(self) -> bool:
        """Whether she has more than the rules would give."""
        return self.fen > self.by_rules_fen

    @property
    def to_be_decided(self) -> bool:
        """Whether a worker has to look; not where one has, and the rules still say the same."""
        return self.keeps and self.kept_at_fen != self.by_rules_fen


def worth_of(person: Person, kind: VoucherKind, month: date, hers: Hers) -> Worth:
    """What the voucher of this kind is worth to her in a month. A fact that is not known never counts for her."""
    answer = by_rules(person, kind, month)
    before = hers.get((kind, months_later(month, -1)))
    before_fen = before.granted_fen if before else 0
    fen = answer.at_least_fen
    kept_at = None
    if before is not None and _facts_took(person, kind, before, answer):
        fen, kept_at = max(fen, before_fen), before.kept_at_fen
    return Worth(fen, answer.at_least_fen, before_fen, kept_at, answer.rule)


def by_rules(person: Person, kind: VoucherKind, month: date) -> Answer:
    """What the rules of the month's first day say of what is known of her now."""
    return assess_one(facts_of(person, as_of=month), kind.benefit)


def vouchers_of(session: Session, person_id: UUID, first: date, last: date) -> Hers:
    """Her vouchers of these months as stored, and of the month before them, by which they are reckoned."""
    wanted = {"person_id": person_id, "first": months_later(first, -1), "last": last}
    return {(VoucherKind(row.kind), row.month): row for row in session.scalars(HERS_OF_MONTHS, wanted)}


def _facts_took(person: Person, kind: VoucherKind, before: VoucherRow, answer: Answer) -> bool:
    """Whether she would have less because something else is known of her, and not because of the rules: then the month
    before, by what is known now, would have given less, too."""
    if person.died_on is not None or NOT_IN_FORCE in answer.reasons:
        return False
    return by_rules(person, kind, before.month).at_least_fen < before.granted_fen
