"""Firms that adapt homes: a city enters them with the accounts that they are paid to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, NotAllowed
from services.home_adaptation.reading import firm_view
from services.home_adaptation.tables import ACCOUNT, FirmRow
from services.home_adaptation.views import Firm
from services.sealing import vault_of

LAST_DIGITS = 4


@dataclass(frozen=True)
class NewFirm:
    """What is needed to add a firm. `workplace_id`: the provider whose office acts for it."""

    workplace_id: UUID
    name: str
    phone: str
    districts: Sequence[str]
    account: str = field(repr=False)
    is_demonstration: bool = False


def add_firm(session: Session, actor: Actor, new: NewFirm, *, city: str) -> Firm:
    """A new firm. Only the system adds firms; raises NotAllowed."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="add_firm")
    row = FirmRow(
        city=city,
        workplace_id=new.workplace_id,
        name=new.name,
        phone=new.phone,
        districts=list(new.districts),
        account_sealed=vault_of(session).seal(new.account, context=ACCOUNT),
        account_last_four=new.account[-LAST_DIGITS:],
        is_demonstration=new.is_demonstration,
    )
    session.add(row)
    session.flush()
    return firm_view(row)
