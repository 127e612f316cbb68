"""One question a page about several meals at once: a week's, or those of every week. The answer goes back to the page
that shows everything, and all other answers with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext

from services.meals import MOST_PORTIONS, CanteenChoice, Meal, list_canteens
from webapp.access import current_actor, current_person
from webapp.meals.wish import Wish
from webapp.meals.wording import distance_words, how_to_get_it_words
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session
from webapp.words import meal_words, nearness_words

CANTEENS_SHOWN = 6
MEAL_ICONS = {Meal.BREAKFAST: "sunrise", Meal.LUNCH: "sun", Meal.DINNER: "sunset"}

Address = Callable[..., str]


class About(StrEnum):
    """What can be asked."""

    MEAL = "meal"
    CANTEEN = "canteen"
    WAY = "way"
    QUANTITY = "quantity"


@dataclass(frozen=True)
class Answer:
    """One large button."""

    url: str
    words: str
    note: str | None = None
    icon: str | None = None


def ask(about: About, wish: Wish, *, address: Address, kept: dict[str, Any], back: str) -> Response:
    """The page of a question. `address(**parameters)` is where an answer leads, `kept` what goes along with it."""

    def answered(**answer: object) -> str:
        return address(**(wish.as_address(**answer) | kept))

    answers = {
        About.MEAL: _meals,
        About.CANTEEN: _canteens,
        About.WAY: _ways,
        About.QUANTITY: _quantities,
    }[about](answered)
    return show("meals/question.html", question=_question(about), answers=answers, back=back)


def canteens_near() -> tuple[CanteenChoice, ...]:
    """The nearest canteens."""
    return list_canteens(
        database_session(), current_actor(), person_id=current_person().id, now=now(), limit=CANTEENS_SHOWN
    )


def nearest_canteen(*, delivery: bool) -> UUID | None:
    """The nearest canteen that serves her so; None where none does."""
    return next((each.canteen.id for each in canteens_near() if each.can_be_delivered or not delivery), None)


def _question(about: About) -> str:
    return {
        About.MEAL: _("Which meal?"),
        About.CANTEEN: _("Which canteen?"),
        About.WAY: _("Where do you want to eat?"),
        About.QUANTITY: _("How many portions?"),
    }[about]


def _meals(answered: Address) -> list[Answer]:
    return [Answer(answered(meal=meal.value), meal_words(meal), icon=MEAL_ICONS[meal]) for meal in Meal]


def _canteens(answered: Address) -> list[Answer]:
    return [
        Answer(answered(place=each.canteen.id), each.canteen.name, _where_words(each), "store")
        for each in canteens_near()
    ]


def _where_words(choice: CanteenChoice) -> str:
    parts = [nearness_words(choice.nearness)]
    if choice.distance_metres is not None:
        parts.append(distance_words(choice.distance_metres))
    parts.append(how_to_get_it_words(choice.canteen, choice.can_be_delivered))
    return " · ".join(parts)


def _ways(answered: Address) -> list[Answer]:
    return [
        Answer(answered(delivery="yes"), _("Bring it to my home"), icon="truck"),
        Answer(answered(delivery="no"), _("I eat there"), icon="store"),
    ]


def _quantities(answered: Address) -> list[Answer]:
    return [
        Answer(answered(quantity=number), ngettext("%(num)d portion", "%(num)d portions", number))
        for number in range(1, MOST_PORTIONS + 1)
    ]
