"""Doing what a decision says: one step for each way in which a message can be handled.

Steps call the capability that the message answers, or have a worker look, and say which answer goes back. The words
come from the templates; an offer's own messages (accepted, declined, ended) come from `services.allowances`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances, certification
from services.actor import Actor, Channel
from services.allowances import AllowanceCase, AlreadyApplied, AlreadyDecided, NotEntitled, OfferEnded
from services.allowances.states import CaseState
from services.clock import local_day
from services.inbox import acting_delegates, acting_emergencies, answering
from services.inbox.deciding import Decision
from services.inbox.deciding_delegates import NO_DELEGATES
from services.inbox.history import A_WEEK, ASKED_WHICH_OF_TWO, Sender
from services.inbox.situation import Situation
from services.inbox.tables import HandledAs, IncomingMessageRow
from services.messages.phone_notes import PhoneNote, end_note, is_contact, note_phone
from services.people import Person, get_person
from services.worker_tasks import TaskKind, close_task, open_task
from services.worker_tasks.opening import WORKING_DAYS
from services.working_days import working_days_after

SYSTEM = Actor.system(Channel.TEXT_MESSAGE)
# Codes of offers have two digits, so many of a city share one.
OFFER_DIGITS = 2
MOST_WITH_ONE_CODE = 500


@dataclass(frozen=True)
class Reading:
    """A message that is being read: the row, who may have sent it, what is known, what it was taken for."""

    session: Session
    row: IncomingMessageRow
    sender: Sender
    situation: Situation
    decision: Decision
    text: str = field(repr=False)
    now: datetime

    @property
    def concerned(self) -> tuple[Person, ...]:
        """The people of the cases that the message is about, otherwise everybody whom the phone reaches."""
        ids = dict.fromkeys(case.person_id for case in self.decision.cases)
        ids |= dict.fromkeys(each.person_id for each in self.decision.delegations)
        return tuple(self.person(person_id) for person_id in ids) or self.sender.people

    def person(self, person_id: UUID) -> Person:
        """One of them."""
        known = {person.id: person for person in self.sender.people}
        return known.get(person_id) or get_person(self.session, SYSTEM, person_id=person_id)

    def answer(self, template: str, **variables: str) -> None:
        """Send a template back."""
        about = next(iter(self.concerned), None)
        answering.answer(self.session, self.row, self.sender, template, now=self.now, about=about, **variables)

    def have_a_worker_look(self, kind: TaskKind, subject_id: UUID, person_id: UUID | None, **facts: str | int) -> None:
        """Open a task that leads to this message."""
        open_task(
            self.session,
            kind=kind,
            city=self.row.city,
            person_id=person_id,
            subject_id=subject_id,
            facts={"message_id": str(self.row.id), "read_as": self.decision.reason, **facts},
            now=self.now,
        )


def act(reading: Reading) -> HandledAs:
    """Do what the decision says; what the message was handled as in the end."""
    handled_as = reading.decision.handled_as
    step = _STEPS.get(handled_as)
    if step is not None:
        handled_as = step(reading) or handled_as
    if template := answering.TEMPLATES.get(handled_as):
        _answer_plainly(reading, template)
    return handled_as


def _answer_plainly(reading: Reading, template: str) -> None:
    variables: dict[str, str] = {}
    if template == answering.HELP:
        variables["until"] = working_days_after(local_day(reading.now), WORKING_DAYS).isoformat()
    if template == answering.TAKE_YOUR_TIME:
        ends = min(case.offer_ends_on for case in reading.decision.cases if case.offer_ends_on is not None)
        variables["until"] = ends.isoformat()
    reading.answer(template, **variables)


def _agree(reading: Reading) -> HandledAs | None:
    """Each of the cases; one that can't be agreed to any more says what became of it."""
    outcomes = [_agree_to(reading, case) for case in reading.decision.cases]
    return next((outcome for outcome in outcomes if outcome is not None), None)


def _agree_to(reading: Reading, case: AllowanceCase) -> HandledAs | None:
    session, sent_at = reading.session, reading.situation.sent_at
    hers = not is_contact(session, reading.sender.phone, case.person_id)
    actor = Actor.senior(case.person_id, Channel.TEXT_MESSAGE) if hers else SYSTEM
    try:
        with session.begin_nested():
            if case.state is CaseState.DECLINED and hers:
                # She changed her mind while the offer's time was not over.
                allowances.apply_for(session, actor, person_id=case.person_id, benefit=case.benefit, now=sent_at)
                return None
            allowances.agree_to_offer(
                session, actor, case_id=case.id, now=sent_at, message_id=reading.row.id, phone_is_hers=hers
            )
            return None if hers else HandledAs.OTHER_PHONE
    except OfferEnded:
        return _reply_late(reading, case)
    except (AlreadyDecided, AlreadyApplied):
        return HandledAs.ALREADY_ANSWERED
    except NotEntitled:
        return _somebody_calls(reading)


def _agree_late(reading: Reading) -> HandledAs | None:
    for case in reading.decision.cases:
        _reply_late(reading, case)
    return None


def _reply_late(reading: Reading, case: AllowanceCase) -> HandledAs:
    actor = Actor.senior(case.person_id, Channel.TEXT_MESSAGE)
    allowances.late_reply(
        reading.session, actor, case_id=case.id, now=reading.situation.sent_at, message_id=reading.row.id
    )
    return HandledAs.AGREED_LATE


def _decline(reading: Reading) -> HandledAs | None:
    return _each_may_be_decided(reading, allowances.decline_offer)


def _withdraw(reading: Reading) -> HandledAs | None:
    return _each_may_be_decided(reading, allowances.withdraw)


def _each_may_be_decided(reading: Reading, use_case: Callable[..., AllowanceCase]) -> HandledAs | None:
    decided = 0
    for case in reading.decision.cases:
        actor = Actor.senior(case.person_id, Channel.TEXT_MESSAGE)
        try:
            with reading.session.begin_nested():
                use_case(reading.session, actor, case_id=case.id, now=reading.now, message_id=reading.row.id)
        except AlreadyDecided:
            decided += 1
    return HandledAs.ALREADY_ANSWERED if decided == len(reading.decision.cases) else None


def _already(reading: Reading) -> None:
    """Nothing happens twice. Where a worker is about to ask whether to stop, she gets to know of the new yes."""
    for case in reading.decision.cases:
        if case.stop_proposed_from is not None and reading.decision.reason.startswith("agreement"):
            reading.have_a_worker_look(TaskKind.STOP_DECISION, case.id, case.person_id, agreed_again=1)


def _other_phone(reading: Reading) -> None:
    """No consent, but somebody seems to answer for her: a worker asks her."""
    agreed = reading.decision.reason.startswith("agreement")
    for case in reading.decision.cases or _elsewhere(reading):
        if agreed and case.state is CaseState.OFFERED:
            allowances.agree_to_offer(
                reading.session,
                SYSTEM,
                case_id=case.id,
                now=reading.situation.sent_at,
                message_id=reading.row.id,
                phone_is_hers=False,
            )
        registered = is_contact(reading.session, reading.sender.phone, case.person_id)
        reading.have_a_worker_look(TaskKind.OTHER_PHONE, case.id, case.person_id, phone_is_contact=int(registered))


def _elsewhere(reading: Reading) -> tuple[AllowanceCase, ...]:
    """The offer to another phone that a code means: the only one with that code, or the one whose name is signed."""
    code = reading.decision.code
    if code is None or (len(code) > OFFER_DIGITS and not code.startswith("00")):
        # Four digits of their own are those of a request of the family.
        return ()
    offers = allowances.open_offers_with_code(
        reading.session, city=reading.row.city, code=code[-2:], limit=MOST_WITH_ONE_CODE
    )
    if len(offers) > 1:
        offers = tuple(offer for offer in offers if _signs(reading, offer))
    return offers if len(offers) == 1 else ()


def _signs(reading: Reading, offer: AllowanceCase) -> bool:
    return reading.person(offer.person_id).name in reading.text


def _ask_which(reading: Reading) -> None:
    """Which of the offers? With their codes, so that the answer can't be mistaken."""
    if reading.decision.delegations:
        acting_delegates.ask_which(reading)
        return
    cases = reading.decision.cases
    names = [reading.person(case.person_id).masked_name for case in cases]
    codes = [case.code or "" for case in cases]
    if len(cases) == 1:
        reading.answer(answering.WHICH_ONE, name=names[0], code=codes[0])
    elif len(cases) == 2 and cases[0].person_id != cases[1].person_id and all(_open(case) for case in cases):
        reading.answer(ASKED_WHICH_OF_TWO, name=names[0], code=codes[0], other_name=names[1], other_code=codes[1])
    else:
        reading.answer(answering.WHICH_CODE, code=codes[0])


def _open(case: AllowanceCase) -> bool:
    return case.state in {CaseState.OFFERED, CaseState.OFFER_ENDED}


def _ask_again(reading: Reading) -> None:
    offers = reading.decision.cases
    if not offers:
        reading.answer(answering.NOTHING_OPEN)
    elif len(offers) > 1:
        _ask_which(reading)
    else:
        reading.answer(answering.QUESTION if reading.decision.reason == "question" else answering.UNCLEAR)


def _somebody_calls(reading: Reading) -> HandledAs:
    cases = reading.decision.cases
    for case in cases:
        reading.have_a_worker_look(TaskKind.UNCLEAR_REPLY, case.id, case.person_id)
    if not cases:
        person = next(iter(reading.sender.people), None)
        reading.have_a_worker_look(TaskKind.UNCLEAR_REPLY, reading.row.id, person.id if person else None)
    return HandledAs.UNCLEAR_AGAIN


def _nothing_open(reading: Reading) -> None:
    """Who takes back what nobody may do hears that nobody may."""
    if reading.decision.reason == NO_DELEGATES:
        reading.answer(answering.NO_DELEGATES)


def _reassure(reading: Reading) -> None:
    """Is this real? The offer stays open."""
    reading.answer(answering.GENUINE if reading.decision.cases else answering.CHECK)


def _help(reading: Reading) -> None:
    _want_help(reading)


def _want_help(reading: Reading, **facts: str | int) -> None:
    """One task for the phone, however often help is asked for in a week."""
    earlier = reading.session.scalar(
        select(IncomingMessageRow.id)
        .where(
            IncomingMessageRow.phone_index == reading.row.phone_index,
            IncomingMessageRow.handled_as.in_([HandledAs.HELP_WANTED, HandledAs.VISIT_ASKED]),
            IncomingMessageRow.handled_at > reading.now - A_WEEK,
        )
        .order_by(IncomingMessageRow.id)
        .limit(1)
    )
    person = next(iter(reading.concerned), None)
    reading.have_a_worker_look(
        TaskKind.HELP_WANTED,
        earlier or reading.row.id,
        person.id if person else None,
        people_at_phone=len(reading.sender.people),
        **facts,
    )


def _visit(reading: Reading) -> HandledAs | None:
    """A visit for the certification of whoever has to prove something; without any, help is what she wants."""
    asked = False
    for person in reading.sender.people:
        status = certification.certification_of(reading.session, SYSTEM, person_id=person.id, now=reading.now)
        if not (status.due or status.missed):
            continue
        actor = Actor.senior(person.id, Channel.TEXT_MESSAGE)
        certification.ask_for_visit(reading.session, actor, person_id=person.id, now=reading.now)
        asked = True
    if asked:
        return None
    _want_help(reading, wish="visit")
    return HandledAs.HELP_WANTED


def _death(reading: Reading) -> None:
    """No machine decides on a text message. Until a worker has called, nothing more goes to this phone for her, lest a
    reminder reach a widower; where two share the phone nobody knows yet who died."""
    if len(reading.sender.people) == 1:
        _doubt_phone(reading, reading.sender.people[0])
    _want_help(reading, wish="death_reported")


def _wrong_person(reading: Reading) -> None:
    """The number may have changed hands: nothing more goes there until somebody has made sure."""
    for person in reading.sender.people:
        _doubt_phone(reading, person)
    person_id = reading.concerned[0].id if reading.concerned else None
    reading.have_a_worker_look(TaskKind.UNDELIVERED, reading.row.id, person_id, reason="wrong_person")


def _doubt_phone(reading: Reading, person: Person) -> None:
    note_phone(
        reading.session,
        PhoneNote.DOUBTFUL,
        city=reading.row.city,
        phone=reading.sender.phone,
        now=reading.now,
        person_id=person.id,
        message_id=reading.row.id,
    )


def _stop(reading: Reading) -> None:
    """No more messages to this phone. What she has and what she was offered stays: a worker calls from now on."""
    note_phone(
        reading.session,
        PhoneNote.STOPPED,
        city=reading.row.city,
        phone=reading.sender.phone,
        now=reading.now,
        message_id=reading.row.id,
    )
    for person in reading.sender.people:
        reading.have_a_worker_look(TaskKind.STOPPED_MESSAGES, person.id, person.id)


def _resume(reading: Reading) -> None:
    end_note(reading.session, PhoneNote.STOPPED, phone=reading.sender.phone, now=reading.now)
    for person in reading.sender.people:
        close_task(
            reading.session,
            Actor.senior(person.id, Channel.TEXT_MESSAGE),
            kind=TaskKind.STOPPED_MESSAGES,
            subject_id=person.id,
            decision="resumed",
            reason=None,
            now=reading.now,
        )


_STEPS: dict[HandledAs, Callable[[Reading], HandledAs | None]] = {
    HandledAs.AGREED: _agree,
    HandledAs.AGREED_LATE: _agree_late,
    HandledAs.DECLINED: _decline,
    HandledAs.WITHDRAWAL_ASKED: _withdraw,
    HandledAs.ALREADY_ANSWERED: _already,
    HandledAs.OTHER_PHONE: _other_phone,
    HandledAs.ASKED_WHICH: _ask_which,
    HandledAs.ASKED_AGAIN: _ask_again,
    HandledAs.UNCLEAR_AGAIN: _somebody_calls,
    HandledAs.DELEGATE_AGREED: acting_delegates.agree,
    HandledAs.DELEGATE_DECLINED: acting_delegates.decline,
    HandledAs.DELEGATES_TAKEN_BACK: acting_delegates.take_back,
    HandledAs.EMERGENCY_RAISED: acting_emergencies.call_for_help,
    HandledAs.SAID_ALL_WELL: acting_emergencies.say_all_well,
    HandledAs.NOTHING_OPEN: _nothing_open,
    HandledAs.REASSURED: _reassure,
    HandledAs.HELP_WANTED: _help,
    HandledAs.VISIT_ASKED: _visit,
    HandledAs.DEATH_REPORTED: _death,
    HandledAs.WRONG_PERSON: _wrong_person,
    HandledAs.STOPPED: _stop,
    HandledAs.RESUMED: _resume,
}
