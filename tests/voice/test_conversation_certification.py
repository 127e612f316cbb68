"""Being certified by talking: four digits that are said, or a visit. It is Friday 27 November 2026, in the window."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.certification import certification_of, open_campaign
from services.people import Person
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about
from tests.certifying import CITY, NEAR_THE_END, SYSTEM, begin_empty, paid_case
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation, Heard
from voice.skills.skill import CONFIRM, DIGITS

NOTHING = {"action": "none"}
CERTIFIED = "认证好了。别的都不用办。"


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person) -> Talking:
    """王秀珍, who is paid and has to be certified."""
    begin_empty(session)
    paid_case(session, wang)
    open_campaign(session, SYSTEM, city=CITY, now=NEAR_THE_END)
    return Talking(Conversation(words_folder), session, wang, NEAR_THE_END)


def digits(talking: Talking) -> str:
    """The digits that she was shown."""
    return str(talking.replies[-1].state["task"]["notes"]["digits"])


def is_due(talking: Talking) -> bool:
    actor = Actor.senior(talking.person.id, Channel.VOICE)
    return certification_of(talking.session, actor, person_id=talking.person.id, now=talking.now).due


def test_she_says_the_digits_and_is_certified(talking: Talking) -> None:
    reply = talking.say("我要做认证")
    assert reply.text == ("您的认证要在11月30号 星期一之前做。我说四个数字，您跟着念。现在开始吗？不方便就说：请上门。")
    assert reply.state["question"] == CONFIRM
    shown = talking.say("好")
    assert shown.state["question"] == DIGITS
    assert shown.text == f"请念这四个数字：{' '.join(digits(talking))}。"
    assert shown.effect == NOTHING
    reply = talking.say(Heard(digits(talking), confidence=0.9, spoken=True))
    assert (reply.text, reply.effect) == (CERTIFIED, {"action": "certify"})
    assert not is_due(talking)
    assert talking.say("我要认证").text.endswith("已经认证过了，不用再办。")


@pytest.mark.parametrize("between", ["", " ", "，"])
def test_digits_are_understood_as_recognisers_write_them(talking: Talking, between: str) -> None:
    talking.say("我要认证", "好")
    assert talking.say(f"我说{between.join(digits(talking))}").effect == {"action": "certify"}


def test_wrong_digits_are_asked_again_and_after_three_a_visit_is_offered(talking: Talking) -> None:
    talking.say("我要认证", "好")
    wrong = "0000"
    assert talking.say(wrong).text.startswith("没有对上。再慢慢念一遍。请念这四个数字：")
    talking.say(wrong)
    assert talking.say(wrong).text == "没听准。请社区的人上门帮您认证，好吗？"
    assert is_due(talking)
    reply = talking.say("好")
    assert (reply.text, reply.effect) == ("记下了。社区会先打电话，再上门。", {"action": "certify", "visit": True})
    assert TaskKind.CERTIFICATION_VISIT in tasks_about(talking.session, talking.person)


@pytest.mark.parametrize("turns", [["我要认证", "请上门"], ["我走不动，认证能不能上门"], ["我要认证", "好", "请上门"]])
def test_a_visit_is_read_back_and_asked_for(talking: Talking, turns: list[str]) -> None:
    assert talking.say(*turns).text == "请社区的人上门给您认证。对吗？"
    assert talking.say("对").effect == {"action": "certify", "visit": True}


def test_typed_digits_prove_nothing(talking: Talking, session: Session) -> None:
    talking.say("我要认证", "好")
    said = digits(talking)
    reply = talking.conversation.turn(
        session,
        Actor.senior(talking.person.id, Channel.SCREEN),
        person_id=talking.person.id,
        heard=Heard(said),
        state=talking.replies[-1].state,
        now=talking.now,
    )
    assert reply.text.startswith("数字要您自己念出来。请按话筒再念。请念这四个数字：")
    assert is_due(talking)


def test_digits_that_came_too_late_are_replaced_by_new_ones(talking: Talking) -> None:
    talking.say("我要认证", "好")
    late = digits(talking)
    # Just asked again, so that the digits are what is too old.
    talking.now += timedelta(minutes=6)
    talking.replies[-1].state["asked_at"] = talking.now.isoformat()
    assert talking.say(late).text.startswith("时间过了，换一组数字。请念这四个数字：")
    assert digits(talking) != late
    assert talking.say(digits(talking)).effect == {"action": "certify"}


@pytest.mark.parametrize("said", ["算了", "不要了", "", "今天天气真好"])
def test_what_is_no_digits_certifies_nobody(talking: Talking, said: str) -> None:
    assert talking.say("我要认证", "好", said).effect == NOTHING
    assert is_due(talking)


def test_who_need_not_be_certified_is_told_when_it_begins(words_folder: Path, session: Session, wang: Person) -> None:
    begin_empty(session)
    talking = Talking(Conversation(words_folder), session, wang, NEAR_THE_END)
    assert talking.say("我要认证").text == "您现在不用认证。下一次从5月1号 星期六开始。"
