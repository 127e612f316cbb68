"""The demonstration's months and offers, made by the use cases of the city."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.actor import Actor
from services.allowances import CaseState, RunState, list_cases, list_runs, payments_of
from services.allowances.tables import AllowanceCaseRow
from services.demo import prepare_allowances
from services.messages import OutgoingMessage
from services.people import Person
from tests.conftest import person_named

SYSTEM = Actor.system()


def test_three_months_and_this_one_are_paid_and_the_right_people_are_asked(
    session: Session, now: datetime, wang: Person
) -> None:
    prepare_allowances(session, city=wang.city, now=now)
    assert [run.state for run in list_runs(session, SYSTEM, city=wang.city)] == [RunState.PAID] * 4
    payments = payments_of(session, SYSTEM, person_id=wang.id)
    assert [payment.amount_fen for payment in payments] == [30_000] * 4
    for name in ("陈丽英", "林国华", "张秀兰"):
        (case,) = list_cases(session, SYSTEM, person_id=person_named(session, name).id)
        assert case.state is CaseState.OFFERED, name
    # Only today's offers go out; the texts of past months are on the phones already.
    found = select(OutgoingMessage.status, OutgoingMessage.template).where(OutgoingMessage.template.like("allowance%"))
    texts = {(status, template.split("_")[1]) for status, template in session.execute(found)}
    assert texts == {("queued", "offer"), ("delivered", "paid")}


def test_preparing_again_changes_nothing(session: Session, now: datetime, wang: Person) -> None:
    prepare_allowances(session, city=wang.city, now=now)
    before = session.scalar(select(func.count()).select_from(AllowanceCaseRow))
    prepare_allowances(session, city=wang.city, now=now)
    assert session.scalar(select(func.count()).select_from(AllowanceCaseRow)) == before
