"""A place in line, the same meal every week, marks of what she must not eat, and where the canteens are."""

from __future__ import annotations

import doctest
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.meals.tables import MenuRow
from tests.conftest import person_named
from tests.meals import leave_portions
from tests.web.conftest import TestClock, page_of, signed_in_browser, words_of
from tests.web.journeys import TOMORROW, book_lunch
from tests.web.test_meal_changes import confirm, follow, link
from webapp.meals import street_map, wording
from webapp.meals.street_map import MOST_HEIGHT, WIDTH, Point, draw_street_map

HERS = (MenuRow.day == date.fromisoformat(TOMORROW), MenuRow.canteen.has(community="翠竹"))
LUNCHES = f"/meals/book/canteen?day={TOMORROW}&meal=lunch&more=1"


@pytest.fixture
def place(hers: FlaskClient, session: Session) -> str:
    """Her place in line for tomorrow's lunch in her canteen, which is full; its address."""
    leave_portions(session, 0, *HERS)
    way = hers.get(next(one for one in waiting_links(hers) if one))
    joined = confirm(hers, follow(hers, way, "送到我家"))
    assert joined.status_code == 303
    return joined.location


def waiting_links(client: FlaskClient) -> list[str]:
    return [one.get("href") for one in page_of(client.get(LUNCHES)).iter("a") if "/waiting/" in one.get("href")]


def test_standing_in_line_says_what_it_would_cost_and_who_is_before(hers: FlaskClient, session: Session) -> None:
    leave_portions(session, 0, *HERS)
    words = words_of(follow(hers, hers.get(waiting_links(hers)[0]), "到饭堂吃"))
    for part in ("这一餐订满了。您要排队等吗？", "您前面没有人在等", "您付 10元", "对，排队等"):
        assert part in words


def test_a_place_in_line_is_seen_and_left(hers: FlaskClient, place: str) -> None:
    words = words_of(hers.get(place))
    assert "下一个就是您" in words
    assert "12元" in words
    assert place in [one.get("href") for one in page_of(hers.get("/meals/bookings")).iter("a")]
    left = hers.post(f"{place}/leave", follow_redirects=True)
    assert "正在排队" not in words_of(left)
    assert "不再排队" in words_of(hers.get(place))


def test_the_second_in_line_sees_that_somebody_is_before_her(
    hers: FlaskClient, site: Flask, session: Session, clock: TestClock, place: str
) -> None:
    assert place
    other = signed_in_browser(site, session, person_named(session, "黄婉仪"), "15400000003", clock.at)
    answer = confirm(other, follow(other, other.get(waiting_links(other)[0]), "到饭堂吃"))
    assert "您前面还有1个人" in words_of(other.get(answer.location))


def test_standing_in_line_twice_leads_to_the_first_place(hers: FlaskClient, session: Session, place: str) -> None:
    menu = session.scalars(select(MenuRow).where(*HERS, MenuRow.meal == "lunch")).one()
    answer = hers.get(f"/meals/waiting/join?menu={menu.id}&delivery=no")
    assert answer.status_code == 409
    assert place in answer.get_data(as_text=True)


def test_where_a_portion_came_free_meanwhile_it_is_booked_at_once(hers: FlaskClient, session: Session) -> None:
    leave_portions(session, 0, *HERS)
    review = follow(hers, hers.get(waiting_links(hers)[0]), "到饭堂吃")
    leave_portions(session, 3, *HERS)
    booked = confirm(hers, review)
    assert "/meals/bookings/" in booked.location
    assert "刚好空出来一份" in words_of(hers.get(booked.location))


# --- the same every week ----------------------------------------------------------------


def test_every_week_is_five_taps_from_home(hers: FlaskClient) -> None:
    first = follow(hers, hers.get("/meals/book"), "每周固定订")
    review = follow(hers, follow(hers, first, "星期一到星期五"), "送到我家")
    words = words_of(review)
    for part in (
        "星期一到星期五",
        "午餐",
        "翠竹社区长者饭堂(示例)",
        "送到家",
        "有政府补贴的日子 12元",
        "您最多付 17元",
    ):
        assert part in words
    placed = confirm(hers, review)
    assert "以后到时候就替您订好" in words_of(hers.get(placed.location))
    assert placed.location in [one.get("href") for one in page_of(hers.get("/meals/bookings")).iter("a")]
    assert "还要固定哪几天订" in words_of(hers.get("/meals/standing"))


@pytest.mark.parametrize(
    ("line", "answer", "seen"),
    [("修改 哪一餐", "晚餐", "晚餐"), ("修改 饭堂", "福中", "福中社区长者饭堂(示例)"),
     ("修改 在哪里吃", "到饭堂吃", "到饭堂吃"), ("修改 几份", "2份", "2份")],
)  # fmt: skip
def test_each_line_of_a_standing_order_can_be_changed(hers: FlaskClient, line: str, answer: str, seen: str) -> None:
    review = hers.get("/meals/standing/review?delivery=no&days=1,3")
    assert "星期一、星期三" in words_of(review)
    changed = words_of(follow(hers, follow(hers, review, line), answer))
    assert seen in changed
    assert "星期一、星期三" in changed


def test_the_days_are_ticked_and_none_is_a_mistake(hers: FlaskClient) -> None:
    answer = hers.post("/meals/standing/days", data={})
    assert answer.status_code == 422
    assert "请至少选一天" in words_of(answer)
    answer = hers.post("/meals/standing/days", data={"day": ["5", "2"]})
    assert answer.location == "/meals/standing/way?days=2,5"
    answer = hers.post("/meals/standing/days?delivery=yes", data={"day": ["7"]})
    assert "星期日" in words_of(hers.get(answer.location))
    assert hers.post("/meals/standing/days", data={"day": "8"}).status_code == 400
    assert hers.get("/meals/standing/review?delivery=yes").status_code == 400
    assert hers.get("/meals/standing/change/colour?days=1").status_code == 404


def test_a_canteen_without_that_meal_asks_for_another(hers: FlaskClient) -> None:
    point = next(
        one.get("href")
        for one in page_of(hers.get("/meals/standing/change/canteen?delivery=no&days=1&meal=breakfast")).iter("a")
        if "鹏兴" in "".join(one.itertext())
    )
    words = words_of(hers.get(point, follow_redirects=True))
    assert "这家饭堂没有这一餐" in words
    assert "选哪家饭堂" in words


def test_the_same_days_twice_lead_to_the_first_order(hers: FlaskClient) -> None:
    review = "/meals/standing/review?delivery=no&days=1,2"
    placed = confirm(hers, hers.get(review)).location
    again = hers.get(review)
    assert again.status_code == 409
    assert placed in again.get_data(as_text=True)


@pytest.mark.parametrize("cancel", ["yes", "no"])
def test_it_ends_with_or_without_the_meals_that_are_booked(hers: FlaskClient, cancel: str) -> None:
    order = confirm(hers, hers.get("/meals/standing/review?delivery=no&days=1,2")).location
    asked = hers.get(link(hers.get(order), "不再每周自动订"))
    assert "已经订好的怎么办" in words_of(asked)
    ended = hers.post(f"{order}/end", data={"cancel": cancel}, follow_redirects=True)
    assert "以后不再自动订餐" in words_of(ended)
    assert "已经停了" in words_of(hers.get(order))
    assert hers.get(f"{order}/end").location == order


# --- what she must not eat ------------------------------------------------------------------


def test_marks_are_kept_and_warn_before_booking(hers: FlaskClient) -> None:
    answer = hers.post("/meals/diet", data={"allergy": ["egg"], "diet": ["soft_food"]}, follow_redirects=True)
    ticked = {one.get("value") for one in page_of(answer).iter("input") if "checked" in one.attrib}
    assert ticked == {"egg", "soft_food"}
    warned = [
        words_of(hers.get(f"/meals/book/canteen?day={date(2026, 11, 24) + timedelta(days=ahead)}&meal=lunch"))
        for ahead in range(7)
    ]
    assert any("里面有鸡蛋，您说过不能吃" in words for words in warned)
    assert any("里面有鸡蛋" not in words.split("鹏兴")[0] for words in warned)
    assert "里面有鸡蛋" in words_of(hers.get("/meals/week/review?delivery=no"))
    hers.post("/meals/diet", data={})
    assert "里面有鸡蛋" not in words_of(hers.get("/meals/week/review?delivery=no"))
    assert hers.post("/meals/diet", data={"allergy": "gold"}).status_code == 400


# --- where the canteens are -------------------------------------------------------------------


def test_canteens_show_distance_hours_telephone_and_the_same_numbers_as_the_map(hers: FlaskClient) -> None:
    answer = hers.get("/meals/canteens")
    words = words_of(answer)
    for part in ("翠竹社区长者饭堂", "本社区 · 约", "0755-00000000", "现在没开门，今天早上6点30分开门", "示意图"):
        assert part in words
    page = page_of(answer)
    drawn = [one.text for one in page.findall(".//{*}text") if "map-number" in one.get("class", "")]
    listed = [one.text for one in page.iter("span") if one.get("class") == "card-number"]
    assert drawn == ["家", *listed]
    assert len(page_of(hers.get("/meals/canteens?more=1")).findall(".//main//ol/li")) > len(listed)


def test_booking_at_a_canteen_of_the_list_asks_for_the_rest_only(hers: FlaskClient) -> None:
    day = follow(hers, hers.get("/meals/canteens"), "在这家订餐")
    assert "一次订一个星期" not in words_of(day)
    way = follow(hers, follow(hers, day, "明天"), "午餐")
    assert "您想在哪里吃" in words_of(way)
    assert "翠竹社区长者饭堂" in words_of(follow(hers, way, "到饭堂吃"))


def test_the_map_keeps_pins_and_names_on_the_paper_and_apart() -> None:
    homes = Point(114.130, 22.567)
    drawn = draw_street_map(homes, {1: Point(114.131, 22.568), 2: Point(114.175, 22.563), 4: Point(114.130, 22.567)})
    assert drawn is not None
    assert [pin.number for pin in drawn.pins] == [0, 1, 2, 4]
    assert len({(pin.x, pin.y) for pin in drawn.pins}) == 4
    for thing in (*drawn.pins, *drawn.labels):
        assert 0 < thing.x < WIDTH
        assert 0 < thing.y < drawn.height
    assert drawn.height < MOST_HEIGHT, "no empty part below"
    # Two stand on the same spot: one of them is led there by a line.
    assert [pin.number for pin in drawn.pins if pin.is_aside]
    assert drawn.scale_metres == 2000
    assert draw_street_map(homes, {}) is None
    assert draw_street_map(None, {1: homes}) is not None


def test_the_examples_of_the_map_and_of_the_words_are_true() -> None:
    for module in (street_map, wording):
        assert doctest.testmod(module).failed == 0


def test_somebody_elses_orders_and_places_are_refused(
    hers: FlaskClient, site: Flask, session: Session, clock: TestClock, place: str
) -> None:
    order = confirm(hers, hers.get("/meals/standing/review?delivery=no&days=1,2")).location
    booking = book_lunch(hers, meal="dinner")
    booking_id = UUID(booking.rsplit("/", 1)[1])
    stranger = signed_in_browser(site, session, person_named(session, "张秀兰"), "15400000005", clock.at)
    menu = session.scalars(select(MenuRow.id).where(*HERS)).first()
    for address in (place, order, f"{order}/end", f"/meals/book/review?menu={menu}&booking={booking_id}"):
        assert stranger.get(address).status_code == 403, address
    for address in (f"{place}/leave", f"{order}/end"):
        assert stranger.post(address, data={"cancel": "yes"}).status_code == 403, address
