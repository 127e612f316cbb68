"""Reading four digits as they were heard.

A recogniser writes what was said in characters (三七零二), in figures (3702, 3 7 0 2), as a number (三千七百零二)
or with words around it (我说 3702). Said twice is right twice; anything else than the digits asked for is not them.
"""

from __future__ import annotations

import re
import unicodedata

HOW_MANY = 4

_SPOKEN = {
    **dict(zip("0123456789", "0123456789", strict=True)),
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    **{"〇": "0", "洞": "0", "幺": "1", "两": "2", "兩": "2", "壹": "1", "貳": "2", "贰": "2"},
}
_ENGLISH = {
    word: str(value)
    for value, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
} | {"oh": "0"}
_PLACES = {"千": 1000, "百": 100, "十": 10}
_WORD = re.compile("[a-z]+")
_NUMBER = re.compile(f"[{''.join(_SPOKEN)}]千(?:[{''.join(_SPOKEN)}千百十]*)")


def read_digits(heard: str) -> str:
    """Every digit in what was heard, in order; empty where there is none.

    >>> [read_digits(heard) for heard in ("三七零二", "3 7 0 2。", "我说3702", "幺两〇九", "three oh", "好的")]
    ['3702', '3702', '3702', '1209', '30', '']
    >>> [read_digits(heard) for heard in ("三千七百零二", "三千零二", "三千七百二十")]
    ['3702', '3002', '3720']
    """
    text = unicodedata.normalize("NFKC", heard).lower()
    text = _WORD.sub(lambda word: _ENGLISH.get(word[0], " "), text)
    text = _NUMBER.sub(lambda number: _as_figures(number[0]), text)
    return "".join(_SPOKEN.get(character, "") for character in text)


def said(heard: str, digits: str) -> bool:
    """Whether what was heard is these digits, once or said again.

    >>> [said(heard, "3702") for heard in ("三七零二", "三七零二，三七零二", "三七零一", "三七零二四", "")]
    [True, True, False, False, False]
    """
    found = read_digits(heard)
    return found in (digits, digits * 2)


def _as_figures(number: str) -> str:
    """A number below ten thousand as people say it, in four figures.

    >>> [_as_figures(number) for number in ("三千七百零二", "一千零一十", "五千六")]
    ['3702', '1010', '5600']
    """
    total, digit, place = 0, 0, 10 * _PLACES["千"]
    for character in number:
        if character in _PLACES:
            place = _PLACES[character]
            total, digit = total + (digit or 1) * place, 0
        else:
            digit = int(_SPOKEN[character])
            if digit == 0:
                place = 10
    # 五千六 means five thousand six hundred; 五千零六 does not.
    return f"{total + digit * place // 10:0{HOW_MANY}}"
