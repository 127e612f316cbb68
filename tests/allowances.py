"""Seniors, workers and what became of their cases, for tests of allowances. A city of its own keeps the demonstration's
people out of what is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.allowances import AllowanceCase, ScreeningReport, agree_to_offer, check_applications, list_cases, screen
from services.database import new_id
from services.messages import OutgoingMessage
from services.people import Hukou, NewPerson, Person, PersonRow, add_person, get_person
from services.worker_tasks import TaskKind, WorkerTask, list_tasks
from tests.extracts import number
from tests.opened import EVERY_RECORD

CITY = "city-of-tests"
# 24 November 2026, 09:05 in Shenzhen.
NOW = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
TODAY = date(2026, 11, 24)
# 70 in January 2027: whoever is screened in November 2026 gets an offer.
SOON_70 = date(1957, 1, 15)
SYSTEM = Actor.system()
_sequence = count(1)


def senior(
    session: Session,
    *,
    born: date = SOON_70,
    name: str = "陈丽英",
    phone: str | None = "own",
    card: bool | None = True,
    hukou: Hukou = Hukou.SHENZHEN,
    **known: Any,
) -> Person:
    """Somebody in the city of tests, with a phone of her own unless another number or None is given."""
    sequence = next(_sequence)
    new = NewPerson(
        name=name,
        sex="female",
        birth_on=born,
        id_number=number(sequence % 1000, born.isoformat()),
        phone=f"1549{sequence:07}" if phone in ("own", None) else phone,
        address="水贝路1号(示例)",
        hukou=hukou,
        hukou_district="罗湖区" if hukou is Hukou.SHENZHEN else None,
        district="罗湖区",
        street="翠竹",
        community="水贝",
        has_card=card,
        card_last_four="1234" if card else None,
    )
    person = add_person(session, SYSTEM, new, city=CITY, now=NOW)
    if phone is None:
        known |= {"phone_sealed": None, "phone_index": None}
    return learn(session, person, **known) if known else person


def learn(session: Session, person: Person, **known: Any) -> Person:
    """What the registers say of her now."""
    session.execute(update(PersonRow).where(PersonRow.id == person.id).values(**known))
    session.expire_all()
    return get_person(session, SYSTEM, person_id=person.id)


def phone_columns(session: Session, person: Person) -> dict[str, Any]:
    """Her phone as it is stored, for somebody who gets it."""
    row = session.get_one(PersonRow, person.id)
    return {"phone_sealed": row.phone_sealed, "phone_index": row.phone_index}


def herself(person: Person, channel: Channel = Channel.TEXT_MESSAGE) -> Actor:
    """She acts."""
    return Actor.senior(person.id, channel)


def worker(community: str = "水贝", district: str = "罗湖区") -> Actor:
    """A community worker acts."""
    return Actor.staff(
        ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, community, district, open_records=EVERY_RECORD
    )


def screened(session: Session, *, now: datetime = NOW, as_of: date = TODAY) -> ScreeningReport:
    """Screen the city of tests."""
    return screen(session, SYSTEM, city=CITY, as_of=as_of, now=now)


def case_of(session: Session, person: Person) -> AllowanceCase:
    """Her newest case."""
    return list_cases(session, SYSTEM, person_id=person.id)[0]


def offered(session: Session, **about: Any) -> tuple[Person, AllowanceCase]:
    """Somebody with an open offer."""
    person = senior(session, **about)
    screened(session)
    return person, case_of(session, person)


def approved(session: Session, *, agreed_at: datetime = NOW, **about: Any) -> tuple[Person, AllowanceCase]:
    """Somebody who agreed to an offer and was approved."""
    person, case = offered(session, **about)
    agree_to_offer(session, herself(person), case_id=case.id, now=agreed_at)
    check_applications(session, SYSTEM, now=agreed_at)
    return person, case_of(session, person)


def texts_to(session: Session, person: Person) -> list[str]:
    """The templates of all messages to her, in order."""
    sent = select(OutgoingMessage.template).where(OutgoingMessage.person_id == person.id)
    return list(session.scalars(sent.order_by(OutgoingMessage.queued_at, OutgoingMessage.id)))


def tasks_about(session: Session, person: Person) -> dict[TaskKind, WorkerTask]:
    """What waits for a worker about her."""
    later = NOW + timedelta(days=3650)
    found = list_tasks(session, SYSTEM, now=later, limit=10_000)
    return {task.kind: task for task in found if task.person_id == person.id}
