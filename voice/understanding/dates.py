"""Days as people name them by the calendar: 24号, 11月24号, 周三, 这周五, 下礼拜三, 三天后.

Finds the places in a text and gives city-local days; which of several counts is decided in `slots`. 今天, 明天 and 后天
are words of the rules. A bare weekday or day of the month is the next one strictly after today (design.md, "What
`understand` speaks").
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from voice.understanding.numbers import NUMBER, read_number

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEKDAYS |= {str(number): number - 1 for number in range(1, 8)}
_WEEK = "(?:周|星期|礼拜)"

_WEEKDAY = re.compile(
    rf"(?P<which>下下个?|(?<!一)下个?|上上个?|上个?|这一?个?|本|今个?)?(?:{_WEEK}的?)?(?P<week>{_WEEK})(?P<day>[一二三四五六日天1-7])(?!\d|天|次|[个份]人?)"
)
_MONTH_DAY = re.compile(
    rf"(?:(?P<year>\d{{4}})[年./-])?(?P<month>{NUMBER})(?:月份?的?|[./-])(?P<day>{NUMBER})[号日]?(?![\d份个月百千万块元])"
)
_DAY_OF_MONTH = re.compile(
    rf"(?P<which>下个?月的?|这个?月的?|本月)?(?P<day>{NUMBER})[号日](?![楼线院门车桌房床栋机码])"
)
# Days that come again every week: 每天, 工作日, 周一到周五, 每个星期三, 逢周一三五.
_EVERY_WEEK = re.compile(
    rf"(?P<all>每一?天|天天|每日|日日|见天)|(?P<working>(?:每个?|逢)?(?:工作日|平日))|(?P<weekend>(?:每个?|逢)?(?:周末|双休日))"
    rf"|(?:每个?|逢)?{_WEEK}(?P<first>[一二三四五六日天])(?:到|至|-){_WEEK}?(?P<last>[一二三四五六日天])"
    rf"|(?:每个?|逢){_WEEK}(?P<some>[一二三四五六日天](?:[、和跟]?{_WEEK}?[一二三四五六日天])*)"
)
_DAYS_LATER = re.compile(rf"(?:再?过)?(?P<count>{NUMBER})(?P<unit>天|个?(?:星期|礼拜)|周)(?P<later>以后|之后|后)?")


@dataclass(frozen=True)
class DayMention:
    """A day and where in the text it was named, as character positions."""

    start: int
    end: int
    day: date


def day_after(today: date, offset: int) -> date:
    """The day `offset` days from today (negative: before)."""
    return today + timedelta(days=offset)


def next_weekday(today: date, weekday: int) -> date:
    """The next day with that weekday (Monday 0), strictly after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def weekday_of_week(today: date, weekday: int, weeks_ahead: int) -> date:
    """The day of the calendar week (Monday to Sunday) that is `weeks_ahead` after this one."""
    return today + timedelta(days=weekday - today.weekday() + 7 * weeks_ahead)


def next_day_of_month(today: date, day: int, months_ahead: int | None = None) -> date | None:
    """The next date with that day of the month, strictly after today, skipping months that have no such day.

    With `months_ahead` the month is fixed (0 this one, 1 the next). None when there is no such day.
    """
    if not 1 <= day <= 31:
        return None
    tries = range(13) if months_ahead is None else (months_ahead,)
    for ahead in tries:
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if day <= monthrange(year, month + 1)[1]:
            found = date(year, month + 1, day)
            if months_ahead is not None or found > today:
                return found
    return None


def find_days(text: str, today: date) -> Iterator[DayMention]:
    """Every calendar expression in normalised text, overlapping ones included; `today` is the city's day."""
    for match in _WEEKDAY.finditer(text):
        yield DayMention(match.start(), match.end(), _weekday(match, today))
    for match in _MONTH_DAY.finditer(text):
        if found := _month_day(match, today):
            yield DayMention(match.start(), match.end(), found)
    for match in _DAY_OF_MONTH.finditer(text):
        ahead = None if not match["which"] else int(match["which"].startswith("下"))
        number = read_number(match["day"])
        if number is not None and (found := next_day_of_month(today, number, ahead)):
            yield DayMention(match.start(), match.end(), found)
    for match in _DAYS_LATER.finditer(text):
        # 三天 alone is a length of time; 过三天 and 三天后 are days.
        if match["later"] or "过" in match[0]:
            count = read_number(match["count"])
            if count is not None and count <= 366:
                days = count * (1 if match["unit"] == "天" else 7)
                yield DayMention(match.start(), match.end(), day_after(today, days))


@dataclass(frozen=True)
class WeekdaysMention:
    """Days of the week and where they were named, as character positions. `days`: ISO digits in order, 1 is Monday."""

    start: int
    end: int
    days: str


def find_weekdays(text: str) -> Iterator[WeekdaysMention]:
    """Days that are to come again every week.

    >>> [mention.days for mention in find_weekdays("每天早上，周一到周五中午，每周三六晚上")]
    ['1234567', '12345', '36']
    """
    for match in _EVERY_WEEK.finditer(text):
        if match["first"]:
            first, last = _WEEKDAYS[match["first"]], _WEEKDAYS[match["last"]]
            named = range(first, last + 1) if first <= last else (*range(first, 7), *range(last + 1))
        elif match["some"]:
            named = [_WEEKDAYS[each] for each in match["some"] if each in _WEEKDAYS]
        else:
            named = range(7) if match["all"] else range(5) if match["working"] else (5, 6)
        yield WeekdaysMention(match.start(), match.end(), "".join(sorted({str(day + 1) for day in named})))


def _weekday(match: re.Match[str], today: date) -> date:
    weekday = _WEEKDAYS[match["day"]]
    which = match["which"] or ""
    if which.startswith("下下"):
        return weekday_of_week(today, weekday, 2)
    if which.startswith("下"):
        return weekday_of_week(today, weekday, 1)
    if which.startswith("上"):
        return weekday_of_week(today, weekday, -2 if which.startswith("上上") else -1)
    if which:
        return weekday_of_week(today, weekday, 0)
    return next_weekday(today, weekday)


def _month_day(match: re.Match[str], today: date) -> date | None:
    month, day = read_number(match["month"]), read_number(match["day"])
    if month is None or day is None or not 1 <= month <= 12:
        return None
    year = int(match["year"]) if match["year"] else today.year
    try:
        found = date(year, month, day)
        if not match["year"] and found < today:
            found = found.replace(year=year + 1)
    except ValueError:
        return None
    return found
