"""What somebody can have at which price: the checks that quoting, booking, changing and waiting have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from services import people
from services.actor import Actor
from services.clock import local_day
from services.meals.diets import DietaryMarks
from services.meals.errors import (
    AlreadyBooked,
    DeliveryNotOffered,
    MealDayInThePast,
    MealFull,
    MenuUnknown,
    OrdersClosed,
    PriceChanged,
    QuantityWrong,
)
from services.meals.looking import FoundMenu, Own, find_menu, hers_around
from services.meals.menus import can_be_delivered
from services.meals.subsidy import SubsidisedPrice, cap_on, price_of
from services.meals.views import MealQuote, Menu, PriceSplit, cancel_until
from services.people import Person

# More than this for one person is a party, and a party talks to the canteen.
MOST_PORTIONS = 4


class HowWanted(TypedDict):
    """How many portions, brought or not, asked for when."""

    quantity: int
    delivery: bool
    now: datetime


@dataclass(frozen=True)
class Offer:
    """What she can have, and what it costs her, which is reckoned once somebody asks. `slot_id`: where its portions are
    counted; `subsidised_on`: the days of that week whose subsidy she has had; `waiting_id`: her place in a line for
    this meal, here or elsewhere."""

    person: Person
    menu: Menu
    slot_id: UUID
    quantity: int
    delivery: bool
    subsidised_on: tuple[date, ...]
    waiting_id: UUID | None = None

    @cached_property
    def price(self) -> SubsidisedPrice:
        """What it costs, and the rule that the subsidy follows from."""
        menu = self.menu
        return price_of(
            self.person,
            menu.canteen,
            cap_on(self.person, menu.day),
            day=menu.day,
            meal=menu.meal,
            price_fen=menu.price_fen,
            quantity=self.quantity,
            delivery=self.delivery,
            taken_on=self.subsidised_on,
        )

    @property
    def split(self) -> PriceSplit:
        """What it costs."""
        return self.price.split

    @property
    def price_columns(self) -> dict[str, int | str | bool]:
        """What she gets, and the price as she agreed to it, as a booking stores them."""
        split = self.split
        return {
            "quantity": self.quantity,
            "delivery": self.delivery,
            "price_fen": split.price_fen,
            "subsidy_fen": split.subsidy_fen,
            "delivery_fee_fen": split.delivery_fee_fen,
            "delivery_subsidy_fen": split.delivery_subsidy_fen,
            "to_pay_fen": split.to_pay_fen,
            "subsidy_rule": self.price.rule,
        }

    def require_portions(self) -> None:
        """Raises MealFull where fewer portions are left than she wants."""
        if self.menu.portions_left < self.quantity:
            raise full(self.menu)

    def require_agreed(self, agreed_to_pay_fen: int) -> None:
        """Raises PriceChanged where she agreed to another amount."""
        if self.split.to_pay_fen != agreed_to_pay_fen:
            raise PriceChanged(to_pay_fen=self.split.to_pay_fen)

    def quote(self, marks: DietaryMarks, now: datetime) -> MealQuote:
        """The same as it is shown to her."""
        return MealQuote(
            menu=self.menu,
            quantity=self.quantity,
            delivery=self.delivery,
            split=self.split,
            cancel_until_at=cancel_until(self.menu, now),
            can_be_delivered=can_be_delivered(self.person, self.menu.canteen),
            warnings=marks.warnings(self.menu.diets, self.menu.allergens),
        )


def full(menu: Menu) -> MealFull:
    """The refusal where a menu has too few portions left."""
    return MealFull(day=menu.day, meal=menu.meal.value, portions_left=menu.portions_left, menu_id=menu.id)


def refuse_if_full(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    menu_id: UUID,
    quantity: int,
    delivery: bool,
    request_id: UUID,
    now: datetime,
) -> FoundMenu:
    """The menu, where it may have portions for her, or is hers already. Raises MealFull and MenuUnknown, and what
    `offer` would raise before them.

    This holds nothing and waits for nobody: of two thousand who press for a hundred portions most are told here. One
    question sees the portions and what she has at one moment, so whoever has the last one is never told that it is
    full.
    """
    found = find_menu(session, menu_id, person_id=person_id, request_id=request_id)
    if found is None:
        raise MenuUnknown()
    if not found.is_hers and found.menu.portions_left < quantity:
        person = people.glance_at_person(session, actor, person_id=person_id)
        if found.city != person.city:
            raise MenuUnknown()
        _check(person, found.menu, quantity=quantity, delivery=delivery, now=now)
        raise full(found.menu)
    return found


def offer(
    session: Session,
    person: Person,
    menu_id: UUID,
    *,
    quantity: int,
    delivery: bool,
    now: datetime,
    instead_of: UUID | None = None,
    also_subsidised_on: Iterable[date] = (),
) -> Offer:
    """What this would cost her. Raises everything that speaks against booking it, but for MealFull, which the caller
    asks about.

    `instead_of`: a booking that would be no more. `also_subsidised_on`: days whose subsidy would be used up by what she
    wants besides.
    """
    found = find_menu(session, menu_id)
    if found is None or found.city != person.city:
        raise MenuUnknown()
    own = hers_around(session, person.id, found.menu.day).without(instead_of)
    return offer_of(
        person, found, own, quantity=quantity, delivery=delivery, now=now, also_subsidised_on=also_subsidised_on
    )


def offer_of(
    person: Person,
    found: FoundMenu,
    own: Own,
    *,
    quantity: int,
    delivery: bool,
    now: datetime,
    also_subsidised_on: Iterable[date] = (),
) -> Offer:
    """The same where the menu and what is hers around it are known."""
    menu = found.menu
    if found.city != person.city:
        raise MenuUnknown()
    for each in own.booked:
        # Before everything else: whoever never saw the answer to her press asks again, however late it is then.
        if (each.day, each.meal) == (menu.day, menu.meal):
            raise AlreadyBooked(booking_id=each.id, day=menu.day, meal=menu.meal.value)
    _check(person, menu, quantity=quantity, delivery=delivery, now=now)
    subsidised_on = (*(each.day for each in own.booked if each.is_subsidised), *also_subsidised_on)
    waiting = (each.id for each in own.waiting if (each.day, each.meal) == (menu.day, menu.meal))
    return Offer(person, menu, found.slot_id, quantity, delivery, subsidised_on, next(waiting, None))


def _check(person: Person, menu: Menu, *, quantity: int, delivery: bool, now: datetime) -> None:
    if not 1 <= quantity <= MOST_PORTIONS:
        raise QuantityWrong(most=MOST_PORTIONS)
    if menu.day < local_day(now):
        raise MealDayInThePast(day=menu.day)
    if now > menu.order_until_at:
        raise OrdersClosed(day=menu.day, meal=menu.meal.value, order_until_at=menu.order_until_at)
    if delivery and not can_be_delivered(person, menu.canteen):
        raise DeliveryNotOffered(day=menu.day, meal=menu.meal.value)
