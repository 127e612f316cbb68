"""Days, quantities, numbers and other values on their own."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from services.clock import CITY_TIME
from voice.understanding import normalise, understand
from voice.understanding.dates import find_days
from voice.understanding.numbers import read_number
from voice.understanding.quantities import find_quantities
from voice.understanding.times import find_clocks, find_months

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("周一", "2026-11-30"),  # a bare weekday is strictly after today
        ("星期二", "2026-11-24"),
        ("礼拜天", "2026-11-29"),
        ("这周一", "2026-11-23"),
        ("这个星期五", "2026-11-27"),
        ("下周三", "2026-12-02"),
        ("下个礼拜一", "2026-11-30"),
        ("下下周二", "2026-12-08"),
        ("下周的周四", "2026-12-03"),
        ("24号", "2026-11-24"),
        ("23号", "2026-12-23"),  # today's number is the next month's day
        ("二十五号", "2026-11-25"),
        ("三十一号", "2026-12-31"),  # November has no 31st
        ("下个月三号", "2026-12-03"),
        ("11月24号", "2026-11-24"),
        ("十一月二十八日", "2026-11-28"),
        ("1月5号", "2027-01-05"),  # the next January
        ("2026年12月1日", "2026-12-01"),
        ("11/26", "2026-11-26"),
        ("三天后", "2026-11-26"),
        ("过两天", "2026-11-25"),
        ("一个星期以后", "2026-11-30"),
    ],
)
def test_days_of_the_calendar_are_read(said: str, day: str) -> None:
    found = max(find_days(normalise(said), date(2026, 11, 23)), key=lambda mention: mention.end - mention.start)
    assert found.day.isoformat() == day


@pytest.mark.parametrize("said", ["三天", "13月40号", "三号楼", "一号线", "0号", "两个星期三次"])
def test_what_is_no_day_is_not_read_as_one(said: str) -> None:
    assert not list(find_days(normalise(said), date(2026, 11, 23)))


@pytest.mark.parametrize(
    ("said", "quantity"),
    [
        ("一份", 1),
        ("两份饭", 2),
        ("2份", 2),
        ("十二份", 12),
        ("俩盒饭", 2),
        ("三个人的饭", 3),
        ("我跟老伴一人一份", 2),
        ("我们三个人一人一份", 3),
        ("我们老两口都要", 2),
        ("两分午饭", 2),  # a recogniser's 分 for 份
        ("一个人的饭", 1),
    ],
)
def test_portions_are_counted(said: str, quantity: int) -> None:
    # Where one mention lies in another, as 一份 in 一人一份, the longer one is read.
    longest = max(find_quantities(normalise(said)), key=lambda mention: mention.end - mention.start)
    assert longest.quantity == quantity


@pytest.mark.parametrize("said", ["订个饭", "我一个人在家", "两分钟", "第一份", "两荤一素"])
def test_what_counts_no_portions_is_not_counted(said: str) -> None:
    assert not list(find_quantities(normalise(said)))


@pytest.mark.parametrize(
    ("said", "number"), [("二十", 20), ("廿", 20), ("零", 0), ("一十", 10), ("百", None), ("", None)]
)
def test_numbers_are_read(said: str, number: int | None) -> None:
    assert read_number(said) == number


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        # the last version counts
        ("订明天，不对，后天的午饭", {"date": "2026-11-25", "meal": "lunch"}),
        ("订午饭，不是，晚饭", {"meal": "dinner"}),
        # what is denied is not meant, in either order
        ("订后天的午饭，不是明天", {"date": "2026-11-25", "meal": "lunch"}),
        ("不要晚饭，订午饭", {"meal": "lunch"}),
        ("不要给我送，订明天的午饭", {"date": "2026-11-24", "meal": "lunch", "delivery": False}),
        # a meal that came with another day goes with that day
        ("今晚帮我订明天的午饭", {"date": "2026-11-24", "meal": "lunch"}),
        # the day in the request, not the one in the story
        ("帮我订明天的午饭，我后天要去医院看病", {"date": "2026-11-24", "meal": "lunch"}),
        # a past day is told, and the conversation says that it is over
        ("订昨天的午饭", {"date": "2026-11-22", "meal": "lunch"}),
    ],
)
def test_of_several_values_the_meant_one_counts(said: str, slots: dict[str, object]) -> None:
    meaning = understand(said, MONDAY)
    assert (meaning.intent, meaning.slots) == ("book_meal", slots)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("明天 中午，帮 我 訂 ２ 份！", "明天中午，帮我订2份"),
        ("　ＯＫ　", "ok"),
        ("11/24, 12:30", "11/24，12:30"),
        ("book a lunch 吧", "book a lunch吧"),
        ("……", ""),
        ("申請", "申请"),
    ],
)
def test_text_is_brought_into_one_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_an_alternative_of_the_recogniser_is_used_when_the_text_means_nothing() -> None:
    meaning = understand("帮我顶一份名片午参加", MONDAY, ["帮我订一份明天的午餐"])
    assert (meaning.intent, meaning.slots["date"]) == ("book_meal", "2026-11-24")


def test_an_answer_is_never_taken_from_an_alternative() -> None:
    assert understand("队", MONDAY, ["对", "对的"]).intent == "out_of_scope"


def test_answers_that_contradict_each_other_are_none() -> None:
    assert understand("对", MONDAY, ["不对"]).intent == "out_of_scope"


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("下午三点", "15:00"),
        ("上午九点半", "09:30"),
        ("三点一刻", "15:15"),  # nobody comes at a quarter past three in the night
        ("八点", "08:00"),
        ("晚上七点三刻", "19:45"),
        ("中午十二点", "12:00"),
        ("中午一点", "13:00"),
        ("下午一点", "13:00"),
        ("14:30", "14:30"),
        ("两点零五分", "14:05"),
        ("早上六点钟", "06:00"),
    ],
)
def test_times_of_day_are_read(said: str, time: str) -> None:
    longest = max(find_clocks(normalise(said)), key=lambda mention: mention.end - mention.start)
    assert longest.value == time


@pytest.mark.parametrize("said", ["快一点", "声音大一点", "几点", "二十五点", "地点", "一点也不"])
def test_what_is_no_time_is_not_read_as_one(said: str) -> None:
    assert not list(find_clocks(normalise(said)))


@pytest.mark.parametrize(
    ("said", "month"),
    [
        ("这个月", "2026-11"),
        ("本月", "2026-11"),
        ("上个月", "2026-10"),
        ("上上个月", "2026-09"),
        ("九月份", "2026-09"),
        ("11月", "2026-11"),  # the current one
        ("十二月", "2025-12"),  # the latest one that is past
        ("去年十月", "2025-10"),
        ("今年三月", "2026-03"),
        ("2025年6月", "2025-06"),
    ],
)
def test_months_are_the_latest_that_are_past_or_current(said: str, month: str) -> None:
    longest = max(find_months(normalise(said), date(2026, 11, 23)), key=lambda mention: mention.end - mention.start)
    assert longest.value == month


@pytest.mark.parametrize("said", ["三个月", "十三月", "十二月三号", "月底"])
def test_what_is_no_month_is_not_read_as_one(said: str) -> None:
    assert not list(find_months(normalise(said), date(2026, 11, 23)))


def test_a_time_makes_the_part_of_the_day_needless() -> None:
    assert understand("约明天下午三点的理发", MONDAY).slots == {
        "service": "haircut",
        "date": "2026-11-24",
        "time": "15:00",
    }


def test_a_word_that_only_suggests_a_value_counts_where_none_is_stated() -> None:
    assert understand("马桶堵了，帮我叫个师傅", MONDAY).slots == {"service": "repair"}
    assert understand("卫生间要打扫，约个保洁", MONDAY).slots == {"service": "cleaning"}


@pytest.mark.parametrize(
    ("said", "relation"),
    [
        ("女婿", "other"),
        ("儿媳", "other"),
        ("侄子", "other"),
        ("满崽", "son"),
        ("幺儿", "son"),
        ("堂客", "spouse"),
        ("老伴", "spouse"),
        ("外孙女", "grandchild"),
    ],
)
def test_relations_are_those_of_the_family(said: str, relation: str) -> None:
    assert understand(f"给我{said}打电话", MONDAY).slots == {"relation": relation}


def test_the_last_week_is_no_day_to_come() -> None:
    (mention,) = find_days(normalise("上周三"), date(2026, 11, 23))
    assert mention.day == date(2026, 11, 18)


@pytest.mark.parametrize("said", ["今天天气热死了", "热死我了", "急死我了", "笑死了", "电视里着火了", "我去年摔断了腿"])
def test_a_figure_of_speech_a_story_and_television_raise_no_alarm(said: str) -> None:
    assert understand(said, MONDAY).intent != "emergency"
