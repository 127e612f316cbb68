"""Entering providers and care workers: what a city hands over is read strictly."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import NotAllowed
from services.audit import AuditEntry
from services.demo.providers import PROVIDERS
from services.home_care import CreditCodeWrong, ServiceUnknown, add_care_worker, add_provider, list_provider_day
from tests.conftest import NOW
from tests.visits import CITY, SYSTEM, TODAY, TOMORROW, office, provider_row

NEW = replace(PROVIDERS[0].as_new(), credit_code=" 91350100m000100y43 ")


def test_a_provider_is_known_by_its_code_in_capitals_and_the_deed_is_noted(session: Session) -> None:
    added = add_provider(session, SYSTEM, NEW, city=CITY, now=NOW)
    assert added.credit_code == "91350100M000100Y43"
    assert added.areas == NEW.areas
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject_id == added.id)).all()
    assert deeds == ["service_provider_added"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"credit_code": "91350100M000100Y44"}, CreditCodeWrong), ({"services": ("CLEAN", "SWIM")}, ServiceUnknown)],
)
def test_a_wrong_code_or_service_is_refused(session: Session, wrong: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        add_provider(session, SYSTEM, replace(NEW, **wrong), city=CITY, now=NOW)


def test_a_care_worker_has_her_certificates_and_shifts(session: Session) -> None:
    new = PROVIDERS[0].workers[0].as_new(TODAY)
    added = add_care_worker(session, SYSTEM, replace(new, name="新来的"), provider_id=provider_row(session).id, now=NOW)
    assert added.credentials == new.credentials
    assert (added.rating_tenths, added.ratings) == (None, 0)
    day = list_provider_day(session, office(session), provider_id=provider_row(session).id, day=TOMORROW, now=NOW)
    (hers,) = (each for each in day.workers if each.worker.id == added.id)
    assert [shift.begins for shift in hers.shifts] == [time(8), time(14)]


def test_nobody_but_the_system_enters_anybody(session: Session) -> None:
    with pytest.raises(NotAllowed):
        add_provider(session, office(session), NEW, city=CITY, now=NOW)
    new = PROVIDERS[0].workers[0].as_new(TODAY)
    with pytest.raises(NotAllowed):
        add_care_worker(session, office(session), new, provider_id=provider_row(session).id, now=NOW)
