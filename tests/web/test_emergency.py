"""Calling for help by touch, and the alarm on the pages of the staff until somebody takes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.actor import Scope
from services.emergencies import open_emergency, raise_emergency
from services.emergencies.tables import EmergencyRow
from services.people import Person
from services.staff.tables import StaffSessionRow
from tests.delegating import SONS_PHONE, agreed_with, family_member, herself
from tests.web.conftest import TestClock, page_of, queued_templates, words_of
from tests.web.staff import LIU, MA, WU, open_records, staff_browser
from tests.web.test_family import family_browser

WANGS_PHONE = "15400000002"
A_MINUTE_LATER = timedelta(seconds=61)


@pytest.fixture
def desk(site: Flask, session: Session) -> FlaskClient:
    """The browser of 刘工, who works in 翠竹."""
    return staff_browser(site, session, LIU)


def strip(client: FlaskClient, seen: str = "") -> TestResponse:
    return client.get(f"/staff/alarms/strip?seen={seen}", headers={"HX-Request": "true", "HX-Target": "alarms"})


def test_one_press_calls_and_the_same_page_calls_it_off(hers: FlaskClient, session: Session, wang: Person) -> None:
    assert 'action="/emergency"' in hers.get("/help").get_data(as_text=True)
    assert hers.post("/emergency").location == "/emergency"
    hers.post("/emergency")
    assert len(session.scalars(select(EmergencyRow)).all()) == 1
    page = hers.get("/emergency")
    assert "没事，按错了" in words_of(page)
    assert {link.get("href") for link in page_of(page).iter("a")} >= {"tel:120", "tel:119", "tel:110"}
    assert "已经求助" in words_of(hers.get("/"))
    assert "取消了" in words_of(hers.post("/emergency/well", follow_redirects=True))
    assert open_emergency(session, herself(wang), person_id=wang.id) is None


def test_what_has_not_changed_is_not_said_again(hers: FlaskClient, clock: TestClock) -> None:
    hers.post("/emergency")
    block = page_of(hers.get("/emergency")).find(".//div[@id='alarm']")
    asked = {"headers": {"HX-Request": "true", "HX-Target": "alarm"}}
    assert hers.get(block.get("hx-get"), **asked).status_code == 204
    clock.at += A_MINUTE_LATER
    changed = hers.get(block.get("hx-get"), **asked)
    assert changed.status_code == 200
    assert "一分钟过了" in changed.get_data(as_text=True)
    assert "记下了" in words_of(hers.post("/emergency/well", follow_redirects=True))


def test_the_alarm_is_on_the_pages_of_her_community_until_somebody_takes_it(
    site: Flask, session: Session, wang: Person, hers: FlaskClient, desk: FlaskClient
) -> None:
    assert 'hx-get="/staff/alarms/strip"' in desk.get("/staff").get_data(as_text=True)
    hers.post("/emergency")
    shown = strip(desk)
    assert wang.masked_name in shown.get_data(as_text=True)
    assert wang.masked_name not in strip(staff_browser(site, session, MA)).get_data(as_text=True)
    assert strip(staff_browser(site, session, WU)).status_code == 403
    raised = session.scalars(select(EmergencyRow)).one()
    page = words_of(desk.get(f"/staff/alarms/{raised.id}"))
    assert wang.name in page
    assert WANGS_PHONE in page
    assert "您在处理了" in words_of(desk.post(f"/staff/alarms/{raised.id}/take", follow_redirects=True))
    assert wang.masked_name not in strip(desk).get_data(as_text=True)
    assert "社区的人从" in words_of(hers.get("/emergency"))
    assert desk.post(f"/staff/alarms/{raised.id}/close", data={"reason": " "}).status_code == 422
    desk.post(f"/staff/alarms/{raised.id}/close", data={"reason": "上门看过，平安"})
    assert "社区已经处理完了" in words_of(hers.get("/emergency"))


def test_a_page_that_asks_by_itself_keeps_no_session_alive(
    session: Session, desk: FlaskClient, clock: TestClock
) -> None:
    seen = select(StaffSessionRow.seen_at).order_by(StaffSessionRow.opened_at.desc()).limit(1)
    before = session.scalar(seen)
    clock.at += timedelta(minutes=10)
    assert strip(desk).status_code == 200
    assert session.scalar(seen) == before
    desk.get("/staff")
    assert session.scalar(seen) == clock.at


def test_she_and_her_worker_write_down_who_is_told(
    hers: FlaskClient, desk: FlaskClient, wang: Person, session: Session
) -> None:
    assert hers.post("/emergency/contacts", data={"phone": SONS_PHONE}).status_code == 422
    assert hers.post("/emergency/contacts", data={"phone": "123", "relation": "son"}).status_code == 422
    assert hers.post("/emergency/contacts", data={"phone": WANGS_PHONE, "relation": "son"}).status_code == 422
    noted = hers.post("/emergency/contacts", data={"phone": SONS_PHONE, "relation": "son"}, follow_redirects=True)
    assert "154****0202" in words_of(noted)
    assert queued_templates(session)[-1] == "emergency_contact_noted"
    about_her = f"/staff/people/{wang.id}"
    open_records(session, desk, wang)
    desk.post(f"{about_her}/contacts", data={"phone": "15400000209", "relation": "other", "name": "邻居"})
    page = desk.get(about_her)
    assert "154****0209" in words_of(page)
    assert "手机号" in words_of(desk.post(f"{about_her}/contacts", data={"relation": "son"}, follow_redirects=True))
    removing = [form.get("action") for form in page_of(page).iter("form") if "/contacts/" in (form.get("action") or "")]
    assert "154****0202" not in words_of(desk.post(removing[0], follow_redirects=True))


def test_she_calls_her_family_and_her_community_by_touch(hers: FlaskClient, session: Session, wang: Person) -> None:
    hers.post("/emergency/contacts", data={"phone": SONS_PHONE, "relation": "son"})
    assert 'href="/calls"' in hers.get("/help").get_data(as_text=True)
    page = page_of(hers.get("/calls"))
    assert f"tel:{SONS_PHONE}" in {link.get("href") for link in page.iter("a")}
    asking = next(f.get("action") for f in page.iter("form") if "/calls/family/" in (f.get("action") or ""))
    assert "短信发出了" in words_of(hers.post(asking, follow_redirects=True))
    assert queued_templates(session)[-1] == "call_back_asked"
    assert "社区会打电话给您" in words_of(hers.post("/calls/community", follow_redirects=True))


def test_a_delegate_who_is_to_be_called_sees_the_alarm(
    site: Flask, session: Session, wang: Person, clock: TestClock
) -> None:
    daughter = family_member(session, now=clock.at)
    agreed = agreed_with(
        session, wang, WANGS_PHONE, member=daughter, scopes=[Scope.EMERGENCIES], now=clock.at - timedelta(days=2)
    )
    raise_emergency(session, herself(wang), person_id=wang.id, now=clock.at)
    daughters = family_browser(site, session, clock)
    assert "求助了" in words_of(daughters.get("/family"))
    assert "求助了" in words_of(daughters.get(f"/for/{agreed.id}/"))
    page = words_of(daughters.get(f"/for/{agreed.id}/emergency"))
    assert "警报从" in page
    assert "按错了" not in page
    assert daughters.post(f"/for/{agreed.id}/emergency").status_code == 403
