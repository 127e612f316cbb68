"""Signing in with a code by text message."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.messages import OutgoingMessage
from services.sealing import vault_of
from tests.conftest import person_named
from tests.web.conftest import TestClock, page_of, queued_templates, words_of

HERS = "15400000002"
THEIRS = "15400000001"


def sent_code(session: Session) -> str:
    """The code in the newest text message."""
    message = session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
    assert message is not None
    variables = vault_of(session).open(message.variables_sealed, context="outgoing_messages.variables")
    return next(part for part in variables.split('"') if part.isdigit() and len(part) == 6)


def test_she_signs_in_with_the_code_that_came(browser: FlaskClient, session: Session) -> None:
    assert browser.post("/sign-in", data={"phone": HERS}).location == "/sign-in/code"
    assert browser.post("/sign-in/code", data={"code": sent_code(session)}).location == "/"
    assert "王秀珍" in words_of(browser.get("/"))


def test_after_signing_in_she_is_where_she_wanted_to_be(browser: FlaskClient, session: Session) -> None:
    browser.get("/sign-in?next=/meals/bookings")
    browser.post("/sign-in", data={"phone": HERS})
    assert browser.post("/sign-in/code", data={"code": sent_code(session)}).location == "/meals/bookings"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_nobody_is_sent_to_another_site(browser: FlaskClient, session: Session, elsewhere: str) -> None:
    browser.get("/sign-in", query_string={"next": elsewhere})
    browser.post("/sign-in", data={"phone": HERS})
    assert browser.post("/sign-in/code", data={"code": sent_code(session)}).location == "/"


@pytest.mark.parametrize(
    "written",
    ["154 0000 0002", "154-0000-0002", "１５４０００００００２", "+8615400000002"],
)
def test_a_number_may_be_written_as_people_write_it(browser: FlaskClient, session: Session, written: str) -> None:
    assert browser.post("/sign-in", data={"phone": written}).status_code == 303
    assert queued_templates(session) == ["sign_in_code"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1540000000", "手机号是11位数字，您填了10位"),
        ("", "请填您的手机号"),
        ("25400000002", "前两位是13到19"),
    ],
)
def test_a_wrong_number_is_kept_and_explained(browser: FlaskClient, written: str, words: str) -> None:
    answer = browser.post("/sign-in", data={"phone": written})
    assert answer.status_code == 422
    assert words in words_of(answer)
    box = next(field for field in page_of(answer).iter("input") if field.get("id") == "phone")
    assert box.get("value") == written
    assert "problem" in box.get("aria-describedby")


def test_the_pages_are_the_same_for_a_number_that_nobody_has(browser: FlaskClient, session: Session) -> None:
    browser.post("/sign-in", data={"phone": HERS})
    known = words_of(browser.get("/sign-in/code"))
    browser.post("/sign-in", data={"phone": "15499999999"})
    assert words_of(browser.get("/sign-in/code")) == known
    assert queued_templates(session) == ["sign_in_code"]
    answer = browser.post("/sign-in/code", data={"code": "000000"}, follow_redirects=True)
    assert "登录码不对。还可以再试4次" in words_of(answer)


def test_a_code_tried_six_times_no_longer_counts(browser: FlaskClient, session: Session) -> None:
    browser.post("/sign-in", data={"phone": HERS})
    right = sent_code(session)
    wrong = "000000" if right != "000000" else "111111"
    said = [words_of(browser.post("/sign-in/code", data={"code": wrong}, follow_redirects=True)) for _ in range(6)]
    assert "还可以再试4次" in said[0]
    assert "还可以再试1次" in said[3]
    assert all("作废" in words for words in said[4:])
    assert "作废" in words_of(browser.post("/sign-in/code", data={"code": right}, follow_redirects=True))


def test_a_digit_too_few_is_not_counted_as_a_try(browser: FlaskClient, session: Session) -> None:
    browser.post("/sign-in", data={"phone": HERS})
    for _ in range(7):
        words = words_of(browser.post("/sign-in/code", data={"code": "12 34 5"}, follow_redirects=True))
        assert "您填了5位" in words
    assert browser.post("/sign-in/code", data={"code": sent_code(session)}).location == "/"


def test_an_old_code_asks_for_a_new_one(browser: FlaskClient, session: Session, clock: TestClock) -> None:
    browser.post("/sign-in", data={"phone": HERS})
    code = sent_code(session)
    clock.at += timedelta(minutes=11)
    assert "过期" in words_of(browser.post("/sign-in/code", data={"code": code}, follow_redirects=True))
    browser.post("/sign-in/again")
    assert browser.post("/sign-in/code", data={"code": sent_code(session)}).location == "/"


def test_asking_for_many_codes_says_how_long_to_wait(browser: FlaskClient) -> None:
    browser.post("/sign-in", data={"phone": HERS})
    for _ in range(5):
        answer = browser.post("/sign-in/again", follow_redirects=True)
    assert "分钟再试" in words_of(answer)


def test_a_couple_with_one_phone_is_asked_who_is_there(browser: FlaskClient, session: Session) -> None:
    browser.post("/sign-in", data={"phone": THEIRS})
    assert browser.post("/sign-in/code", data={"code": sent_code(session)}).location == "/sign-in/person"
    answer = browser.get("/sign-in/person")
    assert "陈丽英" in words_of(answer)
    him = person_named(session, "林国华")
    assert browser.post("/sign-in/person", data={"person": str(him.id)}).location == "/"
    assert "林国华" in words_of(browser.get("/"))


def test_nobody_can_say_to_be_somebody_of_another_phone(browser: FlaskClient, session: Session) -> None:
    browser.post("/sign-in", data={"phone": THEIRS})
    browser.post("/sign-in/code", data={"code": sent_code(session)})
    other = person_named(session, "王秀珍")
    assert browser.post("/sign-in/person", data={"person": str(other.id)}).status_code == 403
    assert browser.post("/sign-in/person", data={"person": "nobody"}).status_code == 400


def test_who_is_there_is_only_asked_after_the_right_code(browser: FlaskClient, session: Session) -> None:
    browser.post("/sign-in", data={"phone": THEIRS})
    him = person_named(session, "林国华")
    assert browser.get("/sign-in/person").location == "/sign-in"
    assert browser.post("/sign-in/person", data={"person": str(him.id)}).location == "/sign-in"


def test_signing_out_ends_the_session_for_good(hers: FlaskClient) -> None:
    kept = hers.get_cookie("yinian")
    assert kept is not None
    assert hers.post("/sign-out").location == "/"
    hers.set_cookie("yinian", kept.value)
    assert hers.get("/meals/bookings").location.startswith("/sign-in")


def test_no_number_stands_in_a_cookie_an_address_or_the_log(
    browser: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = browser.post("/sign-in", data={"phone": HERS})
    kept = browser.get_cookie("yinian")
    assert kept is not None
    assert HERS not in kept.decoded_value
    assert HERS not in answer.location
    assert HERS not in caplog.text


def test_the_demonstration_phone_stands_apart_from_the_form(browser: FlaskClient) -> None:
    browser.post("/sign-in", data={"phone": HERS})
    page = page_of(browser.get("/sign-in/code"))
    (aside,) = [box for box in page.iter("aside") if box.get("class") == "demo-box"]
    assert next(aside.iter("a")).get("href") == "/demo/phone"


def test_when_no_worker_sends_the_pages_say_that_the_message_comes_later(
    browser: FlaskClient, session: Session
) -> None:
    browser.post("/sign-in", data={"phone": HERS})
    session.execute(update(OutgoingMessage).values(queued_at=func.now() - timedelta(seconds=60)))
    assert "短信现在发得慢" in words_of(browser.get("/sign-in/code"))
    notice = browser.get("/sign-in/code", headers={"HX-Request": "true", "HX-Target": "delay"}).get_data(as_text=True)
    assert "短信现在发得慢" in notice
    assert "<h1" not in notice
    session.execute(update(OutgoingMessage).values(status="sent"))
    assert "短信现在发得慢" not in words_of(browser.get("/sign-in/code"))
