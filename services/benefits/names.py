"""The benefits and the answers, by the names that the command line, the web and voice share."""

from __future__ import annotations

from enum import StrEnum


class Benefit(StrEnum):
    """The benefits that have rules, in the order in which answers list them."""

    OLD_AGE_ALLOWANCE = "old_age_allowance"
    HOME_CARE_SUBSIDY = "home_care_subsidy"
    CARE_CONSUMPTION_VOUCHER = "care_consumption_voucher"
    MEAL_SUBSIDY = "meal_subsidy"
    HOME_ADAPTATION = "home_adaptation"
    SENIOR_CONCESSION = "senior_concession"
    ACCIDENT_INSURANCE = "accident_insurance"
    SENIOR_CARD = "senior_card"


class Status(StrEnum):
    """What the rules can say. NEED_TO_KNOW: it depends on facts that are missing."""

    NOT_ELIGIBLE = "not_eligible"
    ELIGIBLE = "eligible"
    NEED_TO_KNOW = "need_to_know"


class Per(StrEnum):
    """What an amount is for."""

    MONTH = "month"
    MEAL = "meal"
    ONCE = "once"
    YEAR = "year"
