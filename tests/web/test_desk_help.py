"""A senior is at the desk: a worker opens her own pages below /desk and does there what the senior asks for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.actor import Actor
from services.certification import open_campaign
from services.people import Person
from tests.certifying import begin_empty, paid_case
from tests.conftest import person_named
from tests.web.conftest import TestClock, page_of, words_of
from tests.web.journeys import confirmation
from tests.web.staff import CITY, LIU, MA, WU, staff_browser
from tests.web.test_access import AN_ID, ROUTES, SIGNED_IN


@pytest.fixture
def desk(site: Flask, session: Session, wang: Person) -> FlaskClient:
    """The browser of 刘工, with 王秀珍 beside her."""
    client = staff_browser(site, session, LIU)
    answer = client.post(f"/staff/people/{wang.id}/desk")
    assert answer.location == below(wang)
    return client


def below(person: Person, address: str = "/") -> str:
    return f"/desk/{person.id}{address}"


def test_every_page_at_the_desk_says_for_whom_and_who_assists(
    desk: FlaskClient, hers: FlaskClient, wang: Person
) -> None:
    for address in (
        "/", "/meals/book", "/meals/bookings", "/services", "/benefits", "/certification", "/texts",
        "/emergency/contacts", "/help", "/display",
    ):  # fmt: skip
        answer = desk.get(below(wang, address))
        assert answer.status_code == 200, address
        page = page_of(answer)
        mark = next(each for each in page.iter("div") if each.get("class") == "acting-mark")
        said = "".join(mark.itertext())
        assert "正在服务台为 王*珍 办理" in said, address
        assert "刘工协助" in said, address
        # Whatever leads on from here stays with her, and files are those of everybody.
        own = {link.get("href") for link in page.find(".//main").iter("a")} - {"/"}
        assert all(href.startswith((below(wang), "tel:", "#", "/demo")) for href in own), (address, own)
        assert all("/desk/" not in script.get("src", "") for script in page.iter("script"))
    # She sees that somebody looked, in one line for the day.
    assert words_of(hers.get("/delegates")).count("您社区的刘工在服务台 看过您的页面") == 1


def test_a_meal_is_booked_for_her_at_the_desk_and_she_undoes_it_at_home(
    desk: FlaskClient, hers: FlaskClient, wang: Person
) -> None:
    canteens = page_of(desk.get(below(wang, "/meals/book/canteen?day=2026-11-25&meal=lunch")))
    way = next(link.get("href") for link in canteens.iter("a") if "/way?" in link.get("href", ""))
    address = f"{way.replace('/way?', '/review?')}&delivery=no&quantity=1"
    form = confirmation(desk, address)
    booked = desk.post(address, data=form).location
    assert booked.startswith(below(wang))
    booking = booked.removeprefix(below(wang, ""))
    assert "您社区的刘工在服务台 替您订了餐" in words_of(hers.get("/delegates"))
    assert hers.post(f"{booking}/cancel").status_code == 303
    assert desk.post(f"{booked}/cancel").status_code == 303


def test_she_is_certified_where_the_worker_sees_her(
    desk: FlaskClient, hers: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    begin_empty(session)
    paid_case(session, wang)
    open_campaign(session, Actor.system(), city=CITY, now=clock.at)
    assert hers.post("/certification/here", data={"seen": "我在这里"}).status_code == 404
    assert desk.post(below(wang, "/certification/here"), data={"seen": " "}).status_code == 422
    assert desk.post(below(wang, "/certification/here"), data={"seen": "看过身份证"}).status_code == 303
    assert "津贴照常发" in words_of(desk.get(below(wang, "/certification")))


def test_what_is_not_for_the_desk_is_not_there(desk: FlaskClient, wang: Person) -> None:
    for address in ("/talk", "/family", "/staff"):
        assert desk.get(below(wang, address)).status_code == 404, address
    for address in ("/delegates", "/devices"):
        assert desk.get(below(wang, address)).status_code == 403, address
    assert desk.post(below(wang, "/emergency")).status_code == 403


def test_her_pages_close_when_she_goes_and_by_themselves(desk: FlaskClient, wang: Person, clock: TestClock) -> None:
    clock.at += timedelta(minutes=1)
    assert desk.post(f"/staff/people/{wang.id}/desk/end").location == "/staff/people"
    answer = desk.get(below(wang, "/meals/bookings"))
    assert (answer.status_code, answer.location) == (303, f"/staff/people/{wang.id}")
    # Her pages swap their inside; the worker's have another frame, so the whole page goes.
    swapped = desk.get(below(wang, "/meals/bookings"), headers={"HX-Request": "true"})
    assert swapped.headers["HX-Redirect"] == f"/staff/people/{wang.id}"
    desk.post(f"/staff/people/{wang.id}/desk")
    assert desk.get(below(wang, "/meals/bookings")).status_code == 200
    for _ in range(4):
        clock.at += timedelta(minutes=10)
        last = desk.get(below(wang, "/meals/bookings")).status_code
    assert last == 303


def test_nobody_else_is_at_her_desk(
    site: Flask, session: Session, desk: FlaskClient, hers: FlaskClient, wang: Person
) -> None:
    signed_out = site.test_client().get(below(wang, "/meals/bookings"))
    assert signed_out.location.startswith("/staff/sign-in?next=/desk/")
    assert hers.get(below(wang, "/meals/bookings")).location.startswith("/staff/sign-in")
    assert staff_browser(site, session, WU).get(below(wang, "/meals/bookings")).status_code == 403
    elsewhere = staff_browser(site, session, MA)
    assert elsewhere.post(f"/staff/people/{wang.id}/desk").status_code == 403
    assert elsewhere.get(below(wang, "/meals/bookings")).status_code == 303
    assert desk.get(below(person_named(session, "黄婉仪"), "/meals/bookings")).status_code == 303


def test_whatever_is_sent_below_the_desk_is_answered(desk: FlaskClient, wang: Person) -> None:
    """No form of a senior breaks because it is a worker who sends it there, and what is not for the desk is refused."""
    for (method, rule), access in ROUTES.items():
        if access == SIGNED_IN and method == "POST":
            address = re.sub("<(uuid:)?[a-z_]+>", AN_ID, rule)
            answer = desk.open(below(wang, address), method=method)
            assert answer.status_code < 500, (method, rule)
            assert "/sign-in" not in (answer.location or ""), (method, rule)
