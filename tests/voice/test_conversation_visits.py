"""Whole conversations about care at home, with the real services and the real database. Today is Tuesday 24 November
2026, six in the morning."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.clock import CITY_TIME, local_moment
from services.home_care import ServiceBooking, ServiceState, list_service_bookings
from services.people import Person, PersonRow
from tests.voice.care_nearby import add_care
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
    """王秀珍, to whom a provider comes."""
    add_care(session)
    return Talking(Conversation(words_folder), session, wang, now)


def visits(talking: Talking) -> list[ServiceBooking]:
    """What stands in the database."""
    person_id = talking.person.id
    herself = Actor.senior(person_id, Channel.VOICE)
    return list(
        list_service_bookings(
            talking.session, herself, person_id=person_id, from_day=date(2026, 11, 24), coming_only=True
        )
    )


def told(talking: Talking) -> list[tuple[str, str]]:
    """The coming visits in short: the code of the service and when it begins."""
    return [(v.service.code, f"{v.starts_at.astimezone(CITY_TIME):%m-%d %H:%M}") for v in visits(talking)]


def with_vouchers(talking: Talking) -> None:
    """She cannot look after herself, so that the city gives her vouchers."""
    row = talking.session.get_one(PersonRow, talking.person.id)
    row.ability_level, row.can_look_after_self = 3, False
    talking.session.flush()


def test_service_day_and_time_are_asked_in_that_order_and_read_back(talking: Talking) -> None:
    assert talking.say("我想约个上门服务").text == "您要哪种服务？比如打扫、助浴、理发、陪看病。"
    assert talking.say("理发").text == "也可以约修脚剪指甲。上门理发，您想约哪一天？"
    assert talking.say("后天吧").text == "什么时候？上午，还是下午？"
    reply = talking.say("下午三点")
    assert reply.text == ("后天 11月26号 星期四，下午3点，上门理发，30分钟，何师傅(示例)上门。您付30元。对吗？")
    assert (
        reply.speech_text
        == "后天，十一月二十六号，星期四，下午三点，上门理发，三十分钟，何师傅上门。您付三十元。对吗？"
    )
    assert told(talking) == []
    assert talking.say("对").text.startswith("约好了，后天 11月26号 星期四，下午3点的上门理发。")
    assert told(talking) == [("HAIR", "11-26 15:00")]
    assert talking.done() == {"action": "book_service", "service": "haircut", "date": "2026-11-26", "time": "15:00"}


def test_one_sentence_is_enough(talking: Talking) -> None:
    reply = talking.say("明天上午找人来打扫卫生")
    assert "明天 11月25号 星期三，上午9点，打扫卫生，2个小时，张阿姨(示例)上门。您付90元。" in reply.text
    talking.say("好的")
    assert talking.done() == {
        "action": "book_service",
        "service": "cleaning",
        "date": "2026-11-25",
        "period": "morning",
    }


def test_the_vouchers_and_what_is_left_of_them_are_told_before_the_yes(talking: Talking) -> None:
    with_vouchers(talking)
    reply = talking.say("明天下午助浴")
    assert "助浴，1个小时，李梅(示例)、陈芳(示例)上门。" in reply.text or "陈芳(示例)、李梅(示例)上门。" in reply.text
    assert "一共150元" in reply.text
    assert "券还剩" in reply.text
    booking_price = talking.say("对") and visits(talking)[0].split
    assert booking_price.voucher_fen > 0
    assert booking_price.price_fen == booking_price.voucher_fen + booking_price.self_paid_fen


def test_asking_the_price_in_the_middle_does_not_lose_the_thread(talking: Talking) -> None:
    with_vouchers(talking)
    talking.say("我想约助浴")
    reply = talking.say("助浴多少钱")
    assert reply.text.startswith("助浴，一次1个小时。一共150元")
    assert reply.text.endswith("助浴，您想约哪一天？")
    reply = talking.say("我的券还剩多少")
    assert "还剩" in reply.text
    assert reply.text.endswith("助浴，您想约哪一天？")
    talking.say("明天下午", "对")
    assert told(talking) == [("BATH", "11-25 14:00")]


def test_the_price_at_the_read_back_is_the_read_back_once_more(talking: Talking) -> None:
    read_back = talking.say("明天下午理发").text
    assert talking.say("要多少钱").text == read_back
    talking.say("对")
    assert told(talking) == [("HAIR", "11-25 14:00")]


@pytest.mark.parametrize(
    ("correction", "booked"),
    [
        ("改到后天", ("HAIR", "11-26 14:00")),
        ("不是下午，是上午", ("HAIR", "11-25 09:00")),
        ("下午四点半", ("HAIR", "11-25 16:30")),
        ("对，后天", ("HAIR", "11-26 14:00")),
        ("不是理发，是打扫", ("CLEAN", "11-25 14:00")),
    ],
)
def test_a_correction_at_the_read_back_is_read_back_again(
    talking: Talking, correction: str, booked: tuple[str, str]
) -> None:
    talking.say("明天下午理发")
    assert talking.say(correction).effect == NOTHING
    assert told(talking) == []
    talking.say("对")
    assert told(talking) == [booked]


def test_two_other_times_are_offered_where_nobody_is_free(talking: Talking) -> None:
    reply = talking.say("明天晚上理发")
    assert reply.text == (
        "那个时间没有人有空。第一个，明天 11月25号 星期三，下午5点半，何师傅(示例)。"
        "第二个，后天 11月26号 星期四，下午5点半，何师傅(示例)。您要哪一个？"
    )
    assert "第二" not in talking.say("第二个").text
    talking.say("对")
    assert told(talking) == [("HAIR", "11-26 17:30")]


def test_another_day_may_be_named_instead_of_the_two(talking: Talking) -> None:
    talking.say("明天晚上理发")
    assert "11月27号 星期五，上午10点" in talking.say("那星期五上午十点").text
    talking.say("对")
    assert told(talking) == [("HAIR", "11-27 10:00")]


def test_any_time_will_do(talking: Talking) -> None:
    talking.say("约理发")
    assert "什么时候" in talking.say("随便").text or "对吗" in talking.replies[-1].text
    talking.say("都行", "对")
    assert len(told(talking)) == 1


def test_somebody_else_comes_when_she_wants_somebody_else(talking: Talking) -> None:
    first = talking.say("明天上午陪我聊聊天").text
    other = "陈芳" if "李梅" in first else "李梅"
    assert other in talking.say("换一个人").text
    talking.say("对")
    assert visits(talking)[0].workers[0].name.startswith(other)


def test_nobody_else_is_free_is_said(talking: Talking) -> None:
    talking.say("明天上午理发")
    assert talking.say("换个师傅").text.startswith("那个时间没有别的人有空。")


def test_a_yes_after_the_deed_does_nothing(talking: Talking) -> None:
    talking.say("明天上午理发", "对")
    assert talking.say("对").effect == NOTHING
    assert len(told(talking)) == 1


@pytest.mark.parametrize("no", ["算了", "不要了", "取消吧", "不约了", "不要了，取消吧"])
def test_a_draft_is_let_go(talking: Talking, no: str) -> None:
    talking.say("明天上午理发")
    assert talking.say(no).text == "好，没有办。还要做别的吗？"
    assert talking.say("对").effect == NOTHING
    assert told(talking) == []


def test_a_visit_is_cancelled(talking: Talking) -> None:
    talking.say("明天上午理发", "对")
    assert talking.say("取消明天的理发").text == "取消明天 11月25号 星期三，上午9点的上门理发，何师傅(示例)上门。对吗？"
    assert talking.say("对").text == "取消好了：明天 11月25号 星期三，上午9点的上门理发。"
    assert talking.done() == {"action": "cancel_service", "service": "haircut", "date": "2026-11-25"}
    assert told(talking) == []


def test_a_bare_cancel_means_what_was_booked_last(talking: Talking) -> None:
    talking.say("订明天的午饭送到家", "对", "明天上午理发", "对")
    assert "理发" in talking.say("取消").text
    talking.say("对")
    assert told(talking) == []
    assert "午餐" in talking.say("取消明天的").text


def test_which_visit_is_asked_where_there_are_two(talking: Talking) -> None:
    talking.say("明天上午理发", "对", "后天上午打扫", "对")
    reply = talking.say("我约的服务不要了，取消")
    assert "取消第一个，还是第二个？" in reply.text
    talking.say("打扫那个", "对")
    assert told(talking) == [("HAIR", "11-25 09:00")]


def test_a_visit_that_nobody_has_cannot_be_cancelled(talking: Talking) -> None:
    assert talking.say("取消明天的助浴").text == "您没有约上门服务。"


def test_a_visit_is_moved_to_the_afternoon(talking: Talking) -> None:
    talking.say("明天上午理发", "对")
    reply = talking.say("改到下午")
    assert reply.text == (
        "把明天 11月25号 星期三，上午9点的上门理发改到明天 11月25号 星期三，下午2点，何师傅(示例)上门。您付30元。对吗？"
    )
    talking.say("对")
    assert told(talking) == [("HAIR", "11-25 14:00")]
    assert talking.done() == {
        "action": "book_service",
        "service": "haircut",
        "date": "2026-11-25",
        "period": "afternoon",
    }


@pytest.mark.parametrize(
    ("wish", "moved"),
    [
        ("把明天的理发改到后天", "11-26 09:00"),
        ("把理发改到星期五下午三点", "11-27 15:00"),
        ("明天的理发推迟一天", "11-26 09:00"),
        ("听日嘅飞发改去后日", "11-26 09:00"),
    ],
)
def test_a_visit_is_moved(talking: Talking, wish: str, moved: str) -> None:
    talking.say("明天上午理发", "对")
    assert talking.say(wish, "对").effect["action"] == "book_service"
    assert told(talking) == [("HAIR", moved)]


def test_where_to_is_asked_when_she_only_wants_it_changed(talking: Talking) -> None:
    talking.say("明天上午理发", "对")
    assert talking.say("我想改一下理发的时间").text.endswith("要改到哪一天？也可以说几点。")
    talking.say("后天下午", "对")
    assert told(talking) == [("HAIR", "11-26 14:00")]


def test_two_other_times_are_offered_for_a_change_too(talking: Talking) -> None:
    talking.say("明天上午理发", "对")
    assert "您要哪一个？" in talking.say("改到明天晚上").text
    talking.say("第一个", "对")
    assert told(talking) == [("HAIR", "11-25 17:30")]


def test_meals_and_visits_are_told_together(talking: Talking) -> None:
    talking.say("订明天的午饭送到家", "对", "明天上午理发", "对")
    assert talking.say("看看我订了什么").text == (
        "您订了：明天 11月25号 星期三，上午9点的上门理发，何师傅(示例)上门；"
        "明天 11月25号 星期三的午餐，1份，翠竹社区长者饭堂(示例)送到家。"
    )


def test_a_day_that_is_too_far_away_is_said(talking: Talking) -> None:
    talking.say("我要约理发")
    assert "现在只能约到" in talking.say("十二月三十号").text


def test_she_cannot_be_in_two_visits_at_once(talking: Talking) -> None:
    talking.say("明天上午理发", "对")
    assert "那个时间您已经约了" in talking.say("明天上午九点打扫").text
    talking.say("下午", "对")
    assert told(talking) == [("HAIR", "11-25 09:00"), ("CLEAN", "11-25 14:00")]


def test_without_a_provider_she_is_told_whom_to_ask(talking: Talking) -> None:
    talking.say("我想约护士上门换药")
    assert "12345" in talking.say("明天").text


def test_the_nearest_canteen_is_told_with_hours_and_telephone(talking: Talking) -> None:
    talking.now = local_moment(date(2026, 11, 24), time(9))
    reply = talking.say("附近哪里有饭堂")
    assert reply.text.startswith("离您最近的是翠竹社区长者饭堂(示例)，大约")
    assert "现在开着，开到晚上7点。电话是0755-0000" in reply.text


def test_a_canteen_that_is_closed_says_when_it_opens(talking: Talking) -> None:
    assert "现在关着，早上6点半开门。" in talking.say("哪里有饭堂").text


def test_the_price_of_a_meal_is_told(talking: Talking) -> None:
    reply = talking.say("午饭多少钱")
    assert reply.text == "今天 11月24号 星期二的午餐，翠竹社区长者饭堂(示例)，一份。原价15元，政府补贴5元，您付10元。"


def test_who_has_no_vouchers_is_told_so(talking: Talking) -> None:
    assert talking.say("我的券还剩多少").text.startswith("您这个月没有券。")


def test_the_state_of_a_visit_is_asked_for_only(talking: Talking) -> None:
    talking.say("明天上午理发", "对")
    assert visits(talking)[0].state is ServiceState.REQUESTED


def test_words_of_another_language(words_folder: Path, talking: Talking) -> None:
    told_as: dict[str, Any] = {}
    for locale in ("zh_Hant_HK", "en"):
        other = Talking(Conversation(words_folder), talking.session, talking.person, talking.now, locale)
        told_as[locale] = other.say("明天上午理髮").text
    assert "何师傅(示例)上門" in told_as["zh_Hant_HK"]
    assert told_as["en"].endswith("You pay 30 yuan. Is that right?")


def test_where_a_kind_has_several_services_she_hears_of_them_and_may_name_one(talking: Talking) -> None:
    assert talking.say("我想约理发").text == "也可以约修脚剪指甲。上门理发，您想约哪一天？"
    assert talking.say("修脚吧").text == "修脚剪指甲，您想约哪一天？"
    assert "后天 11月26号 星期四，上午9点，修脚剪指甲，40分钟" in talking.say("后天上午九点").text
    assert "您付50元" in talking.replies[-1].text
    talking.say("对")
    assert told(talking) == [("NAIL", "11-26 09:00")]
    assert talking.done() == {"action": "book_service", "service": "haircut", "date": "2026-11-26", "time": "09:00"}


@pytest.mark.parametrize(
    ("said", "booked"),
    [
        ("明天上午找人来大扫除", "DEEPCLEAN"),
        ("明天上午约个护工", "CARE"),
        ("明天上午找人陪我出门", "ESCORT"),
        ("明天上午约代取药", "MED"),
        ("明天上午约人修脚", "NAIL"),
    ],
)
def test_what_she_names_is_what_comes(talking: Talking, said: str, booked: str) -> None:
    talking.say(said, "对")
    assert [code for code, _ in told(talking)] == [booked]


def test_a_correction_to_the_plain_name_is_the_first_service_again(talking: Talking) -> None:
    talking.say("明天上午约人修脚")
    assert "上门理发，30分钟" in talking.say("不是修脚，是理发").text
    assert "修脚剪指甲，40分钟" in talking.say("改成修脚").text
    assert talking.say("修脚多少钱").text.startswith("修脚剪指甲，一次40分钟。")
