"""Whoever gets hold of the database alone, or of its backup, reads no ID number, no telephone and no address in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services import registry
from services.actor import Actor, Channel
from services.demo import prepare_allowances
from services.home_adaptation import AdaptationState
from services.inbox import receive
from services.keys import sealed_columns
from services.long_work import ask_for_import
from services.people import Person
from services.sealing import SEALED_AS, vault_of
from tests.adapting import Case
from tests.conftest import NOW
from tests.extracts import extract, household
from tests.web.journeys import book_lunch
from tests.web.staff import ZHAO, staff_browser, staff_member

CITY = "shenzhen"
# What an assistant or a clerk might be told, and what somebody might write in a text.
SAID = "我的身份证是440399194607040139，电话15400000002，住翠竹路88号"
KINDS = ("id_number", "phone", "address", "sender", "dwelling", "account", "sent_to", "text", "authenticator")
ALL_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"


@pytest.fixture
def lived_in(site: Flask, session: Session, hers: FlaskClient, browser: FlaskClient, wang: Person) -> Session:
    """A city in which much was done by every channel."""
    prepare_allowances(session, city=CITY, now=NOW)
    registry.import_extract(session, Actor.system(), extract("household", [household(701)]), city=CITY, now=NOW)
    Case(session).to(AdaptationState.PAID)
    book_lunch(hers)
    browser.post("/sign-in", data={"phone": "15400000002"})
    browser.post("/sign-in/code", data={"code": "000000"})
    receive(session, city=CITY, gateway="g", gateway_message_id="1", phone="15400000002", text=SAID, to="106900000000",
            received_at=NOW)  # fmt: skip
    hers.post("/talk/say", data={"text": SAID})
    hers.post("/talk/say", data={"text": "后天中午帮我订一份午餐送到家里"})
    operator = staff_member(session, staff_browser(site, session, ZHAO)).acting(Channel.SCREEN)
    ask_for_import(session, operator, extract("household", [household(702)]), city=CITY, now=NOW)
    session.flush()
    return session


def sealed_texts(session: Session) -> Iterator[str]:
    """Everything that is sealed, opened: what must not be found outside."""
    vault = vault_of(session)
    for _table, columns in sealed_columns():
        for column in columns:
            if column.name.removesuffix("_sealed") in KINDS:
                for sealed in session.scalars(select(column).where(column.is_not(None))):
                    yield vault.open(sealed, context=column.info[SEALED_AS])


def test_no_table_holds_in_plain_what_is_sealed_anywhere(lived_in: Session) -> None:
    secrets = {each for each in sealed_texts(lived_in) if len(each) >= 6} | {"440399194607040139", "翠竹路88号"}
    assert len(secrets) > 40
    # Canteens and providers tell everybody their own addresses and telephones.
    public = {row for row in lived_in.scalars(text("SELECT address FROM canteens UNION SELECT phone FROM canteens"))}
    found = []
    for table in lived_in.scalars(text(ALL_TABLES)).all():
        for row in lived_in.scalars(text(f"SELECT t::text FROM {table} t")):
            found += [(table, len(each)) for each in secrets - public if each in row or each.encode().hex() in row]
    assert not found
