"""Days with their year, as papers on a desk have them."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _

from services.clock import CITY_TIME, local_day
from webapp.words import time_of_day_words


def full_day_words(day: date | str) -> str:
    """A day with its year: "24 November 2026"."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    # Translators: a Babel date pattern of day, month and year.
    return format_date(day, _("d MMMM y"), locale=get_locale())


def full_moment_words(at: datetime) -> str:
    """A day with its year, and the time."""
    return _(
        "%(day)s %(time)s", day=full_day_words(local_day(at)), time=time_of_day_words(at.astimezone(CITY_TIME).time())
    )
