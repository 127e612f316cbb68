"""Where she is signed in, and signing out everywhere else."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed
from services.audit import AuditEntry
from services.people import Person
from services.sign_in import end_other_sessions, list_sessions
from tests.conftest import person_named
from tests.web.conftest import TestClock, signed_in_browser, words_of
from tests.web.staff import LIU, MA, open_records, staff_browser, staff_member


@pytest.fixture
def lost(site: Flask, session: Session, wang: Person, clock: TestClock) -> FlaskClient:
    """Another tablet of hers."""
    return signed_in_browser(site, session, wang, "15400000002", clock.at)


def test_she_sees_her_devices_and_signs_out_on_the_lost_one(
    hers: FlaskClient, lost: FlaskClient, session: Session, wang: Person
) -> None:
    assert "您在哪里登录着" in words_of(hers.get("/help"))
    page = words_of(hers.get("/devices"))
    assert page.count("这台设备 今天") == 1
    assert page.count("另一台设备") == 1
    assert hers.post("/devices/others").location == "/devices"
    assert "1台" in words_of(hers.get("/devices"))
    assert "没有在别的地方登录" in words_of(hers.get("/devices"))
    assert lost.get("/meals/bookings").status_code == 303, "it has to sign in again"
    assert hers.get("/meals/bookings").status_code == 200
    deed = session.scalars(select(AuditEntry).where(AuditEntry.deed == "sessions_ended")).one()
    assert (deed.person_id, deed.facts) == (wang.id, {"count": 1})
    hers.post("/devices/others")
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.deed == "sessions_ended")).all()) == 1


def test_a_worker_of_her_community_signs_her_out_everywhere_and_nobody_else_may(
    site: Flask, session: Session, hers: FlaskClient, lost: FlaskClient, wang: Person, clock: TestClock
) -> None:
    other = Actor.senior(person_named(session, "黄婉仪").id, Channel.SCREEN)
    elsewhere = staff_member(session, staff_browser(site, session, MA)).acting(Channel.SCREEN)
    for stranger in (other, elsewhere):
        with pytest.raises(NotAllowed):
            list_sessions(session, stranger, person_id=wang.id, now=clock.at)
        with pytest.raises(NotAllowed):
            end_other_sessions(session, stranger, person_id=wang.id, token=None, now=clock.at)
    desk = open_records(session, staff_browser(site, session, LIU), wang)
    answer = desk.post(f"/staff/people/{wang.id}/sign-out")
    assert "2台设备" in desk.get(answer.location).get_data(as_text=True)
    assert hers.get("/devices").status_code == 303
