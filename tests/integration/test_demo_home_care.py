"""The demonstration's providers and visits: every home has every service, and a district lives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.clock import local_day
from services.database import Database, unit_of_work
from services.demo import list_demo_staff, prepare_demonstration, prepare_visits
from services.home_care import (
    DeclineReason,
    NobodyFree,
    ServiceState,
    catalogue_on,
    decline_request,
    list_my_visits,
    list_offers,
    list_provider_visits,
    list_requests,
    month_settlement,
)
from services.home_care.credit_codes import normal_credit_code
from services.home_care.tables import CareWorkerRow, ProviderRow, ServiceBookingRow
from services.messages import OutgoingMessage
from services.people import PersonRow

CITY = "shenzhen"
SYSTEM = Actor.system(Channel.JOB)
# Today, the days after it and the last days before: what comes first.
SOME = 36


def test_every_home_of_the_demonstration_has_every_service_within_a_week(session: Session, now: datetime) -> None:
    days = [local_day(now) + timedelta(days=ahead) for ahead in range(1, 8)]
    one_of_a_district = select(PersonRow.district, func.min(PersonRow.name)).where(PersonRow.is_demonstration)
    for district, name in session.execute(one_of_a_district.group_by(PersonRow.district)).all():
        person_id = session.scalars(select(PersonRow.id).where(PersonRow.name == name)).one()
        lacking = [
            each.code
            for each in catalogue_on(days[0])
            if not any(_is_offered(session, person_id, each.code, day, now) for day in days)
        ]
        assert lacking == [], district


def test_providers_have_true_credit_codes_and_are_marked(session: Session) -> None:
    providers = session.scalars(select(ProviderRow)).all()
    assert len(providers) > 1
    for provider in providers:
        assert normal_credit_code(provider.credit_code) == provider.credit_code
        assert provider.is_demonstration
        assert provider.name.endswith("(示例)")


def test_an_office_and_its_care_worker_have_accounts(session: Session, now: datetime) -> None:
    by_role = {each.member.role: each.member for each in list_demo_staff(session, SYSTEM, now=now)}
    office, mei = by_role[ActorKind.PROVIDER], by_role[ActorKind.CARE_WORKER]
    assert office.workplace_id == mei.workplace_id
    assert mei.name == "阿梅"
    worker = session.scalars(select(CareWorkerRow).where(CareWorkerRow.staff_id == mei.id)).one()
    assert (worker.name, worker.provider_id) == ("阿梅", office.workplace_id)


def test_preparing_again_adds_nobody_twice_and_renews_certificates_in_time(session: Session, now: datetime) -> None:
    def workers() -> list[tuple[str, date]]:
        session.expire_all()
        rows = session.scalars(select(CareWorkerRow).order_by(CareWorkerRow.id))
        return [(row.name, row.health_checked_until) for row in rows]

    before = workers()
    prepare_demonstration(session, city=CITY, now=now)
    assert workers() == before
    almost_a_year_later = now + timedelta(days=350)
    prepare_demonstration(session, city=CITY, now=almost_a_year_later)
    overdue = [name for name, until in workers() if until <= local_day(almost_a_year_later)]
    assert overdue == ["孔令珊"]


def test_a_district_lives_and_what_visitors_do_stands(own_database: Database, now: datetime) -> None:
    live = partial(prepare_visits, own_database.sessions, city=CITY, days_back=28, at_most=SOME)
    with ThreadPoolExecutor(2) as crew:
        both = [crew.submit(live, now=now) for _ in range(2)]
        assert sum(each.result() for each in both) >= SOME
    today = local_day(now)
    with unit_of_work(own_database.sessions) as session:
        office, mei = _accounts(session, now)
        provider_id = office.workplace_id
        assert provider_id is not None
        about: dict[str, Any] = {"provider_id": provider_id, "now": now}
        assert len(list_provider_visits(session, office, from_day=today, to_day=today, **about)) > 2
        assert [visit.booking.state for visit in list_my_visits(session, mei, day=today, now=now)] == ["accepted"] * 2
        settled = month_settlement(session, office, month=today, **about)
        assert settled.visits > 2
        assert settled.by_voucher
        rated = list(session.scalars(select(ServiceBookingRow.rating).where(ServiceBookingRow.rating.is_not(None))))
        assert len(rated) > 2
        # Nobody's phone rings for it.
        assert session.scalars(select(OutgoingMessage.template)).all() == []
        request = list_requests(session, office, **about)[0]
        decline_request(session, office, booking_id=request.booking.id, reason=DeclineReason.TOO_FAR, now=now)
    before = _states(own_database)
    assert live(now=now + timedelta(days=1)) > 0
    after = _states(own_database)
    assert len(after) > len(before)
    assert after[request.booking.id] == ServiceState.DECLINED


def _is_offered(session: Session, person_id: UUID, code: str, day: date, now: datetime) -> bool:
    actor = Actor.senior(person_id, Channel.SCREEN)
    with suppress(NobodyFree):
        return bool(list_offers(session, actor, person_id=person_id, service=code, day=day, now=now))
    return False


def _accounts(session: Session, now: datetime) -> tuple[Actor, Actor]:
    by_role = {each.member.role: each.member for each in list_demo_staff(session, SYSTEM, now=now)}
    office, mei = by_role[ActorKind.PROVIDER], by_role[ActorKind.CARE_WORKER]
    return office.acting(Channel.SCREEN), mei.acting(Channel.SCREEN)


def _states(database: Database) -> dict[UUID, str]:
    with database.sessions() as session:
        return {row.id: row.state for row in session.scalars(select(ServiceBookingRow))}
