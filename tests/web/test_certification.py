"""Certification on the screen: one sentence, three ways, and the digits that are said to the page's microphone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from simple_websocket import ConnectionClosed
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certification import certification_of, close_campaign, open_campaign, record_visit
from services.certification.tables import ChallengeRow
from services.people import Person
from services.sign_in import open_session
from tests.certifying import CITY, SYSTEM, begin_empty, paid_case, worker_of
from tests.conftest import NOW
from tests.web.conftest import TestClock, page_of, queued_templates, words_of
from tests.web.engines import FakeEngines, FakeSocket, heard
from voice.recognizers import Transcript
from webapp.certification_socket import CertificationLine
from webapp.site import Site
from webapp.talk_turns import Talking

A_TENTH = np.zeros(1600, dtype="<i2").tobytes()
LISTEN: dict[str, Any] = {"kind": "listen"}
SOUND = (A_TENTH, A_TENTH, A_TENTH)


@pytest.fixture(autouse=True)
def nobody_is_paid_yet(session: Session) -> None:
    begin_empty(session)


@pytest.fixture
def due(session: Session, wang: Person) -> None:
    """王秀珍 is paid, and the campaign of November is open."""
    paid_case(session, wang)
    open_campaign(session, SYSTEM, city=CITY, now=NOW)


@pytest.fixture
def talking(session: Session, wang: Person, clock: TestClock) -> Talking:
    """王秀珍 on her tablet."""
    token = open_session(session, person_id=wang.id, phone="15400000002", city=wang.city, now=clock.at)
    return Talking(token, "zh_Hans")


def say(site: Flask, talking: Talking, *sentences: Transcript, **engine: Any) -> FakeSocket:
    """One line on which these are heard one after the other."""
    messages = [message for _ in sentences for message in (LISTEN, *SOUND)]
    socket = FakeSocket(*messages)
    this: Site = replace(site.extensions["yinian"], engines=FakeEngines(list(sentences), **engine))
    with site.test_request_context(), pytest.raises(ConnectionClosed):
        CertificationLine(socket, this, talking).serve()
    return socket


def digits_of(session: Session) -> str:
    session.flush()
    digits = session.scalar(select(ChallengeRow.digits).order_by(ChallengeRow.issued_at.desc()).limit(1))
    assert digits is not None
    return digits


def buttons(answer: Any) -> list[str]:
    return [" ".join("".join(button.itertext()).split()) for button in page_of(answer).find(".//main").iter("button")]


# --- the page -----------------------------------------------------------------------------------------


def test_who_has_nothing_to_do_reads_so(hers: FlaskClient) -> None:
    words = words_of(hers.get("/certification"))
    assert "不用办" in words
    assert "2027年5月" in words
    assert hers.get("/certification/digits").location == "/certification"


@pytest.mark.usefixtures("due")
def test_what_is_due_until_when_and_three_ways_to_do_it(hers: FlaskClient) -> None:
    answer = hers.get("/certification")
    assert "最晚11月30" in words_of(answer)
    assert buttons(answer) == ["现在说四个数字", "请社区上门"]
    assert "家里人可以帮什么" in words_of(answer)


@pytest.mark.usefixtures("due")
def test_a_visit_is_asked_for_with_one_tap(hers: FlaskClient, session: Session) -> None:
    answer = hers.post("/certification/visit", follow_redirects=True)
    assert "社区会上门" in words_of(answer)
    assert "最晚" not in words_of(answer)
    assert "去做认证" not in words_of(hers.get("/"))
    assert buttons(answer) == ["现在说四个数字"]
    assert queued_templates(session) == ["certification_visit"]
    hers.post("/certification/visit")
    assert queued_templates(session) == ["certification_visit"]


@pytest.mark.usefixtures("due")
def test_certified_she_reads_that_it_is_done(hers: FlaskClient, session: Session, wang: Person) -> None:
    record_visit(session, worker_of(wang), person_id=wang.id, passed=True, reason="在家", now=NOW)
    words = words_of(hers.get("/certification"))
    assert "已完成" in words
    assert "不用办" in words
    refused = hers.post("/certification/visit")
    assert refused.status_code == 409
    assert "不用做资格认证" in words_of(refused)


@pytest.mark.usefixtures("due")
def test_late_she_can_still_do_it(hers: FlaskClient, session: Session, clock: TestClock) -> None:
    clock.at = NOW + timedelta(days=8)
    close_campaign(session, SYSTEM, city=CITY, now=clock.at)
    answer = hers.get("/certification")
    assert "还可以补做" in words_of(answer)
    assert "现在说四个数字" in buttons(answer)


@pytest.mark.usefixtures("due")
def test_the_digits_are_shown_large_with_a_microphone(hers: FlaskClient, session: Session) -> None:
    assert hers.post("/certification/digits").location == "/certification/digits"
    answer = hers.get("/certification/digits")
    shown = page_of(answer).find(".//p[@class='digits']")
    assert "".join("".join(shown.itertext()).split()) == digits_of(session)
    root = page_of(answer).find(".//div[@id='talk']")
    assert root.get("data-socket").endswith("/certification/socket")
    assert "不是密码" in words_of(answer)
    assert page_of(answer).find(".//main").findall(".//input[@type='text']") == []


# --- the microphone's line ------------------------------------------------------------------------------


@pytest.mark.usefixtures("due")
def test_the_digits_said_certify_her(
    hers: FlaskClient, site: Flask, session: Session, wang: Person, talking: Talking
) -> None:
    hers.post("/certification/digits")
    socket = say(site, talking, heard(digits_of(session)))
    assert socket.kinds == ["listening", "partial", "partial", "partial", "thinking", "heard", "reply"]
    assert "认证完成" in socket.told[-1]["text"]
    assert not socket.told[-1]["open"]
    assert socket.told[-1]["booking"] == "/certification"
    assert socket.waves[0].startswith(b"RIFF")
    assert not certification_of(session, SYSTEM, person_id=wang.id, now=NOW).due
    assert queued_templates(session) == ["certification_done"]


@pytest.mark.usefixtures("due")
def test_other_digits_are_asked_for_again_until_no_try_is_left(
    hers: FlaskClient, site: Flask, session: Session, talking: Talking
) -> None:
    hers.post("/certification/digits")
    first, second, third = (
        told for told in say(site, talking, heard("听不清"), heard("一"), heard("二")).told if told["kind"] == "reply"
    )
    assert "还可以试2次" in first["text"]
    assert first["open"]
    assert "还可以试1次" in second["text"]
    assert not third["open"]
    assert "上门" in third["text"]
    assert hers.get("/certification/digits").location == "/certification"


@pytest.mark.usefixtures("due")
def test_silence_is_no_try(hers: FlaskClient, site: Flask, session: Session, talking: Talking) -> None:
    hers.post("/certification/digits")
    said = say(site, talking, heard(""), heard("对", speech=False)).told
    assert all("没有听到" in told["text"] for told in said if told["kind"] == "reply")
    assert session.scalar(select(ChallengeRow.tries_left)) == 3


@pytest.mark.usefixtures("due")
def test_what_the_recognizer_was_not_sure_of_counts_too(
    hers: FlaskClient, site: Flask, session: Session, wang: Person, talking: Talking
) -> None:
    hers.post("/certification/digits")
    unsure = Transcript("散漆", 0.8, True, alternatives=(digits_of(session),))
    say(site, talking, unsure)
    assert not certification_of(session, SYSTEM, person_id=wang.id, now=NOW).due


@pytest.mark.usefixtures("due")
def test_digits_that_have_run_out_prove_nothing(
    hers: FlaskClient, site: Flask, session: Session, wang: Person, talking: Talking, clock: TestClock
) -> None:
    hers.post("/certification/digits")
    digits = digits_of(session)
    clock.at = NOW + timedelta(minutes=6)
    socket = say(site, talking, heard(digits))
    assert "过时" in socket.told[-1]["text"]
    assert certification_of(session, SYSTEM, person_id=wang.id, now=clock.at).due


@pytest.mark.usefixtures("due")
def test_typed_digits_go_nowhere(
    hers: FlaskClient, site: Flask, session: Session, wang: Person, talking: Talking
) -> None:
    hers.post("/certification/digits")
    socket = FakeSocket({"kind": "say", "text": digits_of(session)})
    with site.test_request_context(), pytest.raises(ConnectionClosed):
        CertificationLine(socket, site.extensions["yinian"], talking).serve()
    assert socket.told == []
    assert certification_of(session, SYSTEM, person_id=wang.id, now=NOW).due


@pytest.mark.usefixtures("due")
def test_the_recognizer_expects_digits_and_not_these_digits(
    hers: FlaskClient, site: Flask, session: Session, talking: Talking
) -> None:
    hers.post("/certification/digits")
    engines = FakeEngines([heard("好")])
    socket = FakeSocket(LISTEN, *SOUND)
    with site.test_request_context(), pytest.raises(ConnectionClosed):
        CertificationLine(socket, replace(site.extensions["yinian"], engines=engines), talking).serve()
    (expected,) = engines.expected
    assert set("零一二三四五六七八九") <= set(expected)
    assert digits_of(session) not in expected


def test_said_when_nothing_is_due_the_page_says_so(site: Flask, talking: Talking) -> None:
    socket = say(site, talking, heard("三七零二"))
    assert "过时" in socket.told[-1]["text"]


def test_without_an_engine_the_page_is_told(site: Flask, talking: Talking) -> None:
    socket = FakeSocket(LISTEN)
    this = replace(site.extensions["yinian"], engines=FakeEngines([], is_installed=False))
    with site.test_request_context(), pytest.raises(ConnectionClosed):
        CertificationLine(socket, this, talking).serve()
    assert socket.told == [{"kind": "error", "code": "not_installed"}]
