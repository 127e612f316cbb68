"""What the rules can be told about a person: the fields, their values, and which values contradict each other.

Every field has one code, a whole number, so that facts of many people are one table of numbers. What is not known has a
code of its own that no known value shares; nothing here ever stands for "not known" by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import partial

from services.ages import completed_years
from services.errors import ServiceError
from services.people import Hukou, IncomeClass

# Named values of `hukou` and `income_class`; the place is the code, and the first is what is not known.
NOT_KNOWN = "not_known"
HUKOU_NAMES = (NOT_KNOWN, *Hukou)
INCOME_CLASS_NAMES = (NOT_KNOWN, *IncomeClass)

# OpenFisca has no missing day; nobody whom the city serves was born or died on this one.
NO_DAY = date.min
NO_LEVEL = -1
NO_DISTRICT = 0

EPOCH = date(1970, 1, 1).toordinal()
# The eldest person ever known reached 122: whoever is older than this is a slip of the pen.
OLDEST_YEARS = 130
EARLIEST = date(1850, 1, 1)
LEVELS = range(5)
DISTRICT_DIGITS = 6
# 深圳 itself; 深汕特别合作区 keeps the code of 海丰, whose towns it is made of.
CITY_DISTRICTS = ("4403", "441521")


class FactsWrong(ServiceError):
    """A fact is not in its form or contradicts another. `field`, `expected`, and `line` where facts come in lines."""

    code = "facts_wrong"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a person on the day asked about; `None` means not known, never no.

    `died_on` is the exception: None means that no death is known, and she counts as living.
    `hukou_district`: six digits (罗湖区 440303). `resident`: lives in the city. `ability_level`: 0 intact to 4 complete
    loss, GB/T 42195.
    """

    as_of: date
    birth_on: date | None = None
    died_on: date | None = None
    hukou: Hukou | None = None
    hukou_district: str | None = None
    resident: bool | None = None
    income_class: IncomeClass | None = None
    three_withouts: bool | None = None
    special_care: bool | None = None
    bereaved_single_child_family: bool | None = None
    ability_level: int | None = None
    can_look_after_self: bool | None = None
    lives_alone: bool | None = None
    has_card: bool | None = None


@dataclass(frozen=True)
class Field:
    """One field: how a value becomes its code (raising ValueError), what the form is, and the code for not known.

    `bit` marks the field in a set of missing ones (`conditions`); 0 for those that are never missing.
    """

    name: str
    code_of: Callable[[object], int]
    expected: str
    not_known: int
    bit: int


_codes_of_days: dict[str, int] = {}


def day_code(value: object) -> int:
    """Days since 1970 of a date or of its text (YYYY-MM-DD). Raises ValueError."""
    if isinstance(value, str):
        code = _codes_of_days.get(value)
        if code is None:
            day = date.fromisoformat(value)
            # fromisoformat also takes 19561124 and 1956-W47-6.
            if day.isoformat() != value:
                raise ValueError(value)
            code = _codes_of_days[value] = day_code(day)
        return code
    if isinstance(value, date) and value >= EARLIEST:
        return value.toordinal() - EPOCH
    raise ValueError(value)


def day_of(code: int) -> date:
    """The day that `day_code` made a number of."""
    return date.fromordinal(code + EPOCH)


def _truth_code(value: object) -> int:
    if value is True:
        return 1
    if value is False:
        return 0
    raise ValueError(value)


def _name_code(value: object, *, names: Sequence[str]) -> int:
    if isinstance(value, str) and value in names[1:]:
        return names.index(value)
    raise ValueError(value)


def _level_code(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value in LEVELS:
        return value
    raise ValueError(value)


def _district_code(value: object) -> int:
    if isinstance(value, str) and len(value) == DISTRICT_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    raise ValueError(value)


def _fields() -> tuple[Field, ...]:
    no_day = NO_DAY.toordinal() - EPOCH
    bits = iter(2 << place for place in range(len(fields(Facts))))

    def day(name: str, bit: int) -> Field:
        return Field(name, day_code, f"a date like 1956-11-24, not before {EARLIEST.year}", no_day, bit)

    def truth(name: str) -> Field:
        bit = next(bits)
        return Field(name, _truth_code, "true, false or null", bit, bit)

    def named(name: str, names: Sequence[str]) -> Field:
        expected = f"one of {', '.join(names[1:])}, or null"
        return Field(name, partial(_name_code, names=names), expected, 0, next(bits))

    return (
        day("as_of", 0),
        day("birth_on", next(bits)),
        day("died_on", 0),
        named("hukou", HUKOU_NAMES),
        Field("hukou_district", _district_code, 'six digits like "440303", or null', NO_DISTRICT, next(bits)),
        truth("resident"),
        named("income_class", INCOME_CLASS_NAMES),
        truth("three_withouts"),
        truth("special_care"),
        truth("bereaved_single_child_family"),
        Field("ability_level", _level_code, "a whole number from 0 to 4, or null", NO_LEVEL, next(bits)),
        truth("can_look_after_self"),
        truth("lives_alone"),
        truth("has_card"),
    )


FIELDS = _fields()
PLACE_OF = {field.name: place for place, field in enumerate(FIELDS)}
NOBODY = tuple(field.not_known for field in FIELDS)

_AS_OF, _BIRTH_ON, _DIED_ON = PLACE_OF["as_of"], PLACE_OF["birth_on"], PLACE_OF["died_on"]
_HUKOU, _HUKOU_DISTRICT = PLACE_OF["hukou"], PLACE_OF["hukou_district"]
_REGISTERED_HERE = HUKOU_NAMES.index(Hukou.SHENZHEN)
_NO_DAY = NOBODY[_BIRTH_ON]


def codes_of(facts: Facts) -> tuple[int, ...]:
    """The codes of facts, in the order of `FIELDS`. Raises FactsWrong."""
    codes = list(NOBODY)
    for place, field in enumerate(FIELDS):
        value = getattr(facts, field.name)
        if value is not None:
            try:
                codes[place] = field.code_of(value)
            except ValueError:
                raise FactsWrong(field=field.name, expected=field.expected) from None
    refuse_contradictions(codes)
    return tuple(codes)


def refuse_contradictions(codes: Sequence[int]) -> None:
    """Raises FactsWrong where two facts cannot both be true, naming the field that is likelier to be wrong.

    Only what the calendar or the map rules out is refused. Facts that merely sit oddly together (an intact ability
    level and "cannot look after herself") come from different sources at different times; which one holds is for a
    worker.
    """
    as_of, birth_on, died_on = codes[_AS_OF], codes[_BIRTH_ON], codes[_DIED_ON]
    if birth_on != _NO_DAY:
        if birth_on > as_of:
            raise FactsWrong(field="birth_on", expected="a day that is not after as_of")
        if died_on != _NO_DAY and died_on < birth_on:
            raise FactsWrong(field="died_on", expected="a day that is not before birth_on")
        last_day = as_of if died_on == _NO_DAY else min(as_of, died_on)
        # The first half is only there because it is much cheaper, and false for everybody real.
        is_old = last_day - birth_on > OLDEST_YEARS * 365
        if is_old and completed_years(day_of(birth_on), day_of(last_day)) > OLDEST_YEARS:
            raise FactsWrong(field="birth_on", expected=f"a day at most {OLDEST_YEARS} years before as_of")
    district = codes[_HUKOU_DISTRICT]
    if codes[_HUKOU] == _REGISTERED_HERE and district and not str(district).startswith(CITY_DISTRICTS):
        raise FactsWrong(field="hukou_district", expected="a district of Shenzhen (4403..), as hukou is shenzhen")
