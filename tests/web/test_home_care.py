"""Care at home for a senior without a screen: four questions, the visits, what each of them offers in its state."""

from __future__ import annotations

from datetime import date, datetime, time
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.clock import local_moment
from services.home_care import (
    ComplaintAbout,
    DeclineReason,
    Rating,
    ServiceState,
    ask_new_price,
    catalogue_on,
    get_complaint,
)
from services.home_care.tables import CareWorkerRow, ServiceBookingRow
from services.people import IncomeClass, Person
from services.vouchers import issue_vouchers
from tests.allowances import learn
from tests.conftest import NOW, person_named
from tests.visits import A_DAY, SYSTEM, TODAY, TOMORROW, herself, visit
from tests.web.conftest import TestClock, page_of, queued_templates, signed_in_browser, words_of
from webapp.home_care.service_words import caution_words, included_words, prepare_words, service_words
from webapp.home_care.words import complaint_words, credential_words, decline_words, rating_words, state_words

LOCALES = ("zh_Hans", "zh_Hant_HK", "en")


@pytest.fixture
def li(session: Session) -> Person:
    """李德全, with vouchers."""
    return person_named(session, "李德全")


@pytest.fixture
def his(site: Flask, session: Session, li: Person, clock: TestClock) -> FlaskClient:
    """The browser of 李德全."""
    return signed_in_browser(site, session, li, "15400000004", clock.at)


def links(response: TestResponse, part: str) -> list[str]:
    """The addresses of the page's main part that contain `part`."""
    main = page_of(response).find(".//main")
    return [link.get("href") for link in main.iter("a") if part in link.get("href", "")]


def sent_by(client: FlaskClient, address: str) -> dict[str, str]:
    """What the form of a page would send."""
    form = next(it for it in page_of(client.get(address)).iter("form") if it.get("action") == address)
    return {field.get("name"): field.get("value") for field in form.iter("input")}


def review_of(client: FlaskClient, service: str = "CLEAN", day: date = TOMORROW) -> str:
    """The review page's address for the first time of a day."""
    return links(client.get(f"/services/time?service={service}&day={day}"), "/services/review?")[0]


def test_four_questions_lead_to_a_visit(hers: FlaskClient, session: Session) -> None:
    first = hers.get("/services")
    days = hers.get(links(first, "service=CLEAN")[0])
    times = hers.get(next(link for link in links(days, "/services/time?") if str(TOMORROW) in link))
    review = links(times, "/services/review?")[0]
    assert "90元" in words_of(hers.get(review))
    answer = hers.post(review, data=sent_by(hers, review))
    assert answer.status_code == 303
    booked = words_of(hers.get(answer.location))
    assert "预约好了" in booked
    assert queued_templates(session) == ["service_booked"]
    row = session.scalars(select(ServiceBookingRow)).one()
    assert (row.service, row.self_paid_fen, row.state) == ("CLEAN", 9000, "requested")
    assert links(hers.get("/services/bookings"), str(row.id)) == [f"/services/bookings/{row.id}"]


def test_a_double_tap_is_one_visit(hers: FlaskClient, session: Session) -> None:
    review = review_of(hers)
    form = sent_by(hers, review)
    first, second = (hers.post(review, data=form) for _ in range(2))
    assert first.location == second.location
    assert session.scalar(select(func.count()).select_from(ServiceBookingRow)) == 1


def test_the_review_shows_who_pays_what_and_what_is_left(his: FlaskClient) -> None:
    words = words_of(his.get(review_of(his, "BATH")))
    for part in ("原价 150元", "居家养老补助 −150元", "您付 0元"):
        assert part.replace(" ", "") in words.replace(" ", ""), part
    # Two come, each named with what she is certified for and how she is rated.
    assert words.count("护理员证") >= 2


def test_a_price_that_changed_meanwhile_is_shown_before_anything_is_booked(his: FlaskClient, session: Session) -> None:
    review = review_of(his, "BATH")
    form = sent_by(his, review) | {"to_pay_fen": "15000"}
    answer = his.post(review, data=form)
    assert answer.status_code == 409
    (again,) = links(answer, "/services/review?")
    assert again.startswith(review)
    assert session.scalar(select(func.count()).select_from(ServiceBookingRow)) == 0


def test_a_time_that_somebody_else_took_leads_to_the_other_times(hers: FlaskClient, session: Session) -> None:
    review = review_of(hers)
    form = sent_by(hers, review)
    at = datetime.fromisoformat(parse_qs(urlsplit(review).query)["at"][0])
    worker_id = parse_qs(urlsplit(review).query)["worker"][0]
    name = session.get_one(CareWorkerRow, UUID(worker_id)).name
    visit(session, person_named(session, "黄婉仪"), worker=name, day=at.date(), at=at.time())
    answer = hers.post(review, data=form)
    assert answer.status_code == 409
    (others,) = links(answer, "/services/time?")
    assert review not in links(hers.get(others), "/services/review?")


def test_who_comes_can_be_chosen_and_the_half_hours_be_shown(hers: FlaskClient) -> None:
    review = review_of(hers)
    who = links(hers.get(review), "/services/who?")[0]
    found = links(hers.get(who), "/services/review?")
    assert len(found) > 1
    times = hers.get(f"/services/time?service=TALK&day={TOMORROW}")
    more = links(times, "more=1")[0]
    assert len(links(hers.get(more), "/services/review?")) > len(links(times, "/services/review?"))


def test_another_service_is_told_about_before_it_is_booked(hers: FlaskClient) -> None:
    more = hers.get("/services/more")
    assert len(links(more, "/services/day?")) == len(catalogue_on(TODAY)) - 9
    about = hers.get("/services/about?service=NAIL")
    assert "糖尿病" in words_of(about)
    days = hers.get("/services/day?service=REHAB")
    later = links(days, "more=1")[0]
    assert len(links(hers.get(later), "/services/time?")) > len(links(days, "/services/time?"))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/services/day?service=NOTHING", 404),
        ("/services/about?service=NOTHING", 404),
        ("/services/day?service=cle%20an", 400),
        ("/services/day", 400),
        ("/services/time?service=CLEAN", 400),
        ("/services/time?service=CLEAN&day=2026-11-23", 409),
        ("/services/time?service=CLEAN&day=2026-12-30", 409),
        ("/services/time?service=REHAB&day=2026-11-29", 409),
        ("/services/review?service=CLEAN", 400),
        ("/services/review?service=CLEAN&at=tomorrow", 400),
        ("/services/review?service=CLEAN&at=2026-11-25T09:00", 400),
        ("/services/review?service=CLEAN&at=2026-11-25T09:00&worker=mei", 400),
        (f"/services/review?service=CLEAN&at=2026-11-25T09:00&worker={UUID(int=1)}", 409),
        ("/services/day?service=CLEAN&instead=x", 400),
        (f"/services/bookings/{UUID(int=1)}", 404),
    ],
)
def test_an_address_that_leads_nowhere_says_so(hers: FlaskClient, address: str, status: int) -> None:
    assert hers.get(address).status_code == status


def test_a_form_that_nobody_could_have_pressed_is_refused(hers: FlaskClient, session: Session, wang: Person) -> None:
    review = review_of(hers)
    good = sent_by(hers, review)
    for wrong in ({"request_id": "x"}, {"to_pay_fen": "-1"}, {"to_pay_fen": "９"}, {"to_pay_fen": "1" * 10}):
        assert hers.post(review, data=good | wrong).status_code == 400
    found = visit(session, wang, ServiceState.DONE)
    for page, wrong in (("rating", {"rating": "splendid"}), ("complaint", {"about": "weather"})):
        assert hers.post(f"/services/bookings/{found.id}/{page}", data=wrong).status_code == 400


def test_changing_goes_the_same_way_and_keeps_everything_until_the_yes(
    hers: FlaskClient, session: Session, wang: Person
) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED, day=date(2026, 11, 27))
    (days,) = links(hers.get(f"/services/bookings/{found.id}"), "instead=")
    times = next(link for link in links(hers.get(days), "/services/time?") if "2026-11-26" in link)
    review = next(link for link in links(hers.get(times), "/services/review?") if f"instead={found.id}" in link)
    form = sent_by(hers, review)
    assert found.now.starts_at == local_moment(date(2026, 11, 27), time(9))
    assert hers.post(review, data=form).location == f"/services/bookings/{found.id}"
    session.expire_all()
    assert found.row.day == date(2026, 11, 26)
    assert queued_templates(session)[-1] == "service_changed"


def test_cancelling_asks_once_more_and_frees_it(hers: FlaskClient, session: Session, wang: Person) -> None:
    found = visit(session, wang)
    (asked,) = links(hers.get(f"/services/bookings/{found.id}"), "/cancel")
    hers.get(asked)
    answer = hers.post(asked)
    assert "取消" in words_of(hers.get(answer.location))
    session.expire_all()
    assert found.now.state is ServiceState.CANCELLED
    # The question is not asked again.
    assert hers.get(asked).status_code == 303


def test_rating_and_complaining_are_one_press(
    hers: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    found = visit(session, wang, ServiceState.DONE)
    clock.at = found.row.ends_at
    waiting = hers.get("/services/bookings")
    assert links(waiting, str(found.id))
    answer = hers.post(f"/services/bookings/{found.id}/rating", data={"rating": "very_poor"})
    # Who was not content is asked what was wrong.
    assert answer.location == f"/services/bookings/{found.id}/complaint"
    hers.get(answer.location)
    answer = hers.post(answer.location, data={"about": "late_or_short", "words": "只来了半小时"})
    assert "投诉" in words_of(hers.get(answer.location))
    session.expire_all()
    made = get_complaint(session, herself(wang), booking_id=found.id)
    assert made is not None
    assert made.words == "只来了半小时"
    assert (found.now.state, found.now.rating) == (ServiceState.DISPUTED, Rating.VERY_POOR)


def test_words_that_are_too_long_are_not_sent(
    hers: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    found = visit(session, wang, ServiceState.DONE)
    clock.at = found.row.ends_at
    answer = hers.post(f"/services/bookings/{found.id}/complaint", data={"about": "other", "words": "差" * 501})
    assert answer.status_code == 422
    session.expire_all()
    assert found.now.state is ServiceState.DONE


def test_a_voucher_that_gives_less_is_asked_about_on_the_page_of_the_visit(
    site: Flask, session: Session, clock: TestClock
) -> None:
    zhao = person_named(session, "赵玉梅")
    found = visit(session, zhao, ServiceState.ACCEPTED, service="CARE", day=TOMORROW + 7 * A_DAY)
    learn(session, zhao, income_class=IncomeClass.NONE)
    clock.at = local_moment(TOMORROW + 6 * A_DAY, time(9))
    issue_vouchers(session, SYSTEM, person_id=zhao.id, now=clock.at, on_lost=ask_new_price)
    client = signed_in_browser(site, session, zhao, "15400000009", clock.at)
    page = f"/services/bookings/{found.id}"
    assert "45元" in words_of(client.get(page))
    answer = client.post(f"{page}/price", data={"to_pay_fen": "4400"})
    assert answer.status_code == 409
    assert links(answer, str(found.id)) == [page]
    answer = client.post(f"{page}/price", data={"to_pay_fen": "4500"})
    assert answer.location == page
    session.expire_all()
    assert (found.now.split.self_paid_fen, found.now.asked_self_paid_fen) == (4500, None)
    assert "您的券比预计少了" not in words_of(client.get(page))


# What the page of a visit offers in each state, an hour after its end at the latest; by the last part of an address.
OFFERED: dict[ServiceState, set[str]] = {
    ServiceState.REQUESTED: {"cancel", "day?instead"},
    ServiceState.ACCEPTED: {"cancel", "day?instead"},
    ServiceState.VISITING: set(),
    ServiceState.DONE: {"rating", "complaint", "day"},
    ServiceState.CONFIRMED: {"complaint", "day"},
    ServiceState.DISPUTED: {"day"},
    ServiceState.NOT_CHARGED: {"day"},
    ServiceState.CANCELLED: {"day"},
    ServiceState.DECLINED: {"day"},
    ServiceState.NOT_AT_HOME: {"complaint", "day"},
    ServiceState.MISSED: {"complaint", "day"},
}


@pytest.mark.parametrize("state", ServiceState)
def test_the_page_of_a_visit_offers_what_its_state_allows_and_nothing_else(
    hers: FlaskClient, session: Session, wang: Person, clock: TestClock, state: ServiceState
) -> None:
    found = visit(session, wang, state)
    clock.at = NOW if state in (ServiceState.REQUESTED, ServiceState.ACCEPTED) else found.row.ends_at
    page = hers.get(f"/services/bookings/{found.id}")
    assert offers_of(page) == OFFERED[state]
    with hers.application.test_request_context():
        assert state_words(state) in words_of(page)
    assert str(found.id) in "".join(links(hers.get("/services/bookings"), "/services/bookings/"))


def offers_of(page: TestResponse) -> set[str]:
    """What a page of a visit leads to."""
    found = set()
    for link in links(page, "/services/"):
        parts = urlsplit(link)
        name = parts.path.rsplit("/", 1)[-1]
        if name in ("cancel", "rating", "complaint"):
            found.add(name)
        elif name == "day":
            found.add("day?instead" if "instead=" in parts.query else "day")
    return found


def test_when_nobody_came_she_can_say_so_as_soon_as_the_time_is_over(
    hers: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    page = f"/services/bookings/{found.id}"
    clock.at = found.row.starts_at
    assert offers_of(hers.get(page)) == set()
    clock.at = found.row.ends_at
    assert offers_of(hers.get(page)) == {"complaint"}
    hers.post(f"{page}/complaint", data={"about": "nobody_came"})
    session.expire_all()
    assert found.now.state is ServiceState.DISPUTED


def test_what_is_over_is_refused_with_words(
    hers: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    found = visit(session, wang, ServiceState.ACCEPTED)
    page = f"/services/bookings/{found.id}"
    clock.at = found.row.starts_at
    assert hers.post(f"{page}/cancel").status_code == 409
    assert hers.post(f"{page}/rating", data={"rating": "good"}).status_code == 409
    found.start()
    found.end()
    clock.at = found.row.ends_at + 9 * A_DAY
    assert hers.post(f"{page}/rating", data={"rating": "good"}).status_code == 409
    assert hers.post(f"{page}/complaint", data={"about": "other"}).status_code == 409
    for question in ("cancel", "rating", "complaint"):
        assert hers.get(f"{page}/{question}").location == page


@pytest.mark.parametrize("question", ["", "/cancel", "/rating", "/complaint"])
def test_nobody_opens_the_visit_of_somebody_else(
    hers: FlaskClient, session: Session, li: Person, question: str
) -> None:
    found = visit(session, li, ServiceState.DONE, service="CARE")
    assert hers.get(f"/services/bookings/{found.id}{question}").status_code == 403


@pytest.mark.parametrize("deed", ["cancel", "rating", "complaint", "price"])
def test_nobody_does_anything_to_the_visit_of_somebody_else(
    hers: FlaskClient, session: Session, li: Person, deed: str
) -> None:
    found = visit(session, li, ServiceState.DONE, service="CARE")
    form = {"rating": "good", "about": "other", "to_pay_fen": "0"}
    assert hers.post(f"/services/bookings/{found.id}/{deed}", data=form).status_code == 403


def test_everything_that_the_catalogue_names_has_words_in_every_language(site: Flask) -> None:
    with site.test_request_context():
        for locale in LOCALES:
            with force_locale(locale):
                for service in catalogue_on(TODAY):
                    assert service_words(service.code)
                    assert all(map(included_words, service.included))
                    assert all(map(prepare_words, service.prepare))
                    assert all(map(caution_words, service.cautions))
                    assert all(map(credential_words, (*service.credentials, "health_certificate")))
                assert all(map(state_words, ServiceState))
                assert all(map(rating_words, Rating))
                assert all(map(complaint_words, ComplaintAbout))
                assert all(map(decline_words, DeclineReason))


def test_a_declined_visit_says_why_and_leads_to_another_time(hers: FlaskClient, session: Session, wang: Person) -> None:
    found = visit(session, wang, ServiceState.DECLINED)
    page = hers.get(f"/services/bookings/{found.id}")
    with hers.application.test_request_context():
        assert decline_words(DeclineReason.NOBODY_FREE).rstrip("。") in words_of(page)
