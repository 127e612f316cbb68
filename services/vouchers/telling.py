"""Telling her about her vouchers, by text message; who has no phone is told by whoever she books with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services import people
from services.messages import queue_message
from services.people import Person
from services.vouchers.tables import VoucherRow
from services.vouchers.worth import Worth


def tell_of_change(session: Session, person: Person, row: VoucherRow, worth: Worth, *, now: datetime) -> None:
    """What she has from this month on, where that is another amount than the month before."""
    if row.granted_fen == worth.before_fen or person.died_on is not None:
        return
    if row.granted_fen == 0:
        tell(session, person, row, "voucher_ended", now=now)
    elif worth.before_fen == 0:
        tell(session, person, row, "voucher_granted", now=now, amount=row.granted_fen)
    else:
        tell(session, person, row, "voucher_changed", now=now, amount=row.granted_fen, before=worth.before_fen)


def tell(
    session: Session, person: Person, row: VoucherRow, template: str, *, now: datetime, **variables: int | str
) -> None:
    """A message about one voucher, if she has a phone."""
    phone = people.phone_of(session, person.id)
    if phone is not None:
        queue_message(
            session,
            template,
            city=row.city,
            phone=phone,
            locale=person.locale,
            now=now,
            person_id=person.id,
            name=person.masked_name,
            voucher=row.kind,
            month=row.month.month,
            **variables,
        )
