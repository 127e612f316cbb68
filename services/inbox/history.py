"""Putting together what is known when a message is read: the people of the phone, their cases, what came before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor, Channel
from services.allowances import AllowanceCase
from services.delegation import Delegation, delegations_of_phone, invitations_of
from services.emergencies import has_open_emergency
from services.family import find_family_member
from services.inbox.situation import IN_PROGRESS, Situation
from services.inbox.tables import HandledAs, IncomingMessageRow
from services.messages.phone_notes import people_with_contact
from services.people import MOBILE, Person, find_people_by_phone

ASKED_WHICH_OF_TWO = "reply_which_of_two"
# A question of ours is forgotten after a week where no offer is open; messages older than that have a wrong date.
A_WEEK = timedelta(days=7)
MOST_LOOKED_AT = 100

ACTED_ON = frozenset(
    {
        HandledAs.AGREED,
        HandledAs.AGREED_LATE,
        HandledAs.DECLINED,
        HandledAs.WITHDRAWAL_ASKED,
        HandledAs.DELEGATE_AGREED,
        HandledAs.DELEGATE_DECLINED,
        HandledAs.DELEGATES_TAKEN_BACK,
    }
)


@dataclass(frozen=True)
class Sender:
    """Who may be writing: everybody who is reached by the phone."""

    phone: str
    people: tuple[Person, ...]


def sent_at(row: IncomingMessageRow, now: datetime) -> datetime:
    """When the message was sent, as far as the carrier can be believed: not later than now, not long ago."""
    return row.received_at if now - A_WEEK <= row.received_at <= now else now


def situation_of(session: Session, row: IncomingMessageRow, phone: str, now: datetime) -> tuple[Sender, Situation]:
    """The people of the phone, and what is known for reading this message."""
    people = find_people_by_phone(session, phone)
    cases = _cases_of(session, phone, (person.id for person in people))
    at = sent_at(row, now)
    known = Situation(at, cases, {person.id: person.name for person in people}, is_known=bool(people))
    history = _history(session, row)
    open_question = _unanswered(history, known, at)
    situation = Situation(
        sent_at=at,
        cases=cases,
        names=known.names,
        contact_cases=_contact_cases(session, phone, {person.id for person in people}),
        answered_at=_answered_at(history),
        delegations=delegations_of_phone(session, phone),
        invitations=_invitations(session, phone),
        is_known=bool(people),
        has_emergency=has_open_emergency(session, [person.id for person in people]),
        asked_again=any(it.handled_as == HandledAs.ASKED_AGAIN for it in open_question),
        asked_which=any(it.handled_as == HandledAs.ASKED_WHICH for it in open_question),
        asked_for_all=any(it.answer == ASKED_WHICH_OF_TWO for it in open_question),
    )
    return Sender(phone, people), situation


def _cases_of(session: Session, phone: str, person_ids: Iterable[UUID]) -> tuple[AllowanceCase, ...]:
    """What runs for these people, and the offers that went to this very phone. The newest first."""
    answerable = {case.id for case in allowances.cases_of_phone(session, phone)}
    return tuple(case for case in _all_cases(session, person_ids) if case.id in answerable or case.state in IN_PROGRESS)


def _contact_cases(session: Session, phone: str, registered: set[UUID]) -> tuple[AllowanceCase, ...]:
    """The cases of those for whom this is a contact's phone, and not their own."""
    contacts = [person_id for person_id in people_with_contact(session, phone) if person_id not in registered]
    return _all_cases(session, contacts)


def _all_cases(session: Session, person_ids: Iterable[UUID]) -> tuple[AllowanceCase, ...]:
    system = Actor.system(Channel.TEXT_MESSAGE)
    found = [case for person_id in person_ids for case in allowances.list_cases(session, system, person_id=person_id)]
    # Ids are UUIDv7: later ones are newer.
    return tuple(sorted(found, key=lambda case: case.id, reverse=True))


def _invitations(session: Session, phone: str) -> tuple[Delegation, ...]:
    """What was put to the family member of this phone; a number that is no mobile phone is nobody's."""
    member = find_family_member(session, phone) if MOBILE.fullmatch(phone) else None
    return invitations_of(session, member.id) if member is not None else ()


def _history(session: Session, row: IncomingMessageRow) -> Sequence[IncomingMessageRow]:
    return session.scalars(
        select(IncomingMessageRow)
        .where(
            IncomingMessageRow.phone_index == row.phone_index,
            IncomingMessageRow.handled_at.is_not(None),
            IncomingMessageRow.id != row.id,
        )
        .order_by(IncomingMessageRow.handled_at.desc(), IncomingMessageRow.id.desc())
        .limit(MOST_LOOKED_AT)
    ).all()


def _answered_at(history: Sequence[IncomingMessageRow]) -> dict[UUID, datetime]:
    answered: dict[UUID, datetime] = {}
    for row in history:
        if row.handled_as in ACTED_ON:
            for case_id in row.case_ids:
                answered[case_id] = max(row.received_at, answered.get(case_id, row.received_at))
    return answered


def _unanswered(history: Sequence[IncomingMessageRow], known: Situation, at: datetime) -> Sequence[IncomingMessageRow]:
    """The messages since the newest offer, or of the last week, that no clear answer followed."""
    begins = max((case.offered_at for case in known.offers if case.offered_at is not None), default=at - A_WEEK)
    since: list[IncomingMessageRow] = []
    for row in history:
        if row.handled_as in ACTED_ON or row.received_at < begins:
            break
        since.append(row)
    return since
