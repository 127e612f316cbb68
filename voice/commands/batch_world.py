"""The world of one conversation of a batch: somebody with canteens around her and people who have time to come, and
what the line says is given.

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

from services.actor import Actor, Channel, Scope
from services.allowances import screen, take_over
from services.benefits import Benefit
from services.certification import NoWindowNow, open_campaign
from services.clock import local_day, local_moment
from services.database import unit_of_work
from services.database.opening import new_sessions
from services.delegation import confirm_invitation, invite_delegate
from services.demo import prepare_demonstration
from services.demo.always_free import prepare_always_free
from services.errors import ServiceError
from services.family import Relation
from services.home_care import DayPart, ServiceKind, book_service, list_offers, main_service, quote_service
from services.meals import Meal, book_meal, quote_meal, suggest_menu
from services.people import Hukou, IncomeClass, NewPerson, Person, add_person, get_person, id_check_digit
from services.settings import Settings
from voice.commands.refusal import Refused
from voice.skills.visit_plans import MEANT_BY, MEANT_BY_A_DAY

# Conversations speak of days that are further away than the demonstration has menus for.
WEEKS_OF_MENUS = 4
# The years that somebody who is offered the allowance, and somebody who has it, have lived.
ABOUT_TO_GET_IT, HAS_IT = 70, 81
_DAYS_BEFORE_A_BIRTHDAY = 40
_AGREED_AGO = timedelta(days=40)
_SYSTEM = Actor.system(Channel.COMMAND_LINE)

Given = Mapping[str, Any]


@contextmanager
def world(connection: Connection, settings: Settings, now: datetime) -> Iterator[sessionmaker[Session]]:
    """Canteens with menus from `now` on, and care workers who are free; gives sessions in it. Gone afterwards."""
    transaction = connection.begin()
    sessions = new_sessions(connection.engine, settings)
    sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
    try:
        with unit_of_work(sessions) as session:
            for week in range(WEEKS_OF_MENUS):
                prepare_demonstration(session, city=settings.city, now=now + timedelta(weeks=week))
            prepare_always_free(session, city=settings.city, now=now)
        yield sessions
    finally:
        transaction.rollback()


def settle(session: Session, given: Given, *, city: str, now: datetime, where: str) -> Person:
    """The person of a conversation, with family who may act for her, and what is given. Raises Refused where that
    cannot be."""
    person = add_person(session, _SYSTEM, _newcomer(given, now), city=city, now=now)
    _has_family(session, person.id, now=now)
    if given.get("offer"):
        screen(session, _SYSTEM, city=city, as_of=local_day(now), now=now)
    else:
        _is_paid(session, person.id, city=city, now=now)
    for booking in given.get("bookings", ()):
        book = _book_meal if booking["kind"] == "meal" else _book_visit
        book(session, person.id, booking, now=now, where=where)
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


def _has_family(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Somebody of each kind can be called, may act for her, and can be told that she may not any more."""
    herself, begun = Actor.senior(person_id, Channel.COMMAND_LINE), now - _AGREED_AGO
    for number, relation in enumerate(Relation):
        invited = invite_delegate(
            session,
            herself,
            person_id=person_id,
            phone=f"1549999998{number}",
            relation=relation,
            scopes=frozenset({Scope.BOOK_AND_CANCEL, Scope.EMERGENCIES}),
            now=begun,
        )
        family = Actor.family_member(invited.family_member_id, Channel.COMMAND_LINE)
        confirm_invitation(session, family, delegation_id=invited.id, now=begun)


def _is_paid(session: Session, person_id: UUID, *, city: str, now: datetime) -> None:
    """She has the allowance, and where these are the days for it, she has to be certified."""
    since = local_day(now).replace(day=1) - timedelta(days=200)
    allowance = Benefit.OLD_AGE_ALLOWANCE
    take_over(session, _SYSTEM, person_id=person_id, benefit=allowance, from_month=since.replace(day=1), now=now)
    try:
        open_campaign(session, _SYSTEM, city=city, now=now)
    except NoWindowNow:
        return


def _while_it_could_be_booked(day: date, now: datetime) -> datetime:
    """Somebody who holds a booking made it in time."""
    return min(now, local_moment(day - timedelta(days=1), time(8)))


def _book_meal(session: Session, person_id: UUID, booking: Given, *, now: datetime, where: str) -> None:
    day, meal = date.fromisoformat(booking["date"]), Meal(booking["meal"])
    then = _while_it_could_be_booked(day, now)
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


def _book_visit(session: Session, person_id: UUID, booking: Given, *, now: datetime, where: str) -> None:
    day, part = date.fromisoformat(booking["date"]), DayPart(booking["period"]) if "period" in booking else None
    herself = Actor.senior(person_id, Channel.COMMAND_LINE)
    about: dict[str, Any] = {
        "person_id": person_id,
        "service": main_service(ServiceKind(booking["service"]), day).code,
        "now": _while_it_could_be_booked(day, now),
    }
    wanted = local_moment(day, MEANT_BY[part] if part else MEANT_BY_A_DAY)
    try:
        offer = list_offers(session, herself, day=day, part=part, **about)[0]
        about |= {"worker_id": offer.worker.id, "starts_at": min(offer.times, key=lambda it: (abs(it - wanted), it))}
        quote = quote_service(session, herself, **about)
        agreed = quote.split.self_paid_fen
        book_service(session, herself, agreed_to_pay_fen=agreed, request_id=uuid4(), **about)
    except ServiceError as error:
        service = booking["service"]
        raise Refused(f"{where}: 'given': no {service} can be booked for {day} ({error.code})") from None
