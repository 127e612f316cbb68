"""What tests of meals share: filling menus, booking, people who come to eat, and looking at portions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from services import meals
from services.actor import Actor, ActorKind, Channel
from services.calendar.slots import SlotRow
from services.clock import local_moment
from services.database import new_id, unit_of_work
from services.meals import Meal, MealBooking, MealWaiting, MenuChoice
from services.meals.tables import SLOT_KIND, CanteenRow, MenuRow
from services.messages import OutgoingMessage
from services.people import Hukou, NewPerson, Person, add_person, id_check_digit
from tests.conftest import NOW

TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)
HERS = "翠竹社区长者饭堂(示例)"


def actor_of(person: Person) -> Actor:
    """She herself at a screen."""
    return Actor.senior(person.id, Channel.SCREEN)


def canteen_id(session: Session, name: str = HERS) -> UUID:
    """The id of a canteen of the demonstration."""
    return session.scalars(select(CanteenRow.id).where(CanteenRow.name == name)).one()


def cook_of(session: Session, name: str = HERS) -> Actor:
    """Somebody who works at a canteen."""
    return Actor.staff(ActorKind.CANTEEN, new_id(), Channel.SCREEN, workplace_id=canteen_id(session, name))


def nearest(
    session: Session, person: Person, day: date = TOMORROW, meal: Meal = Meal.LUNCH, now: datetime = NOW
) -> MenuChoice:
    """The first that a page would show her."""
    return meals.list_menus(session, actor_of(person), person_id=person.id, day=day, meal=meal, now=now)[0]


def menu_id_of(session: Session, day: date = TOMORROW, meal: Meal = Meal.LUNCH, canteen: str = HERS) -> UUID:
    """The menu of a canteen of the demonstration."""
    wanted = select(MenuRow.id).join(MenuRow.canteen)
    return session.scalars(wanted.where(CanteenRow.name == canteen, MenuRow.day == day, MenuRow.meal == meal)).one()


def book(
    session: Session,
    person: Person,
    menu_id: UUID,
    *,
    quantity: int = 1,
    delivery: bool = False,
    now: datetime = NOW,
) -> MealBooking:
    """Book at the price that she is shown."""
    quote = meals.quote_meal(
        session, actor_of(person), person_id=person.id, menu_id=menu_id, quantity=quantity, delivery=delivery, now=now
    )
    return meals.book_meal(
        session,
        actor_of(person),
        person_id=person.id,
        menu_id=menu_id,
        quantity=quantity,
        delivery=delivery,
        agreed_to_pay_fen=quote.split.to_pay_fen,
        request_id=new_id(),
        now=now,
    )


def wait(session: Session, person: Person, menu_id: UUID, *, quantity: int = 1, now: datetime = NOW) -> MealWaiting:
    """Stand in line at the price that she is shown."""
    asked = {"person_id": person.id, "menu_id": menu_id, "quantity": quantity, "delivery": False, "now": now}
    quote = meals.quote_waiting(session, actor_of(person), **asked)
    return meals.join_waiting_list(
        session, actor_of(person), **asked, agreed_to_pay_fen=quote.split.to_pay_fen, request_id=new_id()
    )


def leave_portions(session: Session, left: int, *which: ColumnElement[bool]) -> None:
    """Let so many portions be left of the menus that these conditions on `MenuRow` name."""
    slots = select(MenuRow.slot_id).where(*which)
    session.execute(update(SlotRow).where(SlotRow.id.in_(slots)).values(places=SlotRow.taken + left))
    session.expire_all()


def portions_booked(session: Session, menu_id: UUID) -> int | None:
    """How many portions of a menu are taken."""
    wanted = select(SlotRow.taken).join(MenuRow, MenuRow.slot_id == SlotRow.id).where(MenuRow.id == menu_id)
    return session.scalar(wanted)


def texts_to(session: Session, person: Person) -> list[str]:
    """The templates of the texts to her, oldest first."""
    wanted = select(OutgoingMessage.template).where(OutgoingMessage.person_id == person.id)
    return list(session.scalars(wanted.order_by(OutgoingMessage.id)))


def open_canteen(session: Session, number: int, *, city: str) -> UUID:
    """A canteen of 翠竹 that nobody else of the tests knows."""
    row = CanteenRow(
        city=city,
        name=f"{number}号长者饭堂(示例)",
        kind="senior_canteen",
        district="罗湖区",
        street="翠竹",
        community="翠竹",
        address="示例",
        phone="0755-00000000",
        delivers=True,
        delivery_fee_fen=200,
        opens_at=time(6, 30),
        closes_at=time(19),
        open_on=[1, 2, 3, 4, 5, 6, 7],
    )
    session.add(row)
    session.flush()
    return row.id


def put_on_menu(session: Session, canteen: UUID, day: date, *, portions: int, city: str) -> UUID:
    """A lunch there, from eleven to half past twelve; the kitchen begins at half past nine."""
    slot = SlotRow(
        city=city,
        kind=SLOT_KIND,
        place_id=canteen,
        starts_at=local_moment(day, time(11)),
        ends_at=local_moment(day, time(12, 30)),
        places=portions,
    )
    session.add(slot)
    session.flush()
    row = MenuRow(
        city=city,
        canteen_id=canteen,
        slot_id=slot.id,
        day=day,
        meal=Meal.LUNCH,
        dishes=["番茄炒蛋", "米饭"],
        diets=[],
        allergens=[],
        price_fen=1500,
        order_until_at=local_moment(day, time(9, 30)),
    )
    session.add(row)
    session.flush()
    return row.id


def add_senior(session: Session, number: int, *, lives_alone: bool = False, city: str = "shenzhen") -> Person:
    """Somebody else of 翠竹, born in 1950, whose ID number is nobody's."""
    first = f"4403991950{1 + number // 9000:02}{1 + number // 1000 % 9:02}{number % 1000:03}"
    new = NewPerson(
        name="示例长者",
        sex="female",
        birth_on=date(1950, 1, 1),
        id_number=first + id_check_digit(first),
        phone=f"1540{1000000 + number}",
        address=f"罗湖区翠竹街道翠竹社区{number}栋(示例)",
        hukou=Hukou.SHENZHEN,
        hukou_district="罗湖区",
        district="罗湖区",
        street="翠竹",
        community="翠竹",
        lives_alone=lives_alone,
    )
    return add_person(session, Actor.system(), new, city=city, now=NOW)


def add_seniors(sessions: sessionmaker[Session], how_many: int) -> list[Person]:
    """So many of them, for a crowd."""
    with unit_of_work(sessions) as session:
        return [add_senior(session, number) for number in range(how_many)]


def after(day: date, hour: int) -> datetime:
    """An hour of the city's clocks."""
    return datetime.combine(day, datetime.min.time(), NOW.tzinfo) + timedelta(hours=hour - 8)


def count(session: Session, row: type, *which: ColumnElement[bool]) -> int:
    """How many rows there are of these."""
    return session.scalar(select(func.count()).select_from(row).where(*which)) or 0
