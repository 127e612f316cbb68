"""Writing to many people at once: the texts of a campaign's step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from services.messages import queue_message
from services.messages.phone_notes import unreachable_phones
from services.messages.queueing_many import NewMessage, queue_messages
from services.people import PersonRow, masked_name, phone_of


@dataclass(frozen=True)
class Letter:
    """A text for somebody who has a phone; `until`: by which day she must do something, None where nothing is to do."""

    person: PersonRow
    template: str
    until: date | None = None


def write(session: Session, letters: Sequence[Letter], *, city: str, now: datetime) -> None:
    """Queue the texts in a few statements. What must not go to a phone is brought by a worker."""
    unreachable = unreachable_phones(session, city=city)
    queue_messages(
        session, [_message(each) for each in letters if each.person.phone_index not in unreachable], city=city, now=now
    )
    for letter in letters:
        if letter.person.phone_index in unreachable:
            _write_singly(session, letter, city=city, now=now)


def _message(letter: Letter) -> NewMessage:
    person = letter.person
    assert person.phone_sealed is not None
    assert person.phone_index is not None
    return NewMessage(
        template=letter.template,
        person_id=person.id.bytes,
        phone_sealed=person.phone_sealed,
        phone_index=person.phone_index,
        locale=person.locale,
        variables=_variables(letter),
    )


def _write_singly(session: Session, letter: Letter, *, city: str, now: datetime) -> None:
    """To a phone of which something is noted; whether that concerns her is looked at there."""
    phone = phone_of(session, letter.person.id)
    assert phone is not None
    queue_message(
        session,
        letter.template,
        city=city,
        phone=phone,
        locale=letter.person.locale,
        now=now,
        person_id=letter.person.id,
        **_variables(letter),
    )


def _variables(letter: Letter) -> dict[str, str | int]:
    until = {"until": letter.until.isoformat()} if letter.until else {}
    return {"name": masked_name(letter.person.name), **until}
