"""The world of one conversation of a batch: somebody with canteens around her, and what the line says is given.

Everything is made inside a transaction of the demonstration's database that is rolled back, so that conversations don't
meet and nothing stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor, Channel
from services.allowances import screen, take_over
from services.benefits import Benefit
from services.certification import NoWindowNow, open_campaign
from services.clock import local_day, local_moment
from services.database import unit_of_work
from services.database.opening import new_sessions
from services.demo import prepare_demonstration
from services.errors import ServiceError
from services.meals import Meal, book_meal, quote_meal, suggest_menu
from services.people import Hukou, IncomeClass, NewPerson, Person, add_person, get_person, id_check_digit
from services.settings import Settings
from voice.commands.refusal import Refused

# Conversations speak of days that are further away than the demonstration has menus for.
WEEKS_OF_MENUS = 4
# The years that somebody who is offered the allowance, and somebody who has it, have lived.
ABOUT_TO_GET_IT, HAS_IT = 70, 81
_DAYS_BEFORE_A_BIRTHDAY = 40
_SYSTEM = Actor.system(Channel.COMMAND_LINE)

Given = Mapping[str, Any]


@contextmanager
def world(connection: Connection, settings: Settings, now: datetime) -> Iterator[sessionmaker[Session]]:
    """Canteens with menus from `now` on; gives sessions in it. Gone afterwards."""
    transaction = connection.begin()
    sessions = new_sessions(connection.engine, settings)
    sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
    try:
        with unit_of_work(sessions) as session:
            for week in range(WEEKS_OF_MENUS):
                prepare_demonstration(session, city=settings.city, now=now + timedelta(weeks=week))
        yield sessions
    finally:
        transaction.rollback()


def settle(session: Session, given: Given, *, city: str, now: datetime, where: str) -> Person:
    """The person of a conversation, with what is given. Raises Refused where that cannot be."""
    person = add_person(session, _SYSTEM, _newcomer(given, now), city=city, now=now)
    if given.get("offer"):
        screen(session, _SYSTEM, city=city, as_of=local_day(now), now=now)
    else:
        _is_paid(session, person.id, city=city, now=now)
    for booking in given.get("bookings", ()):
        # Services at home cannot be booked yet; what is given about them waits for that.
        if booking["kind"] == "meal":
            _book(session, person.id, booking, now=now, where=where)
    return get_person(session, _SYSTEM, person_id=person.id)


def _newcomer(given: Given, now: datetime) -> NewPerson:
    age = ABOUT_TO_GET_IT if given.get("offer") else HAS_IT
    birthday = local_day(now) + timedelta(days=_DAYS_BEFORE_A_BIRTHDAY)
    birth_on = birthday.replace(year=birthday.year - age, day=min(birthday.day, 28))
    number = f"440399{birth_on:%Y%m%d}990"
    return NewPerson(
        name="示例",
        sex="female",
        birth_on=birth_on,
        id_number=number + id_check_digit(number),
        phone="15499999999",
        address="翠竹路1号(示例)",
        hukou=Hukou.SHENZHEN,
        hukou_district="罗湖区",
        district="罗湖区",
        street="翠竹",
        community="翠竹",
        resident=True,
        income_class=IncomeClass.NONE,
        has_card=True,
        card_last_four="3672",
        card_holder_matches=True,
        is_demonstration=True,
    )


def _is_paid(session: Session, person_id: UUID, *, city: str, now: datetime) -> None:
    """She has the allowance, and where these are the days for it, she has to be certified."""
    since = local_day(now).replace(day=1) - timedelta(days=200)
    allowance = Benefit.OLD_AGE_ALLOWANCE
    take_over(session, _SYSTEM, person_id=person_id, benefit=allowance, from_month=since.replace(day=1), now=now)
    try:
        open_campaign(session, _SYSTEM, city=city, now=now)
    except NoWindowNow:
        return


def _book(session: Session, person_id: UUID, booking: Given, *, now: datetime, where: str) -> None:
    day, meal = date.fromisoformat(booking["date"]), Meal(booking["meal"])
    # Somebody who holds a booking made it while it could be made.
    then = min(now, local_moment(day - timedelta(days=1), time(8)))
    herself = Actor.senior(person_id, Channel.COMMAND_LINE)
    about: dict[str, Any] = {"person_id": person_id, "now": then}
    try:
        menu = suggest_menu(session, herself, day=day, meal=meal, delivery=None, **about)
        quote = quote_meal(session, herself, menu_id=menu.id, quantity=1, delivery=False, **about)
        book_meal(
            session,
            herself,
            menu_id=menu.id,
            quantity=1,
            delivery=False,
            agreed_to_pay_fen=quote.split.to_pay_fen,
            request_id=uuid4(),
            **about,
        )
    except ServiceError as error:
        raise Refused(f"{where}: 'given': no {meal} can be booked for {day} ({error.code})") from None
