"""Browsers of staff, and the matters that tests put before them."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Channel
from services.demo.staff import PASSWORD
from services.people import Person
from services.records import OpeningReason, open_record
from services.sealing import vault_of
from services.staff import PasswordOutcome, StaffMember, prove_staff, sign_in_staff, signed_in_staff
from services.staff.authenticator import code_at_step, step_at
from services.staff.tables import AUTHENTICATOR, StaffRow
from tests.conftest import NOW

LIU, MA, ZHAO, WU = "liu.cuizhu", "ma.jingtian", "zhao.shi", "wu.fantang"
HE, MEI, SUN = "he.lelin", "mei.lelin", "sun.ducha"
CITY = "shenzhen"


def code_of(session: Session, login_name: str, at: datetime = NOW) -> str:
    """The code that the authenticator of this account shows."""
    row = session.scalars(select(StaffRow).where(StaffRow.login_name == login_name)).one()
    return code_at_step(vault_of(session).open(row.authenticator_sealed, context=AUTHENTICATOR), step_at(at))


def staff_browser(site: Flask, session: Session, login_name: str, at: datetime = NOW) -> FlaskClient:
    """A browser in which this account has signed in."""
    check = sign_in_staff(session, login_name=login_name, password=PASSWORD, address="10.0.0.1", city=CITY, now=at)
    assert check.outcome is PasswordOutcome.ACCEPTED
    token = prove_staff(session, token=check.token, code=code_of(session, login_name, at), now=at).token
    client = site.test_client()
    with client.session_transaction() as kept:
        kept["staff_token"] = token
    return client


def open_records(session: Session, client: FlaskClient, *people: Person, at: datetime = NOW) -> FlaskClient:
    """The same browser of a worker, once she has said why she opens the records of these people."""
    worker = staff_member(session, client).acting(Channel.SCREEN)
    for person in people:
        open_record(session, worker, person_id=person.id, reason=OpeningReason.SHE_IS_HERE, now=at)
    return client


def staff_member(session: Session, client: FlaskClient) -> StaffMember:
    """Who has signed in with this browser."""
    with client.session_transaction() as kept:
        found = signed_in_staff(session, token=kept["staff_token"], now=NOW)
    assert found is not None
    return found
