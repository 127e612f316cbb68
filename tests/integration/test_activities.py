"""What happens in a community: entered by its workers, told to those who live there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.activities import (
    Activity,
    ActivityIncomplete,
    ActivityUnknown,
    call_off_activity,
    enter_activity,
    list_activities,
    list_community_activities,
    set_places_left,
)
from services.actor import Actor, NotAllowed
from services.people import Person
from tests.conftest import NOW
from tests.delegating import CITY, herself, worker_of

THE_DAY = date(2026, 12, 3)


def entered(session: Session, worker: Actor, **changed: Any) -> Activity:
    about = {"title": "太极拳", "place": "社区广场", "day": THE_DAY, "starts": time(9), "city": CITY, "now": NOW}
    return enter_activity(session, worker, **(about | changed))


def test_whoever_lives_there_is_told_of_it_and_nobody_else(session: Session, wang: Person) -> None:
    ours, elsewhere = worker_of(wang), replace(worker_of(wang), community="别处")
    here, _there = entered(session, ours, places_left=3), entered(session, elsewhere)
    other_district = replace(ours, district="福田区")
    entered(session, other_district)
    told = list_activities(session, herself(wang), person_id=wang.id, now=NOW, day=THE_DAY)
    assert told == (here,)
    assert list_activities(session, herself(wang), person_id=wang.id, now=NOW, day=THE_DAY + timedelta(days=1)) == ()
    assert set_places_left(session, ours, activity_id=here.id, places_left=0, now=NOW).places_left == 0
    with pytest.raises(ActivityUnknown):
        call_off_activity(session, elsewhere, activity_id=here.id, now=NOW)
    call_off_activity(session, ours, activity_id=here.id, now=NOW)
    assert list_activities(session, herself(wang), person_id=wang.id, now=NOW, day=THE_DAY) == ()
    assert [each.is_called_off for each in list_community_activities(session, ours, city=CITY, now=NOW)][-1:] == [True]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"place": ""}, "place"),
        ({"day": date(2026, 11, 23)}, "day"),
        ({"day": date(2027, 3, 1)}, "day"),
        ({"ends": time(9)}, "time"),
        ({"places_left": -1}, "places_left"),
    ],
)
def test_what_nobody_could_come_to_is_refused(
    session: Session, wang: Person, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(ActivityIncomplete) as refused:
        entered(session, worker_of(wang), **changed)
    assert refused.value.facts["field"] == field


def test_only_workers_enter_and_what_is_over_is_not_told(session: Session, wang: Person) -> None:
    with pytest.raises(NotAllowed):
        entered(session, herself(wang))
    entered(session, worker_of(wang), day=date(2026, 11, 24), starts=time(7), ends=time(8))
    later = NOW + timedelta(hours=3)
    assert not list_activities(session, herself(wang), person_id=wang.id, now=later, day=date(2026, 11, 24))
