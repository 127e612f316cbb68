"""The demonstration's firms for safer homes: the offices of its home-care providers build, too."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.home_adaptation import NewFirm, add_firm
from services.home_adaptation.tables import FirmRow
from services.home_care.tables import ProviderRow

# No bank has accounts that begin like this.
ACCOUNT = "0000-0000-0000-{:04}"
FIRST_ENDING = 7001


def prepare_home_adaptation(session: Session, *, city: str) -> None:
    """Add the firms that are missing. Safe to run again; providers must be there."""
    known = set(session.scalars(select(FirmRow.workplace_id)))
    providers = session.scalars(select(ProviderRow).where(ProviderRow.is_demonstration).order_by(ProviderRow.id))
    for place, provider in enumerate(providers):
        if provider.id not in known:
            new = NewFirm(
                workplace_id=provider.id,
                name=provider.name,
                phone=provider.phone,
                districts=provider.areas,
                account=ACCOUNT.format(FIRST_ENDING + place),
                is_demonstration=True,
            )
            add_firm(session, Actor.system(Channel.COMMAND_LINE), new, city=city)
