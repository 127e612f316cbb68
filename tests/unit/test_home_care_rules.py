"""The catalogue and the terms of care at home, read strictly; free times; the codes of providers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar import Period
from services.clock import SystemClock, local_day, local_moment
from services.home_care import CatalogueWrong, CreditCodeWrong, DayPart, ServiceKind, ServiceUnknown, Shift
from services.home_care import catalogue as catalogue_module
from services.home_care import terms as terms_module
from services.home_care.catalogue import catalogue_on, main_service, service_on
from services.home_care.credit_codes import CHARACTERS, credit_code_check, normal_credit_code
from services.home_care.free_times import free_times, working_times, works_then
from services.home_care.terms import load_terms, terms_on
from services.vouchers import ItemKind

TODAY = date(2026, 11, 24)
NOTICE = timedelta(days=60)
TRAVEL, STEP = timedelta(minutes=30), timedelta(minutes=30)


def changed(file: Path, folder: Path, change: tuple[str, str]) -> Path:
    """The file with one thing changed in it."""
    content = file.read_text(encoding="utf-8")
    assert change[0] in content
    written = folder / file.name
    written.write_text(content.replace(*change, 1), encoding="utf-8")
    return written


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("    minutes: 120", "    minuets: 120"), "minuets"),
        (("    minutes: 120", "    minutes: 5"), "greater than or equal to 10"),
        (("    minutes: 120", "    minutes: two"), "valid integer"),
        (("    workers: 2", "    workers: 0"), "greater than or equal to 1"),
        (("    item: bathing", "    item: swimming"), "item"),
        (("    kind: nursing", "    kind: nurse"), "kind"),
        (("    kind: rehab", "    kind: nursing"), "none for rehab"),
        (("    credentials: [nurse]", "    credentials: []"), "at least 1"),
        (("    credentials: [nurse]", "    credentials: [Nurse]"), "String should match"),
        (("    price_fen: {2026-01-01: 9000}", "    price_fen: {}"), "at least 1"),
        (("    price_fen: {2026-01-01: 9000}", "    price_fen: {2026-01-01: -1}"), "greater than or equal to 0"),
        (("    price_fen: {2026-01-01: 9000}", "    price_fen: {2027-01-01: 1, 2026-01-01: 9000}"), "in order"),
        (("  CLEAN:", "  Clean:"), "String should match"),
        (("  DEEPCLEAN:", "  CLEAN:"), "CLEAN"),
        (("review_by: 2027-06-30", "review_by: soon"), "review_by"),
    ],
)
def test_a_wrong_catalogue_is_refused_by_name_and_place(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    written = changed(catalogue_module.FILE, tmp_path, change)
    with pytest.raises(CatalogueWrong) as refused:
        catalogue_module._read(written)
    assert refused.value.facts["file"] == "catalogue.yaml"
    assert named in str(refused.value.facts["problem"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("days_ahead: 14", "days_a_head: 14"), "days_a_head"),
        (("days_ahead: 14", "days_ahead: 0"), "greater than or equal to 1"),
        (("travel_minutes: 30", "travel_minutes: -1"), "greater than or equal to 0"),
        (("book_until_minutes: 240", "book_until_minutes: 185"), "from the end of booking"),
        (("cancel_until_minutes: 180", "cancel_until_minutes: 110"), "cancelling to end before answering"),
        # Who looks after visits looks a day ahead.
        (("answer_until_minutes: 120", "answer_until_minutes: 1441"), "less than or equal to 1440"),
        (('evening: {begins: "18:00"', 'evening: {begins: "17:00"'), "one after the other"),
        (('evening: {begins: "18:00", ends: "21:00"}', ""), "morning, afternoon and evening"),
        (('ends: "21:00"', 'ends: "18:00"'), "end after they begin"),
        (("valid_from: 2026-01-01", "valid_from: yesterday"), "valid_from"),
    ],
)
def test_wrong_terms_are_refused_by_name_and_place(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    written = changed(terms_module.FILE, tmp_path, change)
    with pytest.raises(CatalogueWrong) as refused:
        load_terms(written)
    assert refused.value.facts["file"] == "terms.yaml"
    assert named in str(refused.value.facts["problem"])


def test_terms_out_of_order_or_none_at_all_are_refused(tmp_path: Path) -> None:
    content = terms_module.FILE.read_text(encoding="utf-8")
    twice, empty = tmp_path / "terms.yaml", tmp_path / "none.yaml"
    twice.write_text(content + "\n" + content, encoding="utf-8")
    empty.write_text("[]", encoding="utf-8")
    for file in (twice, empty):
        with pytest.raises(CatalogueWrong, match="oldest first"):
            load_terms(file)


def test_whether_prices_and_terms_still_hold_is_looked_at_in_time() -> None:
    today = local_day(SystemClock().now())
    assert catalogue_module._read().review_by - today > NOTICE
    assert terms_on(today).review_by - today > NOTICE


def test_every_kind_that_is_spoken_of_has_a_service_and_the_first_is_the_one_that_is_meant() -> None:
    assert [main_service(kind, TODAY).code for kind in ServiceKind] == [
        *("CLEAN", "BATH", "HAIR", "REHAB", "HOSP", "TALK", "COOK", "REPAIR", "NURSE"),
    ]
    kinds = [service.kind for service in catalogue_on(TODAY)]
    assert kinds == sorted(kinds, key=list(ServiceKind).index)
    assert service_on("BATH", TODAY).workers == 2
    assert service_on("NURSE", TODAY).item is ItemKind.MEDICAL_HELP


def test_a_price_holds_from_its_day_on_and_nothing_is_offered_before_its_first() -> None:
    with pytest.raises(ServiceUnknown):
        service_on("CLEAN", date(2025, 12, 31))
    assert service_on("CLEAN", date(2026, 1, 1)).price_fen == 9000
    with pytest.raises(ServiceUnknown):
        service_on("clean", TODAY)
    with pytest.raises(ServiceUnknown):
        main_service(ServiceKind.BATHING, date(2025, 12, 31))


def test_terms_of_a_day_before_the_first_are_the_first() -> None:
    assert terms_on(date(2020, 1, 1)) == load_terms()[0]


def test_objections_end_with_a_day_of_the_city() -> None:
    over_at = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)  # one o'clock at night on the 26th
    assert terms_on(TODAY).object_until(over_at) == local_moment(date(2026, 12, 4), time(0)) - timedelta(seconds=1)


def test_parts_of_the_day_have_their_hours() -> None:
    terms = terms_on(TODAY)
    parts = {hour: terms.part_of(local_moment(TODAY, time(hour))) for hour in (6, 7, 11, 12, 17, 18, 20, 21)}
    assert parts == {
        6: None,
        7: DayPart.MORNING,
        11: DayPart.MORNING,
        12: DayPart.AFTERNOON,
        17: DayPart.AFTERNOON,
        18: DayPart.EVENING,
        20: DayPart.EVENING,
        21: None,
    }


def at(hour: int, minute: int = 0) -> datetime:
    return local_moment(TODAY, time(hour, minute))


SHIFTS = (Shift(1, time(8), time(12)), Shift(1, time(14), time(18)), Shift(2, time(7), time(20)))


def test_a_shift_belongs_to_its_day_of_the_week() -> None:
    assert working_times(SHIFTS, TODAY) == [Period(at(8), at(12)), Period(at(14), at(18))]
    assert working_times(SHIFTS, date(2026, 11, 26)) == []
    assert works_then(SHIFTS, TODAY, at(10), at(12))
    assert not works_then(SHIFTS, TODAY, at(11), at(12, 1))
    assert not works_then(SHIFTS, TODAY, at(12), at(14))


def test_a_visit_ends_with_the_shift_and_the_way_after_it_may_go_beyond() -> None:
    times = free_times([Period(at(8), at(12))], [], duration=timedelta(hours=2), travel=TRAVEL, step=STEP)
    assert (times[0], times[-1], len(times)) == (at(8), at(10), 5)
    assert free_times([Period(at(8), at(9))], [], duration=timedelta(hours=2), travel=TRAVEL, step=STEP) == []


def test_between_two_visits_is_the_way() -> None:
    engaged = [Period(at(9), at(10, 30))]  # until ten, and the way
    times = free_times([Period(at(7), at(12))], engaged, duration=timedelta(hours=1), travel=TRAVEL, step=STEP)
    assert times == [at(7), at(7, 30), at(10, 30), at(11)]


@given(
    shifts=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=3),
    visits=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 16)), max_size=6),
    minutes=st.sampled_from([30, 45, 60, 90, 240]),
)
def test_whatever_is_free_overlaps_nothing_and_lies_in_a_shift(
    shifts: list[tuple[int, int]], visits: list[tuple[int, int]], minutes: int
) -> None:
    quarter = timedelta(minutes=15)
    working = [Period(at(0) + begin * quarter, at(0) + (begin + length) * quarter) for begin, length in shifts]
    engaged = [Period(at(0) + begin * quarter, at(0) + (begin + length) * quarter) for begin, length in visits]
    duration = timedelta(minutes=minutes)
    for begin in free_times(working, engaged, duration=duration, travel=TRAVEL, step=STEP):
        assert any(it.starts_at <= begin and begin + duration <= it.ends_at for it in working)
        assert not any(Period(begin, begin + duration + TRAVEL).overlaps(it) for it in engaged)


@pytest.mark.parametrize("text", ["91350100M000100Y43", "91350100m000100y43", " ９１350100M000100Y43 "])
def test_a_credit_code_is_read_however_it_is_typed(text: str) -> None:
    assert normal_credit_code(text) == "91350100M000100Y43"


@pytest.mark.parametrize(
    "text",
    ["", "91350100M000100Y44", "9135O100M000100Y43", "91350100M000100Y4", "91350100M000100Y433", "91AB0100M000100Y43"],
)
def test_what_is_no_credit_code_is_refused(text: str) -> None:
    with pytest.raises(CreditCodeWrong):
        normal_credit_code(text)


@given(first=st.text(CHARACTERS, min_size=17, max_size=17), place=st.integers(0, 16), other=st.sampled_from(CHARACTERS))
def test_one_wrong_character_is_always_noticed(first: str, place: int, other: str) -> None:
    wrong = first[:place] + other + first[place + 1 :]
    assert (credit_code_check(wrong) == credit_code_check(first)) is (wrong == first)
