"""Why the rules answer as they do: for each benefit the conditions that are named, and the codes that name them.

Codes are stable; the words for them belong to the front rooms. An eligible answer names what speaks for her, one that
is not names what stands against her. Where facts are missing, `missing` names them and the code tells what they
decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.benefits.names import Benefit, Per

NOT_IN_FORCE = "not_in_force"
FACTS_MISSING = "facts_missing"
# She gets the benefit whatever the missing facts are; how much depends on them.
AMOUNT_DEPENDS_ON_MISSING_FACTS = "amount_depends_on_missing_facts"


@dataclass(frozen=True)
class Named:
    """A condition, and its code where it is YES in an eligible answer or NO in one that is not; None: not named."""

    condition: str
    if_yes: str | None
    if_no: str | None


@dataclass(frozen=True)
class Outline:
    """What the variables of a benefit are called, beyond the condition that bears its name.

    `rungs`: conditions for higher amounts, lowest first (`rules.rungs`); `per` is None where the benefit is not money.
    """

    per: Per | None
    named: tuple[Named, ...]
    rungs: tuple[str, ...] = ()


_HUKOU = Named("hukou_in_city", "hukou_in_city", "hukou_not_in_city")
_RESIDENT = Named("resident", "lives_in_city", "lives_elsewhere")
_ALIVE = Named("alive", None, "died")
_CANNOT_LOOK_AFTER_SELF = Named("cannot_look_after_self", "cannot_look_after_self", None)
_THREE_WITHOUTS = Named("three_withouts", "three_withouts", None)
_SPECIAL_CARE = Named("special_care", "special_care", None)
_BEREAVED = Named("bereaved_single_child_family", "bereaved_single_child_family", None)


def _age(condition: str) -> Named:
    return Named(condition, "age_reached", "age_not_reached")


def _supports(condition: str, code: str) -> Named:
    return Named(condition, code, None)


def _group(condition: str) -> Named:
    return Named(condition, None, "not_in_a_supported_group")


OUTLINES: Mapping[Benefit, Outline] = {
    Benefit.OLD_AGE_ALLOWANCE: Outline(
        per=Per.MONTH,
        named=(_HUKOU, _age("old_age_allowance_age"), Named("alive_this_month", None, "died")),
    ),
    Benefit.HOME_CARE_SUBSIDY: Outline(
        per=Per.MONTH,
        named=(
            _HUKOU,
            _age("home_care_subsidy_age"),
            _ALIVE,
            _CANNOT_LOOK_AFTER_SELF,
            _supports("home_care_subsidy_income", "low_income"),
            _THREE_WITHOUTS,
            _SPECIAL_CARE,
            _group("home_care_subsidy_group"),
        ),
        rungs=("home_care_subsidy_in_care_and_need",),
    ),
    Benefit.CARE_CONSUMPTION_VOUCHER: Outline(
        per=Per.MONTH,
        named=(
            _RESIDENT,
            _age("care_consumption_voucher_age"),
            _ALIVE,
            Named("care_consumption_voucher_ability", "needs_care", "care_not_needed"),
            Named("care_consumption_voucher_not_cared_for_otherwise", None, "cared_for_otherwise"),
        ),
    ),
    Benefit.MEAL_SUBSIDY: Outline(
        per=Per.MEAL,
        named=(
            _HUKOU,
            _age("meal_subsidy_age"),
            _ALIVE,
            _supports("meal_subsidy_very_old", "very_old"),
            _supports("meal_subsidy_income", "low_income"),
            _SPECIAL_CARE,
            _BEREAVED,
            _group("meal_subsidy_group"),
        ),
        rungs=("meal_subsidy_key_group",),
    ),
    Benefit.HOME_ADAPTATION: Outline(
        per=Per.ONCE,
        named=(
            _HUKOU,
            _age("home_adaptation_age"),
            _ALIVE,
            _supports("home_adaptation_very_old", "very_old"),
            _supports("home_adaptation_ability", "needs_care"),
            _supports("home_adaptation_by_longhua", "district_rule"),
            _group("home_adaptation_group"),
        ),
        rungs=("home_adaptation_by_longhua", "home_adaptation_paid_in_full"),
    ),
    Benefit.SENIOR_CONCESSION: Outline(per=None, named=(_RESIDENT, _age("senior_concession_age"), _ALIVE)),
    Benefit.ACCIDENT_INSURANCE: Outline(per=Per.YEAR, named=(_HUKOU, _age("accident_insurance_age"), _ALIVE)),
    Benefit.SENIOR_CARD: Outline(
        per=None,
        named=(
            _supports("resident", "lives_in_city"),
            _supports("hukou_in_city", "hukou_in_city"),
            _age("senior_card_age"),
            _ALIVE,
            Named("senior_card_belongs_here", None, "neither_lives_nor_registered_here"),
        ),
    ),
}
