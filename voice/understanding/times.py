"""Times of day and months as people say them: 下午三点半, 14:30, 上个月, 九月份, 去年十二月.

A time without a part of the day is the one at which people are about: 三点 is 15:00, 八点 is 08:00. A month without a
year is the latest one that is past or current, because months are named when somebody asks what was paid.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from voice.understanding.numbers import NUMBER, read_number

_MINUTE = rf"(?P<minute>半|[一三]刻|(?:零|〇)?{NUMBER}分?)?"
_CLOCK = re.compile(rf"(?P<hour>{NUMBER})(?P<unit>点钟?|时(?=[^间候]|$)){_MINUTE}(?!\d)")
_DIGITS = re.compile(r"(?<!\d)(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?!\d)")
_LATER_HALF = re.compile(r"(?:下午|午后|傍晚|晚上?|夜里?|后晌|下晚|下昼|黑)[^，\d]{0,2}$")
_EARLIER_HALF = re.compile(r"(?:早上?|上午|清早|清晨|凌晨|朝|半夜)[^，\d]{0,2}$")
_NOON = re.compile(r"(?:中午|晌午|晏昼)[^，\d]{0,2}$")
# 快一点, 大一点: a bit, and no time, unless a part of the day or 钟 says otherwise.
_A_BIT = frozenset({"一", "1"})
_FIRST_HOUR_OF_THE_DAY = 7

_MONTH = re.compile(
    rf"(?P<year>去年|前年|今年|\d{{4}}年)?(?:的)?(?P<month>{NUMBER})月(?:份)?(?!\d|[一二三四五六七八九十廿]+[号日])"
)
_MONTHS_AGO = re.compile(
    r"(?P<before>上上个?月|前个月)|(?P<last>上个?月|上月)|(?P<this>这个?月|本月|呢个月|今个月|当月)|(?P<next>下个?月)"
)


@dataclass(frozen=True)
class TimeMention:
    """A time (HH:MM) or a month (YYYY-MM) and where it was named, as character positions."""

    start: int
    end: int
    value: str


def find_clocks(text: str) -> Iterator[TimeMention]:
    """Every time of day in normalised text.

    >>> [mention.value for mention in find_clocks("下午三点半，不对，四点")]
    ['15:30', '16:00']
    """
    for match in _DIGITS.finditer(text):
        yield TimeMention(match.start(), match.end(), f"{int(match['hour']) % 24:02}:{match['minute']}")
    for match in _CLOCK.finditer(text):
        hour, minute = read_number(match["hour"]), _minute(match["minute"])
        if hour is None or hour > 24 or minute is None:
            continue
        before = text[: match.start()]
        is_named = match["unit"] != "点" or match["minute"] or _part_of_day(before)
        if match["hour"] in _A_BIT and not is_named:
            continue
        yield TimeMention(match.start(), match.end(), f"{_hour(hour, before) % 24:02}:{minute:02}")


def find_months(text: str, today: date) -> Iterator[TimeMention]:
    """Every month in normalised text; `today` is the city's day.

    >>> [mention.value for mention in find_months("上个月和十二月", date(2026, 11, 23))]
    ['2026-10', '2025-12']
    """
    for match in _MONTHS_AGO.finditer(text):
        back = {"before": 2, "last": 1, "this": 0, "next": -1}[str(match.lastgroup)]
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield TimeMention(match.start(), match.end(), f"{year:04}-{month + 1:02}")
    for match in _MONTH.finditer(text):
        number = read_number(match["month"])
        if number is None or not 1 <= number <= 12:
            continue
        yield TimeMention(match.start(), match.end(), f"{_year(match['year'], number, today):04}-{number:02}")


def _minute(said: str | None) -> int | None:
    if not said:
        return 0
    if said == "半":
        return 30
    if said.endswith("刻"):
        return 15 if said[0] == "一" else 45
    number = read_number(said.removesuffix("分").lstrip("零〇") or "零")
    return number if number is not None and number < 60 else None


def _part_of_day(before: str) -> bool:
    return any(pattern.search(before) for pattern in (_LATER_HALF, _EARLIER_HALF, _NOON))


def _hour(hour: int, before: str) -> int:
    if hour >= 12 or _EARLIER_HALF.search(before):
        return hour
    if _LATER_HALF.search(before):
        return hour + 12
    if _NOON.search(before):
        return hour + 12 if hour < 4 else hour
    return hour + 12 if hour < _FIRST_HOUR_OF_THE_DAY else hour


def _year(said: str | None, month: int, today: date) -> int:
    if said is None:
        return today.year if month <= today.month else today.year - 1
    named = {"今年": today.year, "去年": today.year - 1, "前年": today.year - 2}
    return named[said] if said in named else int(said[:4])
