"""Homes, firms and photos, for tests of home adaptation."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.database import new_id
from services.home_adaptation import (
    Adaptation,
    AdaptationState,
    Firm,
    NewFirm,
    NewQuoteItem,
    Owner,
    PhotoStage,
    accept_work,
    add_firm,
    add_photo,
    agree_to_quote,
    apply_for_adaptation,
    assess_home,
    begin_work,
    decide_adaptation,
    finish_work,
    get_adaptation,
    record_payment,
    record_quote,
)
from services.home_adaptation.tables import FirmRow
from services.people import ADDRESS, Person, PersonRow, address_of
from services.sealing import vault_of
from tests.allowances import CITY, NOW, SYSTEM, TODAY, herself, senior, worker

# Entitled by her age alone.
BORN = date(1944, 5, 1)
# 9,000 yuan of works and 4,000 of aids and devices, of which 3,000 count.
ITEMS = (
    NewQuoteItem("grab_bars", 4, 25_000),
    NewQuoteItem("shower", 1, 800_000),
    NewQuoteItem("wheelchair", 1, 300_000),
    NewQuoteItem("call_button", 2, 50_000),
)
REASON = "上门看过，符合条件"
ORDER = (
    AdaptationState.APPLIED,
    AdaptationState.ASSESSED,
    AdaptationState.QUOTED,
    AdaptationState.AGREED,
    AdaptationState.APPROVED,
    AdaptationState.BUILDING,
    AdaptationState.BUILT,
    AdaptationState.ACCEPTED,
    AdaptationState.PAID,
)


def photo(colour: str = "teal", form: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    """A picture of one colour."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, form, **options)
    return written.getvalue()


def firm(session: Session, workplace_id: UUID | None = None, *districts: str, city: str = CITY) -> Firm:
    """A firm of its own workplace, in 罗湖 unless told."""
    new = NewFirm(
        workplace_id=workplace_id or new_id(),
        name="安居适老改造(示例)",
        phone="0755-0000-0099",
        districts=districts or ("罗湖区",),
        account="6222000000004321",
    )
    return add_firm(session, SYSTEM, new, city=city)


def office_of(session: Session, found: Firm) -> Actor:
    """Somebody of the firm's office acts."""
    workplace_id = session.get_one(FirmRow, found.id).workplace_id
    return Actor.staff(ActorKind.PROVIDER, new_id(), Channel.SCREEN, workplace_id=workplace_id)


def applicant(session: Session, **known: Any) -> Person:
    """Somebody of 82 in a home of her own."""
    return senior(session, born=BORN, **known)


class Case:
    """One case and those who act in it, moved on step by step."""

    def __init__(self, session: Session, *, owner: Owner = Owner.HERSELF, **known: Any) -> None:
        self.session = session
        self.her = applicant(session, **known)
        own_home(session, self.her)
        self.worker = worker()
        self.firm = firm(session)
        self.office = office_of(session, self.firm)
        self.id = apply_for_adaptation(session, herself(self.her), person_id=self.her.id, owner=owner, now=NOW).id

    @property
    def now(self) -> Adaptation:
        """The case as it stands."""
        return get_adaptation(self.session, SYSTEM, adaptation_id=self.id)

    def to(self, state: AdaptationState) -> Case:
        """Go on until this state is reached."""
        while self.now.state is not state:
            getattr(self, f"after_{self.now.state.value}")()
        return self

    def after_applied(self) -> None:
        assess_home(self.session, self.worker, adaptation_id=self.id, needs=["grab_bars", "wheelchair"],
                    firm_id=self.firm.id, words="浴室湿滑", now=NOW)  # fmt: skip

    def after_assessed(self, *items: NewQuoteItem) -> None:
        record_quote(self.session, self.office, adaptation_id=self.id, items=items or ITEMS, now=NOW)

    def after_quoted(self) -> None:
        quote = self.now.quote
        assert quote is not None
        agree_to_quote(self.session, herself(self.her), adaptation_id=self.id,
                       agreed_self_paid_fen=quote.self_paid_fen, now=NOW)  # fmt: skip

    def after_agreed(self) -> None:
        decide_adaptation(self.session, self.worker, adaptation_id=self.id, approve=True, reason=REASON, now=NOW)

    def after_approved(self) -> None:
        self.add(PhotoStage.BEFORE)
        begin_work(self.session, self.office, adaptation_id=self.id, now=NOW)

    def after_building(self, actual_fen: int = 1_300_000, aids_fen: int = 400_000) -> None:
        self.add(PhotoStage.AFTER)
        finish_work(self.session, self.office, adaptation_id=self.id, actual_fen=actual_fen,
                    actual_aids_fen=aids_fen, now=NOW)  # fmt: skip

    def after_built(self) -> None:
        accept_work(self.session, herself(self.her), adaptation_id=self.id, now=NOW)

    def after_accepted(self) -> None:
        subsidy = self.now.subsidy_fen
        assert subsidy is not None
        record_payment(self.session, self.worker, adaptation_id=self.id, amount_fen=subsidy, reference="SZ-1",
                       paid_on=TODAY, now=NOW + timedelta(minutes=1))  # fmt: skip

    def add(self, stage: PhotoStage) -> None:
        """Add a photo of the stage, by the firm or, of the owner's paper, by the worker."""
        by = self.worker if stage is PhotoStage.CONSENT else self.office
        add_photo(self.session, by, adaptation_id=self.id, stage=stage, content=photo(), now=NOW)


def live_at(session: Session, address: str, *people: Person) -> None:
    """Have the registers say that these people live there."""
    vault = vault_of(session)
    known = {
        "address_sealed": vault.seal(address, context=ADDRESS),
        "address_index": vault.index(address, context=ADDRESS),
    }
    ids = [person.id for person in people]
    session.execute(update(PersonRow).where(PersonRow.id.in_(ids)).values(known))
    session.expire_all()


def own_home(session: Session, person: Person) -> str:
    """Give her a home that nobody else of the tests lives in; its address."""
    address = f"水贝路{new_id().hex[-8:]}号(示例)"
    live_at(session, address, person)
    session.expire_all()
    assert address_of(session, person.id) == address
    return address
