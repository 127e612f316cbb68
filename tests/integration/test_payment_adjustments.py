"""Corrections: a birth date that was wrong, a death that is known late, and what a worker decides about the money."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.actor import Actor, NotAllowed
from services.allowances import (
    AdjustmentUnknown,
    AlreadyDecided,
    HeldBecause,
    OnlyByPeople,
    ReasonMissing,
    RefundTooMuch,
    decide_adjustment,
    decide_stop,
    payments_of,
    recompute,
    record_refund,
)
from services.allowances.ledger.tables import AdjustmentRow, LedgerAccountRow
from services.allowances.ledger.terms import terms_of_city
from services.benefits import Benefit
from services.people import Hukou
from tests.integration.test_payment_runs import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, lines_of, paid, tasks
from tests.ledger_people import CITY, OPERATOR, WORKER, Paid, at, change, change_case, somebody

JANUARY, FEBRUARY, MARCH = (date(2027, month, 1) for month in (1, 2, 3))


def adjustments(session: Session, who: Paid) -> list[tuple[date, int, bool | None]]:
    return [
        (each.month, each.amount_fen, each.approved)
        for payment in reversed(payments_of(session, WORKER, person_id=who.id))
        for each in payment.adjustments
    ]


def decide(session: Session, who: Paid, *, approve: bool) -> int:
    (task,) = tasks(session, "adjustment", who.id)
    return decide_adjustment(
        session, WORKER, adjustment_id=task.subject_id, approve=approve, reason="looked at it", now=at(DECEMBER)
    )


def test_a_birth_date_corrected_to_an_earlier_one_pays_the_difference_by_itself(session: Session) -> None:
    who = somebody(session, birth_on=date(1946, 12, 31))
    for month in (SEPTEMBER, OCTOBER):
        paid(session, month)
    change(session, who.id, birth_on=date(1946, 10, 1))
    run = paid(session, NOVEMBER)
    assert adjustments(session, who) == [(OCTOBER, 100_00, True)]
    assert lines_of(session, run, who) == {OCTOBER: (100_00, "paid", None), NOVEMBER: (300_00, "paid", None)}
    assert not tasks(session, "adjustment", who.id)


def test_a_birth_date_corrected_to_a_later_one_waits_for_a_worker_and_is_kept_back_in_parts(session: Session) -> None:
    who = somebody(session, birth_on=date(1946, 8, 1))
    for month in (SEPTEMBER, OCTOBER):
        paid(session, month)
    change(session, who.id, birth_on=date(1956, 8, 1))
    run = paid(session, NOVEMBER)
    assert lines_of(session, run, who) == {
        SEPTEMBER: (-100_00, "held", "adjustment_undecided"),
        OCTOBER: (-100_00, "held", "adjustment_undecided"),
        NOVEMBER: (200_00, "paid", None),
    }
    assert decide(session, who, approve=True) == 2
    run = paid(session, DECEMBER)
    # half of what she is paid, and the rest next month
    assert lines_of(session, run, who) == {SEPTEMBER: (-100_00, "paid", None), DECEMBER: (200_00, "paid", None)}
    run = paid(session, JANUARY)
    assert lines_of(session, run, who) == {OCTOBER: (-100_00, "paid", None), JANUARY: (200_00, "paid", None)}
    assert set(lines_of(session, paid(session, FEBRUARY), who)) == {FEBRUARY}


def test_a_month_in_a_gap_is_owed_nothing_whatever_else_becomes_known(session: Session) -> None:
    who = somebody(session, birth_on=date(1956, 8, 1))
    paid(session, SEPTEMBER)
    change(session, who.id, hukou=Hukou.ELSEWHERE, hukou_district=None, hukou_changed_on=date(2026, 9, 20))
    paid(session, OCTOBER)
    change(session, who.id, hukou=Hukou.SHENZHEN, hukou_district="福田区", hukou_changed_on=date(2026, 10, 30))
    paid(session, NOVEMBER)
    change(session, who.id, birth_on=date(1946, 8, 1))
    assert recompute(session, WORKER, person_id=who.id, now=at(DECEMBER)) == 3, "each month so far"
    assert decide(session, who, approve=True) == 1
    run = paid(session, DECEMBER)
    assert lines_of(session, run, who) == {
        SEPTEMBER: (100_00, "paid", None),
        NOVEMBER: (100_00, "paid", None),
        DECEMBER: (300_00, "paid", None),
    }
    change(session, who.id, birth_on=date(1956, 8, 1))
    recompute(session, WORKER, person_id=who.id, now=at(DECEMBER))
    assert OCTOBER not in lines_of(session, paid(session, JANUARY), who)


def test_everybody_is_reckoned_again_when_an_amount_of_the_past_was_changed(session: Session) -> None:
    who = somebody(session)
    ended = somebody(session)
    paid(session, SEPTEMBER)
    change_case(session, ended.case_id, state="stopped", stopped_from=OCTOBER, stop_reason="moved_out")
    paid(session, OCTOBER)

    def to_reckon() -> dict[UUID, bool]:
        people = terms_of_city(session, city=CITY, benefit=Benefit.OLD_AGE_ALLOWANCE, month=OCTOBER)
        return {each.person_id: each.is_same for each in people}

    assert to_reckon() == {}
    session.execute(update(LedgerAccountRow).values(tiers="those of before"))
    assert to_reckon() == {who.id: False, ended.id: False}
    assert paid(session, NOVEMBER).to_pay_fen == 200_00
    assert adjustments(session, who) == []
    assert to_reckon() == {}


def test_what_a_worker_refuses_to_take_back_stays_with_the_person(session: Session) -> None:
    who = somebody(session, birth_on=date(1946, 8, 1))
    paid(session, SEPTEMBER)
    change(session, who.id, birth_on=date(1946, 10, 2))
    paid(session, OCTOBER)
    decide(session, who, approve=False)
    for month in (NOVEMBER, DECEMBER):
        assert set(lines_of(session, paid(session, month), who)) == {month}
    assert recompute(session, WORKER, person_id=who.id, now=at(DECEMBER)) == 0
    change(session, who.id, birth_on=date(1946, 8, 1))
    paid(session, JANUARY)
    assert adjustments(session, who) == [(SEPTEMBER, -100_00, False)], "what stood before stands again"


def test_a_correction_that_is_corrected_before_anybody_decided_leaves_nothing_to_decide(session: Session) -> None:
    who = somebody(session, birth_on=date(1946, 8, 1))
    paid(session, SEPTEMBER)
    change(session, who.id, birth_on=date(1956, 8, 1))
    assert recompute(session, WORKER, person_id=who.id, now=at(OCTOBER)) == 1
    assert recompute(session, WORKER, person_id=who.id, now=at(OCTOBER)) == 0
    change(session, who.id, birth_on=date(1946, 8, 1))
    assert recompute(session, WORKER, case_id=who.case_id, now=at(OCTOBER)) == 0
    assert not tasks(session, "adjustment", who.id)
    assert adjustments(session, who) == [(SEPTEMBER, -100_00, False)]
    assert lines_of(session, paid(session, OCTOBER), who) == {OCTOBER: (300_00, "paid", None)}


def test_an_unpaid_month_is_corrected_without_asking(session: Session) -> None:
    who = somebody(session, birth_on=date(1946, 8, 1), has_card=False, card_last_four=None)
    paid(session, SEPTEMBER)
    change(session, who.id, birth_on=date(1956, 8, 1))
    run = paid(session, OCTOBER)
    assert run.held[HeldBecause.NO_ACCOUNT].fen == 400_00
    assert adjustments(session, who) == [(SEPTEMBER, -100_00, True)]


def test_a_death_that_is_known_late_is_due_from_the_family_after_a_worker_has_decided(session: Session) -> None:
    who = somebody(session)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        paid(session, month)
    change(session, who.id, died_on=date(2026, 9, 12))
    run = paid(session, DECEMBER)
    assert run.held[HeldBecause.STOP_UNDECIDED].fen == 200_00
    decide_stop(session, WORKER, case_id=who.case_id, stop=True, reason="the registry office", now=at(DECEMBER))
    run = paid(session, JANUARY)
    assert (run.to_pay_fen, run.held[HeldBecause.ADJUSTMENT_UNDECIDED].fen) == (0, -400_00)
    assert adjustments(session, who) == [
        (OCTOBER, -200_00, None),
        (NOVEMBER, -200_00, None),
        (DECEMBER, -200_00, True),
    ]
    assert decide(session, who, approve=True) == 2
    due = {each.month: each.refund_due_fen for each in payments_of(session, WORKER, person_id=who.id)}
    assert due == {DECEMBER: 0, NOVEMBER: 200_00, OCTOBER: 200_00, SEPTEMBER: 0}
    with pytest.raises(RefundTooMuch):
        refund(session, who, 400_01)
    refund(session, who, 300_00)
    due = {each.month: each.refund_due_fen for each in payments_of(session, WORKER, person_id=who.id)}
    assert (due[OCTOBER], due[NOVEMBER]) == (0, 100_00)
    assert paid(session, FEBRUARY).held == {}


def refund(session: Session, who: Paid, fen: int) -> None:
    record_refund(session, WORKER, person_id=who.id, amount_fen=fen, received_on=date(2027, 1, 20), now=at(JANUARY))


def test_a_decision_needs_a_worker_of_the_community_and_a_reason(session: Session) -> None:
    who = somebody(session, birth_on=date(1946, 8, 1))
    paid(session, SEPTEMBER)
    change(session, who.id, birth_on=date(1956, 8, 1))
    recompute(session, Actor.system(), person_id=who.id, now=at(OCTOBER))
    adjustment_id = session.scalars(select(AdjustmentRow.id).where(AdjustmentRow.person_id == who.id)).one()

    def decided(actor: Actor, reason: str | None, *, approve: bool = True, subject: UUID = adjustment_id) -> int:
        return decide_adjustment(session, actor, adjustment_id=subject, approve=approve, reason=reason, now=at(OCTOBER))

    for actor, refusal in ((Actor.system(), OnlyByPeople), (OPERATOR, NotAllowed)):
        with pytest.raises(refusal):
            decided(actor, "because")
    with pytest.raises(ReasonMissing):
        decided(WORKER, " ")
    with pytest.raises(AdjustmentUnknown):
        decided(WORKER, "because", subject=who.id)
    assert [decided(WORKER, "because"), decided(WORKER, "because")] == [1, 0]
    with pytest.raises(AlreadyDecided):
        decided(WORKER, "because", approve=False)


def test_somebody_paid_less_than_she_owes_back_is_never_left_with_nothing(session: Session) -> None:
    who = somebody(session, birth_on=date(1926, 8, 1))
    for month in (SEPTEMBER, OCTOBER):
        paid(session, month)
    change(session, who.id, birth_on=date(1956, 8, 1))
    paid(session, NOVEMBER)
    decide(session, who, approve=True)
    for month in (DECEMBER, JANUARY, FEBRUARY, MARCH):
        assert paid(session, month).to_pay_fen == 100_00
