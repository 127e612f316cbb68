"""The firm's quote, and the yes of those whom it concerns: she, and whoever owns the home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.clock import local_day
from services.home_adaptation.applying import entitlement, keep_entitlement
from services.home_adaptation.assessing import forget_quote
from services.home_adaptation.errors import PhotoMissing, QuoteChanged, QuoteExpired, QuoteWrong
from services.home_adaptation.parameters import rules_on
from services.home_adaptation.pricing import divide
from services.home_adaptation.reading import adaptation_view, has_photo
from services.home_adaptation.states import AdaptationState, EventKind, ItemGroup, Owner, PhotoStage
from services.home_adaptation.steps import (
    ask_a_worker,
    checked_note,
    held_case,
    move,
    must_be,
    note,
    person_of,
    refuse_the_machine,
    settle_task,
    tell,
)
from services.home_adaptation.tables import AdaptationRow, QuoteItemRow
from services.home_adaptation.views import Adaptation
from services.worker_tasks import TaskKind

MOST_LINES = 30
MOST_OF_ONE = 99
MOST_FEN = 10_000_000
QUOTED_ANEW = "quoted_anew"


@dataclass(frozen=True)
class NewQuoteItem:
    """One line of a quote as the firm writes it."""

    kind: str
    quantity: int
    unit_price_fen: int


def record_quote(
    session: Session, actor: Actor, *, adaptation_id: UUID, items: Sequence[NewQuoteItem], now: datetime
) -> Adaptation:
    """What the firm would build, and for how much; she is told what of it she would pay.

    Until it is approved the firm can quote once more, and both have to agree once more. Raises AdaptationUnknown,
    NotAllowed, QuoteWrong, AdaptationStepNotPossible.
    """
    row = held_case(session, actor, adaptation_id, Capability.ADAPT_HOMES)
    today = local_day(now)
    rules = rules_on(today)
    if not 1 <= len(items) <= MOST_LINES or not all(_is_right(item, rules.items) for item in items):
        raise QuoteWrong(most=MOST_LINES)
    move(row, AdaptationState.QUOTED)
    forget_quote(row)
    settle_task(session, actor, row, TaskKind.ADAPTATION_DECISION, QUOTED_ANEW, None, now)
    person = person_of(session, row)
    keep_entitlement(row, person, entitlement(person, now), now)
    row.quote_number += 1
    for position, item in enumerate(items):
        session.add(
            QuoteItemRow(
                city=row.city,
                adaptation_id=row.id,
                quote_number=row.quote_number,
                position=position,
                kind=item.kind,
                quantity=item.quantity,
                unit_price_fen=item.unit_price_fen,
            )
        )
    price = sum(item.quantity * item.unit_price_fen for item in items)
    aids = sum(item.quantity * item.unit_price_fen for item in items if rules.items[item.kind] is not ItemGroup.WORKS)
    shares = divide(price, aids, cap_fen=row.cap_fen, aids_cap_fen=row.aids_cap_fen)
    row.quoted_fen, row.quoted_aids_fen = price, aids
    row.subsidy_fen, row.self_paid_fen = shares.subsidy_fen, shares.self_paid_fen
    row.quote_valid_until = today + timedelta(days=rules.quote_valid_days)
    note(session, actor, row, EventKind.QUOTED, now=now, quote=row.quote_number, price_fen=price,
         subsidy_fen=shares.subsidy_fen, self_paid_fen=shares.self_paid_fen)  # fmt: skip
    tell(session, row, "adaptation_quoted", now=now, price=price, subsidy=shares.subsidy_fen,
         self_paid=shares.self_paid_fen)  # fmt: skip
    return adaptation_view(session, row)


def agree_to_quote(
    session: Session, actor: Actor, *, adaptation_id: UUID, agreed_self_paid_fen: int, now: datetime
) -> Adaptation:
    """Her yes to what is built and to what she pays. Where the home is hers that is the owner's yes, too. A second yes
    changes nothing. Raises AdaptationUnknown, NotAllowed, QuoteChanged, QuoteExpired, AdaptationStepNotPossible."""
    row = held_case(session, actor, adaptation_id, Capability.ANSWER_OFFERS)
    if row.state == AdaptationState.AGREED or row.agreed_at is not None:
        return adaptation_view(session, row)
    must_be(row, AdaptationState.QUOTED)
    _must_hold(row, agreed_self_paid_fen, now)
    row.agreed_at = now
    if row.owner == Owner.HERSELF:
        row.owner_agreed_at = now
    note(session, actor, row, EventKind.AGREED, now=now, quote=row.quote_number, self_paid_fen=row.self_paid_fen)
    _put_to_worker(session, row, now)
    return adaptation_view(session, row)


def record_owner_agreement(
    session: Session, actor: Actor, *, adaptation_id: UUID, words: str, now: datetime
) -> Adaptation:
    """The yes of an owner who is not she: her family or a landlord, on paper, of which there is a photo. `words`: who,
    and how a worker made sure. Raises AdaptationUnknown, NotAllowed, OnlyByPeople, NoteMissing, NoteTooLong,
    PhotoMissing, AdaptationStepNotPossible."""
    row = held_case(session, actor, adaptation_id, Capability.DECIDE_CASES)
    refuse_the_machine(actor)
    words = checked_note(words, needed=True)
    if row.owner_agreed_at is not None:
        return adaptation_view(session, row)
    must_be(row, AdaptationState.QUOTED)
    if not has_photo(session, row, PhotoStage.CONSENT):
        raise PhotoMissing(stage=PhotoStage.CONSENT.value)
    row.owner_agreed_at = now
    note(session, actor, row, EventKind.OWNER_AGREED, now=now, words=words, owner=row.owner)
    _put_to_worker(session, row, now)
    return adaptation_view(session, row)


def _is_right(item: NewQuoteItem, known: Mapping[str, ItemGroup]) -> bool:
    return item.kind in known and 1 <= item.quantity <= MOST_OF_ONE and 0 <= item.unit_price_fen <= MOST_FEN


def _must_hold(row: AdaptationRow, agreed_self_paid_fen: int, now: datetime) -> None:
    if row.self_paid_fen != agreed_self_paid_fen:
        raise QuoteChanged(self_paid_fen=row.self_paid_fen)
    if row.quote_valid_until is not None and local_day(now) > row.quote_valid_until:
        raise QuoteExpired(valid_until=row.quote_valid_until)


def _put_to_worker(session: Session, row: AdaptationRow, now: datetime) -> None:
    """Both have agreed: a worker decides."""
    if row.agreed_at is None or row.owner_agreed_at is None:
        return
    move(row, AdaptationState.AGREED)
    session.flush()
    assert row.quoted_fen is not None
    assert row.subsidy_fen is not None
    ask_a_worker(
        session,
        row,
        TaskKind.ADAPTATION_DECISION,
        now=now,
        quoted_fen=row.quoted_fen,
        subsidy_fen=row.subsidy_fen,
    )
