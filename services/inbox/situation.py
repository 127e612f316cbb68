"""What is known when a text message is read: whose phone it is, which offers wait there, what was asked before.

Everything is as of the moment at which the message was sent, so that messages which come late or out of order are read
as they were meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from services.allowances.states import MEANT_AGAIN, CaseState
from services.allowances.views import AllowanceCase
from services.clock import local_day
from services.delegation import Delegation
from services.family import DelegationState

# The clock of a gateway may be a little slow; nobody answers an offer before reading it.
CLOCKS_DIFFER = timedelta(minutes=5)
IN_PROGRESS = frozenset({CaseState.APPLIED, CaseState.IN_REVIEW, CaseState.ACTIVE, CaseState.SUSPENDED})


@dataclass(frozen=True)
class Situation:
    """`cases` and `names` are of everybody who is reached by the phone, the newest case first; `contact_cases` of those
    for whom it is registered as a contact's. `delegations` are those of the same people, the newest first;
    `invitations` what the family member who signs in with this phone was invited to. `answered_at`: when the newest
    answer to a case was sent that something followed from. `asked_again`, `asked_which`, `asked_for_all`: whether our
    question came before this reply and is not answered; the last one, whether it named 都同意 as an answer.
    `has_emergency`: whether one of the people of the phone called for help, and the alarm is open."""

    sent_at: datetime
    cases: tuple[AllowanceCase, ...] = ()
    names: Mapping[UUID, str] = field(default_factory=dict, repr=False)
    contact_cases: tuple[AllowanceCase, ...] = ()
    answered_at: Mapping[UUID, datetime] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] = ()
    invitations: tuple[Delegation, ...] = ()
    is_known: bool = False
    has_emergency: bool = False
    asked_again: bool = False
    asked_which: bool = False
    asked_for_all: bool = False

    @property
    def day(self) -> date:
        """The city's day on which the message was sent."""
        return local_day(self.sent_at)

    @property
    def offers(self) -> tuple[AllowanceCase, ...]:
        """The offers that could be answered when the message was sent. One whose time ran out while the message was on
        its way counts too."""
        return tuple(case for case in self.cases if self._could_be_answered(case))

    @property
    def living_delegations(self) -> tuple[Delegation, ...]:
        """Who may act, was invited to, or asks to."""
        return tuple(each for each in self.delegations if each.state is not DelegationState.ENDED)

    @property
    def waiting_requests(self) -> tuple[Delegation, ...]:
        """The requests that could be answered when the message was sent."""
        return tuple(
            each
            for each in self.delegations
            if each.state is DelegationState.ASKED
            and each.asked_at <= self.sent_at + CLOCKS_DIFFER
            and self.day <= each.answer_until_on
        )

    @property
    def in_progress(self) -> tuple[AllowanceCase, ...]:
        """Applications and benefits that run."""
        return tuple(case for case in self.cases if case.state in IN_PROGRESS)

    @property
    def declined(self) -> tuple[AllowanceCase, ...]:
        """Offers that were declined and whose time was not over: she may still change her mind."""
        return tuple(case for case in self.cases if case.state is CaseState.DECLINED and self.was_running(case))

    @property
    def ended(self) -> tuple[AllowanceCase, ...]:
        """Offers whose time was over, each person's newest one, unless she has applied since."""
        newest: dict[UUID, AllowanceCase] = {}
        for case in self.cases:
            newest.setdefault(case.person_id, case)
        return tuple(
            case
            for case in newest.values()
            if case.state in {CaseState.OFFERED, CaseState.OFFER_ENDED}
            and self._was_made(case)
            and not self.was_running(case)
        )

    def siblings(self, offer: AllowanceCase) -> tuple[AllowanceCase, ...]:
        """Other offers to this phone that ran at the same time and were answered: a reply without a code might mean
        one of them again."""
        return tuple(
            case for case in self.cases if case.id != offer.id and case.state in MEANT_AGAIN and self.was_running(case)
        )

    def was_running(self, case: AllowanceCase) -> bool:
        """Whether the time of this offer had begun and was not over."""
        return self._was_made(case) and case.offer_ends_on is not None and self.day <= case.offer_ends_on

    def _could_be_answered(self, case: AllowanceCase) -> bool:
        return case.state in {CaseState.OFFERED, CaseState.OFFER_ENDED} and self.was_running(case)

    def _was_made(self, case: AllowanceCase) -> bool:
        return case.offered_at is not None and case.offered_at <= self.sent_at + CLOCKS_DIFFER
