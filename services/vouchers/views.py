"""What the use cases of vouchers hand out. Amounts in fen; a month is its first day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.vouchers.kinds import VoucherKind


@dataclass(frozen=True)
class VoucherPart:
    """An amount of one kind of voucher."""

    kind: VoucherKind
    fen: int


@dataclass(frozen=True)
class VoucherSplit:
    """How a price divides between her vouchers and herself.

    `parts` are in the order in which the vouchers pay, without those that pay nothing. `left_after`: what each voucher
    that she has in this month is worth once the parts are held. `is_foreseen`: the month has not begun, so its vouchers
    are those that the rules would give her on its first day by what is known now.
    """

    price_fen: int
    parts: tuple[VoucherPart, ...]
    left_after: tuple[VoucherPart, ...]
    month: date
    is_foreseen: bool
    rule: str

    @property
    def vouchers_fen(self) -> int:
        """What the vouchers pay together."""
        return sum(part.fen for part in self.parts)

    @property
    def self_paid_fen(self) -> int:
        """What she pays herself."""
        return self.price_fen - self.vouchers_fen


@dataclass(frozen=True)
class HeldVouchers:
    """What vouchers do for one booking now: `held` for it, `spent` on it, and `lost`, which is what had been held
    in a month that then gave less. Where something was lost her price must be asked anew: nobody charges it to her."""

    subject_id: UUID
    held: tuple[VoucherPart, ...] = ()
    spent: tuple[VoucherPart, ...] = ()
    lost: tuple[VoucherPart, ...] = ()

    @property
    def held_fen(self) -> int:
        """What is held of all kinds together."""
        return sum(part.fen for part in self.held)

    @property
    def spent_fen(self) -> int:
        """What was spent of all kinds together."""
        return sum(part.fen for part in self.spent)

    @property
    def lost_fen(self) -> int:
        """What was lost of all kinds together."""
        return sum(part.fen for part in self.lost)


@dataclass(frozen=True)
class LostHold:
    """A booking for which less is held than she was told, because the month came and gives less."""

    person_id: UUID
    subject_id: UUID
    lost: tuple[VoucherPart, ...]


@dataclass(frozen=True)
class Voucher:
    """One voucher of one month. `left_fen` can still be held; what is left on `usable_until` is void after it.

    `is_foreseen`: the month has not begun.
    """

    kind: VoucherKind
    month: date
    granted_fen: int
    held_fen: int
    spent_fen: int
    usable_until: date
    is_foreseen: bool

    @property
    def left_fen(self) -> int:
        """What can still be used."""
        return self.granted_fen - self.held_fen - self.spent_fen
