"""Changing a booking in one point keeps all the others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.meals.tables import MenuRow
from tests.meals import leave_portions
from tests.web.conftest import TestClock, page_of, queued_templates, words_of
from tests.web.journeys import TOMORROW, book_lunch, confirmation


def link(response: TestResponse, part: str) -> str:
    """Where the first link leads whose words contain `part`."""
    return next(
        one.get("href") for one in page_of(response).find(".//main").iter("a") if part in "".join(one.itertext())
    )


def follow(client: FlaskClient, response: TestResponse, part: str) -> TestResponse:
    """Press it, and let redirections lead on."""
    return client.get(link(response, part), follow_redirects=True)


def confirm(client: FlaskClient, review: TestResponse) -> TestResponse:
    """Press the button of a review page."""
    form = next(page_of(review).find(".//main").iter("form"))
    return client.post(form.get("action"), data={one.get("name"): one.get("value") for one in form.iter("input")})


@pytest.fixture
def booking(hers: FlaskClient) -> str:
    """Tomorrow's lunch, two portions, brought to her home; the address of the booking."""
    plain = book_lunch(hers, delivery="yes")
    review = follow(hers, follow(hers, hers.get(plain), "修改 几份"), "2份")
    assert confirm(hers, review).location == plain
    return plain


@pytest.mark.parametrize(
    ("line", "answers", "seen"),
    [
        ("修改 哪一天", ["后天"], "后天 11月26号 星期四"),
        ("修改 哪一餐", ["晚餐"], "晚餐"),
        ("修改 在哪里吃", ["到饭堂吃"], "到饭堂吃"),
        ("修改 几份", ["3份"], "3份"),
    ],
)
def test_one_line_is_changed_and_the_others_stay(
    hers: FlaskClient, booking: str, line: str, answers: list[str], seen: str
) -> None:
    page = follow(hers, hers.get(booking), line)
    for answer in answers:
        page = follow(hers, page, answer)
    before = {"明天 11月25号 星期三", "午餐", "翠竹社区长者饭堂(示例)", "送到家", "2份"}
    review = words_of(page)
    assert seen in review
    assert len({part for part in before if part in review}) >= 4, "only one of them is another"
    answer = confirm(hers, page)
    assert answer.location == booking, "it is still the same booking"
    words = words_of(hers.get(booking))
    assert "改好了" in words
    assert seen in words


def test_another_canteen_that_does_not_deliver_asks_before_it_gives_up_the_delivery(
    hers: FlaskClient, booking: str
) -> None:
    canteens = follow(hers, hers.get(booking), "修改 饭堂")
    cards = [card for card in page_of(canteens).iter("li") if "鹏兴" in "".join(card.itertext())]
    way = next(one.get("href") for one in cards[0].iter("a") if "/book/" in one.get("href"))
    asked = hers.get(way)
    assert "这家饭堂不能送到您家" in words_of(asked)
    review = follow(hers, asked, "到饭堂吃")
    assert "2份" in words_of(review)
    assert confirm(hers, review).location == booking
    assert "鹏兴社区长者助餐点" in words_of(hers.get(booking))


def test_where_her_canteen_is_full_on_the_other_day_she_is_asked_for_another(
    hers: FlaskClient, session: Session, booking: str
) -> None:
    day_after = date.fromisoformat(TOMORROW) + timedelta(days=1)
    days = follow(hers, hers.get(booking), "修改 哪一天")
    leave_portions(session, 0, MenuRow.day == day_after, MenuRow.canteen.has(community="翠竹"))
    words = words_of(follow(hers, days, "后天"))
    assert "翠竹社区长者饭堂(示例)这一餐已经没有了" in words


def test_a_change_leaves_the_booking_as_it_was_where_it_cannot_be(
    hers: FlaskClient, session: Session, booking: str
) -> None:
    review = follow(hers, follow(hers, hers.get(booking), "修改 几份"), "4份")
    leave_portions(session, 1, MenuRow.day == date.fromisoformat(TOMORROW))
    answer = confirm(hers, review)
    assert answer.status_code == 409
    assert "这家饭堂的这一餐订满了" in words_of(answer)
    assert "2份" in words_of(hers.get(booking))


def test_a_change_texts_once_however_often_it_is_pressed(hers: FlaskClient, session: Session, booking: str) -> None:
    review = follow(hers, follow(hers, hers.get(booking), "修改 几份"), "3份")
    before = queued_templates(session).count("meal_changed")
    assert confirm(hers, review).status_code == 303
    assert confirm(hers, review).status_code == 303
    assert queued_templates(session).count("meal_changed") == before + 1


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=1, hours=5)], ids=["at once", "after the cut-off"])
def test_the_question_about_a_change_that_is_made_leads_to_the_meal(
    hers: FlaskClient, booking: str, clock: TestClock, later: timedelta
) -> None:
    review = follow(hers, follow(hers, hers.get(booking), "修改 几份"), "3份")
    assert confirm(hers, review).status_code == 303
    clock.at += later
    # Where the answer was lost she loads the question again.
    again = hers.get(review.request.full_path)
    assert (again.status_code, again.location) == (303, booking)
    assert "3份" in words_of(hers.get(booking))


def test_after_the_cut_off_nothing_can_be_changed(hers: FlaskClient, booking: str, clock: TestClock) -> None:
    review = follow(hers, follow(hers, hers.get(booking), "修改 几份"), "3份")
    clock.at += timedelta(days=1, hours=5)
    page = hers.get(booking)
    assert "修改" not in words_of(page)
    answer = confirm(hers, review)
    assert answer.status_code == 409
    assert "来不及改了" in words_of(answer)


def test_a_delivered_meal_shows_when_it_comes_and_no_pick_up_number(hers: FlaskClient, booking: str) -> None:
    for address in (booking, "/meals/bookings", "/"):
        words = words_of(hers.get(address))
        assert "取餐号" not in words
        assert "送到" in words


def test_changing_before_booking_keeps_the_rest_too(hers: FlaskClient) -> None:
    """修改 of the day on the review page once forgot that the meal was to be brought, and how many."""
    canteens = hers.get(f"/meals/book/canteen?day={TOMORROW}&meal=lunch&delivery=yes&quantity=2")
    review = follow(hers, canteens, "选这家")
    assert "送到家" in words_of(review)
    moved = follow(hers, follow(hers, review, "修改 哪一天"), "后天")
    for part in ("后天 11月26号 星期四", "午餐", "翠竹社区长者饭堂", "送到家", "2份"):
        assert part in words_of(moved)
    assert confirmation(hers, moved.request.full_path)["to_pay_fen"] == "2700"
