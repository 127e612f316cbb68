"""What protects the pages: headers, cookies, forged forms, and what never reaches a log."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.database import Database
from services.settings import Settings
from tests.web.conftest import TestClock, new_site, page_of, words_of


def test_every_answer_carries_the_strict_headers(browser: FlaskClient) -> None:
    for address in ("/", "/help", "/nothing", "/static/css/base.css", "/health"):
        headers = browser.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Permissions-Policy"].startswith("microphone=(self)")


def test_pages_are_not_kept_by_the_browser_but_files_are(browser: FlaskClient) -> None:
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in browser.get("/static/css/base.css").headers["Cache-Control"]


def test_outside_demonstration_mode_cookies_need_https(
    web_settings: Settings, database: Database, session: Session, clock: TestClock
) -> None:
    site = new_site(web_settings.model_copy(update={"demo": False}), database, session, clock)
    browser = site.test_client()
    browser.get("/sign-in", base_url="https://yinian.example")
    kept = browser.get_cookie("yinian", domain="yinian.example")
    assert kept is not None
    assert kept.secure
    assert kept.http_only
    assert kept.same_site == "Lax"
    answer = browser.get("/language/en", base_url="https://yinian.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


def test_a_forged_form_changes_nothing_and_leads_back(site: Flask, hers: FlaskClient) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    answer = hers.post("/sign-out")
    assert answer.status_code == 419
    assert "请再按一次" in words_of(answer)
    assert hers.get("/meals/bookings").status_code == 200


def test_after_an_expired_form_the_same_page_opens_again(site: Flask, browser: FlaskClient) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    answer = browser.post("/sign-in", data={"phone": "15400000002", "csrf_token": "old"})
    assert answer.status_code == 419
    assert "/sign-in" in [link.get("href") for link in page_of(answer).find(".//main").iter("a")]


def test_a_form_of_our_own_is_accepted(site: Flask, browser: FlaskClient) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    page = page_of(browser.get("/sign-in"))
    token = next(field.get("value") for field in page.iter("input") if field.get("name") == "csrf_token")
    assert browser.post("/sign-in", data={"phone": "15400000002", "csrf_token": token}).status_code == 303


def test_the_log_has_one_line_a_request_without_personal_data(
    hers: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "webapp")
    hers.get("/meals/book/meal?day=2026-11-25")
    (line,) = [record.getMessage() for record in caplog.records if record.name == "webapp.requests"]
    assert "endpoint=meals.meal" in line
    assert "2026-11-25" not in line
    assert "王秀珍" not in caplog.text
