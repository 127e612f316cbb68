"""How replies are made: the next step of a task, a question asked again, an answer in between, giving up."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import uuid4

from voice.conversation.expected import expected_words
from voice.conversation.heard import Heard, Reply
from voice.conversation.state import ConversationState
from voice.skills.skill import BOOKING, CONFIRM, NOTHING_DONE, OFFER, WHICH, Phone, Step, Task, Turn
from voice.wording import Line, Wording

MOST_TRIES = 3


def greeting(wording: Wording) -> Line:
    """What she hears first, and when she comes back to nothing."""
    return wording.line("Hello. What can I do for you? You can say: book lunch for tomorrow.")


class Replies:
    """Makes the reply of one turn and writes into the state what the next turn must know."""

    def __init__(self, turn: Turn, state: ConversationState, heard: Heard) -> None:
        self._turn, self._state = turn, state
        self._words = turn.words
        self._is_silence = not heard.text.strip()

    def step(self, step: Step, task: Task | None, *preface: Line) -> Reply:
        """The next step of a task: its question is open now, or the task is over."""
        state = self._state
        state.tries = 0
        if step.effect != NOTHING_DONE:
            state.done_booking = step.effect.get(BOOKING)
        if step.question is None:
            state.forget_task()
            return self.tell(self._words.joined(*preface, step.line), effect=step.effect, phones=step.phones)
        state.task, state.question = task, step.question
        state.options = [option.task for option in step.options]
        return self._asked(step.line, *preface, effect=step.effect, phones=step.phones)

    def choice(self, line: Line, options: list[Task]) -> Reply:
        """A question which of two things she means, before there is a task."""
        self._state.options, self._state.question = options, WHICH
        return self._asked(line)

    def aside(self, line: Line) -> Reply:
        """Answer in between, then come back to the question."""
        self._state.tries = 0
        return self.tell(self._words.joined(line, *self._question_again()))

    def again(self, *preface: Line) -> Reply:
        """The last sentence once more, after what is said of it. That comes only once."""
        last = Line(self._state.last_text, self._state.last_speech)
        return self.tell(self._words.joined(*preface, last), kept=last)

    def not_understood(self, why: Line) -> Reply:
        """Say so and ask again; the third time in a row stop asking."""
        state = self._state
        if state.tries >= MOST_TRIES and not self._is_silence:
            state.tries = 0
        state.tries += 1
        if state.tries >= MOST_TRIES:
            return self._give_up()
        again = self._question_again()
        if not again and self._is_silence:
            again = (self._words.line("Please say it again."),)
        return self.tell(self._words.joined(why, *again))

    def tell(
        self,
        line: Line,
        *,
        effect: dict[str, Any] | None = None,
        ended: bool = False,
        kept: Line | None = None,
        phones: tuple[Phone, ...] = (),
        listens: bool = False,
    ) -> Reply:
        """Say it, and ask nothing new. `kept`: what is said again when she asks for it or comes back, if not the line
        itself. The rest is as in `Reply`."""
        state = self._state
        state.last_text, state.last_speech = (kept or line).text, (kept or line).speech
        # A reply that does not end in the open question leaves a yes without anything that it could answer.
        has_asked = state.question is not None and line.text.endswith(state.question_text)
        state.asked_at = self._turn.now.astimezone(UTC).isoformat() if has_asked else None
        return Reply(
            line.text,
            line.speech,
            effect=effect or dict(NOTHING_DONE),
            expected_words=expected_words(state.question),
            ended=ended,
            state=state.to_json(),
            question_id=state.question_id,
            phones=phones,
            listens=listens,
        )

    def _asked(
        self,
        line: Line,
        *preface: Line,
        effect: dict[str, Any] | None = None,
        phones: tuple[Phone, ...] = (),
    ) -> Reply:
        self._state.question_text, self._state.question_speech = line.text, line.speech
        self._state.question_id = uuid4().hex
        return self.tell(self._words.joined(*preface, line), effect=effect, phones=phones)

    def _give_up(self) -> Reply:
        """Stop asking aloud. What only needs a yes or a no stays open: she may come back to it."""
        phone = self._turn.tell.help_line
        if self._is_silence:
            line = self._words.line("I still hear nothing. Speak when you are ready, or call %(phone)s.", phone=phone)
        else:
            line = self._words.line("I still do not understand. Say it in other words, or call %(phone)s.", phone=phone)
        if self._state.question not in (CONFIRM, OFFER):
            self._state.forget_task()
        # What greets her when she comes back is no complaint.
        return self.tell(line, kept=next(iter(self._question_again()), greeting(self._words)))

    def _question_again(self) -> tuple[Line, ...]:
        state = self._state
        return (Line(state.question_text, state.question_speech),) if state.question else ()
