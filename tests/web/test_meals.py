"""Booking by touch, as far as it can be tried without a screen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.meals.tables import MenuRow
from services.messages import OutgoingMessage
from services.people import Person
from tests.conftest import person_named
from tests.meals import leave_portions
from tests.web.conftest import TestClock, page_of, queued_templates, signed_in_browser, words_of
from tests.web.journeys import TOMORROW, book_lunch, confirmation, review_address


def test_home_offers_at_most_six_tiles(hers: FlaskClient) -> None:
    page = page_of(hers.get("/"))
    tiles = [link for link in page.iter("a") if "tile" in link.get("class", "").split()]
    assert 1 <= len(tiles) <= 6
    for tile in tiles:
        assert hers.get(tile.get("href")).status_code == 200


def test_home_shows_the_next_meal_on_top(hers: FlaskClient) -> None:
    assert "您的下一餐" not in words_of(hers.get("/"))
    book_lunch(hers)
    assert "您的下一餐 明天 11月25号 星期三 午餐" in words_of(hers.get("/"))


def test_days_are_said_as_people_say_them(hers: FlaskClient) -> None:
    words = words_of(hers.get("/meals/book"))
    assert "今天 11月24号 星期二" in words
    assert "明天 11月25号 星期三" in words


def test_a_canteen_shows_her_price_its_dishes_and_how_near_it_is(hers: FlaskClient) -> None:
    words = words_of(hers.get(f"/meals/book/canteen?day={TOMORROW}&meal=lunch"))
    assert "翠竹社区长者饭堂" in words
    assert "本社区" in words
    assert "您付10元。原价15元，政府补贴5元。" in words


def test_where_nothing_is_delivered_it_is_not_asked(hers: FlaskClient) -> None:
    page = page_of(hers.get(f"/meals/book/canteen?day={TOMORROW}&meal=lunch&more=1"))
    card = next(
        card for card in page.iter("li") if card.get("class") == "card" and "只能到饭堂吃" in "".join(card.itertext())
    )
    way = next(link.get("href") for link in card.iter("a") if "/way?" in link.get("href"))
    assert "/review?" in hers.get(way).location


def test_every_place_says_what_it_is_and_a_locker_that_one_takes_the_meal_out(
    site: Flask, session: Session, clock: TestClock
) -> None:
    person = person_named(session, "吴桂芳")
    client = signed_in_browser(site, session, person, "15400000008", clock.at)
    cards = words_of(client.get("/meals/canteens"))
    assert "长者饭堂，自己做饭。" in cards
    assert "智能餐柜，饭菜从中心厨房送来，您自己取。" in cards
    assert "只能自己到餐柜取。" in cards

    page = page_of(client.get(f"/meals/book/canteen?day={TOMORROW}&meal=lunch&more=1"))
    card = next(card for card in page.iter("li") if "海裕社区智能餐柜" in "".join(card.itertext()))
    way = next(link.get("href") for link in card.iter("a") if "/way?" in link.get("href"))
    review = f"{way.replace('/way?', '/review?')}&delivery=no&quantity=1"
    assert "到餐柜取" in words_of(client.get(review))
    booking = client.post(review, data=confirmation(client, review)).location
    assert "到餐柜取" in words_of(client.get(booking))
    assert "到饭堂吃" not in words_of(client.get("/"))


def test_the_review_page_says_everything_before_anything_is_booked(hers: FlaskClient, session: Session) -> None:
    words = words_of(hers.get(review_address(hers, delivery="yes")))
    for part in (
        "明天 11月25号 星期三", "午餐", "翠竹社区长者饭堂", "送到家", "1份",
        "原价 15元", "政府补贴 −5元", "送餐费 2元", "您付 12元", "以前可以取消",
    ):  # fmt: skip
        assert part in words
    assert queued_templates(session) == []


def test_before_the_holidays_of_a_year_are_announced_the_price_says_so(
    site: Flask, session: Session, wang: Person, clock: TestClock
) -> None:
    menu = session.scalars(select(MenuRow).where(MenuRow.meal == "lunch").order_by(MenuRow.day.desc())).first()
    assert menu is not None
    later = date(2027, 1, 1) - menu.day
    menu.day, menu.order_until_at = menu.day + later, menu.order_until_at + later
    menu.slot.starts_at, menu.slot.ends_at = menu.slot.starts_at + later, menu.slot.ends_at + later
    session.commit()
    clock.at = menu.order_until_at - timedelta(hours=12)
    client = signed_in_browser(site, session, wang, "15400000002", clock.at)
    words = words_of(client.get(f"/meals/book/review?menu={menu.id}&delivery=no&quantity=1"))
    assert "那一年的放假安排还没公布" in words
    # New Year's Day is a holiday of every year.
    assert "政府补贴 0元" in words


def test_every_line_of_the_review_page_can_be_changed(hers: FlaskClient) -> None:
    page = page_of(hers.get(review_address(hers, delivery="yes")))
    changes = [link for link in page.iter("a") if link.get("class") == "change"]
    assert len(changes) == 5
    names = [" ".join("".join(link.itertext()).split()) for link in changes]
    assert len(set(names)) == 5, "each link says what it changes"
    for link in changes:
        assert hers.get(link.get("href")).status_code in (200, 303)


def test_booking_shows_the_pick_up_number_and_sends_one_message(hers: FlaskClient, session: Session) -> None:
    words = words_of(hers.get(book_lunch(hers)))
    assert "订好了" in words
    assert "取餐号" in words
    assert queued_templates(session) == ["meal_booked"]


def test_a_double_tap_books_once(hers: FlaskClient, session: Session) -> None:
    address = review_address(hers)
    form = confirmation(hers, address)
    first, second = hers.post(address, data=form), hers.post(address, data=form)
    assert first.location == second.location
    assert queued_templates(session) == ["meal_booked"]


def test_the_same_meal_twice_leads_to_the_first_booking(hers: FlaskClient) -> None:
    booking = book_lunch(hers)
    answer = hers.get(f"/meals/book/canteen?day={TOMORROW}&meal=lunch")
    assert answer.status_code == 409
    assert "已经订过" in words_of(answer)
    assert booking in answer.get_data(as_text=True)


def test_a_full_canteen_says_so_in_words_and_offers_the_nearest_others(hers: FlaskClient, session: Session) -> None:
    address = review_address(hers)
    form = confirmation(hers, address)
    leave_portions(session, 0, MenuRow.id == address.split("menu=")[1].split("&")[0])
    answer = hers.post(address, data=form)
    words = words_of(answer)
    assert answer.status_code == 409
    assert "订满了" in words
    assert "这几家还可以订" in words
    assert "您这次没有订上" in words
    canteens = words_of(hers.get(f"/meals/book/canteen?day={TOMORROW}&meal=lunch&more=1"))
    assert "订满了，没有剩余。" in canteens


def test_a_changed_price_is_shown_again_before_anything_is_booked(hers: FlaskClient, session: Session) -> None:
    address = review_address(hers)
    answer = hers.post(address, data=confirmation(hers, address) | {"to_pay_fen": "900"})
    assert answer.status_code == 409
    assert "现在要付10元" in words_of(answer)
    assert queued_templates(session) == []


def test_after_the_cut_off_a_meal_is_closed_with_its_time(hers: FlaskClient, clock: TestClock) -> None:
    clock.at += timedelta(hours=9)
    words = words_of(hers.get("/meals/book/meal?day=2026-11-24"))
    assert "午餐 来不及了：订餐到" in words


def test_cancelling_asks_first_and_can_be_undone(hers: FlaskClient, session: Session) -> None:
    booking = book_lunch(hers)
    assert "要取消这一餐吗" in words_of(hers.get(f"{booking}/cancel"))
    assert hers.post(f"{booking}/cancel").location == booking
    answer = hers.get(booking)
    assert "已经取消了" in words_of(answer)
    again = next(link.get("href") for link in page_of(answer).iter("a") if "/review?" in link.get("href", ""))
    assert hers.post(again, data=confirmation(hers, again)).status_code == 303
    assert queued_templates(session) == ["meal_booked", "meal_cancelled", "meal_booked"]


def test_the_old_form_after_cancelling_books_nothing_and_says_so(hers: FlaskClient, session: Session) -> None:
    address = review_address(hers)
    form = confirmation(hers, address)
    booking = hers.post(address, data=form).location
    hers.get(booking)
    hers.post(f"{booking}/cancel")
    hers.get(booking)
    assert hers.post(address, data=form).location == booking
    words = words_of(hers.get(booking))
    assert "这一餐已经取消" in words
    assert "订好了" not in words
    assert queued_templates(session) == ["meal_booked", "meal_cancelled"]


def test_cancelling_too_late_says_whom_to_call(hers: FlaskClient, clock: TestClock) -> None:
    booking = book_lunch(hers)
    clock.at += timedelta(days=1, hours=5)
    assert "请打电话给饭堂" in words_of(hers.get(booking))
    answer = hers.post(f"{booking}/cancel")
    assert answer.status_code == 409
    assert "来不及取消" in words_of(answer)


@pytest.mark.parametrize(
    "address",
    [
        "/meals/book/meal",  # no day
        "/meals/book/meal?day=tomorrow",
        "/meals/book/canteen?day=2026-11-25&meal=supper",
        "/meals/book/review?menu=1",
        "/meals/book/way?menu=0195f0aa-0000-7000-8000-000000000000&quantity=-1",
        "/meals/book/review?menu=0195f0aa-0000-7000-8000-000000000000&delivery=perhaps",
    ],
)
def test_an_address_that_nobody_could_press_gets_a_plain_page(hers: FlaskClient, address: str) -> None:
    answer = hers.get(address)
    assert answer.status_code == 400
    assert "没有看懂" in words_of(answer)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/meals/book/canteen?day=2026-11-20&meal=lunch", 409, "这一天已经过去了"),
        ("/meals/book/meal?day=2020-01-01", 409, "这一天已经过去了"),
        ("/meals/book/canteen?day=2027-11-20&meal=lunch", 409, "这一天还没有菜单"),
        ("/meals/book/review?menu=0195f0aa-0000-7000-8000-000000000000", 404, "这份菜单没有了"),
        ("/meals/bookings/0195f0aa-0000-7000-8000-000000000000", 404, "没有找到这一餐"),
    ],
)
def test_what_cannot_be_is_said_with_the_next_step(hers: FlaskClient, address: str, status: int, words: str) -> None:
    answer = hers.get(address)
    assert answer.status_code == status
    assert words in words_of(answer)


def test_every_question_is_answered_by_the_next_page_alone(site: Flask, session: Session, clock: TestClock) -> None:
    # A person of another district: nothing of the way depends on the first canteen of the list.
    person = person_named(session, "张秀兰")
    client = signed_in_browser(site, session, person, "15400000005", clock.at)
    assert "订好了" in words_of(client.get(book_lunch(client, meal="dinner")))


def test_when_no_worker_sends_the_booking_says_that_the_message_comes_later(
    hers: FlaskClient, session: Session
) -> None:
    booking = book_lunch(hers)
    session.execute(update(OutgoingMessage).values(due_at=func.now() - timedelta(seconds=60)))
    assert "短信现在发得慢" in words_of(hers.get(booking))
    session.execute(update(OutgoingMessage).values(due_at=func.now()))
    assert "短信现在发得慢" not in words_of(hers.get(booking))


def test_what_was_wrong_with_a_meal_is_said_with_two_presses(
    hers: FlaskClient, session: Session, clock: TestClock
) -> None:
    booking = book_lunch(hers)
    assert "投诉" not in words_of(hers.get(booking))
    clock.at += timedelta(days=1, hours=12)
    (complaint,) = {
        link.get("href") for link in page_of(hers.get(booking)).iter("a") if "/complaint" in link.get("href", "")
    }
    page = hers.get(complaint)
    assert "不新鲜，或者不干净" in words_of(page)
    assert hers.post(complaint, data={"about": "not_fresh"}).location == booking
    assert "您投诉了" in words_of(hers.get(booking))
    assert queued_templates(session)[-1] == "meal_complaint_received"
