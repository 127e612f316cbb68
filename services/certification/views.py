"""What certification hands out: campaigns, how somebody stands in one, challenges, reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.certification.kinds import CheckOutcome, EvidenceKind


@dataclass(frozen=True)
class Campaign:
    """A window of days in which everybody who is paid must be certified. `code` is like 2026-11."""

    id: UUID
    city: str
    code: str
    starts_on: date
    ends_on: date
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class CertificationStatus:
    """How somebody stands. `campaign` is the last one she was part of, None where there was none.

    `due`: something is to be done; with `missed` it is late, and being certified brings back what was stopped.
    `until_on`: the last day of the window while it is open. `suspended`: a worker stopped the payment over it.
    `visit_asked_on`: since when a worker is to come. `next_starts_on`: the first day of the next window.
    """

    campaign: Campaign | None
    due: bool
    until_on: date | None
    done_on: date | None
    evidence: EvidenceKind | None
    missed: bool
    suspended: bool = False
    visit_asked_on: date | None = None
    next_starts_on: date | None = None


@dataclass(frozen=True)
class Challenge:
    """Four digits to be said aloud before `expires_at`, in one of `tries_left` tries."""

    id: UUID
    digits: str = field(repr=False)
    expires_at: datetime
    tries_left: int


@dataclass(frozen=True)
class CertificationCheck:
    """What came of what was said. After EXPIRED and NO_TRIES_LEFT she begins again with other digits, or asks for a
    visit."""

    outcome: CheckOutcome
    tries_left: int


@dataclass(frozen=True)
class OpeningReport:
    """What opening a campaign did: how many must be certified, how many of them data certified, by kind, how many of
    those were drawn for a visit, how many have to act. `was_open`: it had been opened before; nothing was changed."""

    campaign: Campaign
    population: int
    matched: dict[EvidenceKind, int]
    sampled: int
    to_act: int
    was_open: bool = False


@dataclass(frozen=True)
class ReminderReport:
    """How many were told what to do, were told that nothing is to be done, or were given to a worker."""

    asked: int = 0
    told_done: int = 0
    to_workers: int = 0

    @property
    def anybody(self) -> bool:
        """Whether anybody was told anything."""
        return any((self.asked, self.told_done, self.to_workers))


@dataclass(frozen=True)
class ClosingReport:
    """What closing did: how many of how many missed it, and how many of them wait for a worker's decision."""

    campaign: Campaign
    population: int
    missed: int
    to_decide: int
