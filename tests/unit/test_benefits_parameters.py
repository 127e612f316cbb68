"""The parameter files: strict about every key, day and value, and never stale."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.benefits.names import Benefit
from services.benefits.parameter_files import FOLDER, ParameterFileWrong, read_parameter_files
from services.benefits.system import city_rules
from services.clock import SystemClock, local_day


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the parameter files, to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "parameters"))


@pytest.mark.parametrize(
    ("name", "old", "new", "named"),
    [
        # keys
        ("meal_subsidy.yaml", "cap_fen:", "capfen:", ["capfen", "cap_fen", "from_age_in_hardship"]),
        ("meal_subsidy.yaml", "description: The cap for one meal\n", "words: x\n", ["cap_fen", "words", "description"]),
        ("meal_subsidy.yaml", "  review_by: 2027-06-30\n", "", ["missing key review_by"]),
        ("meal_subsidy.yaml", "confidence: government_page", "confidence: sure", ["sure", "government_page"]),
        ("meal_subsidy.yaml", "unit: fen", "unit: yuan", ["yuan", "fen"]),
        ("old_age_allowance.yaml", "{confidence: repost}", "{trust: repost}", ["trust", "confidence"]),
        ("old_age_allowance.yaml", "type: single_amount", "type: marginal", ["amount_by_age.metadata"]),
        # days
        ("old_age_allowance.yaml", "2019-10-01: 20000", "2019-13-01: 20000", ["month must be in 1..12"]),
        ("old_age_allowance.yaml", "2019-10-01: 20000", "2019-10-1: 20000", ["2019-10-1", "amount_by_age.brackets[0]"]),
        ("old_age_allowance.yaml", "2019-10-01: 20000", "soon: 20000", ["soon"]),
        ("old_age_allowance.yaml", "2019-10-01: 20000", "2017-10-01: 20000", ["oldest first"]),
        ("old_age_allowance.yaml", "2019-10-01: 20000", "2018-01-01: 20000", ["comes twice"]),
        ("old_age_allowance.yaml", "review_by: 2027-04-30", "review_by: 2027-04-31", ["day is out of range"]),
        ("old_age_allowance.yaml", "review_by: 2027-04-30", "review_by: in spring", ["metadata.review_by"]),
        # values
        ("old_age_allowance.yaml", "2019-10-01: 20000", "2019-10-01: 200.5", ["whole number of fen"]),
        ("old_age_allowance.yaml", "2019-10-01: 20000", "2019-10-01: -1", ["whole number of fen"]),
        ("senior_card.yaml", "2020-04-01: 60", "2020-04-01: 600", ["an age"]),
        ("senior_card.yaml", "2020-04-01: true", "2020-04-01: 1", ["true or false"]),
        ("home_care_subsidy.yaml", "[minimum_living]", "[minimal_living]", ["minimum_living_margin"]),
        ("home_care_subsidy.yaml", "[minimum_living]", "[]", ["minimum_living_margin"]),
        ("care_consumption_voucher.yaml", "2026-01-01: 2", "2026-01-01: 5", ["a level from 0 to 4"]),
        ("home_adaptation.yaml", '["440309"]', "[440309]", ["codes"]),
        # how it is handled
        ("old_age_allowance.yaml", "value: month_of_application", "value: month_of_offer", ["month_after_application"]),
        ("old_age_allowance.yaml", "  offer_lead_months:", "  lead_months:", ["process", "offer_lead_months"]),
        ("old_age_allowance.yaml", "unit: working_days", "unit: weeks", ["weeks", "working_days"]),
        ("old_age_allowance.yaml", "{value: 2, metadata", "{value: 25, metadata", ["number of months"]),
        ("old_age_allowance.yaml", "unit: days", "unit: nights", ["nights", "working_days"]),
        ("old_age_allowance.yaml", "{value: 20, metadata", "{value: 31, metadata", ["a day of the month from 1 to 28"]),
        ("old_age_allowance.yaml", "unit: per_thousand", "unit: percent", ["percent", "per_thousand"]),
        ("old_age_allowance.yaml", "{value: 500, metadata", "{value: 5000, metadata", ["from 0 to 1000"]),
        ("old_age_allowance.yaml", "unit: count", "unit: number", ["number", "count"]),
        ("old_age_allowance.yaml", '{value: "深圳市{year}年{month}月高龄老人津贴"', '{value: " "', ["expected words"]),
        # not YAML at all
        ("senior_card.yaml", "description: 智慧养老颐年卡", "description: [", ["senior_card.yaml"]),
    ],
)
def test_a_bad_file_stops_the_start_and_is_named(folder: Path, name: str, old: str, new: str, named: list[str]) -> None:
    file = folder / name
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterFileWrong) as refused:
        city_rules(folder)
    assert refused.value.facts["file"] == name
    for part in named:
        assert part in str(refused.value)


def test_a_file_that_is_missing_or_too_many_is_named(folder: Path) -> None:
    (folder / "senior_card.yaml").rename(folder / "seniorcard.yaml")
    with pytest.raises(ParameterFileWrong, match=r"senior_card\.yaml"):
        read_parameter_files(folder)


def test_no_rule_is_close_to_its_review_date() -> None:
    """Red 60 days before: somebody has to look whether the city has changed it."""
    today = local_day(SystemClock().now())
    late = {
        benefit: file.review_by
        for benefit, file in read_parameter_files().items()
        if file.review_by - today <= timedelta(days=60)
    }
    assert not late


@pytest.mark.parametrize("benefit", list(Benefit))
def test_formulas_begin_on_the_day_on_which_the_parameters_say_that_the_benefit_begins(benefit: Benefit) -> None:
    rules = city_rules()
    first_formula = date.fromisoformat(next(iter(rules.system.variables[benefit].formulas)))
    assert rules.is_in_force(benefit, first_formula)
    assert not rules.is_in_force(benefit, first_formula - timedelta(days=1))


@pytest.mark.parametrize("benefit", list(Benefit))
def test_every_parameter_has_a_value_whenever_the_rules_use_it(benefit: Benefit) -> None:
    rules = city_rules()
    for day in rules.days_of_change:
        parameters = rules.system.parameters(str(day))
        if not rules.is_in_force(benefit, day):
            continue
        begun = {name for name in rules.files[benefit].data if not name.startswith("longhua") or day.year >= 2023}
        assert begun <= set(parameters[benefit])


def test_each_rule_has_a_version_for_the_record_of_a_decision() -> None:
    rules = city_rules()
    assert rules.version_on(Benefit.OLD_AGE_ALLOWANCE, date(2011, 5, 31)) == "old_age_allowance-none"
    assert rules.version_on(Benefit.OLD_AGE_ALLOWANCE, date(2019, 9, 30)) == "old_age_allowance-2018-01-01"
    assert rules.version_on(Benefit.OLD_AGE_ALLOWANCE, date(2026, 11, 24)) == "old_age_allowance-2019-10-01"


def test_every_variable_says_what_it_means() -> None:
    for name, variable in city_rules().system.variables.items():
        assert variable.label, name
