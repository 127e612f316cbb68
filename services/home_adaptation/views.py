"""What the use cases of home adaptation hand out. Amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.home_adaptation.states import BEFORE_APPROVAL, AdaptationState, EventKind, ItemGroup, Owner, PhotoStage


@dataclass(frozen=True)
class Firm:
    """Who builds. `account_last_four`: of the account that it is paid to."""

    id: UUID
    name: str
    phone: str
    account_last_four: str


@dataclass(frozen=True)
class QuoteItem:
    """One line of a quote. `kind` is a code of the parameters."""

    kind: str
    group: ItemGroup
    quantity: int
    unit_price_fen: int

    @property
    def price_fen(self) -> int:
        """The price of the line."""
        return self.quantity * self.unit_price_fen


@dataclass(frozen=True)
class Quote:
    """What the firm would build for how much. `aids_fen`: the part of the price for aids and smart devices."""

    number: int
    items: tuple[QuoteItem, ...]
    price_fen: int
    aids_fen: int
    subsidy_fen: int
    self_paid_fen: int
    valid_until: date


@dataclass(frozen=True)
class Photo:
    """A photo of a case; `read_photo` has its picture."""

    id: UUID
    stage: PhotoStage
    added_at: datetime


@dataclass(frozen=True)
class HouseholdMember:
    """Somebody besides the applicant for whose household a case counts."""

    person_id: UUID
    masked_name: str


@dataclass(frozen=True)
class Adaptation:
    """The adaptation of one home.

    `cap_fen` is the most that the city pays, `aids_cap_fen` of it for aids and smart devices. `actual_fen` is what the
    work cost in the end; `subsidy_fen` and `self_paid_fen` are of the quote, and of the actual cost once that is known.
    `facts_missing`: fields of her record without which nobody can approve it. `household`: who lives with her.
    """

    id: UUID
    person_id: UUID
    masked_name: str
    state: AdaptationState
    owner: Owner
    district: str
    community: str
    needs: tuple[str, ...]
    firm: Firm | None
    cap_fen: int
    aids_cap_fen: int | None
    facts_missing: tuple[str, ...]
    quote: Quote | None
    agreed_at: datetime | None
    owner_agreed_at: datetime | None
    actual_fen: int | None
    actual_aids_fen: int | None
    subsidy_fen: int | None
    self_paid_fen: int | None
    paid_on: date | None
    photos: tuple[Photo, ...]
    applied_on: date
    rule_version: str
    household: tuple[HouseholdMember, ...]

    @property
    def waits_for_senior(self) -> bool:
        """Whether it goes on only when she says something: to the quote, or to the work."""
        asked = self.state is AdaptationState.QUOTED and self.agreed_at is None
        return asked or self.state is AdaptationState.BUILT

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether she can still take it back."""
        return self.state in BEFORE_APPROVAL or self.state is AdaptationState.APPROVED

    @property
    def can_be_refused(self) -> bool:
        """Whether a worker can still refuse it."""
        return self.state in BEFORE_APPROVAL

    def photos_of(self, stage: PhotoStage) -> tuple[Photo, ...]:
        """The photos of one stage, oldest first."""
        return tuple(photo for photo in self.photos if photo.stage == stage)


@dataclass(frozen=True)
class Home:
    """Where a firm or a worker goes, and whom it calls. Each look is recorded."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True)
class AdaptationEvent:
    """One step of a case."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    channel: str
    kind: EventKind
    facts: dict[str, Any]
    note: str | None = field(repr=False)
