"""Numbers in Chinese words: as amounts, as years, and digit by digit."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")


def number_read(digits: str) -> str:
    """A number as an amount is read; what is too long to be one is read digit by digit.

    >>> number_read("105"), number_read("12"), number_read("10.50"), number_read("20010")
    ('一百零五', '十二', '十点五零', '两万零一十')
    """
    whole, _, fraction = digits.partition(".")
    if len(whole) > 4 * len(_GROUPS):
        return digit_by_digit(digits)
    spoken = _whole_read(int(whole or "0"))
    return f"{spoken}点{''.join(_DIGITS[int(digit)] for digit in fraction)}" if fraction else spoken


def _whole_read(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    spoken = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            continue
        # A gap of zeros between two groups is one 零.
        gap = "零" if spoken and (group < 1_000 or groups[index + 1] == 0) else ""
        read = "两" if group == 2 and index else _group_read(group)
        spoken += gap + read + _GROUPS[index]
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken


def _group_read(group: int) -> str:
    """1 to 9999."""
    spoken, zeros = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            zeros = bool(spoken)
            continue
        spoken += "零" if zeros else ""
        spoken += ("两" if digit == 2 and place >= 2 else _DIGITS[digit]) + _PLACES[place]
        zeros = False
    return spoken


def year_read(digits: str) -> str:
    """A year, digit by digit.

    >>> year_read("2026")
    '二零二六'
    """
    return "".join(_DIGITS[int(digit)] for digit in digits)


def digit_by_digit(digits: str) -> str:
    """Telephone and door numbers as they are spoken, with 幺 for 1, which cannot be taken for 七.

    >>> digit_by_digit("12345")
    '幺二三四五'
    """
    return "".join("点" if digit == "." else "幺" if digit == "1" else _DIGITS[int(digit)] for digit in digits)
