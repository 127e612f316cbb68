"""Every address of the site at once: headers, forged forms, and whatever nobody's form would ever send."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.all_tables import METADATA
from services.demo import prepare_allowances
from services.people import Person
from tests.conftest import NOW
from tests.web.conftest import repository_file
from tests.web.journeys import book_lunch
from tests.web.staff import CITY, HE, LIU, MEI, SUN, WU, ZHAO, open_records, staff_browser
from tests.web.test_access import AN_ID, ROUTES

SOCKETS = "/socket"
# A form's names: all that any view of the site asks for.
ASKED = re.compile(r'request\.(?:form|args|files)\.get(?:list)?\(\s*"([a-z_]+)"')
ROUNDS = 1
NASTY = (
    "",
    " ",
    "0",
    "-1",
    "1e999",
    "NaN",
    "9" * 400,
    "2026-11-25",
    "0000-00-00",
    "9999-12-31",
    "2026-13",
    "9999-12",
    "0001-01",
    "true",
    "yes",
    "agree",
    "\x00",
    "a\x00b",
    "\ud7ff\uffff",
    "𠮷👵🏽‍🦳",
    "‮drawkcab",
    "'; DROP TABLE persons; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "%00%s%n",
    "../../etc/passwd",
    "//elsewhere.example",
    "https://elsewhere.example/",
    "=cmd|' /C calc'!A0",
    '{"a": [1, null]}',
    "[" * 3000,
    "字" * 3000,
    "15400000002",
    AN_ID,
)


def addresses(method: str) -> Iterator[str]:
    """The rules that take this method, without sockets, which need a line of their own."""
    return (rule for (its_method, rule) in ROUTES if its_method == method and not rule.endswith(SOCKETS))


def filled(rule: str, fill: Callable[[], str]) -> str:
    """The rule with its places filled in; numbers are always 1."""
    return re.sub("<(?:(?:uuid|path):)?[a-z_]+>", lambda _: fill(), re.sub("<int:[a-z_]+>", "1", rule))


class ReadingClient(FlaskClient):
    """Reads every answer to its end, files too. It does not look whether pages are whole: CheckingClient does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **({"buffered": True} | kwargs))


@pytest.fixture
def fields() -> list[str]:
    found = {
        name
        for file in Path(repository_file("webapp")).rglob("*.py")
        for name in ASKED.findall(file.read_text("utf-8"))
    }
    assert len(found) > 40
    return sorted(found)


@pytest.fixture
def everybody(site: Flask, session: Session, hers: FlaskClient, wang: Person) -> list[FlaskClient]:
    """A browser of nobody, of a senior, and of each kind of staff that has an account."""
    site.test_client_class = ReadingClient
    prepare_allowances(session, city=CITY, now=NOW)
    book_lunch(hers)
    desk = open_records(session, staff_browser(site, session, LIU), wang)
    return [site.test_client(), hers, desk, *(staff_browser(site, session, who) for who in (ZHAO, SUN, WU, HE, MEI))]


def ids_of(session: Session) -> list[str]:
    """Ids of things that there are: fuzzing with ids of nothing would never get far."""
    found = [AN_ID]
    for table in METADATA.sorted_tables:
        found += [str(it) for it in session.scalars(select(table.c.id).order_by(table.c.id.desc()).limit(3))]
    return found


def rows_of(session: Session) -> dict[str, int]:
    return {
        table.name: session.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
        for table in METADATA.sorted_tables
        if table.name != "rate_limits"
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_answer_of_every_address_carries_the_headers(everybody: list[FlaskClient], method: str) -> None:
    for rule in addresses(method):
        for client in everybody:
            headers = client.open(filled(rule, lambda: AN_ID), method=method).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy, rule
            assert "unsafe" not in policy, rule
            assert headers["X-Content-Type-Options"] == "nosniff", rule
            assert headers["Referrer-Policy"] == "no-referrer", rule
            if headers.get("Content-Type", "").startswith("text/html"):
                assert headers["Cache-Control"] == "no-store", rule


def test_no_form_without_its_token_changes_anything(
    site: Flask, session: Session, everybody: list[FlaskClient]
) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    before = rows_of(session)
    for rule in addresses("POST"):
        for client in everybody:
            assert client.post(filled(rule, lambda: AN_ID)).status_code == 419, rule
    assert rows_of(session) == before


def test_no_address_changes_anything_by_being_read_by_a_stranger(
    session: Session, everybody: list[FlaskClient]
) -> None:
    before = rows_of(session)
    for rule in addresses("GET"):
        everybody[0].get(filled(rule, lambda: AN_ID))
    assert rows_of(session) == before


def test_nobody_is_led_elsewhere(everybody: list[FlaskClient]) -> None:
    for rule in ("/sign-in", "/staff/sign-in", "/language/en", "/display"):
        for target in (
            "https://elsewhere.example/",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "javascript:alert(1)",
        ):
            for client in everybody:
                answer = client.get(rule, query_string={"next": target})
                assert "elsewhere" not in answer.headers.get("Location", ""), rule
                assert 'href="javascript:' not in answer.get_data(as_text=True), rule


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_no_form_of_ours_sends_breaks_nothing(
    session: Session, everybody: list[FlaskClient], fields: list[str], method: str
) -> None:
    """Chance with a fixed seed: what it found once it finds again."""
    chance, ids = random.Random(f"yinian {method}"), ids_of(session)

    def value() -> str:
        return chance.choice(ids) if chance.random() < 0.4 else chance.choice(NASTY)

    def place() -> str:
        return chance.choice([*ids, "1", "agree", "x"])

    broken = []
    for rule in addresses(method):
        for client in everybody:
            for _ in range(ROUNDS):
                address, sent = filled(rule, place), {name: value() for name in chance.sample(fields, 12)}
                told = {"data": sent} if method == "POST" else {"query_string": sent}
                answer = client.open(address, method=method, **told)  # type: ignore[arg-type]
                if answer.status_code >= 500:
                    broken.append((rule, address, sent))
    assert not broken
