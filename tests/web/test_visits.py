"""A care worker's phone without a screen: her day, beginning and ending, a closed door."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.home_care import Place, ServiceState, get_provider_visit
from services.people import Person
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about
from tests.conftest import person_named
from tests.visits import QUARTER, TOMORROW, Visit, office, visit
from tests.web.conftest import TestClock, page_of, words_of
from tests.web.staff import HE, MEI, staff_browser
from webapp.provider.words import state_words

HERE = {"latitude": "22.571", "longitude": "114.13", "accuracy": "12.5"}


@pytest.fixture
def hers_tomorrow(session: Session, wang: Person) -> Visit:
    """An accepted visit to 王秀珍, tomorrow at nine."""
    return visit(session, wang, ServiceState.ACCEPTED)


@pytest.fixture
def phone(hers_tomorrow: Visit, site: Flask, session: Session, clock: TestClock) -> FlaskClient:
    """阿梅's phone when the visit begins."""
    clock.at = hers_tomorrow.row.starts_at
    return staff_browser(site, session, MEI, clock.at)


def actions(client: FlaskClient, address: str) -> set[str]:
    """What can be pressed on a page: forms and links of the visit, by the last part of their addresses."""
    main = page_of(client.get(address)).find(".//main")
    found = {form.get("action", "").rsplit("/", 1)[-1] for form in main.iter("form")}
    found |= {link.get("href").rsplit("/", 1)[-1] for link in main.iter("a") if "not-at-home" in link.get("href", "")}
    return found


def test_a_visit_from_the_door_to_the_end(
    phone: FlaskClient, session: Session, hers_tomorrow: Visit, clock: TestClock
) -> None:
    address = f"/staff/visits/{hers_tomorrow.id}"
    day = words_of(phone.get("/staff/visits"))
    assert "王秀珍" in day
    assert "翠竹" in day
    assert actions(phone, address) == {"start", "not-at-home"}
    assert phone.post(f"{address}/start", data=HERE).location == address
    assert actions(phone, address) == {"end"}
    clock.at = hers_tomorrow.row.ends_at
    assert phone.post(f"{address}/end", data={"note": "血压正常"}).location == "/staff/visits"
    assert actions(phone, address) == set()
    assert "血压正常" in words_of(phone.get(address))
    session.expire_all()
    seen = get_provider_visit(session, office(session), booking_id=hers_tomorrow.id, now=clock.at)
    assert (seen.start_place, seen.end_place) == (Place(22.571, 114.13, 12.5), None)
    assert seen.booking.state is ServiceState.DONE


def test_nobody_opens(phone: FlaskClient, session: Session, hers_tomorrow: Visit, clock: TestClock) -> None:
    address = f"/staff/visits/{hers_tomorrow.id}"
    early = phone.post(f"{address}/not-at-home")
    assert early.status_code == 409
    assert "9点15分" in words_of(early)
    assert "120" in words_of(phone.get(f"{address}/not-at-home"))
    clock.at += QUARTER
    assert phone.post(f"{address}/not-at-home", data={"note": "敲门无人应"}).location == "/staff/visits"
    session.expire_all()
    assert hers_tomorrow.now.state is ServiceState.NOT_AT_HOME
    assert TaskKind.NOT_AT_HOME in tasks_about(session, hers_tomorrow.her)


def test_half_an_hour_before_it_is_too_early(
    hers_tomorrow: Visit, site: Flask, session: Session, clock: TestClock
) -> None:
    client = staff_browser(site, session, MEI)
    answer = client.post(f"/staff/visits/{hers_tomorrow.id}/start")
    assert answer.status_code == 409
    back = next(link.get("href") for link in page_of(answer).find(".//main").iter("a"))
    assert back == f"/staff/visits/{hers_tomorrow.id}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": "north"},
        {"latitude": "91"},
        {"longitude": "-181"},
        {"accuracy": "-1"},
        {"accuracy": "nan"},
        {"latitude": "inf"},
    ],
)
def test_a_place_that_no_phone_says_is_refused(
    phone: FlaskClient, session: Session, hers_tomorrow: Visit, wrong: dict[str, str]
) -> None:
    assert phone.post(f"/staff/visits/{hers_tomorrow.id}/start", data=HERE | wrong).status_code == 400
    session.expire_all()
    assert hers_tomorrow.now.state is ServiceState.ACCEPTED


def test_a_note_that_is_too_long_is_told(phone: FlaskClient, hers_tomorrow: Visit) -> None:
    phone.post(f"/staff/visits/{hers_tomorrow.id}/start")
    answer = phone.post(f"/staff/visits/{hers_tomorrow.id}/end", data={"note": "好" * 501})
    assert answer.status_code == 422
    assert "500" in words_of(answer)


@pytest.mark.parametrize("state", ServiceState)
def test_the_page_offers_what_the_state_allows_and_nothing_else(
    site: Flask, session: Session, wang: Person, clock: TestClock, state: ServiceState
) -> None:
    found = visit(session, wang, state)
    clock.at = found.row.starts_at
    client = staff_browser(site, session, MEI, clock.at)
    expected = {ServiceState.ACCEPTED: {"start", "not-at-home"}, ServiceState.VISITING: {"end"}}
    assert actions(client, f"/staff/visits/{found.id}") == expected.get(state, set())
    with site.test_request_context():
        assert state_words(state) in words_of(client.get(f"/staff/visits/{found.id}"))


def test_what_another_care_worker_does_is_not_reachable(
    phone: FlaskClient, session: Session, site: Flask, clock: TestClock
) -> None:
    other = visit(session, person_named(session, "黄婉仪"), ServiceState.ACCEPTED, worker="谢桂香")
    assert phone.get(f"/staff/visits/{other.id}").status_code == 403
    assert phone.get(f"/staff/visits/{other.id}/not-at-home").status_code == 403
    for deed in ("start", "end", "not-at-home"):
        assert phone.post(f"/staff/visits/{other.id}/{deed}").status_code == 403
    assert phone.get(f"/staff/visits/{uuid4()}").status_code == 404
    desk = staff_browser(site, session, HE, clock.at)
    assert desk.get("/staff/visits").status_code == 403


def test_her_next_days_can_be_looked_at_and_no_others(phone: FlaskClient, session: Session, wang: Person) -> None:
    visit(session, wang, ServiceState.ACCEPTED, service="TALK", day=TOMORROW.replace(day=27), at=time(15))
    far = words_of(phone.get("/staff/visits?day=2026-11-27"))
    assert "王*珍" in far
    assert "王秀珍" not in far
    for wrong, status in (("2026-11-24", 404), ("2026-12-30", 404), ("x", 400)):
        assert phone.get(f"/staff/visits?day={wrong}").status_code == status


def test_her_phone_stays_signed_in_for_the_longest_visit_and_not_much_longer(
    phone: FlaskClient, clock: TestClock
) -> None:
    clock.at += timedelta(hours=4, minutes=30)
    assert phone.get("/staff/visits").status_code == 200
    clock.at += timedelta(hours=5)
    assert phone.get("/staff/visits").status_code == 303


def test_only_these_pages_may_ask_a_phone_where_it_is(phone: FlaskClient) -> None:
    assert "geolocation=(self)" in phone.get("/staff/visits").headers["Permissions-Policy"]
    assert "geolocation=()" in phone.get("/staff/sign-in").headers["Permissions-Policy"]
