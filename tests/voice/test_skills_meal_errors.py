"""Every refusal of the meals service has a sentence and a next step."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import services.meals
from services.actor import Actor, Channel, NotAllowed
from services.errors import ServiceError
from services.people import Person
from tests.voice.conversation_words import compile_words
from voice.skills import meal_errors
from voice.skills.skill import Task, Turn
from voice.wording import words


@pytest.fixture
def turn(tmp_path: Path, session: Session, wang: Person, now: datetime) -> Turn:
    """A turn of 王秀珍."""
    wording = words("zh_Hans", compile_words(tmp_path / "locales"))
    return Turn(session, Actor.senior(wang.id, Channel.VOICE), wang.id, now, wording)


def codes_of_the_service() -> set[str]:
    errors = [
        each for each in vars(services.meals).values() if isinstance(each, type) and issubclass(each, ServiceError)
    ]
    return {error.code for error in [*errors, NotAllowed]}


def test_the_table_is_complete() -> None:
    assert codes_of_the_service() == set(meal_errors.EXPLANATIONS)


@pytest.mark.parametrize(
    "code", sorted(code for code, tell in meal_errors.EXPLANATIONS.items() if tell is meal_errors.sorry)
)
def test_what_she_cannot_change_ends_with_somebody_to_call(turn: Turn, code: str) -> None:
    class Refusal(ServiceError):
        pass

    Refusal.code = code
    step = meal_errors.explain(turn, Task("book_meal"), Refusal())
    assert step.question is None
    assert "12345" in step.line.text


def test_a_refusal_that_nobody_foresaw_ends_with_somebody_to_call(turn: Turn) -> None:
    assert "12345" in meal_errors.explain(turn, Task("book_meal"), ServiceError()).line.text


def test_a_meal_that_nobody_brings_is_offered_at_the_canteen(turn: Turn) -> None:
    slots = {"date": "2026-11-25", "meal": "lunch", "delivery": True}
    step = meal_errors.explain(turn, Task("book_meal", slots), services.meals.DeliveryNotOffered())
    assert step.line.text == "这一餐没有人送。您到饭堂吃，好吗？"
    assert step.options[0].task.slots["delivery"] is False


def test_a_last_portion_is_offered_by_its_number(turn: Turn) -> None:
    slots = {"date": "2026-11-25", "meal": "lunch", "quantity": 3}
    step = meal_errors.explain(turn, Task("book_meal", slots), services.meals.MealFull(portions_left=2))
    assert (step.question, step.line.text) == ("quantity", "只剩2份了。您要几份？")
    assert step.line.speech.startswith("只剩两份")
