"""Whatever happens to visits in whatever order: vouchers are never overspent, nobody is in two places, and what a
provider is paid is the sum of its visits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import groupby

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.allowances.months import month_of
from services.calendar.engagements import EngagementRow
from services.clock import local_day, local_moment
from services.database import new_id
from services.errors import ServiceError
from services.home_care import (
    ComplaintAbout,
    DeclineReason,
    Rating,
    ServiceState,
    accept_request,
    agree_to_price,
    ask_new_price,
    assign_workers,
    book_service,
    cancel_service,
    change_service,
    complain,
    confirm_visit,
    decide_complaint,
    decline_request,
    end_visit,
    get_service_booking,
    list_worker_choices,
    month_settlement,
    quote_service,
    record_not_at_home,
    start_visit,
)
from services.home_care.states import CHANGEABLE, HOLDING_TIME
from services.home_care.tables import ServiceBookingRow
from services.people import IncomeClass, Person
from services.vouchers import held_vouchers, issue_vouchers
from services.vouchers.tables import VoucherRow
from tests.allowances import learn
from tests.conftest import NOW, person_named
from tests.visits import (
    QUARTER,
    REASON,
    SYSTEM,
    care_worker,
    community_worker_of,
    herself,
    look_after,
    mei,
    office,
    overlapping,
    provider_row,
)

NAMES = ("李德全", "赵玉梅", "黄婉仪")
SERVICES = ("CARE", "TALK", "BATH")
WORKERS = ("阿梅", "谢桂香", "周建平")
TIMES = tuple(time(hour) for hour in (8, 9, 10, 14, 15, 16))
PAID = frozenset({ServiceState.DONE, ServiceState.CONFIRMED, ServiceState.DISPUTED})
LAST_OF_NOVEMBER = date(2026, 11, 28)


class AnyOrder(RuleBasedStateMachine):
    """Three seniors, three care workers, an office and a community worker, over the end of a month."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.point = self.session.begin_nested()
        self.people: dict[str, Person] = {name: person_named(self.session, name) for name in NAMES}
        self.now: datetime = NOW

    def one_of(self, data: st.DataObject, *states: ServiceState) -> ServiceBookingRow | None:
        """One of the bookings in these states."""
        rows = self.session.scalars(
            select(ServiceBookingRow).where(ServiceBookingRow.state.in_(states)).order_by(ServiceBookingRow.id)
        ).all()
        return rows[data.draw(st.integers(0, len(rows) - 1))] if rows else None

    def try_it(self, deed: object, **about: object) -> object:
        """Do it, or be refused: then nothing has changed."""
        try:
            with self.session.begin_nested():
                return deed(self.session, **about)  # type: ignore[operator]
        except ServiceError:
            self.session.expire_all()
            return None

    @rule(
        name=st.sampled_from(NAMES),
        service=st.sampled_from(SERVICES),
        worker=st.sampled_from(WORKERS),
        at=st.sampled_from(TIMES),
        ahead=st.integers(0, 8),
    )
    def she_books(self, name: str, service: str, worker: str, at: time, ahead: int) -> None:
        about = {
            "actor": herself(self.people[name]),
            "person_id": self.people[name].id,
            "service": service,
            "worker_id": care_worker(self.session, worker).id,
            "starts_at": local_moment(local_day(self.now) + timedelta(days=ahead), at),
            "now": self.now,
        }
        quote = self.try_it(quote_service, **about)
        if quote is not None:
            to_pay = quote.split.self_paid_fen  # type: ignore[attr-defined]
            booked = self.try_it(book_service, **about, agreed_to_pay_fen=to_pay, request_id=new_id())
            # What was quoted a moment ago can be had.
            assert booked is not None
            assert booked.split == quote.split  # type: ignore[attr-defined]

    @rule(data=st.data(), worker=st.sampled_from(WORKERS), at=st.sampled_from(TIMES), ahead=st.integers(0, 8))
    def she_changes(self, data: st.DataObject, worker: str, at: time, ahead: int) -> None:
        row = self.one_of(data, *CHANGEABLE)
        if row is None:
            return
        her = self.her(row)
        about = {
            "actor": herself(her),
            "worker_id": care_worker(self.session, worker).id,
            "starts_at": local_moment(local_day(self.now) + timedelta(days=ahead), at),
            "now": self.now,
        }
        quote = self.try_it(quote_service, **about, person_id=her.id, service=row.service, instead_of=row.id)
        if quote is not None:
            to_pay = quote.split.self_paid_fen  # type: ignore[attr-defined]
            self.try_it(change_service, **about, booking_id=row.id, agreed_to_pay_fen=to_pay)

    @rule(data=st.data())
    def she_cancels(self, data: st.DataObject) -> None:
        row = self.one_of(data, *CHANGEABLE)
        if row is not None:
            self.try_it(cancel_service, actor=herself(self.her(row)), booking_id=row.id, now=self.now)

    @rule(data=st.data())
    def she_agrees_to_a_new_price(self, data: st.DataObject) -> None:
        row = self.one_of(data, *CHANGEABLE)
        if row is not None and row.uncovered_fen:
            asked = row.self_paid_fen + row.uncovered_fen
            self.try_it(
                agree_to_price, actor=herself(self.her(row)), booking_id=row.id, agreed_to_pay_fen=asked, now=self.now
            )

    @rule(data=st.data(), answer=st.sampled_from(["accept", "decline", "send"]))
    def the_office_answers(self, data: st.DataObject, answer: str) -> None:
        row = self.one_of(data, *CHANGEABLE)
        if row is None:
            return
        about = {"actor": office(self.session), "booking_id": row.id, "now": self.now}
        if answer == "accept":
            self.try_it(accept_request, **about)
        elif answer == "decline":
            self.try_it(decline_request, **about, reason=DeclineReason.NOBODY_FREE)
        else:
            choices = list_worker_choices(self.session, office(self.session), booking_id=row.id)
            able = [choice.worker.id for choice in choices if choice.why_not is None]
            wanted = len(row.workers)
            if len(able) >= wanted:
                # Who is shown as able can be sent.
                assert self.try_it(assign_workers, **about, worker_ids=able[-wanted:]) is not None

    @rule(data=st.data(), deed=st.sampled_from([start_visit, end_visit, record_not_at_home]))
    def the_care_worker_presses(self, data: st.DataObject, deed: object) -> None:
        row = self.one_of(data, ServiceState.ACCEPTED, ServiceState.VISITING)
        if row is not None:
            self.now = max(self.now, row.starts_at + QUARTER)
            self.try_it(deed, actor=mei(self.session), booking_id=row.id, now=self.now)

    @rule(data=st.data(), rating=st.sampled_from([None, *Rating]))
    def she_confirms(self, data: st.DataObject, rating: Rating | None) -> None:
        row = self.one_of(data, *ServiceState)
        if row is not None:
            about = {"actor": herself(self.her(row)), "booking_id": row.id, "rating": rating, "now": self.now}
            could = get_service_booking(self.session, SYSTEM, booking_id=row.id).can_be_confirmed(self.now)
            done = self.try_it(confirm_visit, **about) is not None
            # A confirmed one with a rating comes back as it is.
            assert done is could or row.state == ServiceState.CONFIRMED

    @rule(data=st.data())
    def she_complains(self, data: st.DataObject) -> None:
        row = self.one_of(data, *ServiceState)
        if row is not None:
            could = get_service_booking(self.session, SYSTEM, booking_id=row.id).can_be_complained_about(self.now)
            again = row.complaint is not None
            about = {"actor": herself(self.her(row)), "booking_id": row.id, "now": self.now}
            done = self.try_it(complain, **about, about=ComplaintAbout.OTHER) is not None
            assert done is (could or again)

    @rule(data=st.data(), upheld=st.booleans())
    def a_community_worker_decides(self, data: st.DataObject, upheld: bool) -> None:
        row = self.one_of(data, ServiceState.DISPUTED)
        if row is not None:
            about = {"actor": community_worker_of(self.her(row)), "booking_id": row.id, "now": self.now}
            assert self.try_it(decide_complaint, **about, upheld=upheld, reason=REASON) is not None

    @rule(hours=st.sampled_from([1, 5, 24, 72]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        look_after(self.session, self.now)

    @rule(poor=st.booleans(), able=st.booleans())
    def the_registers_change(self, poor: bool, able: bool) -> None:
        income = IncomeClass.MINIMUM_LIVING if poor else IncomeClass.NONE
        self.people["赵玉梅"] = learn(
            self.session, self.people["赵玉梅"], income_class=income, can_look_after_self=able
        )

    @precondition(lambda self: local_day(self.now) < LAST_OF_NOVEMBER)
    @rule()
    def the_month_turns(self) -> None:
        self.now = local_moment(date(2026, 12, 1), time(0, 17))
        look_after(self.session, self.now)
        for person in self.people.values():
            issue_vouchers(self.session, SYSTEM, person_id=person.id, now=self.now, on_lost=ask_new_price)

    def her(self, row: ServiceBookingRow) -> Person:
        """Whose booking it is."""
        return next(person for person in self.people.values() if person.id == row.person_id)

    @invariant()
    def vouchers_are_never_overspent_and_are_what_the_bookings_say(self) -> None:
        rows = self.session.scalars(select(ServiceBookingRow)).all()
        held = held_vouchers(self.session, [row.id for row in rows])
        for row in rows:
            assert row.price_fen == row.voucher_fen + row.self_paid_fen + row.uncovered_fen
            now = held.get(row.id)
            does = now.held_fen + now.spent_fen if now else 0
            is_paid = row.state in HOLDING_TIME or row.state in PAID
            # A complaint about a visit that was never made holds nothing any more.
            made = row.complaint is None or row.complaint.state_before not in ("not_at_home", "missed")
            assert does == (row.voucher_fen if is_paid and made else 0), (row.state, does, row.voucher_fen)
        for voucher in self.session.scalars(select(VoucherRow)):
            assert 0 <= voucher.held_fen + voucher.spent_fen <= voucher.granted_fen
        sums = self.session.execute(select(func.sum(VoucherRow.held_fen), func.sum(VoucherRow.spent_fen))).one()
        assert (sums[0] or 0) + (sums[1] or 0) == sum(it.held_fen + it.spent_fen for it in held.values())

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        assert overlapping(self.session) == []
        engaged = set(self.session.scalars(select(EngagementRow.subject_id)))
        for row in self.session.scalars(select(ServiceBookingRow)):
            if row.state in HOLDING_TIME:
                assert row.id in engaged
                assert len(row.workers) == (2 if row.service == "BATH" else 1)

    @invariant()
    def settlements_are_the_sums_of_their_visits(self) -> None:
        rows = self.session.scalars(
            select(ServiceBookingRow).where(ServiceBookingRow.state == ServiceState.CONFIRMED)
        ).all()
        by_month = groupby(sorted(rows, key=lambda row: row.day), key=lambda row: month_of(row.day))
        for month, of_month in by_month:
            paid = list(of_month)
            found = month_settlement(
                self.session, office(self.session), provider_id=provider_row(self.session).id, month=month, now=self.now
            )
            assert found.visits == len(paid)
            assert found.price_fen == sum(row.price_fen for row in paid)
            assert sum(part.fen for part in found.by_voucher) == sum(row.voucher_fen for row in paid)
            assert found.self_paid_fen == sum(row.self_paid_fen for row in paid)
            assert found.price_fen == found.self_paid_fen + found.uncovered_fen + sum(
                part.fen for part in found.by_voucher
            )

    def teardown(self) -> None:
        self.point.rollback()
        self.session.expire_all()


def test_whatever_the_order_the_books_are_right_and_nobody_is_in_two_places(session: Session) -> None:
    AnyOrder.session = session
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
