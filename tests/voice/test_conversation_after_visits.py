"""Whole conversations after a visit: how it was, and what was wrong, with the real services and the real database."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.home_care import ComplaintAbout, Rating, ServiceState, get_complaint
from services.people import Person
from tests.visits import A_DAY, TOMORROW, Visit, herself, visit
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation

NOTHING = {"action": "none"}


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍 on Thursday morning, the day after the visits that were booked for tomorrow."""
    return Talking(Conversation(words_folder), session, wang, now + 2 * A_DAY)


@pytest.fixture
def cleaned(session: Session, wang: Person) -> Visit:
    """阿梅 was there on Wednesday at nine and cleaned."""
    return visit(session, wang, ServiceState.DONE)


def cleaned_twice(session: Session, wang: Person) -> tuple[Visit, Visit]:
    """阿梅 cleaned on Wednesday morning and once more in the afternoon."""
    return visit(session, wang, ServiceState.DONE), visit(session, wang, ServiceState.DONE, at=time(15))


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ("昨天打扫得很干净，给五星", Rating.VERY_GOOD),
        ("上次打扫的阿姨很好", Rating.VERY_GOOD),
        ("给五星", Rating.VERY_GOOD),
        ("昨天来的阿姨一般般", Rating.FAIR),
        ("昨天的护理员挺好", Rating.GOOD),
    ],
)
def test_what_she_says_of_a_visit_is_read_back_and_noted_after_her_yes(
    talking: Talking, cleaned: Visit, said: str, rating: Rating
) -> None:
    reply = talking.say(said)
    assert reply.text.startswith("昨天 11月25号 星期三，上午9点的打扫卫生，您的评价是：")
    assert cleaned.now.state is ServiceState.DONE
    assert talking.say("对").text == "记下了，谢谢您。"
    assert (cleaned.now.state, cleaned.now.rating) == (ServiceState.CONFIRMED, rating)
    assert talking.done() == {"action": "rate_visit", "rating": rating.value}


def test_she_is_asked_how_it_was_and_can_correct_herself(talking: Talking, cleaned: Visit) -> None:
    assert talking.say("我要评价").text.endswith("很好、满意、一般，还是不太好？")
    assert "满意" in talking.say("满意").text
    assert "那您觉得怎么样" in talking.say("不对").text
    assert "很好" in talking.say("很好").text
    talking.say("对")
    assert cleaned.now.rating is Rating.VERY_GOOD


def test_nothing_is_noted_without_a_yes(talking: Talking, cleaned: Visit) -> None:
    talking.say("给五星")
    assert talking.say("算了").effect == NOTHING
    assert talking.say("对").effect == NOTHING
    assert (cleaned.now.state, cleaned.now.rating) == (ServiceState.DONE, None)


def test_who_was_not_content_is_asked_what_was_wrong(talking: Talking, cleaned: Visit) -> None:
    assert talking.say("昨天打扫得不干净", "对").text == "记下了。要不要让社区的人来管一管？"
    assert "哪里不好" in talking.say("要").text
    assert "来晚了或提前走了" in talking.say("迟到了").text
    assert cleaned.now.complaint is None
    assert talking.say("好的").text == "投诉收到了。社区工作人员会查，再打电话给您。"
    assert (cleaned.now.state, cleaned.now.complaint) == (ServiceState.DISPUTED, ComplaintAbout.LATE_OR_SHORT)


def test_she_complains_in_one_sentence(talking: Talking, cleaned: Visit) -> None:
    assert talking.say("昨天的阿姨问我要钱，我要投诉").text == (
        "您要投诉昨天 11月25号 星期三，上午9点的打扫卫生：跟您要钱。要交给社区处理吗？"
    )
    talking.say("对")
    assert cleaned.now.complaint is ComplaintAbout.WANTED_MONEY
    assert "已经收到了" in talking.say("我要投诉").text


def test_she_complains_in_her_own_words(talking: Talking, cleaned: Visit, session: Session, wang: Person) -> None:
    talking.say("我要投诉")
    words = "水洒了一地也不管"
    assert words in talking.say(words).text
    talking.say("对")
    made = get_complaint(session, herself(wang), booking_id=cleaned.id)
    assert made is not None
    assert (made.about, made.words) == (ComplaintAbout.OTHER, words)


def test_that_nobody_came_can_be_said_of_a_visit_that_nobody_noted(
    talking: Talking, session: Session, wang: Person
) -> None:
    missed = visit(session, wang, ServiceState.ACCEPTED)
    talking.say("昨天打扫的没来", "对")
    assert missed.now.complaint is ComplaintAbout.NOBODY_CAME


def test_whoever_still_waits_is_told_whom_to_call(talking: Talking, session: Session, wang: Person) -> None:
    waiting = visit(session, wang, ServiceState.ACCEPTED)
    talking.now = waiting.now.starts_at + timedelta(minutes=40)
    reply = talking.say("打扫的阿姨没来")
    assert "人还没到的话，请打电话给服务机构" in reply.text
    assert reply.effect == NOTHING


def test_which_visit_is_asked_where_there_are_two(talking: Talking, session: Session, wang: Person) -> None:
    first, second = cleaned_twice(session, wang)
    assert talking.say("给五星").text.startswith("第一个，昨天 11月25号 星期三，下午3点的打扫卫生。第二个，")
    assert "上午9点" in talking.say("第二个").text
    talking.say("对")
    assert (first.now.rating, second.now.rating) == (Rating.VERY_GOOD, None)


def test_the_last_time_is_the_last_one(talking: Talking, session: Session, wang: Person) -> None:
    first, second = cleaned_twice(session, wang)
    talking.say("上次打扫得很好", "对")
    assert (first.now.rating, second.now.rating) == (None, Rating.VERY_GOOD)


def test_a_day_on_which_nobody_came_is_not_taken_for_another(talking: Talking, cleaned: Visit) -> None:
    reply = talking.say("前天的阿姨很好")
    assert reply.text.startswith("没有找到这次服务。您说的是昨天 11月25号 星期三")
    talking.say("是的", "对")
    assert cleaned.now.rating is Rating.VERY_GOOD


def test_a_service_that_she_did_not_have_is_not_taken_for_another(talking: Talking, cleaned: Visit) -> None:
    assert talking.say("上次洗澡洗得很好").text.startswith("没有找到这次服务。您说的是昨天 11月25号 星期三")
    assert talking.say("算了").effect == NOTHING
    assert cleaned.now.rating is None


def test_who_had_no_visit_is_told_so(talking: Talking) -> None:
    assert talking.say("给五星").text == "现在没有等您评价的服务。"
    assert "12345" in talking.say("我要投诉").text


def test_what_is_over_for_long_cannot_be_rated_any_more(talking: Talking, cleaned: Visit) -> None:
    talking.now += timedelta(days=30)
    assert talking.say("给五星").text == "现在没有等您评价的服务。"
    assert cleaned.now.starts_at.date() == TOMORROW
