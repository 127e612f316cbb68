"""Reading the parameter files strictly: whatever is wrong stops the start, naming the file and what is allowed.

OpenFisca takes a misspelt key for another parameter and an impossible day for a text; a rule would then quietly use an
old amount. So each file is checked here before OpenFisca sees it: every key, every day, every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from services.benefits.facts import LEVELS
from services.benefits.names import Benefit
from services.errors import ServiceError
from services.people import IncomeClass

FOLDER = Path(__file__).with_name("parameters")

# The parameters that each benefit's rules use: exactly these must be in its file.
PARAMETERS: Mapping[Benefit, frozenset[str]] = {
    Benefit.OLD_AGE_ALLOWANCE: frozenset({"in_force", "amount_by_age"}),
    Benefit.HOME_CARE_SUBSIDY: frozenset(
        {
            "in_force",
            "from_age",
            "income_classes",
            "income_classes_in_need",
            "amount_fen",
            "amount_in_care_and_need_fen",
        }
    ),
    Benefit.CARE_CONSUMPTION_VOUCHER: frozenset(
        {"in_force", "from_age", "from_ability_level", "income_classes_excluded", "cap_fen"}
    ),
    Benefit.MEAL_SUBSIDY: frozenset(
        {
            "in_force",
            "from_age",
            "from_age_in_hardship",
            "from_age_key_group",
            "income_classes",
            "cap_fen",
            "cap_key_group_fen",
        }
    ),
    Benefit.HOME_ADAPTATION: frozenset(
        {
            "in_force",
            "from_age",
            "from_age_of_everybody",
            "from_ability_level",
            "cap_fen",
            "longhua_districts",
            "longhua_from_age_of_everybody",
            "longhua_income_classes",
            "longhua_income_classes_in_full",
            "longhua_cap_fen",
            "longhua_cap_in_full_fen",
        }
    ),
    Benefit.SENIOR_CONCESSION: frozenset({"in_force", "from_age"}),
    Benefit.ACCIDENT_INSURANCE: frozenset({"in_force", "from_age", "cap_fen"}),
    Benefit.SENIOR_CARD: frozenset({"in_force", "from_age"}),
}

# How the benefit is handled and paid: exactly these under `process`. They change no entitlement, so that their days are
# no days of change of the rules, and OpenFisca does not see them.
PROCESS: Mapping[Benefit, frozenset[str]] = {
    Benefit.OLD_AGE_ALLOWANCE: frozenset(
        {
            "list_day",
            "audit_day",
            "pay_day",
            "most_changes_per_thousand",
            "fewest_changes_counted",
            "most_kept_back_per_thousand",
            "bank_remark",
            "offer_lead_months",
            "offer_open_months",
            "reminder_days",
            "paid_from",
            "paid_from_when_late",
            "months_until_stop",
            "back_pay_after_suspension",
            "notify_working_days",
            "most_doubtful_per_thousand",
        }
    ),
}

CONFIDENCES = ("law", "government_page", "seed", "newspaper", "repost", "assumed")
HIGHEST_AGE = 120
# From which month on a benefit may be paid.
FIRST_MONTHS = (
    "month_of_reaching_age",
    "month_after_reaching_age",
    "month_of_application",
    "month_after_application",
)


class ParameterFileWrong(ServiceError):
    """A parameter file is not as it must be. `file`, `where` in it, `problem`, and `allowed` where that is a list."""

    code = "parameter_file_wrong"


@dataclass(frozen=True)
class ParameterFile:
    """One benefit's parameters: where they come from, and since when each of them holds."""

    benefit: Benefit
    reference: str
    confidence: str
    review_by: date
    days_of_change: tuple[date, ...]
    data: Mapping[str, Any]
    process: Mapping[str, Any] = field(default_factory=dict)


def read_parameter_files(folder: Path = FOLDER) -> dict[Benefit, ParameterFile]:
    """The parameters of every benefit. Raises ParameterFileWrong."""
    files = {file.name for file in folder.iterdir() if file.is_file()}
    expected = {f"{benefit}.yaml" for benefit in Benefit}
    for name in sorted(files ^ expected):
        problem = "there are no rules for this file" if name in files else "the file is missing"
        raise ParameterFileWrong(file=name, problem=problem, allowed=sorted(expected))
    return {benefit: _Reader(folder / f"{benefit}.yaml").read(benefit) for benefit in Benefit}


class StrictLoader(yaml.SafeLoader):
    """YAML without keys that come twice; of two values the last would win without a word."""


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[object, object]:
    pairs = [(loader.construct_object(key), loader.construct_object(value, deep=True)) for key, value in node.value]
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"{key} comes twice, again in line {node.start_mark.line + 1} or after")
    return dict(pairs)


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _Reader:
    """Checks one file, knowing at every step where in it we are."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._days: set[date] = set()

    def read(self, benefit: Benefit) -> ParameterFile:
        try:
            content = yaml.load(self._file.read_text(encoding="utf-8"), StrictLoader)
        except (ValueError, yaml.YAMLError) as error:
            raise self._wrong("the file", " ".join(str(error).split())) from error
        process = PROCESS.get(benefit, frozenset())
        of_process = {"process"} if process else set()
        self._keys(content, "the file", required={"description", "metadata", *PARAMETERS[benefit], *of_process})
        metadata = content["metadata"]
        self._keys(metadata, "metadata", required={"reference", "confidence", "review_by"}, optional={"doubts"})
        self._text(content["description"], "description")
        self._text(metadata["reference"], "metadata.reference")
        self._one_of(metadata["confidence"], "metadata.confidence", CONFIDENCES)
        if type(metadata["review_by"]) is not date:
            raise self._wrong("metadata.review_by", "expected a day like 2027-06-30")
        data = {name: self._parameter(content[name], name) for name in sorted(PARAMETERS[benefit])}
        days_of_change = tuple(sorted(self._days))
        if process:
            self._keys(content["process"], "process", required=process)
        return ParameterFile(
            benefit=benefit,
            reference=metadata["reference"],
            confidence=metadata["confidence"],
            review_by=metadata["review_by"],
            days_of_change=days_of_change,
            data=data,
            process={name: self._parameter(content["process"][name], f"process.{name}") for name in sorted(process)},
        )

    def _parameter(self, block: Any, name: str) -> dict[str, Any]:
        if isinstance(block, dict) and "brackets" in block:
            return self._scale(block, name)
        self._keys(block, name, required={"description", "unit", "values"})
        self._one_of(block["unit"], f"{name}.unit", tuple(_CHECKS))
        return {"values": self._values(block["values"], f"{name}.values", block["unit"])}

    def _scale(self, block: dict[str, Any], name: str) -> dict[str, Any]:
        self._keys(block, name, required={"description", "metadata", "brackets"})
        metadata = block["metadata"]
        expected = {"type": "single_amount", "threshold_unit": "years", "amount_unit": "fen_a_month"}
        if metadata != expected:
            raise self._wrong(f"{name}.metadata", f"expected {expected}")
        brackets = []
        for place, bracket in enumerate(block["brackets"]):
            where = f"{name}.brackets[{place}]"
            self._keys(bracket, where, required={"threshold", "amount"})
            threshold = self._values(bracket["threshold"], f"{where}.threshold", "years")
            amount = self._values(bracket["amount"], f"{where}.amount", "fen")
            brackets.append({"threshold": threshold, "amount": amount})
        return {"metadata": {"type": "single_amount"}, "brackets": brackets}

    def _values(self, block: Any, where: str, unit: str) -> dict[str, dict[str, Any]]:
        if not isinstance(block, dict) or not block:
            raise self._wrong(where, "expected values by day, like 2019-10-01: 20000")
        for day in block:
            if type(day) is not date:
                raise self._wrong(where, f"{day!r} is not a day like 2019-10-01")
        days = list(block)
        if days != sorted(days):
            raise self._wrong(where, "expected the days in order, oldest first")
        self._days.update(days)
        return {day.isoformat(): {"value": self._value(value, f"{where}.{day}", unit)} for day, value in block.items()}

    def _value(self, value: Any, where: str, unit: str) -> object:
        if isinstance(value, dict):
            self._keys(value, where, required={"value", "metadata"})
            self._keys(value["metadata"], f"{where}.metadata", optional={"reference", "confidence", "note"})
            self._one_of(value["metadata"].get("confidence", CONFIDENCES[0]), f"{where}.metadata", CONFIDENCES)
            value = value["value"]
        is_right, expected = _CHECKS[unit]
        if not is_right(value):
            raise self._wrong(where, f"expected {expected}")
        return value

    def _keys(self, block: Any, where: str, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> None:
        if not isinstance(block, dict):
            raise self._wrong(where, "expected keys and values")
        allowed = {*required, *optional}
        unknown = sorted(str(key) for key in block if key not in allowed)
        if unknown:
            raise self._wrong(where, f"unknown key {', '.join(unknown)}", allowed=sorted(allowed))
        missing = sorted(set(required) - set(block))
        if missing:
            raise self._wrong(where, f"missing key {', '.join(missing)}", allowed=sorted(allowed))

    def _text(self, value: Any, where: str) -> None:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(where, "expected words")

    def _one_of(self, value: Any, where: str, allowed: Iterable[str]) -> None:
        if value not in allowed:
            raise self._wrong(where, f"unknown value {value!r}", allowed=list(allowed))

    def _wrong(self, where: str, problem: str, **more: object) -> ParameterFileWrong:
        return ParameterFileWrong(file=self._file.name, where=where, problem=problem, **more)


def _is_whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_list_of(value: object, is_member: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) and is_member(each) for each in value)


_INCOME_CLASSES = frozenset(map(str, IncomeClass))
_MOST_FEN = 2**31 - 1
# Every month has this day.
_LAST_SAFE_DAY = 28
_MOST_MONTHS = 24
_MOST_DAYS = 366
_CHECKS: Mapping[str, tuple[Any, str]] = {
    "truth": (lambda value: isinstance(value, bool), "true or false"),
    "years": (lambda value: _is_whole(value, HIGHEST_AGE), f"an age from 0 to {HIGHEST_AGE}"),
    "fen": (lambda value: _is_whole(value, _MOST_FEN), "a whole number of fen"),
    "day_of_month": (
        lambda value: _is_whole(value, _LAST_SAFE_DAY) and value > 0,
        f"a day of the month from 1 to {_LAST_SAFE_DAY}",
    ),
    "months": (lambda value: _is_whole(value, _MOST_MONTHS), f"a number of months from 0 to {_MOST_MONTHS}"),
    "days": (lambda value: _is_whole(value, _MOST_DAYS), f"a number of days from 0 to {_MOST_DAYS}"),
    "working_days": (lambda value: _is_whole(value, _MOST_DAYS), f"a number of days from 0 to {_MOST_DAYS}"),
    "first_month": (FIRST_MONTHS.__contains__, f"one of {', '.join(FIRST_MONTHS)}"),
    "count": (lambda value: _is_whole(value, _MOST_FEN), "a whole number"),
    "text": (lambda value: isinstance(value, str) and bool(value.strip()), "words"),
    "per_thousand": (lambda value: _is_whole(value, 1000), "a whole number from 0 to 1000"),
    "ability_level": (lambda value: _is_whole(value, max(LEVELS)), f"a level from 0 to {max(LEVELS)}"),
    "income_classes": (
        lambda value: _is_list_of(value, _INCOME_CLASSES.__contains__),
        f"a list of {', '.join(sorted(_INCOME_CLASSES))}",
    ),
    "districts": (lambda value: _is_list_of(value, str.isdigit), 'a list of codes like "440309"'),
}
