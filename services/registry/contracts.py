"""The column contract of each kind of extract: which columns there are, what they hold, and what rows may not say.

`docs/registry.md` words it for the offices that write the files; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.ages import completed_years
from services.people import MOBILE
from services.registry import cells
from services.registry.cells import HUKOU, INCOME_CLASSES, SEXES, YES_OR_NO, ArePlain, CellWrong, Read, Value

OLDEST_YEARS = 130
# Where an ID number has the birth date.
BIRTH_IN_NUMBER = slice(6, 14)

Facts = dict[str, Value]


class Kind(StrEnum):
    """What an extract is about; a decision is no extract, but what a worker decided where the registers disagree."""

    HOUSEHOLD = "household"
    DEATHS = "deaths"
    ACCOUNTS = "accounts"
    HARDSHIP = "hardship"
    ABILITY = "ability"
    DECISION = "decision"


@dataclass(frozen=True)
class Column:
    """A column: its name in English or in Chinese, how a cell is read, and the fact that it states. Plain cells hold
    what they say, letter by letter: they need not be read."""

    name: str
    chinese: str
    read: Read
    required: bool = False
    fact: str = ""
    are_plain: ArePlain | None = None
    varies: bool = False


@dataclass(frozen=True)
class Contract:
    """What an extract of one kind holds. `check` is asked for each row, with the day of the extract (YYYY-MM-DD) and
    what the row says of the facts in `checked`, None where it says nothing: whether they go together. It names the
    facts of which the row thereby says that there are none, and raises RowWrong."""

    kind: Kind
    columns: tuple[Column, ...]
    checked: tuple[str, ...]
    check: Callable[..., tuple[str, ...]]


class RowWrong(Exception):
    """Two cells of a row, or a cell and the day of the extract, do not go together."""

    def __init__(self, column: str, code: str) -> None:
        self.column, self.code = column, code
        super().__init__(code)


ID_NUMBER = Column("id_number", "身份证号", cells.id_number, required=True, are_plain=cells.are_plain_id_numbers)
NAME = Column("name", "姓名", cells.name, required=True, are_plain=cells.matching(cells.PLAIN_NAME))
WHO = (ID_NUMBER, NAME)
# Only the household register sets a birth date; what other registers say is compared with it.
BIRTH_TO_COMPARE = Column("birth_on", "出生日期", cells.day, fact="stated_birth_on", varies=True)
yes_or_no = cells.choice(YES_OR_NO)

# A day as read: YYYY-MM-DD, which sorts as days do.
Day = str | None
NONE_ELSE: tuple[str, ...] = ()
# Said, not left out: whoever moved away has no district here any more.
MOVED_AWAY = ("hukou_district",)
WITHOUT_CARD = ("card_last_four", "card_holder_matches")


def _household(
    extract_on: str, born: str, hukou: str, hukou_district: Value, changed: Day, alive: Value, died: Day
) -> tuple[str, ...]:
    if born > extract_on or changed or died:
        _refuse_later(extract_on, birth_on=born, died_on=died, hukou_changed_on=changed)
    if _is_too_old(born, died or extract_on):
        raise RowWrong("birth_on", "too_old")
    if died and died < born:
        raise RowWrong("died_on", "before_birth")
    if (alive is False) != bool(died):
        raise RowWrong("died_on", "death_incomplete")
    if hukou == "shenzhen":
        return NONE_ELSE
    if hukou_district is not None:
        raise RowWrong("hukou_district", "not_registered_here")
    return MOVED_AWAY


def _deaths(extract_on: str, died: Day, born: Day) -> tuple[str, ...]:
    _refuse_later(extract_on, died_on=died, birth_on=born)
    return NONE_ELSE


def _accounts(
    extract_on: str, born: Day, has_card: Value, card_last_four: Value, card_holder_matches: Value
) -> tuple[str, ...]:
    _refuse_later(extract_on, birth_on=born)
    if has_card is True:
        return NONE_ELSE
    for fact, value in zip(WITHOUT_CARD, (card_last_four, card_holder_matches), strict=True):
        if value is not None:
            raise RowWrong(fact, "only_with_card")
    return WITHOUT_CARD


def _hardship(extract_on: str, born: Day) -> tuple[str, ...]:
    _refuse_later(extract_on, birth_on=born)
    return NONE_ELSE


def _ability(extract_on: str, born: Day, assessed: Day) -> tuple[str, ...]:
    _refuse_later(extract_on, birth_on=born, ability_assessed_on=assessed)
    return NONE_ELSE


def _is_too_old(born: str, until: str) -> bool:
    # Years alone decide for nearly everybody.
    return int(until[:4]) - int(born[:4]) > OLDEST_YEARS and (
        completed_years(date.fromisoformat(born), date.fromisoformat(until)) > OLDEST_YEARS
    )


def _refuse_later(extract_on: str, **days: Day) -> None:
    for column, day in days.items():
        if day and day > extract_on:
            raise RowWrong(column, "after_extract")


CONTRACTS = {
    contract.kind: contract
    for contract in (
        Contract(
            Kind.HOUSEHOLD,
            (
                *WHO,
                Column("sex", "性别", cells.choice(SEXES), required=True),
                Column("birth_on", "出生日期", cells.day, required=True, varies=True),
                Column("hukou", "户籍", cells.choice(HUKOU), required=True),
                Column("hukou_district", "户籍区", cells.district),
                Column("hukou_changed_on", "户籍变动日期", cells.day, varies=True),
                Column("alive", "是否在世", yes_or_no),
                Column("died_on", "死亡日期", cells.day),
                Column("resident", "是否常住", yes_or_no),
                Column("district", "居住区", cells.district),
                Column("street", "街道", cells.street),
                Column("community", "社区", cells.community),
                Column("address", "住址", cells.address, are_plain=cells.matching(cells.PLAIN_ADDRESS)),
                Column("phone", "手机号", cells.phone, are_plain=cells.matching(MOBILE)),
            ),
            ("birth_on", "hukou", "hukou_district", "hukou_changed_on", "alive", "died_on"),
            _household,
        ),
        Contract(
            Kind.DEATHS,
            (*WHO, BIRTH_TO_COMPARE, Column("died_on", "死亡日期", cells.day, required=True, varies=True)),
            ("died_on", "stated_birth_on"),
            _deaths,
        ),
        Contract(
            Kind.ACCOUNTS,
            (
                *WHO,
                BIRTH_TO_COMPARE,
                Column("has_card", "是否有卡", yes_or_no, required=True),
                Column("card_last_four", "卡号后四位", cells.last_four, varies=True),
                Column("card_holder_matches", "户名一致", yes_or_no),
            ),
            ("stated_birth_on", "has_card", *WITHOUT_CARD),
            _accounts,
        ),
        Contract(
            Kind.HARDSHIP,
            (
                *WHO,
                BIRTH_TO_COMPARE,
                Column("income_class", "困难类别", cells.choice(INCOME_CLASSES)),
                Column("three_withouts", "三无", yes_or_no),
                Column("special_care", "重点优抚", yes_or_no),
                Column("bereaved_single_child_family", "失独", yes_or_no),
                Column("lives_alone", "独居", yes_or_no),
            ),
            ("stated_birth_on",),
            _hardship,
        ),
        Contract(
            Kind.ABILITY,
            (
                *WHO,
                BIRTH_TO_COMPARE,
                Column("ability_assessed_on", "评估日期", cells.day, required=True, varies=True),
                Column("ability_level", "能力等级", cells.level),
                Column("can_look_after_self", "生活能否自理", yes_or_no),
            ),
            ("stated_birth_on", "ability_assessed_on"),
            _ability,
        ),
    )
}

__all__ = ["BIRTH_IN_NUMBER", "CONTRACTS", "CellWrong", "Column", "Contract", "Facts", "Kind", "RowWrong"]
