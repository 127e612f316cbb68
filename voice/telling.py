"""Days, meals, money and numbers in words, each as shown and as spoken.

The city's voices read digits badly (2份 becomes 二份, 12:30 a long number), so spoken Chinese has its numbers written
out here; the words around them come from the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from babel.dates import format_date, format_time

from voice.wording import Line, Wording

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_TRADITIONAL = str.maketrans("两号点万", "兩號點萬")
_FEN_IN_TEN_THOUSAND_YUAN = 1_000_000
_REMARK = re.compile(r"\s*[(（][^)）]*[)）]")
HELP_LINE = "12345"
AMBULANCE, FIRE_BRIGADE, POLICE = "120", "119", "110"


def chinese_number(number: int) -> str:
    """A whole number below a hundred million as it is spoken.

    >>> [chinese_number(n) for n in (0, 8, 10, 15, 24, 105, 110, 2026, 15000, 100500)]
    ['零', '八', '十', '十五', '二十四', '一百零五', '一百一十', '二千零二十六', '一万五千', '十万零五百']
    """
    ten_thousands, rest = divmod(number, 10_000)
    if ten_thousands:
        gap = "零" if 0 < rest < 1000 else ""
        return f"{chinese_number(ten_thousands)}万{gap}{_below_ten_thousand(rest) if rest else ''}"
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    if number < 10:
        return _DIGITS[number]
    said, rest, gap = "", number, False
    for unit, name in _UNITS:
        digit, rest = divmod(rest, unit)
        if digit:
            said += ("零" if gap else "") + ("" if unit == 10 and not said and digit == 1 else _DIGITS[digit]) + name
            gap = False
        elif said:
            gap = True
    return said + (("零" if gap else "") + _DIGITS[rest] if rest else "")


@dataclass(frozen=True)
class Telling:
    """Tells facts in the words of one locale, as of one day in the city."""

    words: Wording
    today: date

    def day(self, day: date) -> Line:
        """A day as people name it: tomorrow, its date and its weekday."""
        locale = self.words.locale
        weekday = format_date(day, "EEEE", locale=locale)
        # Flexible formatting would need the year's skeleton; the short form of a day is fixed in each language.
        shown = format_date(day, self._script("M月d号") if self.words.is_chinese else "d MMMM", locale=locale)
        spoken = self._script(f"{chinese_number(day.month)}月{chinese_number(day.day)}号")
        near = self._near(day)
        if not self.words.is_chinese:
            return Line.same(", ".join(filter(None, (near, weekday, shown))))
        return Line(" ".join(filter(None, (near, shown, weekday))), "，".join(filter(None, (near, spoken, weekday))))

    def weekday(self, day: date) -> Line:
        """A day of the coming week by its weekday, today and tomorrow by these names."""
        near = self._near(day) if 0 <= (day - self.today).days <= 1 else ""
        return Line.same(near) if near else self.weekday_name(day)

    def weekday_name(self, day: date) -> Line:
        """The name of a day's weekday."""
        return Line.same(format_date(day, "EEEE", locale=self.words.locale))

    def _near(self, day: date) -> str:
        names = {
            -1: self.words.say("yesterday"),
            0: self.words.say("today"),
            1: self.words.say("tomorrow"),
            2: self.words.say("the day after tomorrow"),
        }
        return names.get((day - self.today).days, "")

    def meal(self, meal: str) -> Line:
        """The name of a meal."""
        names = {
            "breakfast": self.words.say("breakfast"),
            "lunch": self.words.say("lunch"),
            "dinner": self.words.say("dinner"),
        }
        return Line.same(names[meal])

    def day_and_meal(self, day: date, meal: str) -> Line:
        """A meal of a day."""
        return self.words.line("%(meal)s on %(day)s", day=self.day(day), meal=self.meal(meal))

    def number(self, number: int) -> Line:
        """A bare number."""
        return Line(str(number), chinese_number(number) if self.words.is_chinese else str(number))

    def decimal(self, number: float) -> Line:
        """A number with one digit behind the point, or none where that is zero."""
        whole, tenth = divmod(round(number * 10), 10)
        if tenth == 0:
            return self.counted(whole)
        spoken = f"{chinese_number(whole)}点{_DIGITS[tenth]}" if self.words.is_chinese else f"{whole}.{tenth}"
        return Line(f"{whole}.{tenth}", self._script(spoken))

    def counted(self, number: int) -> Line:
        """A number of things; two is 两 before a measure word."""
        return Line(str(number), self._script("两")) if self.words.is_chinese and number == 2 else self.number(number)

    def month(self, month: date) -> Line:
        """A month by any of its days, with its year where that is not this one."""
        locale, this_year = self.words.locale, month.year == self.today.year
        if not self.words.is_chinese:
            return Line.same(format_date(month, "MMMM" if this_year else "MMMM y", locale=locale))
        year = "" if this_year else "".join(_DIGITS[int(digit)] for digit in f"{month.year}") + "年"
        shown = f"{month.month}月" if this_year else f"{month.year}年{month.month}月"
        return Line(shown, f"{year}{chinese_number(month.month)}月")

    def month_said(self, said: str) -> Line:
        """A month that was said as YYYY-MM."""
        return self.month(date.fromisoformat(f"{said}-01"))

    def digits(self, digits: str) -> Line:
        """Digits one by one; 一 is 幺, which nobody hears as 七."""
        if not self.words.is_chinese:
            return Line(digits, " ".join(digits))
        return Line(" ".join(digits), "，".join(_DIGITS[int(digit)].replace("一", "幺") for digit in digits))

    @property
    def help_line(self) -> Line:
        """The number where people help."""
        return self.phone(HELP_LINE)

    def portions(self, quantity: int) -> Line:
        """A number of portions; two is 两 before a measure word."""
        shown = self.counted(quantity)
        return self.words.counted("%(number)s portion", "%(number)s portions", quantity, shown)

    def _script(self, spoken: str) -> str:
        """Spoken numbers in the characters of the locale: a voice of Hong Kong may not know the simplified ones."""
        return spoken.translate(_TRADITIONAL) if "Hant" in self.words.locale else spoken

    def money(self, fen: int) -> Line:
        """An amount of money, in yuan and jiao; round ones by ten thousands in Chinese, as the pages write it."""
        yuan, rest = divmod(fen, 100)
        shown = f"{fen / 100:,.2f}" if rest else f"{yuan:,}"
        if not self.words.is_chinese:
            return self.words.line("%(yuan)s yuan", yuan=Line.same(shown))
        if fen == 200:
            return self.words.line("%(yuan)s yuan", yuan=Line(shown, self._script("两")))
        if fen and fen % _FEN_IN_TEN_THOUSAND_YUAN == 0:
            shown = self._script(f"{fen // _FEN_IN_TEN_THOUSAND_YUAN}万")
        decimals = "".join(_DIGITS[int(digit)] for digit in f"{rest:02}".rstrip("0"))
        spoken = chinese_number(yuan) + (f"点{decimals}" if rest else "")
        return self.words.line("%(yuan)s yuan", yuan=Line(shown, self._script(spoken)))

    def place(self, name: str) -> Line:
        """The name of a canteen; remarks in brackets are for the screen."""
        return Line(name, _REMARK.sub("", name))

    def phone(self, number: str) -> Line:
        """A telephone number, spoken digit by digit."""
        if not self.words.is_chinese:
            return Line.same(number)
        digits = "".join(_DIGITS[int(character)] for character in number if character.isdecimal())
        # One and seven are told apart on the telephone as 幺 and 七.
        return Line(number, digits.replace("一", "幺") if number != HELP_LINE else digits)

    def clock(self, at: time) -> Line:
        """A time of day as people say it: 下午3点, 晚上7点半."""
        locale = self.words.locale
        if not self.words.is_chinese:
            return Line.same(format_time(at, "h a" if at.minute == 0 else "h:mm a", locale=locale))
        hour, part = at.hour % 12 or 12, format_time(at, "B", locale=locale)
        shown = "" if at.minute == 0 else "半" if at.minute == 30 else f"{at.minute}分"
        spoken = shown if at.minute in (0, 30) else f"{chinese_number(at.minute)}分"
        hour_said = "两" if hour == 2 else chinese_number(hour)
        return Line(f"{part}{self._script(f'{hour}点{shown}')}", f"{part}{self._script(f'{hour_said}点{spoken}')}")

    def several(self, lines: Sequence[Line], *, long: bool = False) -> Line:
        """A list of things; `long` ones have commas of their own."""
        between = "; " if not self.words.is_chinese else "；" if long else "、"
        return Line(between.join(line.text for line in lines), "，".join(line.speech for line in lines))
