"""Conversations about changing meals, many meals in one go, and meals that are full, with the real services and the
real database. Today is Tuesday 24 November 2026, six in the morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.demo import prepare_demonstration
from services.meals import (
    Allergen,
    Meal,
    list_meal_bookings,
    list_standing_orders,
    list_waiting,
    set_dietary_marks,
)
from services.meals.tables import MenuRow
from services.people import Person
from tests.meals import TOMORROW, leave_portions, menu_id_of
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation

NOTHING = {"action": "none"}
A_WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, who has no meal booked."""
    return Talking(Conversation(words_folder), session, wang, now)


def herself(talking: Talking) -> Actor:
    return Actor.senior(talking.person.id, Channel.VOICE)


def booked(talking: Talking) -> list[tuple[str, str, int, bool]]:
    """What stands in the database."""
    bookings = list_meal_bookings(
        talking.session, herself(talking), person_id=talking.person.id, from_day=date(2026, 11, 24)
    )
    return [(f"{b.menu.day:%m-%d}", b.menu.meal.value, b.quantity, b.delivery) for b in bookings]


def fill_up(session: Session, day: date, meal: str) -> None:
    """No portion is left anywhere."""
    leave_portions(session, 0, MenuRow.day == day, MenuRow.meal == meal)


@pytest.mark.parametrize(
    ("wish", "changed"),
    [
        ("把明天的午餐改成后天", ("11-26", "lunch", 1, False)),
        ("改成送到家里", ("11-25", "lunch", 1, True)),
        ("换成晚饭", ("11-25", "dinner", 1, False)),
        ("改成两份", ("11-25", "lunch", 2, False)),
        ("推迟一天", ("11-26", "lunch", 1, False)),
        ("听日嘅晏昼饭改做后日", ("11-26", "lunch", 1, False)),
        ("我订的明天中午的饭，换成后天晚上", ("11-26", "dinner", 1, False)),
    ],
)
def test_a_meal_is_changed_after_it_was_read_back(
    talking: Talking, wish: str, changed: tuple[str, str, int, bool]
) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    reply = talking.say(wish)
    assert reply.text.startswith("把明天 11月25号 星期三的午餐改成：")
    assert reply.text.endswith("对吗？")
    assert booked(talking) == [("11-25", "lunch", 1, False)]
    assert talking.say("对").text.startswith("改好了，")
    assert booked(talking) == [changed]
    assert talking.done()["action"] == "book_meal"


def test_what_it_shall_be_is_asked_when_she_only_wants_it_changed(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    assert talking.say("我想改一下明天的午餐").text.endswith("换一天、换一餐，还是送到家？")
    talking.say("送到家", "对")
    assert booked(talking) == [("11-25", "lunch", 1, True)]


def test_which_meal_is_asked_where_it_could_be_two(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对", "订后天的晚饭，自己去吃", "对")
    talking.replies[-1].state["done_booking"] = None
    assert "改第一个，还是第二个？" in talking.say("改成送到家里").text
    talking.say("晚饭那个", "对")
    assert booked(talking) == [("11-25", "lunch", 1, False), ("11-26", "dinner", 1, True)]


def test_what_is_so_already_is_said(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    assert talking.say("把明天的午餐改成明天").text.startswith("本来就是这样：")


def test_a_change_to_a_full_meal_leaves_the_booking(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    fill_up(talking.session, date(2026, 11, 26), "lunch")
    assert "都订满了" in talking.say("改成后天").text
    talking.say("好", "对")
    assert booked(talking) == [("11-27", "lunch", 1, False)]


def test_a_meal_that_is_cooked_already_cannot_be_changed(talking: Talking) -> None:
    talking.say("订今天的午饭，自己去吃", "对")
    talking.now += timedelta(hours=4)
    assert "改不了" in talking.say("改成送到家里").text


def test_a_week_is_read_back_and_booked_in_one_go(talking: Talking) -> None:
    assert talking.say("这个星期每天中午都订").text == "送到家，还是到饭堂吃？"
    reply = talking.say("送到家")
    assert reply.text == (
        "今天、明天、星期四、星期五、星期六、星期日的午餐，一共6份，送到您家。政府补贴20元，您一共付82元。对吗？"
    )
    assert booked(talking) == []
    assert talking.say("对").text == "订好了，一共6份。"
    assert len(booked(talking)) == 6
    assert talking.done() == {"action": "book_meal", "meal": "lunch", "delivery": True, "quantity": 1}


def test_days_that_she_has_and_days_that_are_full_are_said_and_left_out(talking: Talking) -> None:
    talking.say("订明天的午饭，自己去吃", "对")
    fill_up(talking.session, date(2026, 11, 27), "lunch")
    reply = talking.say("这周每天中午都给我订，我去饭堂吃")
    assert "明天已经订好了。星期五满了。" in reply.text
    talking.say("对")
    assert [day for day, *_ in booked(talking)] == ["11-24", "11-25", "11-26", "11-28", "11-29"]


def test_once_or_for_good_is_asked_and_not_guessed(talking: Talking) -> None:
    assert talking.say("周一到周五中午给我送饭").text.startswith("第一个，只订这七天。第二个，以后每个星期都订。")
    reply = talking.say("第二个")
    assert reply.text.startswith("以后每个星期一到星期五的午餐，1份，翠竹社区长者饭堂(示例)送到您家。每次您付12元")
    talking.say("对")
    (order,) = list_standing_orders(talking.session, herself(talking), person_id=talking.person.id)
    assert (order.weekdays, order.meal, order.delivery) == ((1, 2, 3, 4, 5), Meal.LUNCH, True)


def test_from_now_on_is_a_standing_order(talking: Talking) -> None:
    assert talking.say("以后每个工作日中午都给我送饭").text.startswith("以后每个星期一到星期五的午餐")
    assert talking.say("对").effect["action"] == "book_meal"
    assert talking.say("以后每个工作日中午都给我送饭").text.startswith("您已经每个星期都订着")


def test_a_standing_order_ends_with_or_without_what_is_booked(talking: Talking) -> None:
    talking.say("以后每个工作日中午都给我送饭", "对")
    assert "已经订好的留着" in talking.say("以后不用天天送了").text
    talking.say("第一个")
    assert talking.say("对").text == "好了，以后不再自动订了。"
    assert not list_standing_orders(talking.session, herself(talking), person_id=talking.person.id)
    assert talking.say("以后不用天天送了").text == "您没有每个星期都订的餐。"


def test_last_week_is_repeated(talking: Talking) -> None:
    talking.say("订明天的午饭，我去吃", "对", "订后天的午饭送到家", "对", "订后天的晚饭送到家", "对")
    talking.now += A_WEEK
    prepare_demonstration(talking.session, city=talking.person.city, now=talking.now)
    reply = talking.say("跟上周一样")
    assert reply.text == (
        "跟上个星期一样。明天、星期四的午餐；星期四的晚餐，一共3份。政府补贴10元，您一共付36元。对吗？"
    )
    talking.say("对")
    assert booked(talking)[3:] == [
        ("12-02", "lunch", 1, False),
        ("12-03", "lunch", 1, True),
        ("12-03", "dinner", 1, True),
    ]


def test_without_a_last_week_she_is_asked_for_a_day(talking: Talking) -> None:
    assert talking.say("跟上周一样").text == "上个星期您没有订餐。您想订哪一天？"
    talking.say("明天", "中午", "我去吃", "对")
    assert booked(talking) == [("11-25", "lunch", 1, False)]


def test_a_full_meal_can_be_waited_for(talking: Talking) -> None:
    fill_up(talking.session, TOMORROW, "lunch")
    reply = talking.say("订明天的午饭，我去吃")
    assert reply.text.endswith("第一个，排队等。第二个，换成后天 11月26号 星期四的午餐。您要哪一个？")
    reply = talking.say("那我排队等")
    assert "您排队等，有人退了就给您订上，您付10元，发短信告诉您。对吗？" in reply.text
    assert talking.say("对").text == "排上了，您排第一个。有了就发短信给您。"
    (waiting,) = list_waiting(talking.session, herself(talking), person_id=talking.person.id, from_day=TOMORROW)
    assert waiting.menu.id == menu_id_of(talking.session)
    assert talking.say("我订了什么").text == ("您现在没有订餐，也没有约服务。您正在排队等明天 11月25号 星期三的午餐。")


def test_the_other_day_is_taken_instead_of_waiting(talking: Talking) -> None:
    fill_up(talking.session, TOMORROW, "lunch")
    talking.say("订明天的午饭，我去吃", "第二个", "对")
    assert booked(talking) == [("11-26", "lunch", 1, False)]


def test_who_wants_to_wait_for_a_meal_that_is_not_full_can_have_it(talking: Talking) -> None:
    assert talking.say("我要排队等明天的午饭，我去吃").text.endswith("给您订上，好吗？")
    talking.say("好", "对")
    assert booked(talking) == [("11-25", "lunch", 1, False)]


def test_what_she_must_not_eat_is_said_before_the_price(talking: Talking) -> None:
    set_dietary_marks(
        talking.session,
        herself(talking),
        person_id=talking.person.id,
        diets=(),
        allergies=tuple(Allergen),
        now=talking.now,
    )
    assert "请注意，这一餐里有" in talking.say("订明天的午饭，我去吃").text
