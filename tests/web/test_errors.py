"""Pages for what went wrong."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

import services.actor
import services.allowances.errors
import services.certification.errors
import services.delegation.errors
import services.emergencies.errors
import services.emergency_contacts.errors
import services.home_adaptation.errors
import services.home_care.errors
import services.meals.errors
import services.people
from services.database import Database
from services.errors import ServiceError
from services.settings import Settings
from tests.web.conftest import TestClock, new_site, page_of, words_of
from webapp import create_app
from webapp.access import open_to_anyone
from webapp.error_words import TABLE

# The services whose refusals a page can get.
CALLED = (
    services.actor,
    services.allowances.errors,
    services.certification.errors,
    services.delegation.errors,
    services.emergencies.errors,
    services.emergency_contacts.errors,
    services.home_adaptation.errors,
    services.home_care.errors,
    services.meals.errors,
    services.people,
)
# Only the registry's import, operators and workers can meet them.
NEVER_ON_A_PAGE = {
    "id_number_wrong",
    "no_window_now",
    "reason_missing",
    "only_by_people",
    "too_many_in_doubt",
    "no_rule_on",
    "window_still_open",
    "too_many_missed",
    "nothing_missed",
    # Only staff close an emergency; the form tells what is wrong with a contact.
    "emergency_unknown",
    "emergency_over",
    "closing_reason_missing",
    "contact_is_herself",
    "too_many_contacts",
    "partner_unknown",
    "certification_parameters_wrong",
    "adaptation_parameters_wrong",
    "cost_above_quote",
    "not_in_household",
    "firm_unknown",
    "needs_missing",
    "payment_wrong",
    "photo_missing",
    "photo_wrong",
    "quote_wrong",
    "service_catalogue_wrong",
    "credit_code_wrong",
    "care_workers_wrong",
    "care_worker_not_free",
    "care_worker_not_qualified",
    "too_early_for_visit",
    "too_many_photos",
    "delegation_parameters_wrong",
    # The form of a family member says these beside what was written; workers meet the last one on pages of their own.
    "family_name_missing",
    "name_of_senior_missing",
    "number_of_senior_wrong",
    "no_scopes",
    "term_wrong",
    "own_phone",
    "evidence_missing",
    # A worker is asked why, and then comes where she was going.
    "record_closed",
}


@pytest.fixture
def broken(web_settings: Settings, database: Database, session: Session, clock: TestClock) -> FlaskClient:
    """A browser of a site that has a page with a fault in it."""

    @open_to_anyone
    def fault() -> None:
        raise RuntimeError("王秀珍 15400000002")

    site = new_site(web_settings, database, session, clock)
    site.add_url_rule("/fault", view_func=fault, methods=["GET", "POST"])
    return site.test_client()


@pytest.mark.parametrize(
    ("method", "address", "status", "words"),
    [
        ("GET", "/nothing", 404, "没有这一页"),
        ("POST", "/help", 405, "不能这样打开"),
        ("GET", "/language/klingon", 404, "没有这一页"),
        ("POST", "/display", 400, "没有看懂"),
    ],
)
def test_each_mistake_has_a_page_with_one_way_on(
    browser: FlaskClient, method: str, address: str, status: int, words: str
) -> None:
    answer = browser.open(address, method=method)
    assert answer.status_code == status
    assert words in words_of(answer)
    assert "/" in [link.get("href") for link in page_of(answer).find(".//main").iter("a")]


def test_a_fault_of_ours_is_said_plainly_and_logged_without_what_it_was_about(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "webapp")
    answer = broken.get("/fault")
    words = words_of(answer)
    assert answer.status_code == 500
    assert "不是您的错" in words
    assert "再试一次" in words
    assert "王秀珍" not in answer.get_data(as_text=True) + caplog.text
    assert "error=RuntimeError" in caplog.text


def test_the_page_for_a_fault_needs_no_database(web_settings: Settings, database: Database, clock: TestClock) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing", connect_args={"connect_timeout": 1})
    unreachable = replace(database, sessions=sessionmaker(nowhere, info={"vault": None}), server=None)
    client = create_app(web_settings, clock=clock, database=unreachable).test_client()
    with client.session_transaction() as kept:
        kept["token"] = "a token"
    answer = client.get("/")
    assert answer.status_code == 500
    assert "我们这边出了毛病" in words_of(answer)
    assert client.get("/health").status_code == 503


def test_health_is_ok_while_the_database_answers(browser: FlaskClient) -> None:
    answer = browser.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_every_refusal_of_a_service_has_words() -> None:
    codes = {
        thing.code
        for module in CALLED
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, ServiceError) and thing is not ServiceError
    }
    assert codes - NEVER_ON_A_PAGE == set(TABLE)
