"""Signing in of staff: two steps, the first time with enrolling, and what each role may open."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.database import Database
from services.demo.staff import PASSWORD
from services.settings import Settings
from services.staff import NewStaff, add_staff
from services.staff.authenticator import code_at_step, step_at
from tests.conftest import NOW
from tests.web.conftest import TestClock, new_site, page_of, words_of
from tests.web.staff import CITY, LIU, MA, ZHAO, code_of, staff_browser


def enter_password(browser: FlaskClient, login_name: str = LIU, password: str = PASSWORD) -> str:
    answer = browser.post("/staff/sign-in", data={"login_name": login_name, "password": password})
    assert answer.status_code == 303
    return answer.location


def test_a_worker_signs_in_with_password_and_code_and_comes_to_where_she_was_going(
    browser: FlaskClient, session: Session
) -> None:
    answer = browser.get("/staff/people")
    assert answer.location == "/staff/sign-in?next=/staff/people"
    browser.get(answer.location)
    assert enter_password(browser) == "/staff/sign-in/code"
    answer = browser.post("/staff/sign-in/code", data={"code": code_of(session, LIU)})
    assert answer.location == "/staff/people"
    assert "刘工" in browser.get("/staff/people").get_data(as_text=True)
    assert browser.get("/staff/sign-in").location == "/staff"
    assert browser.post("/staff/sign-in/out").location == "/staff/sign-in"
    assert browser.get("/staff").status_code == 303


@pytest.mark.parametrize(("login_name", "password"), [(LIU, "wrong"), ("nobody.here", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_are_told_alike(
    browser: FlaskClient, login_name: str, password: str
) -> None:
    page = browser.get(enter_password(browser, login_name, password))
    assert "登录名或密码不对" in words_of(page)


def test_a_wrong_code_is_counted_and_told(browser: FlaskClient) -> None:
    enter_password(browser)
    answer = browser.post("/staff/sign-in/code", data={"code": "000000"})
    assert answer.location == "/staff/sign-in/code"
    assert "还可以试4次" in words_of(browser.get(answer.location))
    for _ in range(4):
        answer = browser.post("/staff/sign-in/code", data={"code": "000000"})
    assert answer.location == "/staff/sign-in"
    assert browser.get("/staff/sign-in/code").status_code == 303


def test_the_first_sign_in_enrols_and_shows_recovery_codes_once(browser: FlaskClient, session: Session) -> None:
    new = NewStaff("wu.cuizhu", "吴工", ActorKind.COMMUNITY_WORKER, "罗湖区", "翠竹")
    _, handed_out = add_staff(session, Actor.system(Channel.COMMAND_LINE), new, city=CITY, now=NOW)
    assert enter_password(browser, "wu.cuizhu", handed_out) == "/staff/sign-in/enrol"
    page = browser.get("/staff/sign-in/enrol")
    assert 'class="qr"' in page.get_data(as_text=True)
    secret = "".join(page_of(page).find(".//span[@class='qr-key']").itertext()).strip()
    form = {"password": "an own password", "password_again": "an own password", "code": "000000"}
    assert browser.post("/staff/sign-in/enrol", data=form | {"password_again": "other"}).status_code == 422
    weak = {"password": "short", "password_again": "short"}
    assert browser.post("/staff/sign-in/enrol", data=form | weak).status_code == 422
    assert browser.post("/staff/sign-in/enrol", data=form).location == "/staff/sign-in/enrol"
    answer = browser.post("/staff/sign-in/enrol", data=form | {"code": code_at_step(secret, step_at(NOW))})
    assert answer.status_code == 200
    assert len(re.findall("[A-Z2-9]{5}-[A-Z2-9]{5}", words_of(answer))) == 10
    assert browser.get("/staff").status_code == 200
    assert browser.get("/staff/sign-in/enrol").status_code == 303


def test_each_role_opens_its_own_pages_only(site: Flask, session: Session) -> None:
    worker, operator = staff_browser(site, session, LIU), staff_browser(site, session, ZHAO)
    for address in ("/staff/registers", "/staff/screening", "/staff/runs"):
        assert worker.get(address).status_code == 403, address
        assert operator.get(address).status_code == 200, address
    assert worker.get("/staff/people").status_code == 200
    assert operator.get("/staff/people").status_code == 403
    assert "这一页您不能看" in words_of(operator.get("/staff/people"))


def test_a_senior_is_no_staff_and_staff_is_no_senior(hers: FlaskClient, site: Flask, session: Session) -> None:
    assert hers.get("/staff").status_code == 303
    assert staff_browser(site, session, LIU).get("/meals/bookings").location.startswith("/sign-in?")


def test_an_expired_session_takes_the_whole_page_along(browser: FlaskClient) -> None:
    answer = browser.get("/staff/works/0195f0aa-0000-7000-8000-000000000000", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/staff/sign-in?next=")


def test_the_demonstration_shows_names_passwords_and_codes_in_its_own_mode_only(
    browser: FlaskClient, session: Session, web_settings: Settings, database: Database, clock: TestClock
) -> None:
    page = browser.get("/demo/staff")
    for words in (LIU, MA, ZHAO, PASSWORD, "示例", code_of(session, LIU), "长者饭堂柜台", "上门护理员"):
        assert words in words_of(page)
    part = browser.get("/demo/staff", headers={"HX-Request": "true", "HX-Target": "accounts"})
    assert part.get_data(as_text=True).startswith('<div id="accounts"')
    in_earnest = new_site(web_settings.model_copy(update={"demo": False}), database, session, clock)
    assert in_earnest.test_client().get("/demo/staff").status_code == 404
