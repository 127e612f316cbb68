"""What the use cases of the ledger hand out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.allowances.ledger.states import HeldBecause, LineStatus, RunState
from services.benefits import Benefit


@dataclass(frozen=True)
class Total:
    """Some lines together."""

    lines: int
    people: int
    fen: int


@dataclass(frozen=True)
class PaymentRun:
    """A benefit's month as an operator sees it. `list_by_on`, `audit_by_on`, `pay_by_on` are the days of the rule.

    `to_pay`: by district, what is or was paid; `held`: by reason, what waits; `returned`: what the bank sent back.
    `adjustments_fen`: how much of `to_pay` is for other months than this one, arrears and what is kept back.
    """

    id: UUID
    city: str
    benefit: Benefit
    month: date
    state: RunState
    changed_per_thousand: int
    list_by_on: date
    audit_by_on: date
    pay_by_on: date
    listed_at: datetime
    confirmed_at: datetime | None
    confirmed_reason: str | None
    audited_at: datetime | None
    paid_at: datetime | None
    to_pay: dict[str, Total] = field(default_factory=dict)
    held: dict[HeldBecause, Total] = field(default_factory=dict)
    returned: Total = field(default=Total(0, 0, 0))
    adjustments_fen: int = 0

    @property
    def to_pay_fen(self) -> int:
        """Everything that is or was paid."""
        return sum(total.fen for total in self.to_pay.values())

    @property
    def held_fen(self) -> int:
        """Everything that waits."""
        return sum(total.fen for total in self.held.values())


@dataclass(frozen=True)
class Adjustment:
    """A correction of a month. `approved` is None while a worker has not decided."""

    id: UUID
    group_id: UUID
    month: date
    amount_fen: int
    cause: str
    approved: bool | None
    made_at: datetime


@dataclass(frozen=True)
class Payment:
    """What became of one month of one person's benefit.

    `amount_fen` is what was booked for it; `paid_fen` what was paid of it up to now. `status` and `held_because` are
    those of its last line, `paid_on` the last day on which something was paid for it. `refund_due_fen`: paid too much,
    to be given back by her or by her family.
    """

    month: date
    benefit: Benefit
    amount_fen: int
    paid_fen: int
    status: LineStatus | None
    held_because: HeldBecause | None
    paid_on: date | None
    adjustments: tuple[Adjustment, ...]
    refund_due_fen: int = 0
