"""What she is shown before she books: the catalogue with her prices, free days and times, who would come."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy.orm import Session

from services.actor import NotAllowed
from services.clock import CITY_TIME
from services.home_care import (
    DayPart,
    NobodyFree,
    Offer,
    Rating,
    ServiceDayNotOffered,
    ServiceNotOffered,
    ServiceState,
    catalogue_on,
    list_offers,
    list_service_days,
    list_services,
    suggest_offer,
)
from services.people import Person
from services.vouchers import VoucherKind, VoucherPart
from tests.allowances import worker
from tests.conftest import NOW, person_named
from tests.visits import A_DAY, TODAY, TOMORROW, book, herself, provider_row, visit

SUNDAY = date(2026, 11, 29)


def offers(
    session: Session, person: Person, service: str = "CLEAN", day: date = TOMORROW, **about: object
) -> list[Offer]:
    return list(
        list_offers(session, herself(person), person_id=person.id, service=service, day=day, now=NOW, **about)  # type: ignore[arg-type]
    )


def clocks(offer: Offer) -> list[time]:
    return [at.astimezone(CITY_TIME).time() for at in offer.times]


def test_the_catalogue_shows_what_she_would_pay(session: Session) -> None:
    li = person_named(session, "李德全")
    found = list_services(session, herself(li), person_id=li.id, now=NOW)
    assert [choice.service for choice in found] == list(catalogue_on(TODAY))
    assert all(choice.is_offered for choice in found)
    bath = next(choice for choice in found if choice.service.code == "BATH")
    assert bath.split.vouchers == (VoucherPart(VoucherKind.HOME_CARE_SUBSIDY, 15000),)
    assert bath.split.self_paid_fen == 0
    digital = next(choice for choice in found if choice.service.code == "DIGITAL")
    assert (digital.split.vouchers, digital.split.self_paid_fen) == ((), 3000)


def test_what_nobody_brings_to_her_is_marked_and_cannot_be_asked_for(session: Session, wang: Person) -> None:
    for number in (0, 1):
        row = provider_row(session, number)
        row.services = [code for code in row.services if code != "NURSE"]
    session.flush()
    found = list_services(session, herself(wang), person_id=wang.id, now=NOW)
    assert [choice.service.code for choice in found if not choice.is_offered] == ["NURSE"]
    with pytest.raises(ServiceNotOffered):
        list_service_days(session, herself(wang), person_id=wang.id, service="NURSE", now=NOW)


def test_days_say_in_which_part_somebody_is_free(session: Session, wang: Person) -> None:
    found = list_service_days(session, herself(wang), person_id=wang.id, service="REHAB", now=NOW)
    assert [each.day for each in found] == [TODAY + timedelta(days=ahead) for ahead in range(15)]
    by_day = {each.day: each for each in found}
    # Therapists work from Monday to Friday.
    assert not by_day[SUNDAY].is_open
    free = {choice.part: choice.free_times for choice in by_day[TOMORROW].parts}
    assert free == {DayPart.MORNING: 7, DayPart.AFTERNOON: 7, DayPart.EVENING: 0}
    # It is six: what begins before ten cannot be booked any more today.
    today = {choice.part: choice.free_times for choice in by_day[TODAY].parts}
    assert today == {DayPart.MORNING: 3, DayPart.AFTERNOON: 7, DayPart.EVENING: 0}


def test_a_bath_is_free_only_when_two_of_one_provider_are(session: Session, wang: Person) -> None:
    free = {offer.worker.name for offer in offers(session, wang, "BATH", SUNDAY)}
    # On Sundays 冯丽萍, 阿梅 and 谢桂香 bathe for the first provider, and 唐小琴 alone for the second.
    assert free == {"冯丽萍", "阿梅", "谢桂香"}


def test_the_nearest_comes_first_then_who_was_there_before_then_the_best_rated(session: Session, wang: Person) -> None:
    assert [offer.nearness for offer in offers(session, wang)][:2] == ["community", "community"]
    assert offers(session, wang)[-1].nearness == "city"
    visit(session, wang, ServiceState.CONFIRMED)
    huang = person_named(session, "黄婉仪")
    later = TOMORROW + A_DAY
    first = offers(session, huang, day=later)[0]
    assert (first.worker.name, first.worker.rating_tenths, first.knows_her) == ("阿梅", 40, False)
    best = visit(session, huang, ServiceState.ACCEPTED, worker="谢桂香", at=time(14))
    best.row.rating = Rating.VERY_GOOD.points
    session.flush()
    assert offers(session, huang, day=later)[0].worker.name == "谢桂香"
    known = offers(session, wang, day=later)[0]
    assert (known.worker.name, known.knows_her) == ("阿梅", True)


def test_a_part_of_the_day_a_time_and_a_sex_can_be_asked_for(session: Session, wang: Person) -> None:
    for part, hours in ((DayPart.MORNING, range(7, 12)), (DayPart.AFTERNOON, range(12, 18))):
        assert all(at.hour in hours for offer in offers(session, wang, part=part) for at in clocks(offer))
    assert all(clocks(offer) == [time(14, 30)] for offer in offers(session, wang, at=time(14, 30)))
    men = offers(session, wang, "BATH", sex="male")
    assert {offer.worker.name for offer in men} == {"周建平", "彭国强"}
    best = suggest_offer(
        session, herself(wang), person_id=wang.id, service="CLEAN", day=TOMORROW, part=DayPart.AFTERNOON, now=NOW
    )
    assert len(best.times) == 1


def test_where_nobody_is_free_the_next_day_is_named(session: Session, wang: Person) -> None:
    with pytest.raises(NobodyFree) as refused:
        offers(session, wang, "REHAB", date(2026, 11, 28))
    assert refused.value.facts["next_day"] == date(2026, 11, 30)
    with pytest.raises(NobodyFree) as refused:
        offers(session, wang, "REHAB", at=time(12, 30))
    with pytest.raises(ServiceDayNotOffered):
        offers(session, wang, day=date(2026, 12, 9))


def test_a_booked_time_is_gone_but_for_the_booking_that_changes(session: Session, wang: Person) -> None:
    booked = book(session, wang, service="TALK", at=time(9))

    def times_of_mei(**about: object) -> list[time]:
        return next(clocks(it) for it in offers(session, wang, "TALK", **about) if it.worker.name == "阿梅")

    assert time(9) not in times_of_mei()
    assert time(9) in times_of_mei(instead_of=booked.id)
    # Her own time is gone, too, whoever would come.
    for offer in offers(session, wang, "TALK"):
        assert time(9, 30) not in clocks(offer)


def test_only_she_and_her_community_see_what_she_could_have(session: Session, wang: Person) -> None:
    stranger = worker("景田", "福田区")
    with pytest.raises(NotAllowed):
        list_services(session, stranger, person_id=wang.id, now=NOW)
    with pytest.raises(NotAllowed):
        list_offers(session, stranger, person_id=wang.id, service="CLEAN", day=TOMORROW, now=NOW)
