"""The small rules of the ledger: who pays after a move, and what is remembered of it."""

from __future__ import annotations

from datetime import date

import pytest

from services.allowances.ledger.booking import kept, payer
from services.allowances.ledger.terms import Whereabouts
from services.benefits import NoSuchFigure, figure_on, tiers_on

APRIL, MAY, JUNE, JULY = (date(2026, month, 1) for month in (4, 5, 6, 7))


@pytest.mark.parametrize(
    ("whereabouts", "month", "district", "in_gap"),
    [
        # never paid before: whoever has her now
        (Whereabouts("福田区", date(2026, 5, 2), None, None), MAY, "福田区", False),
        # moved in May: the old district pays May, the new one June
        (Whereabouts("福田区", date(2026, 5, 2), "罗湖区", None), MAY, "罗湖区", False),
        (Whereabouts("福田区", date(2026, 5, 2), "罗湖区", None), JUNE, "福田区", False),
        # another district, and nobody knows since when
        (Whereabouts("福田区", None, "罗湖区", None), MAY, "福田区", False),
        # out of the city: the last one, while a worker decides
        (Whereabouts(None, date(2026, 5, 2), "罗湖区", None), JUNE, "罗湖区", False),
        # left in April, registered again in June: May and June are a gap
        (Whereabouts("福田区", date(2026, 6, 2), "罗湖区", date(2026, 4, 9)), APRIL, "罗湖区", False),
        (Whereabouts("福田区", date(2026, 6, 2), "罗湖区", date(2026, 4, 9)), MAY, "罗湖区", True),
        (Whereabouts("福田区", date(2026, 6, 2), "罗湖区", date(2026, 4, 9)), JUNE, "罗湖区", True),
        (Whereabouts("福田区", date(2026, 6, 2), "罗湖区", date(2026, 4, 9)), JULY, "福田区", False),
        # back in the same district
        (Whereabouts("罗湖区", date(2026, 6, 2), "罗湖区", date(2026, 4, 9)), MAY, "罗湖区", True),
    ],
)
def test_who_pays_after_a_move(whereabouts: Whereabouts, month: date, district: str, in_gap: bool) -> None:
    found = payer(whereabouts, month)
    assert (found.district, found.in_gap) == (district, in_gap)


def test_figures_are_those_of_their_day_and_a_missing_one_is_an_error() -> None:
    assert figure_on(date(2026, 11, 24), "pay_day") == 20
    for day, name in ((date(2021, 2, 28), "pay_day"), (date(2026, 11, 24), "payday")):
        with pytest.raises(NoSuchFigure):
            figure_on(day, name)
    assert [tier.from_age for tier in tiers_on(date(2026, 1, 1))] == [70, 80, 90, 100]
    assert [tier.from_age for tier in tiers_on(date(2017, 1, 1))] == [80, 90, 100]
    assert tiers_on(date(2011, 5, 31)) == ()


def test_an_absence_is_remembered_until_the_month_after_the_return_is_paid() -> None:
    away = Whereabouts(None, date(2026, 4, 9), "罗湖区", None)
    assert kept(away, MAY) == ("罗湖区", date(2026, 4, 9))
    back = Whereabouts("福田区", date(2026, 6, 2), "罗湖区", date(2026, 4, 9))
    assert kept(back, JUNE) == ("罗湖区", date(2026, 4, 9))
    assert kept(back, JULY) == ("福田区", None)
