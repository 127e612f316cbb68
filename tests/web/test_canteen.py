"""A canteen's day without a screen: cook list, rounds, till, closing, settlement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.meals.tables import MealBookingRow
from services.people import Person
from tests.conftest import NOW, person_named
from tests.web.conftest import TestClock, page_of, signed_in_browser, words_of
from tests.web.journeys import book_lunch
from tests.web.staff import WU, staff_browser

TODAY = "2026-11-24"
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
AFTERNOON = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.fixture
def lunch(hers: FlaskClient, site: Flask, session: Session, clock: TestClock) -> MealBookingRow:
    """王秀珍 eats lunch here today and must not eat egg; 黄婉仪 has hers brought. The booking of the first."""
    hers.post("/meals/diet", data={"allergy": "egg", "diet": "soft_food"})
    book_lunch(hers, day=TODAY)
    neighbour = signed_in_browser(site, session, person_named(session, "黄婉仪"), "15400000003", clock.at)
    book_lunch(neighbour, day=TODAY, delivery="yes")
    return session.scalars(select(MealBookingRow).where(MealBookingRow.delivery.is_(False))).one()


@pytest.fixture
def counter(lunch: MealBookingRow, site: Flask, session: Session, clock: TestClock) -> FlaskClient:
    """The counter of 吴师傅 at noon of the same day."""
    clock.at = NOON
    return staff_browser(site, session, WU, NOON)


def at(site: Flask, session: Session, clock: TestClock, moment: datetime) -> FlaskClient:
    """The counter at another moment."""
    clock.at = moment
    return staff_browser(site, session, WU, moment)


def forms(response: TestResponse, part: str) -> list[tuple[str, dict[str, str]]]:
    """The forms of a page whose address contains `part`, with what they send."""
    return [
        (form.get("action"), {field.get("name"): field.get("value") or "" for field in form.iter("input")})
        for form in page_of(response).iter("form")
        if part in form.get("action")
    ]


def found(counter: FlaskClient, wanted: str, menu: object) -> TestResponse:
    return counter.post(f"/staff/canteen/till?menu={menu}", data={"wanted": wanted})


def told(counter: FlaskClient, *servings: dict[str, Any]) -> list[str]:
    answer = counter.post("/staff/canteen/till/servings", json={"servings": list(servings)})
    assert answer.status_code == 200
    return [each["outcome"] for each in answer.json["outcomes"]]


def serving(booking: MealBookingRow) -> dict[str, str]:
    return {"id": str(uuid4()), "booking": str(booking.id), "at": NOON.isoformat()}


def test_her_first_page_is_the_cook_list(counter: FlaskClient) -> None:
    assert counter.get("/staff").location == "/staff/canteen"


def test_the_cook_list_counts_portions_and_says_what_to_mind(counter: FlaskClient) -> None:
    words = words_of(counter.get("/staff/canteen"))
    for part in ("2 份要做", "1 到饭堂吃", "1 要送", "1 不要鸡蛋", "1 软食", "不要鸡蛋 软食 1 1 王*珍"):
        assert part in words
    assert "15400000002" not in words


def test_other_days_are_one_tap_away(counter: FlaskClient) -> None:
    for day in ("2026-11-25", "2026-11-23", "2027-01-01"):
        assert counter.get(f"/staff/canteen?day={day}").status_code == 200
    assert counter.get("/staff/canteen?day=2126-01-01").status_code == 404
    assert counter.get("/staff/canteen?day=soon").status_code == 400


def test_the_rounds_name_the_doors_by_street(counter: FlaskClient, lunch: MealBookingRow) -> None:
    page = counter.get(f"/staff/canteen/rounds/{lunch.menu_id}")
    words = words_of(page)
    for part in ("翠竹街道 1份", "木头龙社区", "2 黄*仪", "15400000003", "(示例)"):
        assert part in words
    ((action, data),) = forms(page, "/brought")
    assert "已发餐" in words_of(counter.post(action, data=data, follow_redirects=True))
    assert forms(counter.get(f"/staff/canteen/rounds/{lunch.menu_id}"), "/brought") == []


def test_the_day_is_made_a_pdf(counter: FlaskClient) -> None:
    answer = counter.post(f"/staff/canteen/paper?day={TODAY}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("wanted", ["number", "card", "王秀珍", "王"])
def test_somebody_is_found_by_number_card_or_name_and_served(
    counter: FlaskClient, lunch: MealBookingRow, wang: Person, wanted: str
) -> None:
    assert wang.card_last_four
    text = {"number": str(lunch.pick_up_number), "card": wang.card_last_four}.get(wanted, wanted)
    page = found(counter, text, lunch.menu_id)
    assert "自付10元" in words_of(page)
    assert "不要鸡蛋" in words_of(page)
    ((action, data),) = forms(page, "/serve")
    assert "1号已发餐" in words_of(counter.post(action, data=data, follow_redirects=True))
    # The same press again is the same serving; another one is told.
    assert "1号已发餐" in words_of(counter.post(action, data=data, follow_redirects=True))
    again = counter.post(action, data=data | {"serving": str(uuid4())}, follow_redirects=True)
    assert "1号已经领过了" in words_of(again)
    assert "已经领了" in words_of(found(counter, text, lunch.menu_id))


def test_who_has_not_booked_is_not_found(counter: FlaskClient, lunch: MealBookingRow) -> None:
    assert "没有订这一餐" in words_of(found(counter, "77", lunch.menu_id))
    assert found(counter, " ", lunch.menu_id).status_code == 303


def test_the_till_keeps_the_day_for_when_the_line_is_lost(counter: FlaskClient, lunch: MealBookingRow) -> None:
    kept = counter.get("/staff/canteen/till/bookings")
    assert kept.headers["Cache-Control"] == "no-store"
    (entry,) = [each for each in kept.json["entries"] if each["id"] == str(lunch.id)]
    assert (entry["number"], entry["name"], entry["state"]) == (1, "王*珍", "booked")
    assert "王秀珍" not in kept.get_data(as_text=True)
    script = counter.get("/staff/canteen/till-worker.js")
    assert script.mimetype == "text/javascript"


def test_what_was_handed_out_without_a_line_counts_once(counter: FlaskClient, lunch: MealBookingRow) -> None:
    mine = serving(lunch)
    assert told(counter, mine, mine) == ["served", "served"]
    assert told(counter, mine) == ["served"]
    assert told(counter, serving(lunch), serving(lunch) | {"booking": str(uuid4())}) == ["already_served", "unknown"]


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"servings": 1}, {"servings": [1]}, {"servings": [{"id": "x", "booking": "y", "at": "z"}]}],
)
def test_what_no_till_sends_is_refused(counter: FlaskClient, body: object) -> None:
    assert counter.post("/staff/canteen/till/servings", json=body).status_code == 400


def test_a_time_without_its_zone_is_refused(counter: FlaskClient, lunch: MealBookingRow) -> None:
    body = {"servings": [serving(lunch) | {"at": "2026-11-24T12:00:00"}]}
    assert counter.post("/staff/canteen/till/servings", json=body).status_code == 400


def test_a_slip_of_the_finger_is_taken_back(counter: FlaskClient, lunch: MealBookingRow) -> None:
    told(counter, serving(lunch))
    ((action, data),) = forms(counter.get(f"/staff/canteen/meals/{lunch.menu_id}"), "/take-back")
    assert "没有领" in words_of(counter.post(action, data=data, follow_redirects=True))
    assert told(counter, serving(lunch)) == ["served"]


def test_a_meal_is_closed_after_it_and_says_who_did_not_come(
    counter: FlaskClient, site: Flask, session: Session, clock: TestClock, lunch: MealBookingRow
) -> None:
    assert counter.post(f"/staff/canteen/meals/{lunch.menu_id}/close").status_code == 409
    evening = at(site, session, clock, AFTERNOON)
    ((action, data),) = forms(evening.get("/staff/canteen"), f"{lunch.menu_id}/close")
    words = words_of(evening.post(action, data=data, follow_redirects=True))
    assert "这一餐收工了，有2份没来取" in words
    assert "没来取" in words_of(evening.get("/staff/canteen"))


def test_she_sees_what_became_of_her_meal(
    hers: FlaskClient, site: Flask, session: Session, clock: TestClock, lunch: MealBookingRow
) -> None:
    evening = at(site, session, clock, AFTERNOON)
    evening.post(f"/staff/canteen/meals/{lunch.menu_id}/close")
    assert "这一餐没有取" in words_of(hers.get(f"/meals/bookings/{lunch.id}"))
    told(evening, serving(lunch))
    assert "这一餐已经领了" in words_of(hers.get(f"/meals/bookings/{lunch.id}"))


def test_the_month_adds_up_and_is_fetched_as_csv(counter: FlaskClient, lunch: MealBookingRow) -> None:
    told(counter, serving(lunch))
    words = words_of(counter.get("/staff/canteen/settlement"))
    assert "7元 财政应付给饭堂" in words, "5 for her, 2 for the canteen"
    assert "10元 长者自付" in words
    assert "这个月还没有完" in words
    answer = counter.post("/staff/canteen/settlement?month=2026-11")
    assert answer.mimetype == "text/csv"
    lines = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("哪一天,预订,几份,")
    assert lines[1].startswith("2026-11-24,")
    assert lines[-1].startswith("合计,")


def test_months_that_nobody_could_press_are_refused(counter: FlaskClient) -> None:
    assert counter.get("/staff/canteen/settlement?month=soon").status_code == 400
    for never in ("9999-12", "0001-01", "2026-12"):
        assert counter.get(f"/staff/canteen/settlement?month={never}").status_code == 404
    assert "没有人订餐" in words_of(counter.get("/staff/canteen/settlement?month=2026-10"))


def test_another_role_stays_outside(site: Flask, session: Session) -> None:
    worker = staff_browser(site, session, "liu.cuizhu", NOW)
    for address in ("/staff/canteen", "/staff/canteen/till", "/staff/canteen/till/bookings"):
        assert worker.get(address).status_code == 403


def test_a_till_whose_session_ended_is_led_to_sign_in(counter: FlaskClient, clock: TestClock) -> None:
    clock.at += timedelta(hours=1)
    answer = counter.post("/staff/canteen/till/servings", json={"servings": []})
    assert answer.status_code == 303
    assert "/staff/sign-in" in answer.location
