"""Finds the person of `--as`: a name, a phone number or an id of the demonstration.

These commands act for a person who has not signed in, so nobody but the invented people of the demonstration is ever
found, not even where real people are registered beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed
from services.demo import list_demo_phones
from services.people import (
    Person,
    PhoneNumberWrong,
    find_people_by_name,
    find_people_by_phone,
    get_person,
    normal_phone,
)
from voice.commands.refusal import Refused

_SYSTEM = Actor.system(Channel.COMMAND_LINE)


def find_person(session: Session, wanted: str | None) -> Person:
    """The person meant; without a wish the first of the demonstration. Raises Refused when it is nobody or several."""
    if wanted is None:
        return _first(session)
    found = (
        _demo_people(find_people_by_name(session, _SYSTEM, name=wanted))
        or _demo_people(_by_id(session, wanted))
        or _demo_people(_by_phone(session, wanted))
    )
    if not found:
        raise Refused(
            f"--as: nobody of the demonstration is called {wanted!r}, expected a demo person's name, phone number or id"
        )
    if len(found) > 1:
        names = ", ".join(person.name for person in found)
        raise Refused(f"--as: {wanted!r} is shared by {names}, give one of these names")
    return found[0]


def _first(session: Session) -> Person:
    phones = list_demo_phones(session, _SYSTEM)
    if not phones:
        raise Refused("there are no demo people in this database: run `make run` once, or `python -m services demo`")
    return _demo_people(find_people_by_name(session, _SYSTEM, name=phones[0].names[0]))[0]


def _demo_people(people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(person for person in people if person.is_demonstration)


def _by_id(session: Session, wanted: str) -> tuple[Person, ...]:
    try:
        return (get_person(session, _SYSTEM, person_id=UUID(wanted)),)
    except (ValueError, NotAllowed):
        return ()


def _by_phone(session: Session, wanted: str) -> tuple[Person, ...]:
    try:
        return find_people_by_phone(session, normal_phone(wanted))
    except PhoneNumberWrong:
        return ()
