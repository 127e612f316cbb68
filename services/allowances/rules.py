"""When an offer is made, until when it is open, and from which month an approved case is paid. Pure rules, no database.

The figures are dated parameters of `services.benefits`; what is owed for each month is the business of `payable`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from services.ages import birthday_in
from services.allowances.months import last_day_of, month_of, months_later
from services.benefits import Benefit, figure_on, tiers_on

ALLOWANCE = Benefit.OLD_AGE_ALLOWANCE


def month_of_reaching_age(birth_on: date, day: date) -> date:
    """The month in which she reaches, or reached, the age of the lowest tier, by the tiers of `day`.

    Somebody born on 29 February reaches it in February, whatever the year.

    >>> month_of_reaching_age(date(1956, 2, 29), date(2026, 2, 1))
    datetime.date(2026, 2, 1)
    >>> month_of_reaching_age(date(1957, 1, 31), date(2026, 11, 24))
    datetime.date(2027, 1, 1)
    """
    from_age = tiers_on(day, ALLOWANCE)[0].from_age
    return month_of(birthday_in(birth_on, birth_on.year + from_age))


def first_month(birth_on: date, applied_on: date) -> date:
    """The first month that is paid to somebody who applied on a day: in time, hence from the month of reaching the age;
    later, hence from the month of the application, and nothing is paid back (深民规〔2020〕3号).

    >>> first_month(date(1957, 1, 31), date(2026, 11, 24)), first_month(date(1957, 1, 31), date(2027, 3, 2))
    (datetime.date(2027, 1, 1), datetime.date(2027, 3, 1))
    """
    reached = month_of_reaching_age(birth_on, applied_on)
    name = "paid_from" if month_of(applied_on) <= reached else "paid_from_when_late"
    counted_from = {
        "month_of_reaching_age": reached,
        "month_after_reaching_age": months_later(reached, 1),
        "month_of_application": month_of(applied_on),
        "month_after_application": months_later(month_of(applied_on), 1),
    }
    return counted_from[figure_on(applied_on, name)]


def entitled_by(day: date) -> date:
    """Whoever is entitled on this day gets an offer on `day`: the last day of the month so many months ahead.

    >>> entitled_by(date(2026, 11, 24))
    datetime.date(2027, 1, 31)
    """
    return last_day_of(months_later(month_of(day), figure_on(day, "offer_lead_months")))


def offer_ends_on(made_on: date) -> date:
    """The last day on which an offer of a day can be answered.

    >>> offer_ends_on(date(2026, 11, 24))
    datetime.date(2027, 1, 31)
    """
    return last_day_of(months_later(month_of(made_on), figure_on(made_on, "offer_open_months")))


def reminded_until(today: date) -> date:
    """Whoever has an open offer that ends on this day or before is reminded today.

    >>> reminded_until(date(2027, 1, 11))
    datetime.date(2027, 1, 31)
    """
    return today + timedelta(days=figure_on(today, "reminder_days"))


def stops_from(happened_on: date) -> date:
    """The first month that is not paid after a death, a move out of the city, or a wish to withdraw.

    >>> stops_from(date(2026, 11, 30))
    datetime.date(2026, 12, 1)
    """
    return months_later(month_of(happened_on), figure_on(happened_on, "months_until_stop"))


def figure(day: date, name: str) -> Any:
    """A dated figure of how the allowance is handled."""
    return figure_on(day, name, ALLOWANCE)
