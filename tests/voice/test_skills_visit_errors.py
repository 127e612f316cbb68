"""Every refusal of care at home has a sentence and a next step."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import services.home_care
from services.actor import Actor, Channel, NotAllowed
from services.errors import ServiceError
from services.home_care import ServiceDayNotOffered, TooLateToBook
from services.people import Person
from tests.voice.conversation_words import compile_words
from voice.skills import visit_errors
from voice.skills.skill import Task, Turn
from voice.wording import words


@pytest.fixture
def turn(tmp_path: Path, session: Session, wang: Person, now: datetime) -> Turn:
    """A turn of 王秀珍."""
    wording = words("zh_Hans", compile_words(tmp_path / "locales"))
    return Turn(session, Actor.senior(wang.id, Channel.VOICE), wang.id, now, wording)


def test_the_table_is_complete() -> None:
    errors = [
        each for each in vars(services.home_care).values() if isinstance(each, type) and issubclass(each, ServiceError)
    ]
    assert {error.code for error in [*errors, NotAllowed]} == set(visit_errors.EXPLANATIONS)


def test_a_refusal_that_nobody_foresaw_ends_with_somebody_to_call(turn: Turn) -> None:
    assert "12345" in visit_errors.explain_visit(turn, Task("book_service"), ServiceError()).line.text


def test_a_day_that_is_over_and_one_that_is_too_far_away_are_asked_again(turn: Turn) -> None:
    for day, said in (("2026-11-20", "已经过了"), ("2026-12-30", "现在只能约到")):
        task = Task("book_service", {"service": "haircut", "date": day})
        step = visit_errors.explain_visit(turn, task, ServiceDayNotOffered(last_day=date(2026, 12, 8)))
        assert said in step.line.text
        assert step.question == "date"
        assert "date" not in task.slots


def test_what_is_too_soon_is_asked_for_another_time(turn: Turn) -> None:
    task = Task("book_service", {"service": "haircut", "date": "2026-11-24", "time": "07:00"})
    step = visit_errors.explain_visit(turn, task, TooLateToBook())
    assert (step.question, "time" in task.slots) == ("time", False)
