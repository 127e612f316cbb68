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
_TRADITIONAL = str.maketrans("两号点", "兩號點")
_REMARK = re.compile(r"\s*[(（][^)）]*[)）]")
HELP_LINE = "12345"
AMBULANCE = "120"


def chinese_number(number: int) -> str:
    """A whole number from 0 to 9999 as it is spoken.

    >>> [chinese_number(n) for n in (0, 8, 10, 15, 24, 105, 110, 2026)]
    ['零', '八', '十', '十五', '二十四', '一百零五', '一百一十', '二千零二十六']
    """
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
        return Line(str(number), chinese_number(number) if self.words.is_chinese and number < 10_000 else str(number))

    def portions(self, quantity: int) -> Line:
        """A number of portions; two is 两 before a measure word."""
        shown = (
            Line(str(quantity), self._script("两"))
            if self.words.is_chinese and quantity == 2
            else self.number(quantity)
        )
        return self.words.counted("%(number)s portion", "%(number)s portions", quantity, shown)

    def _script(self, spoken: str) -> str:
        """Spoken numbers in the characters of the locale: a voice of Hong Kong may not know the simplified ones."""
        return spoken.translate(_TRADITIONAL) if "Hant" in self.words.locale else spoken

    def money(self, fen: int) -> Line:
        """An amount of money, in yuan and jiao."""
        yuan, rest = divmod(fen, 100)
        shown = f"{fen / 100:.2f}" if rest else str(yuan)
        if not self.words.is_chinese:
            return self.words.line("%(yuan)s yuan", yuan=Line.same(shown))
        if fen == 200:
            return self.words.line("%(yuan)s yuan", yuan=Line(shown, self._script("两")))
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
        """A time of day."""
        if not self.words.is_chinese:
            return Line.same(format_time(at, "short", locale=self.words.locale))
        minutes = "" if at.minute == 0 else "半" if at.minute == 30 else f"{chinese_number(at.minute)}分"
        return Line(f"{at:%H:%M}", f"{chinese_number(at.hour)}点{minutes}")

    def several(self, lines: Sequence[Line], *, long: bool = False) -> Line:
        """A list of things; `long` ones have commas of their own."""
        between = "; " if not self.words.is_chinese else "；" if long else "、"
        return Line(between.join(line.text for line in lines), "，".join(line.speech for line in lines))
