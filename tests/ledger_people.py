"""People with an approved allowance in a city of their own, for tests of what is owed and paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.allowances.states import CaseState
from services.allowances.tables import AllowanceCaseRow
from services.benefits import Benefit
from services.database import new_id
from services.demo.people import demo_id_number
from services.people import Hukou, NewPerson, Person, PersonRow, add_person
from tests.opened import EVERY_RECORD

CITY = "monthville"
COMMUNITY = "翠竹"
OPERATOR = Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN)
WORKER = Actor.staff(ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, COMMUNITY, open_records=EVERY_RECORD)
_numbers = count(100)


def at(day: date) -> datetime:
    """Ten in the morning of a day."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Paid:
    """Somebody with an approved case."""

    person: Person
    case_id: UUID

    @property
    def id(self) -> UUID:
        return self.person.id


def somebody(
    session: Session,
    *,
    birth_on: date = date(1950, 5, 5),
    first_month: date = date(2026, 9, 1),
    state: CaseState = CaseState.ACTIVE,
    **facts: Any,
) -> Paid:
    """Somebody who is paid from a month on; `facts` as in `NewPerson`."""
    number = next(_numbers)
    said: dict[str, Any] = {
        "has_card": True,
        "card_last_four": f"{number % 10000:04}",
        "card_holder_matches": True,
    } | facts
    new = NewPerson(
        name=f"测试{chr(0x4E00 + number)}",
        sex="female",
        birth_on=birth_on,
        id_number=demo_id_number(birth_on, "female", number),
        phone=f"154{number:08}",
        address="某街1号",
        hukou=said.pop("hukou", Hukou.SHENZHEN),
        hukou_district=said.pop("hukou_district", "罗湖区"),
        district="罗湖区",
        street="翠竹",
        community=COMMUNITY,
        **said,
    )
    person = add_person(session, Actor.system(Channel.JOB), new, city=CITY, now=at(date(2026, 8, 1)))
    case = AllowanceCaseRow(
        id=new_id(),
        city=CITY,
        person_id=person.id,
        benefit=Benefit.OLD_AGE_ALLOWANCE,
        state=state,
        amount_fen=20000,
        applied_on=first_month,
        first_month=first_month,
        rule_version="old_age_allowance-2019-10-01",
        created_at=at(first_month),
    )
    session.add(case)
    session.flush()
    return Paid(person, case.id)


def change(session: Session, person_id: UUID, **facts: Any) -> None:
    """What a register says from now on."""
    row = session.get_one(PersonRow, person_id)
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()


def change_case(session: Session, case_id: UUID, **facts: Any) -> None:
    """A decision about a case."""
    row = session.get_one(AllowanceCaseRow, case_id)
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()
