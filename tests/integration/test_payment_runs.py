"""The month: listed, audited, paid, exported; who is held and why; what comes back from the bank."""

from __future__ import annotations

import csv
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.allowances import (
    EarlierMonthOpen,
    HeldBecause,
    LineStatus,
    MonthNotYet,
    PaymentRun,
    ReturnCode,
    ReturnUnknown,
    RunNotReady,
    RunState,
    announce_tier_changes,
    audit_month,
    confirm_run,
    decide_stop,
    export_bank_file,
    get_run,
    list_month,
    list_runs,
    pay_month,
    payments_of,
    propose_stops,
    record_returns,
    resume,
    suspend,
)
from services.allowances.errors import ReasonMissing
from services.allowances.ledger.tables import ONLY_ADDED_TO, PayableRow, PaymentLineRow, PaymentRunRow
from services.audit import AuditEntry
from services.messages import OutgoingMessage
from services.messages.phone_notes import PhoneNote, note_phone
from services.people import Hukou
from services.worker_tasks.tables import WorkerTaskRow
from tests.ledger_people import CITY, OPERATOR, WORKER, Paid, at, change, change_case, somebody
from tests.opened import EVERY_RECORD

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (9, 10, 11, 12))


def listed(session: Session, month: date) -> PaymentRun:
    return list_month(session, OPERATOR, city=CITY, month=month, now=at(month.replace(day=8)))


def paid(session: Session, month: date) -> PaymentRun:
    run = listed(session, month)
    if run.state is RunState.HELD:
        run = confirm_run(session, OPERATOR, run_id=run.id, reason="seen", now=at(month.replace(day=9)))
    audit_month(session, OPERATOR, run_id=run.id, now=at(month.replace(day=14)))
    return pay_month(session, OPERATOR, run_id=run.id, now=at(month.replace(day=19)))


def lines_of(session: Session, run: PaymentRun, who: Paid) -> dict[date, tuple[int, str, str | None]]:
    rows = session.scalars(
        select(PaymentLineRow).where(PaymentLineRow.run_id == run.id, PaymentLineRow.person_id == who.id)
    )
    return {row.for_month: (row.amount_fen, row.status, row.held_because) for row in rows.all()}


def texts(session: Session, template: str) -> int:
    return session.scalar(select(func.count()).where(OutgoingMessage.template == template)) or 0


def tasks(session: Session, kind: str, person_id: UUID) -> list[WorkerTaskRow]:
    asked = select(WorkerTaskRow).where(WorkerTaskRow.kind == kind, WorkerTaskRow.person_id == person_id)
    return list(session.scalars(asked.where(WorkerTaskRow.status == "open")))


def test_a_month_is_listed_audited_and_paid_once(session: Session) -> None:
    seventy, ninety = somebody(session), somebody(session, birth_on=date(1936, 1, 1), hukou_district="福田区")
    run = listed(session, SEPTEMBER)
    assert (run.state, run.to_pay_fen, run.held) == (RunState.LISTED, 700_00, {})
    assert {district: total.fen for district, total in run.to_pay.items()} == {"罗湖区": 200_00, "福田区": 500_00}
    assert (run.list_by_on.day, run.audit_by_on.day, run.pay_by_on.day) == (10, 15, 20)
    with pytest.raises(RunNotReady):
        pay_month(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    first = paid(session, SEPTEMBER)
    again = paid(session, SEPTEMBER)
    assert first == again
    assert (first.id, first.state, first.to_pay_fen) == (run.id, RunState.PAID, 700_00)
    assert lines_of(session, run, seventy) == {SEPTEMBER: (200_00, "paid", None)}
    assert texts(session, "allowance_paid") == 2
    (payment,) = payments_of(session, Actor.senior(ninety.id, Channel.SCREEN), person_id=ninety.id)
    assert (payment.month, payment.amount_fen, payment.paid_fen, payment.status) == (
        SEPTEMBER,
        500_00,
        500_00,
        LineStatus.PAID,
    )
    assert payment.paid_on == date(2026, 9, 19)
    assert [each.id for each in list_runs(session, OPERATOR, city=CITY)] == [run.id]


def test_months_follow_each_other_and_none_comes_early(session: Session) -> None:
    somebody(session)
    with pytest.raises(MonthNotYet):
        list_month(session, OPERATOR, city=CITY, month=OCTOBER, now=at(date(2026, 9, 30)))
    listed(session, SEPTEMBER)
    with pytest.raises(EarlierMonthOpen):
        listed(session, OCTOBER)
    paid(session, SEPTEMBER)
    assert paid(session, OCTOBER).to_pay_fen == 200_00


def test_only_operators_run_the_month(session: Session) -> None:
    senior = somebody(session)
    for actor in (Actor.senior(senior.id, Channel.SCREEN), WORKER):
        with pytest.raises(NotAllowed):
            list_month(session, actor, city=CITY, month=SEPTEMBER, now=at(SEPTEMBER))
    run = listed(session, SEPTEMBER)
    with pytest.raises(NotAllowed):
        get_run(session, WORKER, run_id=run.id)
    with pytest.raises(NotAllowed):
        export_bank_file(session, WORKER, run_id=run.id, now=at(SEPTEMBER))
    with pytest.raises(NotAllowed):
        payments_of(session, Actor.senior(somebody(session).id, Channel.SCREEN), person_id=senior.id)
    neighbour = Actor.staff(
        ActorKind.COMMUNITY_WORKER, WORKER.id or senior.id, Channel.SCREEN, "莲花", open_records=EVERY_RECORD
    )
    with pytest.raises(NotAllowed):
        payments_of(session, neighbour, person_id=senior.id)


def test_without_an_account_the_money_waits_and_comes_with_the_next_list_after_there_is_one(session: Session) -> None:
    waiting = somebody(session, has_card=False, card_last_four=None, card_holder_matches=None)
    for month in (SEPTEMBER, OCTOBER):
        run = paid(session, month)
        assert (run.to_pay_fen, run.held[HeldBecause.NO_ACCOUNT].people) == (0, 1)
    assert len(tasks(session, "no_card", waiting.id)) == 1
    change(session, waiting.id, has_card=True, card_last_four="1234", card_holder_matches=True)
    run = paid(session, NOVEMBER)
    assert (run.to_pay_fen, run.adjustments_fen, run.held) == (600_00, 400_00, {})
    assert texts(session, "allowance_paid_with_others") == 1
    assert {each.paid_fen for each in payments_of(session, WORKER, person_id=waiting.id)} == {200_00}


def test_a_card_in_another_name_is_no_account(session: Session) -> None:
    somebody(session, card_holder_matches=False)
    assert listed(session, SEPTEMBER).held[HeldBecause.NO_ACCOUNT].fen == 200_00


def test_a_death_that_nobody_has_decided_on_holds_the_months_after_it(session: Session) -> None:
    who = somebody(session)
    change(session, who.id, died_on=date(2026, 10, 3))
    assert paid(session, OCTOBER).to_pay_fen == 400_00, "September and the month of death"
    run = paid(session, NOVEMBER)
    assert (run.to_pay_fen, run.held[HeldBecause.STOP_UNDECIDED].fen) == (0, 200_00)
    assert len(tasks(session, "stop_decision", who.id)) == 1
    decide_stop(session, WORKER, case_id=who.case_id, stop=True, reason="the family says so", now=at(DECEMBER))
    run = paid(session, DECEMBER)
    assert (run.to_pay_fen, run.held_fen) == (0, 0)
    november = payments_of(session, WORKER, person_id=who.id)[0]
    assert [(each.amount_fen, each.approved) for each in november.adjustments] == [(-200_00, True)]
    assert not tasks(session, "adjustment", who.id), "nothing was paid, so nobody has to decide"


def test_a_wrong_death_signal_pays_the_held_month_at_once(session: Session) -> None:
    who = somebody(session, first_month=OCTOBER)
    change(session, who.id, died_on=date(2026, 9, 30))
    assert paid(session, OCTOBER).held[HeldBecause.STOP_UNDECIDED].fen == 200_00
    decide_stop(session, WORKER, case_id=who.case_id, stop=False, reason="I met her", now=at(NOVEMBER))
    assert paid(session, NOVEMBER).to_pay_fen == 400_00


def test_a_death_between_list_and_payment_is_seen_before_the_money_goes(session: Session) -> None:
    who, other = somebody(session), somebody(session)
    run = listed(session, SEPTEMBER)
    audit_month(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    change(session, who.id, died_on=date(2026, 8, 30))
    run = pay_month(session, OPERATOR, run_id=run.id, now=at(date(2026, 9, 20)))
    assert (run.to_pay_fen, run.held[HeldBecause.STOP_UNDECIDED].people) == (200_00, 1)
    assert lines_of(session, run, other)[SEPTEMBER][1] == "paid"


def test_a_move_out_of_the_city_is_paid_for_its_month_and_held_after_it(session: Session) -> None:
    who = somebody(session)
    change(session, who.id, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=date(2026, 9, 30))
    assert paid(session, SEPTEMBER).to_pay_fen == 200_00
    assert paid(session, OCTOBER).held[HeldBecause.STOP_UNDECIDED].fen == 200_00


def test_a_move_within_the_city_changes_who_pays_from_the_next_month(session: Session) -> None:
    who = somebody(session)
    paid(session, SEPTEMBER)
    change(session, who.id, hukou_district="福田区", hukou_changed_on=date(2026, 10, 2))
    assert set(paid(session, OCTOBER).to_pay) == {"罗湖区"}
    assert set(paid(session, NOVEMBER).to_pay) == {"福田区"}


def test_a_gap_between_two_districts_waits_for_a_worker(session: Session) -> None:
    who = somebody(session)
    paid(session, SEPTEMBER)
    change(session, who.id, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=date(2026, 9, 20))
    paid(session, OCTOBER)
    change(session, who.id, hukou=Hukou.SHENZHEN, hukou_district="福田区", hukou_changed_on=date(2026, 11, 3))
    run = paid(session, NOVEMBER)
    assert lines_of(session, run, who) == {
        OCTOBER: (200_00, "held", "adjustment_undecided"),
        NOVEMBER: (200_00, "held", "adjustment_undecided"),
    }
    (task,) = tasks(session, "adjustment", who.id)
    assert (task.facts["cause"], task.facts["months"]) == ("district_gap", ["2026-10-01", "2026-11-01"])
    run = listed(session, DECEMBER)
    assert lines_of(session, run, who)[DECEMBER] == (200_00, "to_pay", None)
    assert len(tasks(session, "adjustment", who.id)) == 1


def test_a_gap_that_opened_and_closed_between_two_lists_is_found_too(session: Session) -> None:
    who = somebody(session)
    paid(session, SEPTEMBER)
    paid(session, OCTOBER)
    change(session, who.id, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=date(2026, 9, 20))
    propose_stops(session, Actor.system(), now=at(date(2026, 10, 28)))
    change(session, who.id, hukou=Hukou.SHENZHEN, hukou_district="福田区", hukou_changed_on=date(2026, 11, 1))
    run = paid(session, NOVEMBER)
    assert lines_of(session, run, who) == {
        OCTOBER: (-200_00, "held", "adjustment_undecided"),
        NOVEMBER: (200_00, "held", "adjustment_undecided"),
    }


def test_a_move_of_which_nobody_knows_the_day_opens_the_gap_on_the_day_it_was_seen(session: Session) -> None:
    who = somebody(session)
    paid(session, OCTOBER)
    change(session, who.id, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=None)
    propose_stops(session, Actor.system(), now=at(date(2026, 10, 28)))
    change(session, who.id, hukou=Hukou.SHENZHEN, hukou_district="福田区", hukou_changed_on=date(2026, 11, 1))
    run = paid(session, NOVEMBER)
    assert lines_of(session, run, who) == {NOVEMBER: (200_00, "held", "adjustment_undecided")}


def test_suspended_months_are_paid_back_at_the_tier_of_each(session: Session) -> None:
    who = somebody(session, birth_on=date(1946, 10, 30))
    paid(session, SEPTEMBER)
    suspend(session, WORKER, case_id=who.case_id, from_month=OCTOBER, reason="not certified", now=at(OCTOBER))
    for month in (OCTOBER, NOVEMBER):
        run = paid(session, month)
        assert (run.to_pay_fen, run.held_fen) == (0, 0)
    resume(session, WORKER, case_id=who.case_id, now=at(DECEMBER))
    assert paid(session, DECEMBER).to_pay_fen == 900_00


def test_what_the_bank_sends_back_is_on_the_next_list(session: Session) -> None:
    who, other = somebody(session), somebody(session)
    run = paid(session, SEPTEMBER)
    file = export_bank_file(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    reference = next(
        row["reference"] for row in csv.DictReader(file.lines) if who_is(session, row["reference"]) == who.id
    )
    returned = {UUID(reference): ReturnCode.ACCOUNT_CLOSED}
    now = at(date(2026, 9, 25))
    run = record_returns(session, OPERATOR, run_id=run.id, returned=returned, now=now)
    assert run == record_returns(session, OPERATOR, run_id=run.id, returned=returned, now=now)
    assert (run.returned.people, run.returned.fen) == (1, 200_00)
    (task,) = tasks(session, "bank_return", who.id)
    assert task.facts["code"] == "account_closed"
    run = listed(session, OCTOBER)
    assert lines_of(session, run, who) == {
        SEPTEMBER: (200_00, "to_pay", None),
        OCTOBER: (200_00, "to_pay", None),
    }
    assert set(lines_of(session, run, other)) == {OCTOBER}


def who_is(session: Session, reference: str) -> UUID | None:
    return session.get_one(PaymentLineRow, UUID(reference)).person_id if reference else None


def test_a_return_that_names_nobody_changes_nothing(session: Session) -> None:
    who = somebody(session)
    run = paid(session, SEPTEMBER)
    line_id = session.scalar(select(PaymentLineRow.id).where(PaymentLineRow.run_id == run.id))
    assert line_id is not None
    returned = {line_id: ReturnCode.OTHER, run.id: ReturnCode.OTHER}
    with pytest.raises(ReturnUnknown):
        record_returns(session, OPERATOR, run_id=run.id, returned=returned, now=at(OCTOBER))
    assert lines_of(session, run, who)[SEPTEMBER][1] == "paid"


def test_the_bank_file_adds_up_by_district_and_is_no_danger_to_a_spreadsheet(session: Session) -> None:
    people = [somebody(session, hukou_district=district) for district in ("罗湖区", "福田区", "福田区")]
    run = listed(session, SEPTEMBER)
    with pytest.raises(RunNotReady):
        export_bank_file(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    audit_month(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    file = export_bank_file(session, OPERATOR, run_id=run.id, now=at(SEPTEMBER))
    rows = list(csv.DictReader(file.lines))
    payments = [row for row in rows if row["kind"] == "payment"]
    totals = {row["district"]: int(row["amount_fen"]) for row in rows if row["kind"] == "total"}
    assert (file.payments, file.fen, file.fen_by_district) == (3, 600_00, totals)
    assert totals == {"罗湖区": 200_00, "福田区": 400_00}
    for district, fen in totals.items():
        assert fen == sum(int(row["amount_fen"]) for row in payments if row["district"] == district)
    assert int(rows[-1]["amount_fen"]) == 600_00
    assert {row["card_last_four"] for row in payments} == {who.person.card_last_four for who in people}
    assert {row["remark"] for row in payments} == {"深圳市2026年9月高龄老人津贴"}
    assert len({row["bank_token"] for row in payments}) == 3
    assert all("*" in row["masked_name"] for row in payments)
    exports = select(func.count()).where(AuditEntry.deed == "bank_file_exported", AuditEntry.subject_id == run.id)
    assert session.scalar(exports) == 1


def test_a_month_unlike_the_last_one_waits_for_an_operator(session: Session) -> None:
    people = [somebody(session) for _ in range(40)]
    paid(session, SEPTEMBER)
    for who in people[:20]:
        change(session, who.id, has_card=False, card_last_four=None, card_holder_matches=None)
    run = listed(session, OCTOBER)
    assert (run.state, run.changed_per_thousand) == (RunState.HELD, 500)
    with pytest.raises(RunNotReady):
        audit_month(session, OPERATOR, run_id=run.id, now=at(OCTOBER))
    with pytest.raises(ReasonMissing):
        confirm_run(session, OPERATOR, run_id=run.id, reason=" ", now=at(OCTOBER))
    run = confirm_run(session, OPERATOR, run_id=run.id, reason="the bank changes cards", now=at(OCTOBER))
    assert (run.state, run.confirmed_reason) == (RunState.LISTED, "the bank changes cards")
    assert paid(session, OCTOBER).to_pay_fen == 20 * 200_00


def test_a_new_tier_is_told_once_and_paid_from_its_month(session: Session) -> None:
    somebody(session, birth_on=date(1946, 10, 31))
    somebody(session, birth_on=date(1956, 10, 31), first_month=OCTOBER)
    dying = somebody(session, birth_on=date(1946, 10, 31))
    change(session, dying.id, died_on=date(2026, 9, 2))
    for _ in range(2):
        announce_tier_changes(session, OPERATOR, city=CITY, month=OCTOBER, now=at(SEPTEMBER.replace(day=25)))
    assert texts(session, "allowance_tier") == 1
    paid(session, SEPTEMBER)
    assert paid(session, OCTOBER).to_pay_fen == 300_00 + 200_00


def test_nobody_is_texted_at_a_phone_that_wants_no_messages(session: Session) -> None:
    who = somebody(session)
    phone = f"154{int(who.person.masked_phone[-4:] if who.person.masked_phone else 0):08}"
    note_phone(session, PhoneNote.STOPPED, city=CITY, phone=phone, now=at(SEPTEMBER))
    assert paid(session, SEPTEMBER).to_pay_fen == 200_00
    assert texts(session, "allowance_paid") == 0


def test_a_case_approved_late_is_paid_from_its_first_month_on(session: Session) -> None:
    somebody(session)
    paid(session, SEPTEMBER)
    late = somebody(session, first_month=SEPTEMBER)
    run = paid(session, OCTOBER)
    assert set(lines_of(session, run, late)) == {SEPTEMBER, OCTOBER}


def test_a_case_withdrawn_before_payment_is_paid_nothing(session: Session) -> None:
    who = somebody(session)
    listed(session, SEPTEMBER)
    change_case(session, who.case_id, stop_proposed_from=SEPTEMBER, stop_reason="withdrawn")
    assert paid(session, SEPTEMBER).held[HeldBecause.STOP_UNDECIDED].fen == 200_00
    decide_stop(session, WORKER, case_id=who.case_id, stop=True, reason="she is sure", now=at(OCTOBER))
    run = paid(session, OCTOBER)
    assert (run.to_pay_fen, run.held_fen) == (0, 0)


@pytest.mark.parametrize("table", ONLY_ADDED_TO, ids=lambda table: table.__tablename__)
@pytest.mark.parametrize("change_of", [update, delete])
def test_what_was_booked_is_never_changed(session: Session, table: type, change_of: object) -> None:
    changing = delete(table) if change_of is delete else update(table).values(city="other")
    with pytest.raises(SQLAlchemyError, match="only ever added"):
        session.execute(changing)


def test_a_month_of_a_person_cannot_be_booked_twice(session: Session) -> None:
    who = somebody(session)
    run = listed(session, SEPTEMBER)
    row = session.scalars(select(PayableRow).where(PayableRow.person_id == who.id)).one()
    values = {column.name: getattr(row, column.name) for column in PayableRow.__table__.columns}
    session.add(PayableRow(**values | {"id": run.id}))
    with pytest.raises(SQLAlchemyError, match="uq_payables_person_id_benefit_month"):
        session.flush()


def test_a_city_has_one_run_a_month(session: Session) -> None:
    run = listed(session, SEPTEMBER)
    row = session.get_one(PaymentRunRow, run.id)
    values = {column.name: getattr(row, column.name) for column in PaymentRunRow.__table__.columns}
    session.add(PaymentRunRow(**values | {"id": OPERATOR.id}))
    with pytest.raises(SQLAlchemyError, match="uq_payment_runs_city_benefit_month"):
        session.flush()
