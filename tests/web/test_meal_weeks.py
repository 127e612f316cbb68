"""A week of meals in one go, as far as it can be tried without a screen."""

from __future__ import annotations

from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.demo import prepare_demonstration
from services.meals.tables import MenuRow
from tests.meals import leave_portions
from tests.web.conftest import TestClock, page_of, queued_templates, words_of
from tests.web.journeys import TOMORROW, book_lunch

WEEK = "/meals/week/review?delivery=yes"


def links(response: TestResponse, part: str) -> list[str]:
    """Where the links lead whose words contain `part`."""
    return [link.get("href") for link in page_of(response).iter("a") if part in "".join(link.itertext())]


def form_of(client: FlaskClient, address: str) -> dict[str, list[str]]:
    """What the one form of the page would send."""
    form = next(form for form in page_of(client.get(address)).find(".//main").iter("form"))
    sent: dict[str, list[str]] = {}
    for field in form.iter("input"):
        sent.setdefault(field.get("name"), []).append(field.get("value"))
    return sent


def book(client: FlaskClient, address: str) -> TestResponse:
    answer = client.post(address, data=form_of(client, address))
    assert (answer.status_code, answer.location) == (303, "/meals/bookings")
    return client.get(answer.location)


def test_a_week_is_four_taps_from_home(hers: FlaskClient, session: Session) -> None:
    (day,) = [link for link in links(hers.get("/"), "订餐") if link == "/meals/book"]
    (way,) = links(hers.get(day), "一次订一个星期")
    (review,) = links(hers.get(way), "送到我家")
    words = words_of(book(hers, review))
    assert "订好了7餐，您一共付94元" in words
    assert queued_templates(session) == ["meal_week_booked"]


def test_every_day_stands_there_with_its_dishes_and_its_price(hers: FlaskClient) -> None:
    words = words_of(hers.get(WEEK))
    assert "今天 11月24号 星期二" in words
    assert "11月30号 星期一" in words
    assert words.count("（政府补贴5元）") == 5, "not on Saturday and Sunday"
    assert words.count("17元") == 2
    assert "您付 94元" in words


def test_a_day_that_she_does_not_want_is_left_out_and_can_come_back(hers: FlaskClient) -> None:
    without_today = links(hers.get(WEEK), "不要")[0]
    page = hers.get(without_today)
    assert "这一餐不要。" in words_of(page)
    assert "这6餐多少钱" in words_of(page)
    (back,) = [link for link in links(page, "要") if "without" not in link]
    assert "这7餐多少钱" in words_of(hers.get(back))
    assert "订好了6餐" in words_of(book(hers, without_today))


def test_a_weekend_is_left_out_with_one_tap(hers: FlaskClient) -> None:
    (only_working_days,) = links(hers.get(WEEK), "星期六、星期天不要")
    assert "这5餐多少钱" in words_of(hers.get(only_working_days))


def test_changing_one_thing_of_a_week_keeps_the_days_that_were_left_out(hers: FlaskClient) -> None:
    without_today = links(hers.get(WEEK), "不要")[0]
    (changes,) = links(hers.get(without_today), "修改")
    for question, answer, seen in (
        ("哪一餐", "晚餐", "晚餐"),
        ("几份", "2份", "2份"),
        ("在哪里吃", "到饭堂吃", "到饭堂吃"),
    ):
        (ask,) = links(hers.get(changes), question)
        review = links(hers.get(ask), answer)[0]
        words = words_of(hers.get(review))
        assert seen in words
        assert "这一餐不要。" in words


def test_a_canteen_can_be_chosen_for_the_whole_week(hers: FlaskClient) -> None:
    (point,) = links(hers.get("/meals/week/change/canteen?delivery=no"), "鹏兴社区长者助餐点")
    assert "鹏兴社区长者助餐点(示例)" in words_of(hers.get(point))


def test_what_is_booked_already_is_said_and_not_booked_twice(hers: FlaskClient) -> None:
    booking = book_lunch(hers)
    page = hers.get(WEEK)
    assert "已经订了。" in words_of(page)
    assert booking in links(page, "看一看")
    assert "订好了6餐" in words_of(book(hers, WEEK))


def test_a_full_day_offers_to_stand_in_line(hers: FlaskClient, session: Session) -> None:
    leave_portions(session, 0, MenuRow.day == date.fromisoformat(TOMORROW))
    page = hers.get(WEEK)
    assert "订满了" in words_of(page)
    (join,) = links(page, "排队等")
    assert "这一餐订满了。您要排队等吗？" in words_of(hers.get(join))


def test_what_was_full_in_the_meantime_is_told_and_the_rest_is_booked(hers: FlaskClient, session: Session) -> None:
    form = form_of(hers, WEEK)
    leave_portions(session, 0, MenuRow.day == date.fromisoformat(TOMORROW))
    words = words_of(hers.get(hers.post(WEEK, data=form).location))
    assert "订好了6餐" in words
    assert "明天 11月25号 星期三午餐没有订上。订满了" in words


def test_a_double_tap_books_a_week_once(hers: FlaskClient, session: Session) -> None:
    form = form_of(hers, WEEK)
    first, second = hers.post(WEEK, data=form), hers.post(WEEK, data=form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert queued_templates(session) == ["meal_week_booked"]


def test_last_week_is_repeated_with_three_taps(hers: FlaskClient, session: Session, clock: TestClock) -> None:
    assert links(hers.get("/meals/book"), "跟上周一样") == []
    book_lunch(hers, delivery="yes")
    clock.at += timedelta(days=7)
    prepare_demonstration(session, city="shenzhen", now=clock.at)
    (again,) = links(hers.get("/meals/book"), "跟上周一样")
    page = words_of(hers.get(again))
    assert "明天 12月2号 星期三 · 午餐" in page
    assert "送到家" in page
    assert "订好了1餐" in words_of(book(hers, again))
    assert "这几天已经订好了" in words_of(hers.get(again))


def test_a_week_that_nobody_could_have_pressed_is_refused(hers: FlaskClient) -> None:
    assert hers.get("/meals/week/review").status_code == 400
    assert hers.get("/meals/week/change/colour?delivery=yes").status_code == 404
    for meal in ("", "1 2 3", "0195f0aa-0000-7000-8000-000000000000 1 perhaps 500", "x 1 yes 500"):
        answer = hers.post(WEEK, data={"meal": meal, "request_id": "0195f0aa-0000-7000-8000-000000000000"})
        assert answer.status_code == 400
