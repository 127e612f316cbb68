"""A yes counts for the question that was before her when she said it, and not for long."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.people import Person
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation, Heard, Reply
from voice.skills import SKILLS
from voice.skills.meals import BookMeal
from voice.skills.skill import Step, Task, Turn

NOTHING = {"action": "none"}
ONCE_MORE = "我再问您一遍。"
LATE = timedelta(minutes=3, seconds=1)


class BreaksOff(BookMeal):
    """Books nothing: the deed fails half way, after the task was changed."""

    def act(self, turn: Turn, task: Task) -> Step:
        task.slots["quantity"] = 4
        task.notes.clear()
        raise RuntimeError


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, who has no meal booked."""
    return Talking(Conversation(words_folder), session, wang, now)


def on_page(reply: Reply, text: str) -> Heard:
    """Said while this reply is what the page shows."""
    return Heard(text, answers=reply.question_id or "")


def later(talking: Talking, passed: timedelta) -> None:
    talking.now += passed


def test_every_question_has_an_id_of_its_own_and_a_reply_without_a_question_has_none(talking: Talking) -> None:
    asked = [talking.say(said).question_id for said in ("订明天的午饭", "送到家", "改成晚饭")]
    assert None not in asked
    assert len(set(asked)) == 3
    assert talking.replies[-1].state["question_id"] == asked[-1]
    assert talking.say("对").question_id is None


def test_a_question_that_is_only_repeated_keeps_its_id(talking: Talking) -> None:
    question = talking.say("我要订饭")
    for said in ("今天天气真好", "等一下，让我想想", "你刚才说什么", ""):
        assert talking.say(said).question_id == question.question_id


def test_a_yes_to_the_question_on_the_page_is_a_yes(talking: Talking) -> None:
    read_back = talking.say(Heard("订明天的午饭送到家", answers=""))
    talking.say(on_page(read_back, "对"))
    assert talking.done()["action"] == "book_meal"


@pytest.mark.parametrize("said", ["对", "对，明天中午", "要两份", "不要了"])
def test_an_answer_to_another_question_than_the_open_one_is_asked_for_again(talking: Talking, said: str) -> None:
    first_page = talking.say("订后天的晚饭，自己去吃")
    talking.say("算了", "订明天的午饭送到家")
    reply = talking.say(on_page(first_page, said))
    assert reply.effect == NOTHING
    assert reply.text.startswith(f"{ONCE_MORE}明天 11月25号 星期三的午餐，1份，")
    assert talking.say(on_page(reply, "对")).effect["action"] == "book_meal"


def test_a_yes_on_a_page_that_asked_nothing_does_not_answer_the_question_of_another_page(talking: Talking) -> None:
    talking.say("订明天的午饭送到家")
    assert talking.say(Heard("对", answers="")).effect == NOTHING


def test_a_yes_that_is_sent_twice_from_one_page_acts_once(talking: Talking) -> None:
    read_back = talking.say("订明天的午饭送到家")
    reply = talking.say(on_page(read_back, "对"), on_page(read_back, "对"))
    assert reply.effect == NOTHING
    assert reply.text == "刚才那件已经办好了。还要做别的吗？"


def test_a_choice_on_a_page_that_was_left_behind_chooses_nothing(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对", "订明天的晚饭，自己去吃", "对")
    choice = talking.say("我要取消订餐")
    reply = talking.say(Heard("第二个", answers=""))
    assert reply.text == ONCE_MORE + choice.text


def test_a_new_request_counts_whatever_the_page_shows(talking: Talking) -> None:
    talking.say("订明天的午饭送到家")
    reply = talking.say(Heard("订后天的晚饭", answers=""))
    assert reply.text == "送到家，还是到饭堂吃？"
    assert reply.state["task"]["slots"]["date"] == "2026-11-26"


def test_a_yes_more_than_three_minutes_after_the_question_is_read_back_again(talking: Talking) -> None:
    read_back = talking.say("订明天的午饭送到家")
    later(talking, LATE)
    again = talking.say("对")
    assert again.effect == NOTHING
    assert again.text == ONCE_MORE + read_back.text
    later(talking, timedelta(minutes=3))
    assert talking.say("对").effect["action"] == "book_meal"


def test_a_late_yes_is_late_on_its_own_page_too(talking: Talking) -> None:
    read_back = talking.say("订明天的午饭送到家")
    later(talking, LATE)
    assert talking.say(on_page(read_back, "对")).effect == NOTHING


def test_the_time_counts_from_when_the_question_was_last_heard(talking: Talking) -> None:
    talking.say("订明天的午饭送到家")
    later(talking, timedelta(minutes=2))
    talking.say("再说一遍")
    later(talking, timedelta(minutes=2))
    assert talking.say("对").effect["action"] == "book_meal"


def test_a_late_yes_to_cancelling_keeps_the_booking(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    read_back = talking.say("取消明天的午饭")
    later(talking, LATE)
    assert talking.say("对").text == ONCE_MORE + read_back.text
    assert talking.say("对").effect["action"] == "cancel_meal"


def test_a_late_yes_to_an_offer_is_offered_again(talking: Talking) -> None:
    offer = talking.say("订今天的早饭，自己去吃")
    later(talking, LATE)
    assert talking.say("好").text == ONCE_MORE + offer.text


def test_a_late_choice_is_asked_for_again(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对", "订明天的晚饭，自己去吃", "对")
    choice = talking.say("我要取消订餐")
    later(talking, LATE)
    assert talking.say("第二个").text == ONCE_MORE + choice.text


def test_a_late_no_lets_go(talking: Talking) -> None:
    talking.say("订明天的午饭送到家")
    later(talking, LATE)
    assert talking.say("算了").text == "好，没有办。还要做别的吗？"


def test_what_went_out_of_reach_while_she_was_away_is_not_read_back_as_if_it_were_there(talking: Talking) -> None:
    talking.say("订今天的午饭，自己去吃")
    later(talking, timedelta(hours=8))
    reply = talking.say("对")
    assert reply.effect == NOTHING
    assert "已经停止预订了" in reply.text


def test_a_turn_that_fails_leaves_the_state_as_it_was(talking: Talking, words_folder: Path) -> None:
    state = talking.say("订明天的午饭送到家").state
    before = json.dumps(state)
    with pytest.raises(RuntimeError):
        Conversation(words_folder, {**SKILLS, "book_meal": BreaksOff()}).turn(
            talking.session,
            Actor.senior(talking.person.id, Channel.VOICE),
            person_id=talking.person.id,
            heard=Heard("对"),
            state=state,
            now=talking.now,
        )
    assert json.dumps(state) == before
