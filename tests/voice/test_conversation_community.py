"""What happens in the community, and the weather, by talking: from rows, or an honest word that there are none."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.activities import enter_activity
from services.activities.tables import ActivityRow
from services.people import Person
from tests.delegating import CITY, worker_of
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, in whose community nothing is entered."""
    session.execute(delete(ActivityRow))
    return Talking(Conversation(words_folder), session, wang, now)


def enter(talking: Talking, day: date, title: str, places_left: int | None = None) -> None:
    enter_activity(
        talking.session,
        worker_of(talking.person),
        title=title,
        place="长者之家",
        day=day,
        starts=time(9, 30),
        places_left=places_left,
        city=CITY,
        now=talking.now,
    )


def test_the_day_that_she_asks_for_is_told_and_the_next_one_where_it_is_empty(talking: Talking) -> None:
    assert talking.say("明天社区有什么活动").text == "明天 11月25号 星期三社区没有登记活动。"
    enter(talking, date(2026, 11, 25), "太极拳", 5)
    enter(talking, date(2026, 11, 27), "书法班", 0)
    told = talking.say("明天社区有什么活动").text
    assert told == "明天 11月25号 星期三有：明天 11月25号 星期三上午9点半，太极拳，在长者之家，还有5个名额。"
    assert "最近的一场是" in talking.say("后天社区有活动吗").text
    every = talking.say("社区有什么活动").text
    assert "书法班，在长者之家，名额满了" in every
    assert "太极拳" in every


def test_nothing_is_invented(talking: Talking) -> None:
    assert talking.say("社区有什么活动").text == "社区还没有登记活动。"
    assert talking.say("明天天气怎么样").text == "我这里没有天气预报，不敢乱说。"


def test_asked_in_between_it_is_told_and_the_question_comes_again(talking: Talking) -> None:
    asked = talking.say("订明天的午饭")
    assert talking.say("明天社区有什么活动").text.endswith(asked.text)
