"""What the use cases of home care hand out: frozen views of services, providers, workers, offers, visits, settlements.
Amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from services.home_care.catalogue import Service
from services.home_care.states import (
    CHANGEABLE,
    HOLDING_TIME,
    ComplaintAbout,
    DayPart,
    DeclineReason,
    EventKind,
    Rating,
    ServiceState,
    WhyNot,
)
from services.vouchers import VoucherPart


@dataclass(frozen=True)
class Provider:
    """Who sends care workers. `areas`: the districts where it comes to; `services`: codes of the catalogue."""

    id: UUID
    name: str
    credit_code: str
    district: str
    street: str
    community: str
    phone: str
    licences: tuple[str, ...]
    areas: tuple[str, ...]
    services: tuple[str, ...]
    is_demonstration: bool


@dataclass(frozen=True)
class Credential:
    """What a worker may do, by a certificate (`kind` is a code of the catalogue). `valid_until`: its last day, None
    where it does not run out."""

    kind: str
    issued_on: date
    valid_until: date | None


@dataclass(frozen=True)
class CareWorker:
    """Who comes into homes. `rating_tenths`: the average of all ratings in tenths of a point (10 to 50), None before
    the first; `ratings`: how many. `health_checked_until`: the last day of the health certificate. `left_on`: the first
    day on which she no longer works there."""

    id: UUID
    provider_id: UUID
    name: str
    sex: str
    credentials: tuple[Credential, ...]
    health_checked_until: date
    since: date
    left_on: date | None = None
    rating_tenths: int | None = None
    ratings: int = 0


@dataclass(frozen=True)
class PriceSplit:
    """price = vouchers + what she pays herself + what is uncovered. `vouchers`: in the order of their use.

    `uncovered_fen`: what a voucher was to pay and then did not give; nobody charges it to her unless she agrees.
    """

    price_fen: int
    vouchers: tuple[VoucherPart, ...]
    self_paid_fen: int
    uncovered_fen: int = 0

    @property
    def voucher_fen(self) -> int:
        """What all vouchers pay together."""
        return sum(part.fen for part in self.vouchers)


@dataclass(frozen=True)
class ServiceChoice:
    """A service of the catalogue as she would get it today. `is_offered`: whether any provider comes to her home."""

    service: Service
    is_offered: bool
    split: PriceSplit


@dataclass(frozen=True)
class PartChoice:
    """A part of a day and how many times to begin are still free in it (times, not workers)."""

    part: DayPart
    free_times: int


@dataclass(frozen=True)
class ServiceDay:
    """A day on which visits can be booked, with its parts; a part without a free time is there, too."""

    day: date
    parts: tuple[PartChoice, ...]

    @property
    def is_open(self) -> bool:
        """Whether anybody is free at any time of the day."""
        return any(choice.free_times for choice in self.parts)


@dataclass(frozen=True)
class Offer:
    """Who would come at which times. For a service of two, the second worker is found when it is quoted.

    `nearness` of the provider to her home: `community`, `street`, `district` or `city`. `knows_her`: the worker was in
    her home before.
    """

    service: Service
    provider: Provider
    worker: CareWorker
    nearness: str
    knows_her: bool
    times: tuple[datetime, ...]


@dataclass(frozen=True)
class ServiceQuote:
    """What she would get and pay. `left_after`: what is left of her vouchers of the month of the visit. `address`:
    where the visit is made, as the registers have it, or None where they do not."""

    service: Service
    provider: Provider
    workers: tuple[CareWorker, ...]
    starts_at: datetime
    ends_at: datetime
    split: PriceSplit
    left_after: tuple[VoucherPart, ...]
    cancel_until_at: datetime
    address: str | None = field(repr=False)


@dataclass(frozen=True)
class ServiceBooking:
    """A booked visit, whatever became of it. The price is the one that was shown and agreed to.

    `cancel_until_at`: until when it can be changed or cancelled. `answer_until_at`: by when the provider must answer.
    `object_until_at`: until when she can confirm, rate or complain; None before the visit is over.
    """

    id: UUID
    person_id: UUID
    service: Service
    provider: Provider
    workers: tuple[CareWorker, ...]
    starts_at: datetime
    ends_at: datetime
    split: PriceSplit
    state: ServiceState
    booked_at: datetime
    booked_through: str
    cancel_until_at: datetime
    answer_until_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    object_until_at: datetime | None = None
    decline_reason: DeclineReason | None = None
    rating: Rating | None = None
    complaint: ComplaintAbout | None = None

    @property
    def is_coming(self) -> bool:
        """Whether somebody is to come, or is there."""
        return self.state in HOLDING_TIME

    @property
    def asked_self_paid_fen(self) -> int | None:
        """A voucher of the month gives less than was foreseen: she would now pay this herself, and is asked whether she
        still wants it (`agree_to_price` or `cancel_service`). None: nothing is asked."""
        asked = self.split.uncovered_fen > 0 and self.state in CHANGEABLE
        return self.split.self_paid_fen + self.split.uncovered_fen if asked else None

    def can_be_changed(self, now: datetime) -> bool:
        """Whether changing and cancelling are still allowed."""
        return self.state in CHANGEABLE and now <= self.cancel_until_at

    def can_be_sent_to(self, now: datetime) -> bool:
        """Whether the provider can still say who comes: an accepted visit until it begins, however late."""
        return self.state in CHANGEABLE and (self.state is ServiceState.ACCEPTED or now < self.starts_at)

    def can_be_declined(self, now: datetime) -> bool:
        """Whether the provider can still say that nobody comes."""
        return self.state in CHANGEABLE and now < self.starts_at

    def can_be_confirmed(self, now: datetime) -> bool:
        """Whether she can say that it was as agreed, with a rating; a confirmed visit can still be rated once."""
        waits = self.state is ServiceState.DONE or (self.state is ServiceState.CONFIRMED and self.rating is None)
        return waits and self._may_object(now)

    def can_be_complained_about(self, now: datetime) -> bool:
        """Whether she can complain: nobody came, or what was done was not right."""
        if self.state is ServiceState.ACCEPTED:
            return now >= self.ends_at
        over = (ServiceState.DONE, ServiceState.CONFIRMED, ServiceState.NOT_AT_HOME, ServiceState.MISSED)
        return self.state in over and self.complaint is None and self._may_object(now)

    def _may_object(self, now: datetime) -> bool:
        return self.object_until_at is not None and now <= self.object_until_at


@dataclass(frozen=True)
class BookingEvent:
    """One step of a booking. `facts`: codes, ids, amounts and ISO times."""

    at: datetime
    kind: EventKind
    actor_kind: str
    channel: str
    facts: dict[str, str | int | bool | None]


@dataclass(frozen=True)
class Household:
    """Where a visit goes. From a day before until a day after it the name, the address and the phone are whole; at any
    other time the name is masked and the other two are None."""

    masked_name: str
    district: str | None
    street: str | None
    community: str | None
    name: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Place:
    """Where a phone was when a visit began or ended, if its owner allowed it: degrees, and metres of uncertainty."""

    latitude: float
    longitude: float
    accuracy_metres: float


@dataclass(frozen=True)
class Visit:
    """A booking as those see it who carry it out. `note`: what the worker wrote when it ended."""

    booking: ServiceBooking
    household: Household
    note: str | None = field(default=None, repr=False)
    start_place: Place | None = field(default=None, repr=False)
    end_place: Place | None = field(default=None, repr=False)


@dataclass(frozen=True)
class WorkerChoice:
    """A worker of the provider and, for one visit, why she cannot take it; None: she can. `missing`: credentials."""

    worker: CareWorker
    is_assigned: bool
    why_not: WhyNot | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shift:
    """When a worker works on a day of the week (0 is Monday), by the city's clocks."""

    weekday: int
    begins: time
    ends: time


@dataclass(frozen=True)
class WorkerDay:
    """A worker's day: when she works, and her visits by time."""

    worker: CareWorker
    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class ProviderDay:
    """A provider's day: every worker, visits or none."""

    day: date
    workers: tuple[WorkerDay, ...]


@dataclass(frozen=True)
class SettlementLine:
    """One visit of a month. Only confirmed ones count; `is_held`: not decided yet (not confirmed, or disputed)."""

    booking_id: UUID
    day: date
    starts_at: datetime
    service: str
    masked_name: str
    workers: tuple[str, ...]
    state: ServiceState
    split: PriceSplit

    @property
    def is_held(self) -> bool:
        """Whether it may still be paid."""
        return self.state in (ServiceState.VISITING, ServiceState.DONE, ServiceState.DISPUTED)


@dataclass(frozen=True)
class Settlement:
    """A provider's month: all visits that are paid or may be, by time. `is_final`: nothing can change any more.

    Totals are those of the confirmed lines: price = vouchers + self-paid + uncovered.
    """

    provider: Provider
    month: date
    lines: tuple[SettlementLine, ...]
    visits: int
    price_fen: int
    by_voucher: tuple[VoucherPart, ...]
    self_paid_fen: int
    uncovered_fen: int
    held_fen: int
    is_final: bool


@dataclass(frozen=True)
class Complaint:
    """What she complained about, in her own words where she gave any."""

    booking: ServiceBooking
    about: ComplaintAbout
    words: str | None = field(repr=False)
    complained_at: datetime
    upheld: bool | None
