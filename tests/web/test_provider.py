"""The office of a provider without a screen: requests, who goes, declining, the day, the month."""

from __future__ import annotations

import csv
from datetime import time
from io import StringIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy.orm import Session

import services.home_care.errors
from services.errors import ServiceError
from services.home_care import SAID_BY_OFFICES, DeclineReason, ServiceState
from services.people import Person
from tests.conftest import NOW, person_named
from tests.visits import TOMORROW, care_worker, texts_to, visit
from tests.web.conftest import TestClock, page_of, words_of
from tests.web.staff import HE, WU, staff_browser
from webapp.provider.refusals import _words
from webapp.provider.words import decline_words, state_words

LOCALES = ("zh_Hans", "zh_Hant_HK", "en")
# What only she can be refused, on pages of her own, or what stops the start.
NEVER_AT_AN_OFFICE = {
    "service_catalogue_wrong",
    "credit_code_wrong",
    "service_unknown",
    "service_day_not_offered",
    "service_not_offered",
    "nobody_free",
    "service_time_taken",
    "own_visit_then",
    "too_late_to_book_service",
    "service_price_changed",
    "too_late_to_change_service",
    "too_late_to_object",
}


@pytest.fixture
def desk(site: Flask, session: Session) -> FlaskClient:
    """The desk of 何主任."""
    return staff_browser(site, session, HE)


def fields(client: FlaskClient, booking_id: object, ending: str) -> list[dict[str, str | None]]:
    """The fields of a form of the visit's page; none where it has no such form."""
    page = page_of(client.get(f"/staff/provider/visits/{booking_id}"))
    return [
        dict(field.attrib)
        for form in page.iter("form")
        if form.get("action", "").endswith(ending)
        for field in form.iter("input")
    ]


def test_requests_come_first_and_lead_to_the_visit(desk: FlaskClient, session: Session, wang: Person) -> None:
    found = visit(session, wang)
    words = words_of(desk.get("/staff/provider"))
    assert "乐邻居家养老服务中心" in words
    assert "王*珍" in words
    page = words_of(desk.get(f"/staff/provider/visits/{found.id}"))
    assert "阿梅" in page
    assert "翠竹" in page


def test_accepting_with_whom_she_chose(desk: FlaskClient, session: Session, wang: Person) -> None:
    found = visit(session, wang)
    chosen = [it["value"] for it in fields(desk, found.id, "/workers") if "checked" in it]
    assert chosen == [str(care_worker(session, "阿梅").id)]
    answer = desk.post(f"/staff/provider/visits/{found.id}/workers", data={"worker": chosen})
    assert answer.status_code == 303
    session.expire_all()
    assert found.now.state is ServiceState.ACCEPTED
    assert texts_to(session, wang) == ["service_booked", "service_accepted"]


def test_sending_somebody_else(desk: FlaskClient, session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    other = care_worker(session, "谢桂香")
    desk.post(f"/staff/provider/visits/{found.id}/workers", data={"worker": [str(other.id)]})
    session.expire_all()
    assert [worker.name for worker in found.now.workers] == ["谢桂香"]
    again = desk.post(f"/staff/provider/visits/{found.id}/workers", data={"worker": [str(other.id)]})
    assert again.status_code == 303
    assert texts_to(session, wang).count("service_assigned") == 1


def test_who_cannot_go_is_shown_with_the_reason_and_cannot_be_ticked(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    found = visit(session, wang)
    visit(session, person_named(session, "黄婉仪"), service="TALK", worker="谢桂香")
    words = words_of(desk.get(f"/staff/provider/visits/{found.id}"))
    for reason in ("健康证", "不上班", "在别家"):
        assert reason in words, reason
    disabled = {it["value"] for it in fields(desk, found.id, "/workers") if "disabled" in it}
    assert str(care_worker(session, "谢桂香").id) in disabled
    assert str(care_worker(session, "孔令珊").id) in disabled
    # A form that nobody could have pressed is refused with words.
    for name, status in (("谢桂香", 409), ("曾玉兰", 409), ("曹秋霞", 404)):
        answer = desk.post(
            f"/staff/provider/visits/{found.id}/workers", data={"worker": [str(care_worker(session, name).id)]}
        )
        assert answer.status_code == status, name
    assert desk.post(f"/staff/provider/visits/{found.id}/workers", data={"worker": ["x"]}).status_code == 400


def test_to_a_bath_two_must_be_ticked(desk: FlaskClient, session: Session, wang: Person) -> None:
    found = visit(session, wang, service="BATH", worker="周建平")
    one = {"worker": [str(care_worker(session, "周建平").id)]}
    answer = desk.post(f"/staff/provider/visits/{found.id}/workers", data=one)
    assert answer.status_code == 422
    kinds = {it["type"] for it in fields(desk, found.id, "/workers") if it.get("name") == "worker"}
    assert kinds == {"checkbox"}


@pytest.mark.parametrize("reason", sorted(SAID_BY_OFFICES))
def test_declining_says_why(desk: FlaskClient, session: Session, wang: Person, reason: DeclineReason) -> None:
    found = visit(session, wang)
    assert desk.post(f"/staff/provider/visits/{found.id}/decline", data={}).status_code == 422
    answer = desk.post(f"/staff/provider/visits/{found.id}/decline", data={"reason": reason.value})
    assert answer.status_code == 303
    with desk.application.test_request_context():
        assert decline_words(reason) in words_of(desk.get(answer.location))
    session.expire_all()
    assert found.now.decline_reason is reason


def test_an_office_offers_only_what_it_can_say(desk: FlaskClient, session: Session, wang: Person) -> None:
    found = visit(session, wang)
    reasons = {it["value"] for it in fields(desk, found.id, "/decline") if it.get("name") == "reason"}
    assert reasons == set(SAID_BY_OFFICES)
    for machine in (DeclineReason.NO_ANSWER, DeclineReason.PRICE_NOT_AGREED):
        answer = desk.post(f"/staff/provider/visits/{found.id}/decline", data={"reason": machine.value})
        assert answer.status_code == 422


def test_a_visit_that_she_cancelled_meanwhile_is_told_and_not_answered(
    desk: FlaskClient, session: Session, wang: Person
) -> None:
    found = visit(session, wang, ServiceState.CANCELLED)
    chosen = {"worker": [str(care_worker(session, "阿梅").id)]}
    for ending, form in (("workers", chosen), ("decline", {"reason": "too_far"})):
        answer = desk.post(f"/staff/provider/visits/{found.id}/{ending}", data=form)
        assert answer.status_code == 409, ending
    session.expire_all()
    assert found.now.state is ServiceState.CANCELLED


@pytest.mark.parametrize("state", ServiceState)
def test_the_page_offers_an_answer_only_while_there_is_one(
    desk: FlaskClient, session: Session, wang: Person, clock: TestClock, state: ServiceState
) -> None:
    found = visit(session, wang, state)
    can_be_answered = state in (ServiceState.REQUESTED, ServiceState.ACCEPTED)
    assert bool(fields(desk, found.id, "/workers")) is can_be_answered
    assert bool(fields(desk, found.id, "/decline")) is can_be_answered
    with desk.application.test_request_context():
        assert state_words(state) in words_of(desk.get(f"/staff/provider/visits/{found.id}"))


def test_once_the_visit_should_have_begun_there_is_nothing_left_to_decline(
    desk: FlaskClient, site: Flask, session: Session, wang: Person, clock: TestClock
) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    clock.at = found.row.starts_at
    client = staff_browser(site, session, HE, clock.at)
    assert fields(client, found.id, "/decline") == []
    # Somebody may have fallen ill on the way.
    assert fields(client, found.id, "/workers")


def test_the_visit_of_another_provider_is_not_reachable(desk: FlaskClient, session: Session) -> None:
    zhang = person_named(session, "张秀兰")
    found = visit(session, zhang, worker="曹秋霞")
    assert desk.get(f"/staff/provider/visits/{found.id}").status_code == 403
    for ending in ("workers", "decline"):
        answer = desk.post(f"/staff/provider/visits/{found.id}/{ending}", data={"reason": "too_far"})
        assert answer.status_code == 403
    assert desk.get(f"/staff/provider/visits/{uuid4()}").status_code == 404


def test_the_calendar_shows_who_is_where(desk: FlaskClient, session: Session, wang: Person) -> None:
    visit(session, wang, ServiceState.ACCEPTED)
    visit(session, person_named(session, "黄婉仪"), service="TALK", worker="谢桂香", at=time(10, 30))
    page = desk.get(f"/staff/provider/day?day={TOMORROW}")
    rows = [row for table in page_of(page).iter("table") for row in table.iter("tr")]
    spans = {
        "".join(cell.itertext()).split()[0]: cell.get("rowspan")
        for row in rows
        for cell in row.iter("td")
        if "lane-visit" in cell.get("class", "")
    }
    assert spans == {"打扫卫生": "4", "陪您聊天": "2"}
    for wrong, status in (("x", 400), ("2020-01-01", 404)):
        assert desk.get(f"/staff/provider/day?day={wrong}").status_code == status


@pytest.fixture
def month(session: Session, wang: Person) -> None:
    """Two confirmed visits, one by voucher, and one that waits."""
    visit(session, person_named(session, "李德全"), ServiceState.CONFIRMED, service="CARE", at=time(8))
    visit(session, wang, ServiceState.CONFIRMED, service="TALK", at=time(9, 30))
    visit(session, person_named(session, "黄婉仪"), ServiceState.DONE, service="TALK", at=time(14))


def test_the_month_adds_up_on_the_page_and_in_the_file(desk: FlaskClient, month: None) -> None:
    words = words_of(desk.get("/staff/provider/settlement"))
    for figure in ("45元", "60元", "105元"):
        assert figure in words, figure
    answer = desk.post("/staff/provider/settlement/file?month=2026-11")
    assert answer.mimetype == "text/csv"
    assert "home-care-2026-11.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["事项"] for row in rows] == ["护理员照料", "陪您聊天", ""]
    assert (rows[-1]["原价"], rows[-1]["居家养老补助"], rows[-1]["本人自付"]) == ("105.00", "45.00", "60.00")


def test_a_spreadsheet_reads_the_names_in_the_file(desk: FlaskClient, month: None) -> None:
    # Without the mark, spreadsheet programs in Chinese read the bytes as GBK.
    assert desk.post("/staff/provider/settlement/file?month=2026-11").get_data().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(("month", "status"), [("2026-10", 200), ("2026-12", 404), ("2019-12", 404), ("x", 400)])
def test_only_months_that_have_begun_can_be_asked_for(desk: FlaskClient, month: str, status: int) -> None:
    assert desk.get(f"/staff/provider/settlement?month={month}").status_code == status


def test_every_refusal_and_reason_has_words_in_every_language(site: Flask) -> None:
    codes = {
        thing.code
        for thing in vars(services.home_care.errors).values()
        if isinstance(thing, type) and issubclass(thing, ServiceError) and thing is not ServiceError
    } - NEVER_AT_AN_OFFICE
    with site.test_request_context():
        for locale in LOCALES:
            with force_locale(locale):
                for code in codes:
                    words = _words(code, {"from_at": NOW, "missing": ("nurse", "health_certificate")})
                    assert words is not None, code
                    assert all(words)
                assert all(map(decline_words, DeclineReason))
                assert all(map(state_words, ServiceState))


def test_others_do_not_come_to_this_desk(site: Flask, session: Session) -> None:
    cook = staff_browser(site, session, WU)
    assert cook.get("/staff/provider").status_code == 403
