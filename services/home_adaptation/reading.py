"""Cases as they are handed out, and the few things that several use cases look up."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.home_adaptation.parameters import rules_on
from services.home_adaptation.pricing import divide
from services.home_adaptation.states import AdaptationState, EventKind, ItemGroup, Owner, PhotoStage
from services.home_adaptation.steps import SYSTEM, person_of
from services.home_adaptation.tables import (
    AdaptationEventRow,
    AdaptationRow,
    FirmRow,
    HouseholdMemberRow,
    PhotoRow,
    QuoteItemRow,
)
from services.home_adaptation.views import Adaptation, AdaptationEvent, Firm, HouseholdMember, Photo, Quote, QuoteItem


def adaptation_view(session: Session, row: AdaptationRow) -> Adaptation:
    """The case of a row."""
    session.flush()
    firm = session.get(FirmRow, row.firm_id) if row.firm_id else None
    return Adaptation(
        id=row.id,
        person_id=row.person_id,
        masked_name=person_of(session, row).masked_name,
        state=AdaptationState(row.state),
        owner=Owner(row.owner),
        district=row.district,
        community=row.community,
        needs=tuple(row.needs),
        firm=firm_view(firm) if firm else None,
        cap_fen=row.cap_fen,
        aids_cap_fen=row.aids_cap_fen,
        facts_missing=tuple(row.facts_missing),
        quote=_quote(session, row),
        agreed_at=row.agreed_at,
        owner_agreed_at=row.owner_agreed_at,
        actual_fen=row.actual_fen,
        actual_aids_fen=row.actual_aids_fen,
        subsidy_fen=row.subsidy_fen,
        self_paid_fen=row.self_paid_fen,
        paid_on=row.paid_on,
        photos=_photos(session, row),
        applied_on=row.applied_on,
        rule_version=row.rule_version,
        household=_household(session, row),
    )


def firm_view(row: FirmRow) -> Firm:
    """The firm of a row."""
    return Firm(row.id, row.name, row.phone, row.account_last_four)


def photo_view(row: PhotoRow) -> Photo:
    """The photo of a row, without its picture."""
    return Photo(row.id, PhotoStage(row.stage), row.added_at)


def event_view(row: AdaptationEventRow) -> AdaptationEvent:
    """The event of a row."""
    return AdaptationEvent(
        row.id, row.at, row.actor_kind, row.actor_id, row.channel, EventKind(row.kind), row.facts, row.note
    )


def has_photo(session: Session, row: AdaptationRow, stage: PhotoStage) -> bool:
    """Whether there is a photo of this stage."""
    asked = select(PhotoRow.id).where(PhotoRow.adaptation_id == row.id, PhotoRow.stage == stage).limit(1)
    return session.scalar(asked) is not None


def _household(session: Session, row: AdaptationRow) -> tuple[HouseholdMember, ...]:
    others = session.scalars(
        select(HouseholdMemberRow.person_id)
        .where(HouseholdMemberRow.adaptation_id == row.id, HouseholdMemberRow.person_id != row.person_id)
        .order_by(HouseholdMemberRow.person_id)
    )
    return tuple(
        HouseholdMember(each, people.get_person(session, SYSTEM, person_id=each).masked_name) for each in others
    )


def _photos(session: Session, row: AdaptationRow) -> tuple[Photo, ...]:
    rows = session.scalars(select(PhotoRow).where(PhotoRow.adaptation_id == row.id).order_by(PhotoRow.id))
    return tuple(photo_view(photo) for photo in rows)


def _quote(session: Session, row: AdaptationRow) -> Quote | None:
    if row.quoted_fen is None or row.quoted_aids_fen is None or row.quote_valid_until is None:
        return None
    lines = session.scalars(
        select(QuoteItemRow)
        .where(QuoteItemRow.adaptation_id == row.id, QuoteItemRow.quote_number == row.quote_number)
        .order_by(QuoteItemRow.position)
    )
    groups = rules_on(row.applied_on).items
    items = tuple(
        QuoteItem(line.kind, groups.get(line.kind, ItemGroup.WORKS), line.quantity, line.unit_price_fen)
        for line in lines
    )
    shares = divide(row.quoted_fen, row.quoted_aids_fen, cap_fen=row.cap_fen, aids_cap_fen=row.aids_cap_fen)
    return Quote(
        row.quote_number,
        items,
        row.quoted_fen,
        row.quoted_aids_fen,
        shares.subsidy_fen,
        shares.self_paid_fen,
        row.quote_valid_until,
    )
