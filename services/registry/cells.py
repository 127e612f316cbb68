"""Reading one cell of a registry extract: text in, a plain value out, or the code of what is wrong with it.

A cell is never quoted back: what is wrong with somebody's ID number is said by line, column and code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import compress

import numpy

from services.districts import DISTRICT_CODES
from services.people import (
    ID_CHECK_DIGITS,
    ID_WEIGHTS,
    IdNumberWrong,
    PhoneNumberWrong,
    normal_id_number,
    normal_phone,
)

Value = str | bool | int | None
Read = Callable[[str], Value]
# Of many cells at once: which of them are written in the form in which they are stored, letter by letter.
ArePlain = Callable[[Sequence[str]], Sequence[object]]

LONGEST_NAME = 60
LONGEST_PLACE = 40
LONGEST_ADDRESS = 200
LEVELS = "01234"
# How the dot in names such as 买买提·艾力 is typed.
NAME_DOTS = re.compile("[•‧・･]")
NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[\ue000-\uf8ff ·.'’-])*")
DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)
LAST_FOUR = re.compile(r"\d{4}", re.ASCII)
LONG_NUMBER = re.compile(r"\d[ -]?(?:\d[ -]?){12,}\d", re.ASCII)
# What a spreadsheet would run or hide when somebody opens an export that holds the cell.
FORMULA_SIGNS = tuple("=+-@'")
# Controls, and marks of direction and joining that change what is read without being seen.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0001-\U000e007f]"
)
# Cells as nearly everybody writes them, which are already in the form that they are stored in.
PLAIN_NAME = re.compile("[\u4e00-\u9fa5]{1,10}")
PLAIN_ADDRESS = re.compile("[\u4e00-\u9fa50-9A-Za-z][\u4e00-\u9fa50-9A-Za-z-]{0,199}")

ID_LENGTH = len(ID_WEIGHTS) + 1
WEIGHTS = numpy.array(ID_WEIGHTS)
# By the sum of the weighted characters' codes, modulo 11: the code of the check digit. Codes, not digits: saves turning
# each into a number.
CHECK_CODES = numpy.array(
    [ord(ID_CHECK_DIGITS[(rest - sum(ID_WEIGHTS) * ord("0")) % len(ID_CHECK_DIGITS)]) for rest in range(11)]
)

YES_OR_NO = {"yes": True, "no": False, "是": True, "否": False}
SEXES = {"female": "female", "male": "male", "女": "female", "男": "male"}
HUKOU = {
    "shenzhen": "shenzhen",
    "elsewhere": "elsewhere",
    "hk_mo_tw": "hk_mo_tw",
    "本市": "shenzhen",
    "外地": "elsewhere",
    "港澳台": "hk_mo_tw",
}
INCOME_CLASSES = {
    "destitute": "destitute",
    "minimum_living": "minimum_living",
    "minimum_living_margin": "minimum_living_margin",
    "none": "none",
    "特困": "destitute",
    "低保": "minimum_living",
    "低保边缘": "minimum_living_margin",
    "无": "none",
}


class CellWrong(Exception):
    """A cell does not hold what its column asks for; `code` says in which way."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def choice(values: Mapping[str, Value]) -> Read:
    """A reader of cells that hold one of these words."""

    def read(cell: str) -> Value:
        if cell not in values:
            raise CellWrong("choice_wrong")
        return values[cell]

    return read


def matching(pattern: re.Pattern[str]) -> ArePlain:
    """Cells that match the pattern are plain."""
    return lambda cells: list(map(pattern.fullmatch, cells))


def are_plain_id_numbers(cells: Sequence[str]) -> list[bool]:
    """Which cells are 18 characters with the right check digit, all at once."""
    have_length = [len(cell) == ID_LENGTH and cell.isascii() for cell in cells]
    codes = numpy.frombuffer("".join(compress(cells, have_length)).encode(), numpy.uint8).reshape(-1, ID_LENGTH)
    digits = codes[:, :-1]
    are_digits = ((digits >= ord("0")) & (digits <= ord("9"))).all(axis=1)
    are_right = iter((are_digits & (CHECK_CODES[digits @ WEIGHTS % len(CHECK_CODES)] == codes[:, -1])).tolist())
    return [has_length and next(are_right) for has_length in have_length]


def id_number(cell: str) -> str:
    """18 characters with the right check digit."""
    try:
        return normal_id_number(cell)
    except IdNumberWrong:
        raise CellWrong("id_number_wrong") from None


def phone(cell: str) -> str:
    """A mobile number of the mainland, in eleven digits."""
    try:
        return normal_phone(cell)
    except PhoneNumberWrong:
        raise CellWrong("phone_number_wrong") from None


def name(cell: str) -> str:
    """A name in one form: one kind of dot, no spaces between Chinese characters."""
    written = cell.replace(" ", "") if not re.search("[A-Za-z]", cell) else re.sub(" +", " ", cell)
    if "·" not in written:
        written = NAME_DOTS.sub("·", written)
    if len(written) > LONGEST_NAME or not NAME.fullmatch(written):
        raise CellWrong("name_wrong")
    return written


def day(cell: str) -> str:
    """A day written 1956-11-24 or 19561124, in the first form."""
    found = DATE.fullmatch(cell)
    try:
        if not found or cell.count("-") not in (0, 2):
            raise ValueError
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        raise CellWrong("date_wrong") from None


def district(cell: str) -> str:
    """A district of the city by its name; without the last character too."""
    for written in (cell, f"{cell}区"):
        if written in DISTRICT_CODES:
            return written
    raise CellWrong("district_wrong")


def street(cell: str) -> str:
    """A street's name without 街道 at its end."""
    return _place(cell.removesuffix("办事处").removesuffix("街道"))


def community(cell: str) -> str:
    """A community's name without 社区 at its end."""
    return _place(cell.removesuffix("社区"))


def address(cell: str) -> str:
    """An address as written."""
    if len(cell) > LONGEST_ADDRESS:
        raise CellWrong("text_wrong")
    return cell


def level(cell: str) -> int:
    """A level of ability, 0 intact to 4 complete loss (GB/T 42195)."""
    if cell not in tuple(LEVELS):
        raise CellWrong("level_wrong")
    return int(cell)


def last_four(cell: str) -> str:
    """The last four digits of a card, and no more of it."""
    if not LAST_FOUR.fullmatch(cell):
        raise CellWrong("card_number_not_wanted" if holds_long_number(cell) else "last_four_wrong")
    return cell


def holds_long_number(cell: str) -> bool:
    """Whether a number as long as that of a bank card is in the cell."""
    return LONG_NUMBER.search(cell) is not None


def refuse_dangerous(cell: str) -> None:
    """Raises CellWrong for a cell that a spreadsheet would run, and for characters that nobody sees."""
    if cell.startswith(FORMULA_SIGNS) and not _is_phone(cell):
        raise CellWrong("formula")
    if UNSEEN.search(cell):
        raise CellWrong("control_character")


def plain(cell: str) -> str:
    """The cell in compatibility form (NFKC: １ is 1) without spaces around it. Raises CellWrong as `refuse_dangerous`
    does."""
    # What can be printed holds nothing that `refuse_dangerous` looks for inside a cell.
    if not (cell.isprintable() and unicodedata.is_normalized("NFKC", cell)):
        cell = unicodedata.normalize("NFKC", cell).strip(" ")
        refuse_dangerous(cell)
        return cell
    cell = cell.strip(" ")
    if cell.startswith(FORMULA_SIGNS):
        refuse_dangerous(cell)
    return cell


def _is_phone(cell: str) -> bool:
    return re.fullmatch(r"\+86[\d -]{11,15}", cell, re.ASCII) is not None


def _place(written: str) -> str:
    if not written or len(written) > LONGEST_PLACE:
        raise CellWrong("text_wrong")
    return written
