"""Whole numbers as people say and write them in short phrases: 2, 两, 俩, 十二, 廿四, 二十六."""

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGITS |= {"幺": 1, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3}
_TENS = {"廿": 20, "卅": 30}

# For the regular expressions of the slots: a run that `read_number` may be able to read.
NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十廿卅]{1,4})"


def read_number(text: str) -> int | None:
    """The number from 0 to 99 (Chinese) or any number (digits); None when the text is not one number.

    >>> [read_number(said) for said in ("12", "十", "十二", "二十六", "廿四", "两", "二五", "十十")]
    [12, 10, 12, 26, 24, 2, 25, None]
    """
    if text.isdecimal():
        return int(text)
    if text and text[0] in _TENS:
        ones = text[1:]
        return _TENS[text[0]] + _DIGITS.get(ones, 0) if not ones or ones in _DIGITS else None
    if "十" in text:
        tens, _, ones = text.partition("十")
        if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
            return None
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    if text and all(character in _DIGITS for character in text):
        # Digits said one by one, as in 二五号.
        return int("".join(str(_DIGITS[character]) for character in text))
    return None
