"""From the first day of the work to her word that all is well."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.home_adaptation.errors import CostAboveQuote, PhotoMissing
from services.home_adaptation.pricing import divide
from services.home_adaptation.reading import adaptation_view, has_photo
from services.home_adaptation.states import AdaptationState, EventKind, PhotoStage
from services.home_adaptation.steps import ask_a_worker, checked_note, firm_of, held_case, move, must_be, note, tell
from services.home_adaptation.views import Adaptation
from services.worker_tasks import TaskKind


def begin_work(session: Session, actor: Actor, *, adaptation_id: UUID, now: datetime) -> Adaptation:
    """The firm begins; there are photos of how it was. Begun already, nothing happens. Raises AdaptationUnknown,
    NotAllowed, PhotoMissing, AdaptationStepNotPossible."""
    row = held_case(session, actor, adaptation_id, Capability.ADAPT_HOMES)
    if row.state == AdaptationState.BUILDING:
        return adaptation_view(session, row)
    must_be(row, AdaptationState.APPROVED)
    if not has_photo(session, row, PhotoStage.BEFORE):
        raise PhotoMissing(stage=PhotoStage.BEFORE.value)
    move(row, AdaptationState.BUILDING)
    note(session, actor, row, EventKind.BEGUN, now=now)
    return adaptation_view(session, row)


def finish_work(
    session: Session, actor: Actor, *, adaptation_id: UUID, actual_fen: int, actual_aids_fen: int, now: datetime
) -> Adaptation:
    """The firm is done, and says what it cost in the end, and what of it was for aids and smart devices; there are
    photos of how it is now. What it cost less than quoted nobody pays. Raises AdaptationUnknown, NotAllowed,
    PhotoMissing, CostAboveQuote, AdaptationStepNotPossible."""
    row = held_case(session, actor, adaptation_id, Capability.ADAPT_HOMES)
    must_be(row, AdaptationState.BUILDING)
    assert row.quoted_fen is not None
    assert row.quoted_aids_fen is not None
    works_fen, quoted_works_fen = actual_fen - actual_aids_fen, row.quoted_fen - row.quoted_aids_fen
    if not (0 <= actual_aids_fen <= row.quoted_aids_fen and 0 <= works_fen <= quoted_works_fen):
        raise CostAboveQuote()
    if not has_photo(session, row, PhotoStage.AFTER):
        raise PhotoMissing(stage=PhotoStage.AFTER.value)
    shares = divide(actual_fen, actual_aids_fen, cap_fen=row.cap_fen, aids_cap_fen=row.aids_cap_fen)
    move(row, AdaptationState.BUILT)
    row.actual_fen, row.actual_aids_fen = actual_fen, actual_aids_fen
    row.subsidy_fen, row.self_paid_fen = shares.subsidy_fen, shares.self_paid_fen
    note(session, actor, row, EventKind.FINISHED, now=now, actual_fen=actual_fen, subsidy_fen=shares.subsidy_fen,
         self_paid_fen=shares.self_paid_fen)  # fmt: skip
    tell(session, row, "adaptation_built", now=now, firm=firm_of(session, row).name)
    return adaptation_view(session, row)


def accept_work(session: Session, actor: Actor, *, adaptation_id: UUID, now: datetime) -> Adaptation:
    """She looked, and all is well: the firm can be paid. Accepted already, nothing happens. Raises AdaptationUnknown,
    NotAllowed, AdaptationStepNotPossible."""
    row = held_case(session, actor, adaptation_id, Capability.ANSWER_OFFERS)
    if row.state in (AdaptationState.ACCEPTED, AdaptationState.PAID):
        return adaptation_view(session, row)
    move(row, AdaptationState.ACCEPTED)
    note(session, actor, row, EventKind.ACCEPTED, now=now, subsidy_fen=row.subsidy_fen)
    assert row.subsidy_fen is not None
    ask_a_worker(session, row, TaskKind.ADAPTATION_PAYMENT, now=now, subsidy_fen=row.subsidy_fen)
    return adaptation_view(session, row)


def object_to_work(session: Session, actor: Actor, *, adaptation_id: UUID, words: str, now: datetime) -> Adaptation:
    """She found something wrong: the firm goes on, and is paid nothing before she has accepted it. Raises
    AdaptationUnknown, NotAllowed, NoteMissing, NoteTooLong, AdaptationStepNotPossible."""
    row = held_case(session, actor, adaptation_id, Capability.ANSWER_OFFERS)
    words = checked_note(words, needed=True)
    must_be(row, AdaptationState.BUILT)
    move(row, AdaptationState.BUILDING)
    note(session, actor, row, EventKind.OBJECTED, now=now, words=words)
    tell(session, row, "adaptation_objected", now=now, firm=firm_of(session, row).name)
    return adaptation_view(session, row)
