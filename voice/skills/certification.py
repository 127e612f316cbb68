"""The yearly certification by talking: she says four digits that she was just given, or asks for a visit.
A thin client of `services.certification`."""

from __future__ import annotations

from uuid import UUID

from services.certification import (
    CertificationStatus,
    CheckOutcome,
    ask_for_visit,
    certification_of,
    certify_self,
    start_self_certification,
)
from services.errors import ServiceError
from voice.skills.skill import CONFIRM, DIGITS, Step, Task, Turn
from voice.wording import Line


class Certify:
    """Tells how she stands; after a yes asks for four digits, whose saying is the deed. 上门 asks for a visit."""

    intent = "certify"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        status = certification_of(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        if not status.due:
            return Step(_nothing_due(turn, status))
        if task.slots.get("visit"):
            return Step(words.line("A worker of your community shall come and certify you. Is that right?"), CONFIRM)
        if "challenge_id" in task.notes:
            return Step(_say_these(turn, task.notes["digits"]), DIGITS)
        why = _why_due(turn, status)
        ask = words.line("I show four digits, and you say them. Shall we begin? If you cannot, say: come to me.")
        return Step(words.joined(why, ask), CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                if task.slots.get("visit"):
                    return self._ask_for_visit(turn)
                if "digits" in task.slots:
                    return self._check(turn, task)
                return self._begin(turn, task)
        except ServiceError as error:
            return explain(turn, task, error)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """There is nothing to change about a certification; see `Skill.what_is_wrong`."""
        return None

    def _begin(self, turn: Turn, task: Task, *preface: Line) -> Step:
        challenge = start_self_certification(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        task.notes = {"challenge_id": str(challenge.id), "digits": challenge.digits}
        return Step(turn.words.joined(*preface, _say_these(turn, challenge.digits)), DIGITS)

    def _check(self, turn: Turn, task: Task) -> Step:
        words = turn.words
        heard = task.slots.pop("digits")
        check = certify_self(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            challenge_id=UUID(task.notes["challenge_id"]),
            digits_heard=heard,
            now=turn.now,
        )
        match check.outcome:
            case CheckOutcome.PASSED:
                line = words.line("Done, you are certified. There is nothing else to do.")
                return Step(line, effect={"action": self.intent})
            case CheckOutcome.WRONG:
                again = words.line("That was not quite it. Once more, slowly.")
                return Step(words.joined(again, _say_these(turn, task.notes["digits"])), DIGITS)
            case CheckOutcome.EXPIRED:
                return self._begin(turn, task, words.line("That took a little long. Here are new digits."))
            case CheckOutcome.NO_TRIES_LEFT:
                task.slots["visit"] = True
                line = words.line("I did not hear it right. Shall a worker of your community come to you instead?")
                return Step(line, CONFIRM)

    def _ask_for_visit(self, turn: Turn) -> Step:
        ask_for_visit(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        line = turn.words.line("Done. A worker of your community will call you and come to you.")
        return Step(line, effect={"action": self.intent, "visit": True})


def _say_these(turn: Turn, digits: str) -> Line:
    return turn.words.line("Please say these four digits: %(digits)s.", digits=turn.tell.digits(digits))


def _nothing_due(turn: Turn, status: CertificationStatus) -> Line:
    words = turn.words
    if status.done_on is not None:
        return words.line("You are certified since %(day)s. There is nothing to do.", day=turn.tell.day(status.done_on))
    if status.next_starts_on is not None:
        next_day = turn.tell.day(status.next_starts_on)
        return words.line("You need not be certified now. The next time begins on %(day)s.", day=next_day)
    return words.line("You need not be certified now.")


def _why_due(turn: Turn, status: CertificationStatus) -> Line:
    words = turn.words
    if status.suspended:
        return words.line("Your allowance is not paid for now. With the certification it is paid again.")
    if status.until_on is not None:
        return words.line("Your certification is due until %(day)s.", day=turn.tell.day(status.until_on))
    return words.line("Your certification is late, it still counts.")


def explain(turn: Turn, task: Task, error: ServiceError) -> Step:
    """The sentence and the next step for a refusal of `services.certification`."""
    words = turn.words
    if error.code == "must_be_spoken":
        speak = words.line("You must say the digits yourself. Press the microphone and say them.")
        return Step(words.joined(speak, _say_these(turn, task.notes["digits"])), DIGITS)
    if error.code == "nothing_to_certify":
        return Step(words.line("You need not be certified now."))
    if error.code == "challenge_unknown":
        task.notes, task.slots = {}, {}
        return Step(words.line("That took too long. Shall we begin once more?"), CONFIRM)
    phone = turn.tell.help_line
    return Step(words.line("Sorry, that did not work. Please call %(phone)s, they will help you.", phone=phone))
