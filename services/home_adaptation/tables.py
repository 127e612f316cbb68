"""Cases, quotes, photos, firms and events as stored. The constraints are what makes a second adaptation of one home, a
payment above the cap and an event that was changed afterwards impossible."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.home_adaptation.states import WITHOUT_WORK, AdaptationState, Owner, PhotoStage
from services.sealing import sealed_as

ACCOUNT = "adaptation_firms.account"
IMAGE = "adaptation_photos.image"
DWELLING = "adaptations.dwelling"
ONE_DWELLING = "uq_adaptations_one_dwelling"
ONE_PERSON = "uq_adaptations_one_person"
ONE_HOUSEHOLD = "uq_adaptation_household_members_one_case"


def _among(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(sorted(repr(str(value)) for value in values))})"


DONE_OR_UNDER_WAY = f"NOT ({_among('state', WITHOUT_WORK)})"


class FirmRow(Table):
    """A firm that adapts homes, and the account that it is paid to. `workplace_id` is where its office signs in."""

    __tablename__ = "adaptation_firms"

    workplace_id: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str]
    districts: Mapped[list[str]]
    account_sealed: Mapped[bytes] = mapped_column(info=sealed_as(ACCOUNT))
    account_last_four: Mapped[str]
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class AdaptationRow(Table):
    """The adaptation of one home.

    `dwelling_index` finds the home again without telling where it is. `cap_fen` is the most that the city pays, and
    `aids_cap_fen` the most of it for aids and smart devices (None: no such limit), by the rules of the day of the
    application. `quoted_` and `actual_` figures are the whole price and the part of it for aids and smart devices.
    """

    __tablename__ = "adaptations"
    __table_args__ = (
        Index(ONE_DWELLING, "city", "dwelling_index", unique=True, postgresql_where=DONE_OR_UNDER_WAY),
        Index(ONE_PERSON, "person_id", unique=True, postgresql_where=DONE_OR_UNDER_WAY),
        Index("ix_adaptations_waiting", "community", "district", "state"),
        CheckConstraint(_among("state", AdaptationState), name="state"),
        CheckConstraint(_among("owner", Owner), name="owner"),
        CheckConstraint("subsidy_fen BETWEEN 0 AND cap_fen", name="cap"),
        CheckConstraint("subsidy_fen + self_paid_fen = coalesce(actual_fen, quoted_fen)", name="split"),
        CheckConstraint("quoted_aids_fen BETWEEN 0 AND quoted_fen", name="quoted"),
        CheckConstraint("actual_aids_fen BETWEEN 0 AND actual_fen", name="actual"),
        CheckConstraint("actual_fen <= quoted_fen", name="never_above_the_quote"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
    )

    person_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str]
    owner: Mapped[str]
    dwelling_sealed: Mapped[bytes] = mapped_column(info=sealed_as(DWELLING))
    dwelling_index: Mapped[bytes]
    district: Mapped[str]
    community: Mapped[str]
    needs: Mapped[list[str]]
    firm_id: Mapped[UUID | None] = mapped_column(ForeignKey("adaptation_firms.id"), index=True)
    cap_fen: Mapped[int]
    aids_cap_fen: Mapped[int | None]
    rule_version: Mapped[str]
    facts_missing: Mapped[list[str]]
    quote_number: Mapped[int] = mapped_column(default=0)
    quoted_fen: Mapped[int | None]
    quoted_aids_fen: Mapped[int | None]
    quote_valid_until: Mapped[date | None]
    subsidy_fen: Mapped[int | None]
    self_paid_fen: Mapped[int | None]
    agreed_at: Mapped[datetime | None]
    owner_agreed_at: Mapped[datetime | None]
    actual_fen: Mapped[int | None]
    actual_aids_fen: Mapped[int | None]
    paid_on: Mapped[date | None]
    payment_reference: Mapped[str | None]
    applied_on: Mapped[date]
    created_at: Mapped[datetime]


class HouseholdMemberRow(Table):
    """Somebody for whose household a case counts, the applicant too; gone when the case ends without work. Nobody is in
    two: one household, one adaptation."""

    __tablename__ = "adaptation_household_members"
    __table_args__ = (UniqueConstraint("person_id", name=ONE_HOUSEHOLD),)

    adaptation_id: Mapped[UUID] = mapped_column(ForeignKey("adaptations.id"), index=True)
    person_id: Mapped[UUID]


class QuoteItemRow(Table):
    """One line of a quote; quotes before the last one stay. `kind` is a code of the parameters."""

    __tablename__ = "adaptation_quote_items"
    __table_args__ = (
        UniqueConstraint("adaptation_id", "quote_number", "position"),
        CheckConstraint("quantity >= 1 AND unit_price_fen >= 0", name="amount"),
    )

    adaptation_id: Mapped[UUID] = mapped_column(ForeignKey("adaptations.id"))
    quote_number: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str]
    quantity: Mapped[int]
    unit_price_fen: Mapped[int]


class PhotoRow(Table):
    """A photo, sealed. It was made anew from its pixels, so that it tells neither place nor time nor camera."""

    __tablename__ = "adaptation_photos"
    __table_args__ = (CheckConstraint(_among("stage", PhotoStage), name="stage"),)

    adaptation_id: Mapped[UUID] = mapped_column(ForeignKey("adaptations.id"), index=True)
    stage: Mapped[str]
    image_sealed: Mapped[bytes] = mapped_column(deferred=True, info=sealed_as(IMAGE))
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None]


class AdaptationEventRow(Table):
    """One step of a case. A trigger refuses to change or remove it. `facts` holds codes, ids and amounts, `note` what
    somebody wrote."""

    __tablename__ = "adaptation_events"

    adaptation_id: Mapped[UUID] = mapped_column(ForeignKey("adaptations.id"), index=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    channel: Mapped[str]
    kind: Mapped[str]
    rule_version: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str | None]
