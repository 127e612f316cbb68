"""Letting go at any question, calling for help, and silence: the ways out of a conversation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.people import Person
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation, Heard

NOTHING = {"action": "none"}
DROPPED = "好，没有办。还要做别的吗？"
HELP_IS_CALLED = "我求助了，您的社区那边在响警报。"
HEARS_NOTHING = "我还是没听到您说话。您想好了再说，或者打电话 12345。"
GREETING = "您好"

UP_TO_THE_QUESTION = {
    "date": ["我要订饭"],
    "meal": ["我要订饭", "明天"],
    "delivery": ["订明天的午饭"],
    "confirm": ["订明天的午饭送到家"],
    "what_is_wrong": ["订明天的午饭送到家", "不对"],
    "offer": ["订今天的早饭，自己去吃"],
}


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, who has no meal booked."""
    return Talking(Conversation(words_folder), session, wang, now)


@pytest.mark.parametrize("said", ["取消", "不要了", "算了", "不订了", "取消吧", "算了，不要"])
@pytest.mark.parametrize("question", UP_TO_THE_QUESTION)
def test_a_draft_is_let_go_at_any_question(talking: Talking, question: str, said: str) -> None:
    assert talking.say(*UP_TO_THE_QUESTION[question]).state["question"] == question
    reply = talking.say(said)
    assert (reply.text, reply.effect, reply.state["task"]) == (DROPPED, NOTHING, None)


@pytest.mark.parametrize("said", ["救命", "我摔倒了", "我喘不过气", "叫救护车"])
@pytest.mark.parametrize("before", [[], *UP_TO_THE_QUESTION.values()])
def test_a_call_for_help_is_heard_at_once_and_leaves_the_question_open(
    talking: Talking, before: list[str], said: str
) -> None:
    question_id = talking.say(*before).question_id if before else None
    reply = talking.say(Heard(said, confidence=0.2, spoken=True))
    assert (reply.effect, reply.question_id) == ({"action": "emergency"}, question_id)
    assert reply.text.startswith(HELP_IS_CALLED)
    assert "请马上打幺二零" in reply.speech_text


def test_a_yes_after_a_call_for_help_books_nothing_and_the_question_is_asked_again(talking: Talking) -> None:
    read_back = talking.say("订明天的午饭送到家")
    called = talking.say("我摔倒了")
    assert talking.say("再说一遍").text == called.text
    again = talking.say("对")
    assert (again.effect, again.text) == (NOTHING, f"我再问您一遍。{read_back.text}")
    assert talking.say("对").effect["action"] == "book_meal"


def test_after_three_silences_it_says_that_it_hears_nothing_and_the_question_stays_open(talking: Talking) -> None:
    read_back = talking.say("订明天的午饭送到家")
    for _ in range(2):
        assert talking.say("").text == f"我没听到您说话。{read_back.text}"
    for _ in range(3):
        reply = talking.say("")
        assert (reply.text, reply.question_id) == (HEARS_NOTHING, read_back.question_id)
    assert reply.state["last_text"] == read_back.text
    assert talking.say("今天天气真好").text == f"我没听明白。{read_back.text}"
    assert talking.say("对").effect["action"] == "book_meal"


def test_a_yes_after_giving_up_is_asked_for_again(talking: Talking) -> None:
    read_back = talking.say("订明天的午饭送到家")
    again = talking.say("", "", "", "对")
    assert (again.effect, again.text) == (NOTHING, f"我再问您一遍。{read_back.text}")


def test_an_offer_stays_open_after_giving_up_and_another_question_does_not(talking: Talking) -> None:
    offer = talking.say("订今天的早饭，自己去吃")
    assert talking.say("", "", "").question_id == offer.question_id
    talking.say("算了", "我要订饭")
    assert talking.say("", "", "").question_id is None


def test_what_it_said_when_it_gave_up_does_not_greet_her_the_next_time(talking: Talking) -> None:
    for nothing in ("", "今天天气真好"):
        reply = talking.say("我要订饭", nothing, nothing, nothing)
        assert reply.state["last_text"].startswith(GREETING)


@pytest.mark.parametrize("said", ["啱", "啱呀"])
def test_a_cantonese_yes_books(talking: Talking, said: str) -> None:
    talking.locale = "zh_Hant_HK"
    assert talking.say("聽日晏晝幫我訂一份飯送到屋企", said).effect["action"] == "book_meal"


@pytest.mark.parametrize("said", ["book", "唔啱", "啱唔啱", "啱啱"])
def test_what_is_no_yes_books_nothing(talking: Talking, said: str) -> None:
    assert talking.say("订明天的午饭送到家", said).effect == NOTHING
