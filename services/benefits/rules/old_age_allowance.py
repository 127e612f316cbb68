"""高龄老人津贴: money every month for the very old, more from each tier of age on.

Sources: 深民规〔2019〕2号 for the amounts since 2019-10-01, 深民规〔2020〕3号 for how it is paid. Excluded: whoever
is not registered in the city, however long she has lived there. Income and certification play no part in the right
itself: a missed certification suspends the payment, which is the business of `services.allowances`.
"""

# A variable's class carries the variable's name, which OpenFisca writes in lower case.
# ruff: noqa: N801

from __future__ import annotations

import numpy as np

from services.benefits.conditions import YES, Conditions, all_of, known_where
from services.benefits.engine import Amount, Amounts, Condition, Day, Parameters, People
from services.benefits.rules.person import NO_AGE, in_force


class old_age_allowance_age(Condition):
    """Old enough for the lowest tier of that day: 80 from June 2011, 70 from 2018."""

    @staticmethod
    def formula_2011_06_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        ages = person("age", period)
        amounts = parameters(period).old_age_allowance.amount_by_age.calc(ages)
        return known_where(ages != NO_AGE, amounts > 0, "birth_on")


class old_age_allowance(Condition):
    """Entitled to the allowance of this month: registered here, old enough, and not dead before the month began.

    Since 2011-06-01 from 80 on, since 2018 from 70 on. The age is that of the day asked about; what is paid for a
    month is the answer for its last day.
    """

    @staticmethod
    def formula_2011_06_01(person: People, period: Day, parameters: Parameters) -> Conditions:
        return all_of(
            in_force(person, period, parameters, "old_age_allowance"),
            person("hukou_in_city", period),
            person("alive_this_month", period),
            person("old_age_allowance_age", period),
        )


class old_age_allowance_amount_fen(Amount):
    """Fen a month by tier of age, 0 for whoever is not surely entitled."""

    @staticmethod
    def formula_2011_06_01(person: People, period: Day, parameters: Parameters) -> Amounts:
        amounts = parameters(period).old_age_allowance.amount_by_age.calc(person("age", period))
        return np.where(person("old_age_allowance", period) == YES, amounts, 0).astype(np.int32)
