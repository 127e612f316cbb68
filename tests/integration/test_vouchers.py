"""Vouchers by month: what a person has, holding and spending by booking, the month that has not begun, and the worker
who decides before anybody has less."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from services.actor import NotAllowed
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.database import Database, new_id, unit_of_work
from services.people import Hukou, IncomeClass, Person
from services.vouchers import (
    HeldVouchers,
    ItemKind,
    LostHold,
    NothingToLower,
    SelfPaidChanged,
    VoucherKind,
    VoucherPart,
    VouchersHeldAlready,
    decide_voucher,
    held_vouchers,
    hold_vouchers,
    issue_month,
    issue_vouchers,
    release_vouchers,
    remind_of_unused,
    see_vouchers,
    settle_vouchers,
    split_price,
)
from services.vouchers.tables import VoucherMovementRow, VoucherRow
from services.worker_tasks import TaskKind
from tests.allowances import CITY, NOW, SYSTEM, herself, learn, senior, tasks_about, texts_to, worker

SUBSIDY, CONSUMPTION = VoucherKind.HOME_CARE_SUBSIDY, VoucherKind.CARE_CONSUMPTION_VOUCHER
TODAY, TOMORROW, NEXT_MONTH = date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 3)
FIRST_OF_DECEMBER = datetime(2026, 12, 1, 1, tzinfo=UTC)
BORN = date(1944, 5, 1)
# Registered here, cannot look after herself, not on minimum living: class B, 300 yuan; and moderate loss: 2026, 800.
BOTH = {"resident": True, "can_look_after_self": False, "ability_level": 2, "income_class": IncomeClass.NONE,
        "three_withouts": False, "special_care": False}  # fmt: skip


def nobody_asks(_session: Session, lost: LostHold, _now: datetime) -> None:
    raise AssertionError(lost)


class Asked(list[LostHold]):
    """Remembers whose price would be asked anew."""

    def __call__(self, _session: Session, lost: LostHold, _now: datetime) -> None:
        self.append(lost)


@pytest.fixture
def mei(session: Session) -> Person:
    """She has both vouchers."""
    return senior(session, born=BORN, **BOTH)


def book(
    session: Session,
    person: Person,
    price_fen: int,
    *,
    on: date = TOMORROW,
    item: ItemKind = ItemKind.BATHING,
    now: datetime = NOW,
    subject_id: UUID | None = None,
) -> UUID:
    """What a capability does: quote, and hold what was quoted."""
    subject_id = subject_id or new_id()
    quote = split_price(session, person, item=item, price_fen=price_fen, on=on, now=now)
    held = hold_vouchers(
        session,
        herself(person),
        person=person,
        subject_id=subject_id,
        item=item,
        price_fen=price_fen,
        on=on,
        agreed_self_paid_fen=quote.self_paid_fen,
        now=now,
    )
    assert (held.price_fen, held.self_paid_fen) == (quote.price_fen, quote.self_paid_fen)
    return subject_id


def left(session: Session, person: Person, now: datetime = NOW) -> dict[tuple[VoucherKind, int], int]:
    """What is left by kind and month."""
    found = see_vouchers(session, herself(person), person_id=person.id, now=now)
    return {(each.kind, each.month.month): each.left_fen for each in found}


def issue(session: Session, person: Person, on_lost: object = nobody_asks, now: datetime = FIRST_OF_DECEMBER) -> None:
    issue_vouchers(session, SYSTEM, person_id=person.id, now=now, on_lost=on_lost)  # type: ignore[arg-type]


def test_she_sees_what_she_has_before_anything_was_issued_and_nothing_is_written(session: Session, mei: Person) -> None:
    found = see_vouchers(session, herself(mei), person_id=mei.id, now=NOW)
    assert [(each.kind, each.left_fen, each.usable_until) for each in found] == [
        (SUBSIDY, 30000, date(2026, 11, 30)),
        (CONSUMPTION, 80000, date(2026, 11, 30)),
    ]
    assert session.scalar(select(func.count()).select_from(VoucherRow).where(VoucherRow.person_id == mei.id)) == 0


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        # class A
        ({"income_class": IncomeClass.MINIMUM_LIVING}, {SUBSIDY: 50000, CONSUMPTION: 80000}),
        # class B
        ({}, {SUBSIDY: 30000, CONSUMPTION: 80000}),
        # class C, and able: the highest class only, never added
        (
            {"can_look_after_self": True, "ability_level": 0, "special_care": True, "three_withouts": True},
            {SUBSIDY: 30000},
        ),
        # 特困: cared for otherwise by the rules of 2026
        ({"income_class": IncomeClass.DESTITUTE}, {SUBSIDY: 30000}),
        # registered elsewhere: that of 2026 only
        ({"hukou": Hukou.ELSEWHERE, "hukou_district": None}, {CONSUMPTION: 80000}),
        # what is not known never counts for her, and what is sure does: B, though A may be hers
        ({"income_class": None, "ability_level": None}, {SUBSIDY: 30000}),
        ({"died_on": date(2026, 11, 3)}, {}),
        ({"can_look_after_self": True, "ability_level": 1}, {}),
    ],
)
def test_the_highest_class_counts_and_the_registers_decide(
    session: Session, mei: Person, known: dict[str, object], expected: dict[VoucherKind, int]
) -> None:
    learn(session, mei, **(BOTH | known))
    found = see_vouchers(session, SYSTEM, person_id=mei.id, now=NOW)
    assert {each.kind: each.granted_fen for each in found} == expected


def test_a_booking_holds_spends_and_gives_back(session: Session, mei: Person) -> None:
    first, second = book(session, mei, 15000), book(session, mei, 20000)
    # 150 of the first booking and 150 of the second by the subsidy; of the 50 that remain the other takes half.
    assert left(session, mei) == {(SUBSIDY, 11): 0, (CONSUMPTION, 11): 77500}
    assert held_vouchers(session, [first, second, new_id()])[second].held == (
        VoucherPart(SUBSIDY, 15000),
        VoucherPart(CONSUMPTION, 2500),
    )
    done = settle_vouchers(session, SYSTEM, subject_id=first, now=NOW)
    assert (
        done
        == settle_vouchers(session, SYSTEM, subject_id=first, now=NOW)
        == HeldVouchers(first, spent=(VoucherPart(SUBSIDY, 15000),))
    )
    assert release_vouchers(session, SYSTEM, subject_id=second, now=NOW).held_fen == 0
    release_vouchers(session, SYSTEM, subject_id=second, now=NOW)
    assert left(session, mei) == {(SUBSIDY, 11): 15000, (CONSUMPTION, 11): 80000}
    # A complaint that was upheld brings back what was spent.
    assert release_vouchers(session, SYSTEM, subject_id=first, now=NOW).spent_fen == 0
    assert left(session, mei)[SUBSIDY, 11] == 30000


def test_she_never_pays_another_amount_than_the_one_she_agreed_to(session: Session, mei: Person) -> None:
    quote = split_price(session, mei, item=ItemKind.BATHING, price_fen=20000, on=TOMORROW, now=NOW)
    assert (quote.self_paid_fen, quote.is_foreseen) == (0, False)
    book(session, mei, 15000)
    with pytest.raises(SelfPaidChanged) as refused:
        hold_vouchers(
            session, herself(mei), person=mei, subject_id=new_id(), item=ItemKind.BATHING, price_fen=20000,
            on=TOMORROW, agreed_self_paid_fen=quote.self_paid_fen, now=NOW,
        )  # fmt: skip
    assert refused.value.facts == {"to_pay_fen": 2500}
    assert left(session, mei)[SUBSIDY, 11] == 15000


def test_a_booking_holds_once_and_its_own_share_is_free_when_it_changes(session: Session, mei: Person) -> None:
    subject = book(session, mei, 30000)
    with pytest.raises(VouchersHeldAlready):
        book(session, mei, 1000, subject_id=subject)
    anew = split_price(session, mei, item=ItemKind.BATHING, price_fen=20000, on=TOMORROW, now=NOW, freeing=subject)
    assert anew.parts == (VoucherPart(SUBSIDY, 20000),)
    release_vouchers(session, SYSTEM, subject_id=subject, now=NOW)
    book(session, mei, 20000, subject_id=subject)
    assert left(session, mei)[SUBSIDY, 11] == 10000


def test_what_is_not_used_ends_with_the_month_and_a_visit_of_its_last_day_can_be_settled_later(
    session: Session, mei: Person
) -> None:
    subject = book(session, mei, 10000, on=date(2026, 11, 30))
    issue(session, mei)
    assert left(session, mei, FIRST_OF_DECEMBER) == {(SUBSIDY, 12): 30000, (CONSUMPTION, 12): 80000}
    assert settle_vouchers(session, SYSTEM, subject_id=subject, now=FIRST_OF_DECEMBER).spent_fen == 10000
    assert left(session, mei, FIRST_OF_DECEMBER)[SUBSIDY, 12] == 30000


def test_a_visit_of_next_month_is_held_against_next_months_voucher(session: Session, mei: Person) -> None:
    book(session, mei, 30000)
    subject = book(session, mei, 20000, on=NEXT_MONTH)
    found = {(each.kind, each.month.month): each for each in see_vouchers(session, SYSTEM, person_id=mei.id, now=NOW)}
    assert (found[SUBSIDY, 11].left_fen, found[SUBSIDY, 12].left_fen) == (0, 10000)
    assert found[SUBSIDY, 12].is_foreseen
    assert not found[SUBSIDY, 11].is_foreseen
    issue(session, mei)
    assert held_vouchers(session, [subject])[subject].held_fen == 20000
    assert left(session, mei, FIRST_OF_DECEMBER)[SUBSIDY, 12] == 10000


def test_the_programme_of_2026_pays_nothing_in_january(session: Session, mei: Person) -> None:
    quote = split_price(session, mei, item=ItemKind.BATHING, price_fen=50000, on=date(2027, 1, 4), now=NOW)
    assert quote.parts == (VoucherPart(SUBSIDY, 30000),)
    assert quote.is_foreseen


def test_where_the_month_gives_less_than_was_foreseen_the_latest_booking_loses_and_its_price_is_asked_anew(
    session: Session, mei: Person
) -> None:
    # She had nothing in November, so that nothing of hers is lowered: it was only foreseen.
    first = book(session, mei, 20000, on=NEXT_MONTH)
    second = book(session, mei, 20000, on=NEXT_MONTH)
    her = learn(session, mei, can_look_after_self=True, special_care=True, ability_level=1)
    asked = Asked()
    issue(session, her, asked)
    assert asked == [LostHold(mei.id, second, (VoucherPart(CONSUMPTION, 5000),))]
    after = held_vouchers(session, [first, second])
    assert (after[first].held_fen, after[first].lost_fen) == (20000, 0)
    assert (after[second].held_fen, after[second].lost) == (10000, (VoucherPart(CONSUMPTION, 5000),))
    # Spending is of what is still held, and nothing of what was lost.
    assert settle_vouchers(session, SYSTEM, subject_id=second, now=FIRST_OF_DECEMBER).spent_fen == 10000


def test_facts_against_her_lower_nothing_until_a_worker_decides(session: Session, mei: Person) -> None:
    issue(session, mei, now=NOW)
    subject = book(session, mei, 20000, on=NEXT_MONTH)
    her = learn(session, mei, can_look_after_self=True, ability_level=0)
    issue(session, her)
    assert left(session, her, FIRST_OF_DECEMBER)[SUBSIDY, 12] == 10000
    task = tasks_about(session, her)[TaskKind.VOUCHER_LOWERED]
    assert {task.facts["has_fen"], task.facts["by_rules_fen"]} <= {30000, 80000, 0}
    row = session.scalars(
        select(VoucherRow).where(
            VoucherRow.person_id == her.id, VoucherRow.month == date(2026, 12, 1), VoucherRow.kind == SUBSIDY
        )
    ).one()
    asked = Asked()
    decide = {"voucher_id": row.id, "lower": True, "now": FIRST_OF_DECEMBER, "on_lost": asked}
    with pytest.raises(OnlyByPeople):
        decide_voucher(session, SYSTEM, reason="登记有误", **decide)  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        decide_voucher(session, worker(), reason=" ", **decide)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        decide_voucher(session, worker("景田", "福田区"), reason="去看过", **decide)  # type: ignore[arg-type]
    assert decide_voucher(session, worker(), reason="去看过，已能自理", **decide) == 0  # type: ignore[arg-type]
    assert [lost.subject_id for lost in asked] == [subject]
    assert texts_to(session, her)[-1] == "voucher_ended"
    with pytest.raises(NothingToLower):
        decide_voucher(session, worker(), reason="再来一次", **decide)  # type: ignore[arg-type]


def test_what_a_worker_keeps_goes_on_and_nobody_is_asked_the_same_again(session: Session, mei: Person) -> None:
    issue(session, mei, now=NOW)
    her = learn(session, mei, can_look_after_self=True, ability_level=0)
    issue(session, her)
    for row in session.scalars(select(VoucherRow).where(VoucherRow.month == date(2026, 12, 1))).all():
        decide_voucher(
            session, worker(), voucher_id=row.id, lower=False, reason="评估有误", now=FIRST_OF_DECEMBER,
            on_lost=nobody_asks,
        )  # fmt: skip
    assert TaskKind.VOUCHER_LOWERED not in tasks_about(session, her)
    january = datetime(2027, 1, 1, 1, tzinfo=UTC)
    issue(session, her, now=january)
    assert left(session, her, january) == {(SUBSIDY, 1): 30000}
    assert TaskKind.VOUCHER_LOWERED not in tasks_about(session, her)


def test_rules_that_end_and_a_death_need_no_worker(session: Session, mei: Person) -> None:
    december = datetime(2026, 12, 1, 1, tzinfo=UTC)
    issue(session, mei, now=december)
    january = datetime(2027, 1, 1, 1, tzinfo=UTC)
    issue(session, mei, now=january)
    assert left(session, mei, january) == {(SUBSIDY, 1): 30000}
    assert texts_to(session, mei) == ["voucher_granted", "voucher_granted", "voucher_ended"]
    dead = learn(session, mei, died_on=date(2027, 1, 9))
    issue(session, dead, now=datetime(2027, 2, 1, 1, tzinfo=UTC))
    assert left(session, dead, datetime(2027, 2, 1, 1, tzinfo=UTC)) == {}
    assert tasks_about(session, dead) == {}
    assert len(texts_to(session, dead)) == 3


def test_she_is_told_once_what_is_new_and_once_what_is_left(session: Session, mei: Person) -> None:
    for _ in range(2):
        issue(session, mei, now=NOW)
    assert texts_to(session, mei) == ["voucher_granted"] * 2
    her = learn(session, mei, income_class=IncomeClass.MINIMUM_LIVING)
    issue(session, her)
    assert texts_to(session, her)[2:] == ["voucher_changed"]
    for _ in range(2):
        remind_of_unused(session, SYSTEM, now=datetime(2026, 12, 23, 1, tzinfo=UTC), limit=1000)
    assert "voucher_expires" not in texts_to(session, her)
    for _ in range(2):
        remind_of_unused(session, SYSTEM, now=datetime(2026, 12, 24, 1, tzinfo=UTC), limit=1000)
    assert texts_to(session, her)[3:] == ["voucher_expires"]


def test_only_she_and_her_worker_see_her_vouchers_and_only_the_system_issues(session: Session, mei: Person) -> None:
    assert see_vouchers(session, worker(), person_id=mei.id, now=NOW)
    for stranger in (herself(senior(session)), worker("景田", "福田区")):
        with pytest.raises(NotAllowed):
            see_vouchers(session, stranger, person_id=mei.id, now=NOW)
    with pytest.raises(NotAllowed):
        issue_vouchers(session, worker(), person_id=mei.id, now=NOW, on_lost=nobody_asks)
    with pytest.raises(NotAllowed):
        remind_of_unused(session, worker(), now=NOW, limit=1)


@pytest.mark.parametrize("statement", ["UPDATE voucher_movements SET held_fen = 0", "DELETE FROM voucher_movements"])
def test_movements_are_only_added(session: Session, mei: Person, statement: str) -> None:
    book(session, mei, 100)
    with pytest.raises(ProgrammingError, match="only"), session.begin_nested():
        session.execute(text(statement))


def test_the_database_refuses_to_overspend(session: Session, mei: Person) -> None:
    book(session, mei, 100)
    with pytest.raises(IntegrityError, match="never_overspent"), session.begin_nested():
        session.execute(text("UPDATE vouchers SET spent_fen = granted_fen + 1"))


def test_a_city_is_issued_its_month_once_and_who_was_first_keeps_what_she_holds(own_database: Database) -> None:
    sessions = own_database.sessions
    with unit_of_work(sessions) as session:
        people = [senior(session, born=BORN, **BOTH) for _ in range(3)]
        nothing = senior(session, born=BORN, **(BOTH | {"can_look_after_self": True, "ability_level": 0}))
        subject = book(session, people[0], 20000, on=NEXT_MONTH)
    assert issue_month(sessions, city=CITY, now=FIRST_OF_DECEMBER, on_lost=nobody_asks) == 3
    assert issue_month(sessions, city=CITY, now=FIRST_OF_DECEMBER, on_lost=nobody_asks) == 0
    with unit_of_work(sessions) as session:
        rows = session.scalars(select(VoucherRow).where(VoucherRow.city == CITY)).all()
        assert {(row.person_id, row.kind) for row in rows} == {(her.id, kind) for her in people for kind in VoucherKind}
        assert nothing.id not in {row.person_id for row in rows}
        assert all(row.issued_at is not None for row in rows)
        assert held_vouchers(session, [subject])[subject].held_fen == 20000


def test_many_bookings_of_one_person_at_one_moment_never_overspend(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        her = senior(session, born=BORN, **BOTH)

    def one_booking(_number: int) -> int:
        while True:
            try:
                with unit_of_work(own_database.sessions) as session:
                    return held_vouchers(session, [subject := book(session, her, 7000)])[subject].held_fen
            except SelfPaidChanged:
                continue  # she looks at the new price and agrees

    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(one_booking, range(12)))
    with unit_of_work(own_database.sessions) as session:
        rows = session.scalars(select(VoucherRow).where(VoucherRow.person_id == her.id)).all()
        assert sum(row.held_fen for row in rows) == sum(held)
        assert {row.kind: row.held_fen for row in rows}[SUBSIDY] == 30000


class AnyOrder(RuleBasedStateMachine):
    """Booking, cancelling, giving, facts that change, months that come, workers who decide: in whatever order."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.point = self.session.begin_nested()
        self.her = senior(self.session, born=BORN, **BOTH)
        self.now = NOW
        self.living: set[UUID] = set()
        self.agreed: dict[UUID, int] = {}

    @rule(
        price=st.integers(1, 60_000),
        item=st.sampled_from([ItemKind.BATHING, ItemKind.REHABILITATION, ItemKind.DAY_CARE, ItemKind.OTHER]),
        ahead=st.integers(0, 1),
    )
    def she_books(self, price: int, item: ItemKind, ahead: int) -> None:
        month = self.now.month - 1 + ahead
        on = date(self.now.year + month // 12, month % 12 + 1, 27)
        subject = book(self.session, self.her, price, on=on, item=item, now=self.now)
        self.living.add(subject)
        self.agreed[subject] = held_vouchers(self.session, [subject]).get(subject, HeldVouchers(subject)).held_fen

    @precondition(lambda self: self.living)
    @rule(data=st.data(), settled=st.booleans())
    def one_ends(self, data: st.DataObject, settled: bool) -> None:
        subject = data.draw(st.sampled_from(sorted(self.living)))
        if settled:
            settle_vouchers(self.session, SYSTEM, subject_id=subject, now=self.now)
        else:
            release_vouchers(self.session, SYSTEM, subject_id=subject, now=self.now)
            self.agreed[subject] = 0
            self.living.discard(subject)

    @rule(able=st.booleans(), poor=st.booleans())
    def the_registers_change(self, able: bool, poor: bool) -> None:
        income = IncomeClass.MINIMUM_LIVING if poor else IncomeClass.NONE
        self.her = learn(
            self.session, self.her, can_look_after_self=able, ability_level=0 if able else 3, income_class=income
        )

    @precondition(lambda self: self.now.year < 2028)
    @rule()
    def a_month_comes(self) -> None:
        months = self.now.year * 12 + self.now.month
        self.now = self.now.replace(year=months // 12, month=months % 12 + 1, day=1)
        issue(self.session, self.her, self.loses, self.now)

    @rule(lower=st.booleans())
    def a_worker_decides(self, lower: bool) -> None:
        task = tasks_about(self.session, self.her).get(TaskKind.VOUCHER_LOWERED)
        if task is None:
            return
        try:
            decide_voucher(
                self.session, worker(), voucher_id=task.subject_id, lower=lower, reason="去看过", now=self.now,
                on_lost=self.loses,
            )  # fmt: skip
        except NothingToLower:
            return

    def loses(self, _session: Session, lost: LostHold, _now: datetime) -> None:
        self.agreed[lost.subject_id] -= sum(part.fen for part in lost.lost)

    @invariant()
    def figures_are_the_sums_of_movements_and_nothing_is_overspent(self) -> None:
        of = VoucherMovementRow
        sums = select(func.sum(of.granted_fen), func.sum(of.held_fen), func.sum(of.spent_fen))
        for row in self.session.scalars(select(VoucherRow).where(VoucherRow.person_id == self.her.id)):
            found = self.session.execute(sums.where(of.voucher_id == row.id)).one()
            assert [value or 0 for value in found] == [row.granted_fen, row.held_fen, row.spent_fen]
            assert 0 <= row.held_fen + row.spent_fen <= row.granted_fen

    @invariant()
    def each_booking_has_what_she_agreed_to_or_was_asked_anew(self) -> None:
        now = held_vouchers(self.session, list(self.agreed))
        for subject, fen in self.agreed.items():
            found = now.get(subject, HeldVouchers(subject))
            assert found.held_fen + found.spent_fen == fen

    def teardown(self) -> None:
        self.point.rollback()
        self.session.expire_all()


def test_whatever_the_order_nothing_is_overspent(session: Session) -> None:
    AnyOrder.session = session
    # One example is a person's year; the fixture is the same for all of them and rolled back by each.
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=10,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
