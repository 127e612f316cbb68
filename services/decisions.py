"""What a worker can decide about each kind of task, and the use case that carries it out.

Every decision has a reason in the worker's own words: it is kept with the task, and the person may ask for it. Kinds
that no use case stands behind are settled: the worker did what was to be done, and says what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from services import allowances, certification, delegation, home_adaptation, home_care, people, personal_data, vouchers
from services.actor import Actor, Capability, require
from services.allowances.errors import ReasonMissing
from services.errors import ServiceError
from services.people import require_for
from services.records import open_record_for_task
from services.registry import Settlement, settle_finding, settlements_for
from services.worker_tasks import TaskKind, WorkerTask, close_task, get_task
from services.worker_tasks.closing import add_reason

LONGEST_REASON = 500


class Choice(StrEnum):
    """What can be decided."""

    AGREE = "agree"
    """she said to the worker that she wants it"""
    DECLINE = "decline"
    """she said to the worker that she does not want it"""
    APPROVE = "approve"
    REFUSE = "refuse"
    STOP = "stop"
    KEEP = "keep"
    SUSPEND = "suspend"
    VISIT_PASSED = "visit_passed"
    VISIT_NOT_PASSED = "visit_not_passed"
    CORRECT = "correct"
    """book the difference"""
    LEAVE = "leave"
    UPHOLD = "uphold"
    """a complaint was right"""
    NOT_UPHOLD = "not_uphold"
    CALLED_HER = "called_her"
    """the worker spoke to her by phone"""
    VISITED = "visited"
    ALL_WELL = "all_well"
    """the worker knows from somebody else that nothing is wrong"""
    HELP_SENT = "help_sent"
    FREEZE = "freeze"
    """until somebody has looked"""
    END = "end"
    CORRECTED = "corrected"
    """what is held about her was wrong, and the worker had it put right"""
    NOT_CORRECTED = "not_corrected"
    LOWER = "lower"
    """to what the rules give"""
    SETTLE = "settle"
    """the worker did what was to be done"""


class TaskClosed(ServiceError):
    """Somebody has decided already, or the matter settled itself. `decision`: how."""

    code = "task_closed"


class DecisionUnknown(ServiceError):
    """This can't be decided about a task of this kind. `allowed`."""

    code = "decision_unknown"


class ReasonTooLong(ServiceError):
    """A reason has at most `most` characters."""

    code = "reason_too_long"


@dataclass(frozen=True)
class Decision:
    """One thing that can be decided. `against_person`: it takes something from somebody, so the page asks with care."""

    choice: Choice | Settlement
    against_person: bool = False


@dataclass(frozen=True)
class _Deed:
    """What a use case needs of a decision."""

    session: Session
    actor: Actor
    task: WorkerTask
    reason: str
    now: datetime

    @property
    def case_id(self) -> UUID:
        """The allowance case that the task is about."""
        return UUID(self.task.facts.get("case_id") or str(self.task.subject_id))

    @property
    def person_id(self) -> UUID:
        """Whose matter it is. Raises NotAllowed where nobody is known: there is nothing to decide then."""
        if self.task.person_id is None:
            raise DecisionUnknown(allowed=())
        return self.task.person_id


ABOUT_AN_ANSWER = (Decision(Choice.AGREE), Decision(Choice.DECLINE), Decision(Choice.SETTLE))
SETTLED_ONLY = (Decision(Choice.SETTLE),)
LOOKED_AFTER = (
    Decision(Choice.CALLED_HER),
    Decision(Choice.VISITED),
    Decision(Choice.ALL_WELL),
    Decision(Choice.HELP_SENT),
)
# Behind these are use cases that hold rows of their own before the person, as others do who come at the same moment.
LOCKED_BEHIND = frozenset({TaskKind.DOUBTFUL_MATCH, TaskKind.DELEGATION_REQUEST, TaskKind.DELEGATION_CHECK})
MATTER_IS_GONE = "signal_gone"
# What a use case says where nothing is left to decide.
GONE: dict[TaskKind, tuple[type[ServiceError], ...]] = {
    TaskKind.REVIEW: (allowances.StepNotPossible,),
    TaskKind.MISSED_CERTIFICATION: (certification.NothingMissed,),
    TaskKind.CERTIFICATION_VISIT: (certification.NothingToCertify,),
    TaskKind.ADJUSTMENT: (allowances.AdjustmentUnknown,),
    TaskKind.VOUCHER_LOWERED: (vouchers.NothingToLower,),
    TaskKind.ADAPTATION_DECISION: (home_adaptation.AdaptationStepNotPossible,),
    TaskKind.SERVICE_COMPLAINT: (home_care.VisitStepNotPossible,),
    TaskKind.DELEGATION_CHECK: (delegation.DelegationStepNotPossible,),
}
# But for DOUBTFUL_MATCH, of which each finding has its own.
DECISIONS: dict[TaskKind, tuple[Decision, ...]] = {
    TaskKind.NO_ANSWER: ABOUT_AN_ANSWER,
    TaskKind.UNCLEAR_REPLY: ABOUT_AN_ANSWER,
    TaskKind.OTHER_PHONE: ABOUT_AN_ANSWER,
    TaskKind.LATE_REPLY: ABOUT_AN_ANSWER,
    TaskKind.REVIEW: (Decision(Choice.APPROVE), Decision(Choice.REFUSE, against_person=True)),
    TaskKind.STOP_DECISION: (Decision(Choice.KEEP), Decision(Choice.STOP, against_person=True)),
    TaskKind.MISSED_CERTIFICATION: (Decision(Choice.KEEP), Decision(Choice.SUSPEND, against_person=True)),
    TaskKind.CERTIFICATION_VISIT: (
        Decision(Choice.VISIT_PASSED),
        Decision(Choice.VISIT_NOT_PASSED, against_person=True),
    ),
    TaskKind.ADJUSTMENT: (Decision(Choice.CORRECT, against_person=True), Decision(Choice.LEAVE)),
    TaskKind.NO_CARD: SETTLED_ONLY,
    TaskKind.UNDELIVERED: SETTLED_ONLY,
    TaskKind.HELP_WANTED: SETTLED_ONLY,
    TaskKind.BANK_RETURN: SETTLED_ONLY,
    TaskKind.STOPPED_MESSAGES: SETTLED_ONLY,
    TaskKind.VOUCHER_LOWERED: (Decision(Choice.KEEP), Decision(Choice.LOWER, against_person=True)),
    TaskKind.ADAPTATION_DECISION: (Decision(Choice.APPROVE), Decision(Choice.REFUSE, against_person=True)),
    # These are done on the page of the case, which the task leads to.
    TaskKind.ADAPTATION_ASSESSMENT: (),
    TaskKind.ADAPTATION_PAYMENT: (),
    TaskKind.MEALS_NOT_PICKED_UP: LOOKED_AFTER,
    TaskKind.MEAL_COMPLAINT: SETTLED_ONLY,
    TaskKind.SERVICE_COMPLAINT: (Decision(Choice.UPHOLD), Decision(Choice.NOT_UPHOLD, against_person=True)),
    TaskKind.NOT_AT_HOME: LOOKED_AFTER,
    TaskKind.DATA_CORRECTION: (Decision(Choice.CORRECTED), Decision(Choice.NOT_CORRECTED, against_person=True)),
    # Her yes is written down on the page of the person, with the evidence.
    TaskKind.DELEGATION_REQUEST: (Decision(Choice.DECLINE),),
    TaskKind.DELEGATION_CHECK: (
        Decision(Choice.KEEP),
        Decision(Choice.FREEZE, against_person=True),
        Decision(Choice.END, against_person=True),
    ),
}


def decisions_for(session: Session, actor: Actor, task: WorkerTask) -> tuple[Decision, ...]:
    """What this actor can decide about this task; nothing where it is closed. Raises NotAllowed."""
    if not task.is_open:
        return ()
    if task.kind is TaskKind.DOUBTFUL_MATCH:
        possible = settlements_for(session, actor, finding_id=task.subject_id)
        return tuple(Decision(each, against_person=each is Settlement.DEAD) for each in possible)
    if task.kind is TaskKind.UNCLEAR_REPLY and task.facts.get("message_id") == str(task.subject_id):
        # The subject is the reply itself, since no open offer belongs to it: there is nothing to agree to.
        return SETTLED_ONLY
    return DECISIONS[task.kind]


def decide(
    session: Session, actor: Actor, *, task_id: UUID, choice: Choice | Settlement, reason: str, now: datetime
) -> WorkerTask:
    """Carry out what a worker decided, and close the task with her reason; where nothing was left to decide, it is
    closed as such. Raises NotAllowed, TaskClosed, DecisionUnknown, ReasonMissing, ReasonTooLong, and what the use case
    behind it raises."""
    task = _held_task(session, actor, task_id)
    if not task.is_open:
        raise TaskClosed(decision=task.decision)
    actor = open_record_for_task(session, actor, task_id=task_id, now=now)
    deed, is_done = _Deed(session, actor, task, _checked(reason), now), True
    if task.kind is TaskKind.DOUBTFUL_MATCH and isinstance(choice, Settlement):
        # Whether it fits the finding is looked at there, where the locks are taken in the order of an import.
        _settle_finding(deed, choice)
    else:
        allowed = [decision.choice for decision in decisions_for(session, actor, task)]
        if choice not in allowed:
            raise DecisionUnknown(allowed=tuple(allowed))
        is_done = _carry_out(deed, Choice(choice))
    # Most use cases close the task themselves; some know no reason, and some know of no task.
    decision = choice.value if is_done else MATTER_IS_GONE
    close_task(
        session, actor, kind=task.kind, subject_id=task.subject_id, decision=decision, reason=deed.reason, now=now
    )
    add_reason(session, task_id=task_id, reason=deed.reason)
    return get_task(session, actor, task_id=task_id)


def _carry_out(deed: _Deed, choice: Choice) -> bool:
    """Whether the use case had anything to do. Where the matter settled itself in the meantime (she was certified, the
    figures were reckoned anew) the task is only taken off the list: it could not be decided any more."""
    use_case = USE_CASES.get((deed.task.kind, choice))
    if use_case is None:
        return True
    try:
        with deed.session.begin_nested():
            use_case(deed)
    except GONE.get(deed.task.kind, ()):
        return False
    return True


def _held_task(session: Session, actor: Actor, task_id: UUID) -> WorkerTask:
    task = get_task(session, actor, task_id=task_id)
    if task.person_id is None:
        require(actor, Capability.IMPORT_REGISTERS, person_id=None)
        return task
    require_for(session, actor, Capability.DECIDE_CASES, person_id=task.person_id)
    if task.kind in LOCKED_BEHIND:
        return task
    # Of two decisions at one moment, the second sees what came of the first.
    people.hold(session, task.person_id)
    return get_task(session, actor, task_id=task_id)


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing()
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(most=LONGEST_REASON)
    return reason


def _settle_finding(deed: _Deed, decision: Settlement) -> None:
    settled = settle_finding(
        deed.session,
        deed.actor,
        finding_id=deed.task.subject_id,
        decision=decision,
        reason=deed.reason,
        now=deed.now,
    )
    if settled.person_id is not None and settled.changed:
        # What was booked under the former facts is compared with what is owed under the new ones at once.
        allowances.recompute(deed.session, Actor.system(), person_id=settled.person_id, now=deed.now)


def _agree(deed: _Deed) -> None:
    allowances.agree_to_offer(deed.session, deed.actor, case_id=deed.case_id, now=deed.now)


def _decline(deed: _Deed) -> None:
    allowances.decline_offer(deed.session, deed.actor, case_id=deed.case_id, now=deed.now)


def _review(approve: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        allowances.decide_review(
            deed.session, deed.actor, case_id=deed.case_id, approve=approve, reason=deed.reason, now=deed.now
        )

    return carry_out


def _stop(stop: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        allowances.decide_stop(
            deed.session, deed.actor, case_id=deed.case_id, stop=stop, reason=deed.reason, now=deed.now
        )

    return carry_out


def _missed(suspend: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        certification.decide_missed(
            deed.session, deed.actor, person_id=deed.person_id, suspend=suspend, reason=deed.reason, now=deed.now
        )

    return carry_out


def _visit(passed: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        certification.record_visit(
            deed.session, deed.actor, person_id=deed.person_id, passed=passed, reason=deed.reason, now=deed.now
        )

    return carry_out


def _adjustment(approve: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        allowances.decide_adjustment(
            deed.session,
            deed.actor,
            adjustment_id=deed.task.subject_id,
            approve=approve,
            reason=deed.reason,
            now=deed.now,
        )

    return carry_out


def _complaint(upheld: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        home_care.decide_complaint(
            deed.session, deed.actor, booking_id=deed.task.subject_id, upheld=upheld, reason=deed.reason, now=deed.now
        )

    return carry_out


def _voucher(lower: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        vouchers.decide_voucher(
            deed.session,
            deed.actor,
            voucher_id=deed.task.subject_id,
            lower=lower,
            reason=deed.reason,
            now=deed.now,
            on_lost=home_care.ask_new_price,
        )

    return carry_out


def _adaptation(approve: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        home_adaptation.decide_adaptation(
            deed.session,
            deed.actor,
            adaptation_id=deed.task.subject_id,
            approve=approve,
            reason=deed.reason,
            now=deed.now,
        )

    return carry_out


def _data(corrected: bool) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        personal_data.decide_correction(
            deed.session, deed.actor, request_id=deed.task.subject_id, corrected=corrected, now=deed.now
        )

    return carry_out


def _no_delegate(deed: _Deed) -> None:
    delegation.decline_delegate(
        deed.session, deed.actor, delegation_id=deed.task.subject_id, now=deed.now, note=deed.reason
    )


def _delegation(use_case: Callable[..., object]) -> Callable[[_Deed], None]:
    def carry_out(deed: _Deed) -> None:
        use_case(deed.session, deed.actor, delegation_id=deed.task.subject_id, reason=deed.reason, now=deed.now)

    return carry_out


USE_CASES: dict[tuple[TaskKind, Choice], Callable[[_Deed], None]] = {
    **{(kind, Choice.AGREE): _agree for kind, decisions in DECISIONS.items() if decisions is ABOUT_AN_ANSWER},
    **{(kind, Choice.DECLINE): _decline for kind, decisions in DECISIONS.items() if decisions is ABOUT_AN_ANSWER},
    (TaskKind.REVIEW, Choice.APPROVE): _review(True),
    (TaskKind.REVIEW, Choice.REFUSE): _review(False),
    (TaskKind.STOP_DECISION, Choice.STOP): _stop(True),
    (TaskKind.STOP_DECISION, Choice.KEEP): _stop(False),
    (TaskKind.MISSED_CERTIFICATION, Choice.SUSPEND): _missed(True),
    (TaskKind.MISSED_CERTIFICATION, Choice.KEEP): _missed(False),
    (TaskKind.CERTIFICATION_VISIT, Choice.VISIT_PASSED): _visit(True),
    (TaskKind.CERTIFICATION_VISIT, Choice.VISIT_NOT_PASSED): _visit(False),
    (TaskKind.ADJUSTMENT, Choice.CORRECT): _adjustment(True),
    (TaskKind.ADJUSTMENT, Choice.LEAVE): _adjustment(False),
    (TaskKind.VOUCHER_LOWERED, Choice.LOWER): _voucher(True),
    (TaskKind.VOUCHER_LOWERED, Choice.KEEP): _voucher(False),
    (TaskKind.ADAPTATION_DECISION, Choice.APPROVE): _adaptation(True),
    (TaskKind.ADAPTATION_DECISION, Choice.REFUSE): _adaptation(False),
    (TaskKind.SERVICE_COMPLAINT, Choice.UPHOLD): _complaint(True),
    (TaskKind.SERVICE_COMPLAINT, Choice.NOT_UPHOLD): _complaint(False),
    (TaskKind.DATA_CORRECTION, Choice.CORRECTED): _data(True),
    (TaskKind.DATA_CORRECTION, Choice.NOT_CORRECTED): _data(False),
    (TaskKind.DELEGATION_REQUEST, Choice.DECLINE): _no_delegate,
    (TaskKind.DELEGATION_CHECK, Choice.KEEP): _delegation(delegation.release_delegation),
    (TaskKind.DELEGATION_CHECK, Choice.FREEZE): _delegation(delegation.freeze_delegation),
    (TaskKind.DELEGATION_CHECK, Choice.END): _delegation(delegation.take_back),
}
