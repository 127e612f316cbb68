"""Whole conversations about meals, with the real services and the real database. Today is Tuesday 24 November 2026, six
in the morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.meals import CanteenKind, list_meal_bookings
from services.meals.tables import CanteenRow, MenuRow
from services.people import Person
from services.worker_tasks import TaskKind, list_tasks
from tests.conftest import person_named
from tests.meals import leave_portions
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation, Heard

NOTHING = {"action": "none"}
TOMORROW = "2026-11-25"


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, who has no meal booked."""
    return Talking(Conversation(words_folder), session, wang, now)


def booked(talking: Talking) -> list[tuple[str, str, int, bool]]:
    """What stands in the database."""
    bookings = list_meal_bookings(
        talking.session,
        Actor.senior(talking.person.id, Channel.VOICE),
        person_id=talking.person.id,
        from_day=date(2026, 11, 24),
    )
    return [(b.menu.day.isoformat(), b.menu.meal.value, b.quantity, b.delivery) for b in bookings]


def fill_up(session: Session, **facts: object) -> None:
    """Leave no portion on the menus that have these values."""
    conditions = [getattr(MenuRow, name) == value for name, value in facts.items()]
    leave_portions(session, 0, *conditions)


def test_a_meal_of_a_locker_is_taken_out(words_folder: Path, session: Session, now: datetime) -> None:
    her = Talking(Conversation(words_folder), session, person_named(session, "吴桂芳"), now)
    canteens = select(CanteenRow.id).where(CanteenRow.kind != CanteenKind.SMART_MEAL_LOCKER)
    leave_portions(session, 0, MenuRow.canteen_id.in_(canteens))
    assert "到海裕社区智能餐柜(示例)自己取，1份" in her.say("明天中午订一份午餐，不用送").text
    reply = her.say("对")
    assert her.done()["action"] == "book_meal"
    assert "到餐柜取，取餐号" in reply.text


def test_a_whole_sentence_is_read_back_and_booked_after_a_yes(talking: Talking) -> None:
    reply = talking.say("明天中午帮我订一份午餐送到家里")
    assert reply.text == (
        "明天 11月25号 星期三的午餐，1份，翠竹社区长者饭堂(示例)送到您家。"
        "原价15元，送餐费2元，政府补贴5元，您付12元。对吗？"
    )
    assert reply.speech_text == (
        "明天，十一月二十五号，星期三的午餐，一份，翠竹社区长者饭堂送到您家。"
        "原价十五元，送餐费两元，政府补贴五元，您付十二元。对吗？"
    )
    assert reply.effect == NOTHING
    assert booked(talking) == []
    talking.say("对")
    assert talking.done() == {
        "action": "book_meal",
        "date": TOMORROW,
        "meal": "lunch",
        "delivery": True,
        "quantity": 1,
    }
    assert booked(talking) == [(TOMORROW, "lunch", 1, True)]


def test_day_meal_and_delivery_are_asked_in_that_order(talking: Talking) -> None:
    assert talking.say("我要订饭").text == "您想订哪一天？"
    assert talking.say("后天吧").text == "订早餐、午餐还是晚餐？"
    assert talking.say("中午").text == "送到家，还是到饭堂吃？"
    assert "后天 11月26号 星期四的午餐，1份，到翠竹社区长者饭堂(示例)吃。" in talking.say("我自己去吃").text
    talking.say("好的")
    assert booked(talking) == [("2026-11-26", "lunch", 1, False)]


def test_what_was_said_already_is_not_asked_again(talking: Talking) -> None:
    assert talking.say("订两份晚饭").text == "您想订哪一天？"
    assert talking.say("明天").text == "送到家，还是到饭堂吃？"
    assert "2份" in talking.say("送").text


@pytest.mark.parametrize(
    ("correction", "read_back"),
    [
        ("不是明天，是后天", "后天 11月26号 星期四的午餐，1份，翠竹社区长者饭堂(示例)送到您家。"),
        ("要两份", "明天 11月25号 星期三的午餐，2份，翠竹社区长者饭堂(示例)送到您家。"),
        ("不用送", "明天 11月25号 星期三的午餐，1份，到翠竹社区长者饭堂(示例)吃。"),
        ("对，但是要晚饭", "明天 11月25号 星期三的晚餐，1份，翠竹社区长者饭堂(示例)送到您家。"),
        ("我说错了，是星期五", "11月27号 星期五的午餐，1份，翠竹社区长者饭堂(示例)送到您家。"),
    ],
)
def test_a_correction_at_the_read_back_is_read_back_again(talking: Talking, correction: str, read_back: str) -> None:
    talking.say("订明天的午饭送到家")
    reply = talking.say(correction)
    assert reply.text.startswith(read_back)
    assert booked(talking) == []


def test_a_bare_not_right_asks_what_is_wrong(talking: Talking) -> None:
    talking.say("订明天的午饭送到家")
    assert talking.say("不对").text == "哪里要改？哪一天，哪一餐，还是送不送？"
    assert "晚餐" in talking.say("晚饭").text
    talking.say("对")
    assert booked(talking) == [(TOMORROW, "dinner", 1, True)]


def test_a_yes_after_the_deed_does_nothing(talking: Talking) -> None:
    reply = talking.say("订明天的午饭送到家", "对", "对")
    assert reply.effect == NOTHING
    assert reply.text == "刚才那件已经办好了。还要做别的吗？"
    assert len(booked(talking)) == 1


@pytest.mark.parametrize(
    "said", ["算了", "不要了", "不订了", "取消吧", "算了算了，下次再说", "得了", "得了吧", "好了好了"]
)
def test_letting_go_ends_with_nothing_done(talking: Talking, said: str) -> None:
    reply = talking.say("订明天的午饭送到家", said)
    assert reply.text == "好，没有办。还要做别的吗？"
    assert talking.say("对").effect == NOTHING
    assert booked(talking) == []


def test_a_yes_that_was_heard_badly_is_asked_for_again(talking: Talking) -> None:
    talking.say("订明天的午饭送到家")
    reply = talking.say(Heard("对", confidence=0.3, spoken=True))
    assert reply.text.startswith("我没听清楚。明天")
    assert booked(talking) == []
    talking.say(Heard("对", confidence=0.7, spoken=True))
    assert len(booked(talking)) == 1


@pytest.mark.parametrize(
    "said",
    [
        "对面很吵",
        "好像是吧我也不知道",
        "明天是星期三",
        "是吗",
        "行不行啊",
        "嗯我想想",
        "对不起",
        "反对",
        "好久不见",
        "明白了",
        "晓得了",
        "我知道了",
        "可以的话",
        "是我",
        "可以的话就订",
        "好的，明白了",
        "对，是我",
    ],
)
def test_what_only_sounds_like_a_yes_does_not_act(talking: Talking, said: str) -> None:
    assert talking.say("订明天的午饭送到家", said).effect == NOTHING
    assert booked(talking) == []


def test_three_turns_not_understood_end_in_the_telephone(talking: Talking) -> None:
    talking.say("我要订饭")
    assert talking.say("今天天气真好").text == "我没听明白。您想订哪一天？"
    assert talking.say("").text == "我没听到您说话。您想订哪一天？"
    reply = talking.say("我孙子考大学了")
    assert reply.text == "我还是没听明白。请您换个说法，或者打电话 12345。"
    assert reply.speech_text.endswith("或者打电话 一二三四五。")
    assert talking.say("对").effect == NOTHING


def test_talk_about_something_else_changes_no_answer(talking: Talking) -> None:
    talking.say("订明天的午饭", "今天天气真好")
    assert "明天" in talking.say("送吧").text


def test_she_can_wander_off_and_come_back(talking: Talking) -> None:
    talking.say("订明天的午饭")
    assert talking.say("我订了什么").text == "您现在没有订餐，也没有约服务。送到家，还是到饭堂吃？"
    assert talking.say("你能做什么").text.endswith("送到家，还是到饭堂吃？")
    talking.say("送到家", "对")
    assert booked(talking) == [(TOMORROW, "lunch", 1, True)]


@pytest.mark.parametrize(
    ("answer", "delivery"),
    [
        ("送吧", True),
        ("要的，要送", True),
        ("家里", True),
        ("在家吃", True),
        ("不用", False),
        ("我过去", False),
        ("在饭堂", False),
    ],
)
def test_how_it_comes_to_her_is_understood_in_few_words(talking: Talking, answer: str, delivery: bool) -> None:
    talking.say("订明天的午饭", answer, "对")
    assert booked(talking) == [(TOMORROW, "lunch", 1, delivery)]


def test_a_bare_yes_is_no_answer_to_an_either_or(talking: Talking) -> None:
    assert talking.say("订明天的午饭", "可以").text == "我没听明白。送到家，还是到饭堂吃？"


def test_she_may_think_as_long_as_she_likes(talking: Talking) -> None:
    talking.say("我要订饭")
    for _ in range(5):
        assert talking.say("等一下，让我想想").text == "好，不着急。您想订哪一天？"


def test_two_meals_at_once_are_asked_for_one_by_one(talking: Talking) -> None:
    assert talking.say("明天的午饭和晚饭都给我订上").text == "订早餐、午餐还是晚餐？"


def test_what_she_only_took_note_of_is_asked_once_more_and_after_the_deed_it_is_all_right(talking: Talking) -> None:
    question = talking.say("订明天的午饭送到家")
    assert talking.say("明白了").text == f"我再问您一遍。{question.text}"
    assert talking.say("对", "知道了").text == "好。有事您就说。"


def test_a_spoken_hum_is_no_clear_yes(talking: Talking) -> None:
    talking.say("订明天的午饭送到家", Heard("嗯", confidence=0.9, spoken=True))
    assert booked(talking) == []


def test_the_last_sentence_is_said_again(talking: Talking) -> None:
    question = talking.say("我要订饭")
    again = talking.say("你刚才说什么")
    assert (again.text, again.speech_text) == (question.text, question.speech_text)


def test_going_back_asks_the_question_before(talking: Talking) -> None:
    talking.say("我要订饭", "明天", "中午")
    assert talking.say("返回").text == "订早餐、午餐还是晚餐？"
    assert talking.say("返回").text == "您想订哪一天？"


def test_goodbye_ends_the_conversation(talking: Talking) -> None:
    reply = talking.say("订明天的午饭送来", "再见")
    assert reply.ended
    assert booked(talking) == []


def test_a_day_in_the_past_is_told_and_another_asked_for(talking: Talking) -> None:
    assert talking.say("帮我订昨天的午饭").text == "昨天 11月23号 星期一已经过了。您想订哪一天？"
    assert talking.say("明天").text == "送到家，还是到饭堂吃？"


def test_a_day_without_menus_is_told_with_the_last_day_there_is(talking: Talking) -> None:
    reply = talking.say("订十二月二十号的午饭")
    assert reply.text.startswith("那一天还不能订，最晚能订到")
    assert reply.text.endswith("您想订哪一天？")


def test_a_meal_that_is_closed_is_offered_for_the_next_day(talking: Talking) -> None:
    reply = talking.say("订今天的早饭，自己去吃")
    assert reply.text == "今天 11月24号 星期二的早餐已经停止预订了。订明天 11月25号 星期三的早餐，好吗？"
    talking.say("好", "对")
    assert booked(talking) == [(TOMORROW, "breakfast", 1, False)]


def test_a_full_canteen_is_told_and_the_next_one_read_back(talking: Talking, session: Session) -> None:
    talking.say("订明天的午饭，自己去吃")
    first = talking.replies[-1].state["task"]["notes"]["menu_id"]
    fill_up(session, id=first)
    # Full between the read-back and the yes: nothing is booked, the next canteen is read back.
    reply = talking.say("对")
    assert reply.effect == NOTHING
    assert reply.text.startswith("翠竹社区长者饭堂(示例)已经满了。明天 11月25号 星期三的午餐，1份，到")
    talking.say("对")
    assert booked(talking) == [(TOMORROW, "lunch", 1, False)]


def test_a_price_that_changed_is_read_back_anew(talking: Talking, session: Session) -> None:
    talking.say("订明天的午饭，自己去吃")
    menu_id = talking.replies[-1].state["task"]["notes"]["menu_id"]
    session.execute(update(MenuRow).where(MenuRow.id == menu_id).values(price_fen=2000))
    reply = talking.say("对")
    assert reply.effect == NOTHING
    assert reply.text.startswith("价钱变了。明天")
    assert "您付15元" in reply.text
    talking.say("对")
    assert booked(talking) == [(TOMORROW, "lunch", 1, False)]


def test_a_meal_that_is_full_everywhere_is_offered_for_another_day(talking: Talking, session: Session) -> None:
    fill_up(session, day=date(2026, 11, 25), meal="dinner")
    reply = talking.say("订明天的晚饭，自己去吃")
    assert reply.text == (
        "明天 11月25号 星期三的晚餐都订满了。第一个，排队等。第二个，换成后天 11月26号 星期四的晚餐。您要哪一个？"
    )
    assert talking.say("不用了").text == "好，没有办。还要做别的吗？"


def test_too_many_portions_are_asked_for_again(talking: Talking) -> None:
    assert talking.say("订九份明天的午饭送到家").text == "一次最多订4份。您要几份？"
    assert "2份" in talking.say("两个").text


def test_what_is_booked_already_is_told_and_no_yes_takes_it_away(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    reply = talking.say("订明天的午饭")
    assert reply.text == (
        "您已经订了明天 11月25号 星期三的午餐，1份，在翠竹社区长者饭堂(示例)吃。不想要了，就说：取消。"
    )
    assert reply.question_id is None
    for _ in range(2):
        assert talking.say("对").effect == NOTHING
    assert len(booked(talking)) == 1
    talking.say("取消", "对")
    assert booked(talking) == []


def test_the_only_booking_is_read_back_before_it_is_cancelled(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    assert talking.say("我不想吃了，把饭退了").text == (
        "取消明天 11月25号 星期三的午餐，1份，在翠竹社区长者饭堂(示例)吃。对吗？"
    )
    assert len(booked(talking)) == 1
    assert talking.say("对").text == "取消好了：明天 11月25号 星期三的午餐。"
    assert booked(talking) == []


def test_of_two_bookings_she_chooses_the_one_to_cancel(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对", "订明天的晚饭，自己去吃", "对")
    reply = talking.say("我要取消订餐")
    assert reply.text.endswith("取消第一个，还是第二个？")
    talking.say("第二个", "对")
    assert booked(talking) == [(TOMORROW, "lunch", 1, False)]


def test_of_many_bookings_she_names_the_day_and_then_the_meal(talking: Talking) -> None:
    for meal in ("明天的午饭", "后天的午饭", "后天的晚饭"):
        talking.say(f"订{meal}，自己去吃", "对")
    assert talking.say("取消订餐").text.endswith("要取消哪一份？")
    assert talking.say("后天").text.endswith("取消第一个，还是第二个？")
    talking.say("晚饭", "对")
    assert [(day, meal) for day, meal, _, _ in booked(talking)] == [(TOMORROW, "lunch"), ("2026-11-26", "lunch")]


def test_a_no_to_cancelling_keeps_the_booking(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对", "取消明天的午饭", "不了")
    assert len(booked(talking)) == 1


def test_nothing_to_cancel_is_said(talking: Talking) -> None:
    assert talking.say("取消明天的午饭").text == "您现在没有订餐。"


def test_at_most_three_bookings_are_told(talking: Talking) -> None:
    for meal in ("明天的午饭", "明天的晚饭", "后天的午饭", "后天的晚饭"):
        talking.say(f"订{meal}，自己去吃", "对")
    reply = talking.say("我订了什么")
    assert reply.text.count("份") == 3
    assert reply.text.endswith("还有别的，请看屏幕。")
    assert talking.say("我星期五订饭了没有").text == "11月27号 星期五您没有订餐，也没有约服务。"


def test_something_was_wrong_with_a_meal_and_a_worker_is_told_after_her_yes(talking: Talking, session: Session) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    talking.now += timedelta(days=2)
    assert "哪里不好" in talking.say("我要投诉饭堂").text
    assert talking.say("送错了").text == "您要投诉昨天 11月25号 星期三的午餐：不是您订的饭。要交给社区处理吗？"
    assert list_tasks(session, Actor.system(), now=talking.now, kind=TaskKind.MEAL_COMPLAINT) == ()
    assert talking.say("好的").text == "投诉收到了。社区工作人员会查，再打电话给您。"
    (task,) = list_tasks(session, Actor.system(), now=talking.now, kind=TaskKind.MEAL_COMPLAINT)
    assert task.facts["about"] == "wrong_meal"


def test_the_words_come_in_the_language_that_is_asked_for(talking: Talking) -> None:
    talking.locale = "zh_Hant_HK"
    assert talking.say("聽日晏晝幫我訂一份飯送到屋企").text == (
        "聽日 11月25號 星期三嘅午餐，1份，翠竹社区长者饭堂(示例)送到您屋企。"
        "原價15蚊，送餐費2蚊，政府補貼5蚊，您畀12蚊。啱唔啱？"
    )
    talking.locale = "en"
    assert talking.say("送到家").text.endswith("you pay 12 yuan. Is that right?")


def test_a_state_of_another_version_is_a_fresh_start(talking: Talking) -> None:
    talking.say("订明天的午饭送到家")
    talking.replies[-1].state["version"] = 0
    assert talking.say("对").effect == NOTHING
    assert booked(talking) == []
