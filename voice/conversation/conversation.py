"""The turns of a conversation: keeps the thread, hands tasks to skills, and acts after a clear yes only.

Whatever the task, these hold: one question at a time; the last version of what she said counts; everything that changes
something is read back first; a yes counts for the question that she had before her, and not for long; a yes after the
deed does nothing; three turns in a row that were not understood end in the buttons and a telephone number. What a
sentence means comes from `voice.understanding`, what can be done from `voice.skills`. The caller opens and
commits the unit of work and keeps the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from services.actor import Actor
from voice.conversation.answers import chosen, digits_said, is_clear_yes, stated_slots, takes_offer, told_besides
from voice.conversation.expected import expected_words
from voice.conversation.heard import Heard, Reply
from voice.conversation.state import ConversationState
from voice.conversation.telling import AMBULANCE
from voice.skills import SKILLS
from voice.skills.skill import (
    CONFIRM,
    DIGITS,
    IN_BETWEEN,
    NOTHING_DONE,
    OFFER,
    WHAT_IS_WRONG,
    WHICH,
    Skill,
    Step,
    Task,
    Turn,
)
from voice.understanding import Understanding, understand
from voice.understanding.rulebook import OUT_OF_SCOPE, rulebook
from voice.wording import DEFAULT_LOCALE, Line, Wording, words

MOST_TRIES = 3
# A spoken yes below this is asked for again. Measured with Whisper base on the neural voice: 对, 好的, 可以 and their
# kin have 0.50 to 0.76; what was misheard (反对 for 嗯，对) or refused as noise stays under 0.40.
CLEAR_CONFIDENCE = 0.45

_IS_WRONG, _LET_GO = frozenset({"wrong", "plain_no"}), frozenset({"drop", "call_off"})


class Conversation:
    """Answers turn by turn. Holds no state of its own: one object serves everybody."""

    def __init__(self, locales_dir: Path, skills: Mapping[str, Skill] = SKILLS) -> None:
        self._locales_dir = locales_dir
        self._skills = skills

    def opening(self, locale: str = DEFAULT_LOCALE) -> Reply:
        """What the assistant says before anybody has spoken."""
        line = _greeting(words(locale, self._locales_dir))
        state = ConversationState(last_text=line.text, last_speech=line.speech)
        return Reply(line.text, line.speech, expected_words=expected_words(None), state=state.to_json())

    def turn(
        self,
        session: Session,
        actor: Actor,
        *,
        person_id: UUID,
        heard: Heard,
        state: dict[str, Any],
        now: datetime,
        locale: str = DEFAULT_LOCALE,
    ) -> Reply:
        """The answer to what was heard; `state` is that of the reply before, empty at the beginning.

        Changes something only when a skill acts. Errors of the services become sentences; anything else is raised.
        """
        turn = Turn(session, actor, person_id, now, words(locale, self._locales_dir))
        return _Exchange(turn, ConversationState.from_json(state), heard, self._skills).answer()


def _greeting(wording: Wording) -> Line:
    return wording.line("Hello. What can I do for you? You can say: book lunch for tomorrow.")


class _Exchange:
    """One turn with everything that it needs at hand."""

    def __init__(self, turn: Turn, state: ConversationState, heard: Heard, skills: Mapping[str, Skill]) -> None:
        self._turn, self._state, self._heard, self._skills = turn, state, heard, skills
        self._words = turn.words
        self._meaning: Understanding = understand(heard.text, turn.now, heard.alternatives)

    def answer(self) -> Reply:
        state, meaning = self._state, self._meaning
        if not self._heard.text.strip():
            return self._not_understood(self._words.line("I did not hear you."))
        match meaning.intent:
            case "emergency":
                # Only that: the open question waits until she goes on.
                phone = self._turn.tell.phone(AMBULANCE)
                return self._reply(self._words.line("If you need help now, call %(phone)s.", phone=phone))
            case "goodbye":
                state.forget_task()
                return self._reply(self._words.line("Goodbye. Call me whenever you need me."), ended=True)
            case "repeat" | "slower" | "louder" if state.last_text:
                return self._reply(Line(state.last_text, state.last_speech))
            case "help":
                return self._aside(self._help())
            case "go_back":
                return self._go_back()
        of_another_page = self._answers_another_question()
        if state.question == DIGITS and digits_said(self._heard.text) and not of_another_page:
            return self._take_digits()
        if meaning.intent in self._skills and (of_another_page or not self._is_about_the_draft()):
            return self._begin(Task(meaning.intent, meaning.slots | told_besides(meaning.intent, meaning.kinds)))
        if state.task is None and not state.options:
            return self._without_task()
        return self._ask_once_more() if of_another_page else self._answer_question()

    def _answers_another_question(self) -> bool:
        """Whether she saw another question than the one that is open: a second page, or a page that was left behind."""
        answers = self._heard.answers
        return answers is not None and (answers or None) != self._state.question_id

    # ------------------------------------------------------------------ with a task

    def _is_about_the_draft(self) -> bool:
        """Whether a request goes on with the task at hand instead of starting another."""
        task, meaning = self._state.task, self._meaning
        if task is None:
            return False
        if meaning.intent == task.intent:
            return True
        # 不要了，取消吧 while a booking is only a draft lets the draft go; a booking of another day is another matter.
        return meaning.intent == "cancel_meal" and task.intent == "book_meal" and not self._differs(meaning.slots)

    def _differs(self, slots: Mapping[str, Any]) -> bool:
        assert self._state.task is not None
        return any(self._state.task.slots.get(name) != value for name, value in slots.items())

    def _answer_question(self) -> Reply:
        state, meaning = self._state, self._meaning
        task, question = state.task, state.question
        if question == WHICH:
            return self._choose()
        if question == OFFER and (meaning.intent == "no" or takes_offer(meaning)):
            return self._drop() if meaning.intent == "no" else self._take_offer()
        assert task is not None
        assert question is not None
        if meaning.intent == "cancel_meal" and task.intent == "book_meal":
            return self._drop()
        if question == CONFIRM and is_clear_yes(meaning, task, spoken=self._heard.spoken):
            return self._act(task)
        stated = stated_slots(question, self._heard.text, meaning, rulebook().slots_of[task.intent])
        stated |= told_besides(task.intent, meaning.kinds)
        if stated:
            return self._go_on(task, stated)
        if meaning.intent == task.intent:
            return self._step(self._skills[task.intent].next_step(self._turn, task), task)
        if meaning.intent == "no":
            return self._refused()
        return self._no_answer()

    def _no_answer(self) -> Reply:
        """What she says answers nothing that she was asked."""
        meaning = self._meaning
        if meaning.strange == 0 and "wait" in meaning.kinds:
            return self._aside(self._words.line("Take your time."))
        if meaning.strange == 0 and "noted" in meaning.kinds:
            return self._ask_once_more()
        if meaning.strange == 0 and meaning.kinds & _LET_GO:
            return self._drop()
        if self._is_not_served():
            return self._aside(self._not_yet())
        return self._not_understood(self._words.line("I did not understand that."))

    def _begin(self, task: Task) -> Reply:
        skill = self._skills[task.intent]
        if not skill.asks and self._is_in_the_middle():
            task.notes[IN_BETWEEN] = True
            return self._aside(skill.next_step(self._turn, task).line)
        self._state.forget_task()
        return self._step(skill.next_step(self._turn, task), task)

    def _is_in_the_middle(self) -> bool:
        """Whether a task that asks waits for an answer; the rest of a list that is only told does not."""
        task = self._state.task
        return self._state.question is not None and (task is None or self._skills[task.intent].asks)

    def _go_on(self, task: Task, stated: Mapping[str, Any]) -> Reply:
        if self._state.question in stated:
            task.answered.append(str(self._state.question))
        task.slots |= stated
        # A booking that was found is looked for again when she names another day.
        task.notes = {}
        return self._step(self._skills[task.intent].next_step(self._turn, task), task)

    def _act(self, task: Task) -> Reply:
        if self._heard.spoken and self._heard.confidence < CLEAR_CONFIDENCE:
            return self._not_understood(self._words.line("I did not hear that clearly."))
        if self._state.is_late(self._turn.now):
            return self._ask_once_more()
        step = self._skills[task.intent].act(self._turn, task)
        if step.effect != NOTHING_DONE:
            self._state.done = task.intent
        return self._step(step, task)

    def _take_digits(self) -> Reply:
        """What she was asked to say and said is the deed."""
        task = self._state.task
        assert task is not None
        task.slots["digits"] = self._heard.text
        return self._act(task)

    def _ask_once_more(self) -> Reply:
        """Ask what is open again; what would be done is looked up anew, for price and places may have changed."""
        state, preface = self._state, self._words.line("Let me ask you once more.")
        if state.task is None or state.question != CONFIRM:
            return self._aside(preface)
        return self._step(self._skills[state.task.intent].next_step(self._turn, state.task), state.task, preface)

    def _take_offer(self) -> Reply:
        if self._state.is_late(self._turn.now):
            return self._ask_once_more()
        (task,) = self._state.options
        return self._step(self._skills[task.intent].next_step(self._turn, task), task)

    def _choose(self) -> Reply:
        if self._meaning.intent == "no":
            return self._drop()
        task = chosen(self._meaning, self._state.options)
        if task is None:
            if self._meaning.intent in self._skills:
                return self._begin(Task(self._meaning.intent, dict(self._meaning.slots)))
            return self._not_understood(self._words.line("I did not understand that."))
        if self._state.is_late(self._turn.now):
            return self._ask_once_more()
        return self._step(self._skills[task.intent].next_step(self._turn, task), task)

    def _refused(self) -> Reply:
        """算了 lets go; 不对 alone asks what is wrong, once."""
        task, kinds = self._state.task, self._meaning.kinds
        is_wrong = kinds & _IS_WRONG and not kinds & (_LET_GO | {"order"})
        if task is not None and self._state.question == CONFIRM and is_wrong:
            line = self._skills[task.intent].what_is_wrong(self._turn)
            if line is not None:
                return self._step(Step(line, WHAT_IS_WRONG), task)
        return self._drop()

    def _drop(self) -> Reply:
        self._state.forget_task()
        return self._reply(self._words.line("All right, I have not done anything. Can I do something else for you?"))

    def _go_back(self) -> Reply:
        task = self._state.task
        if task is None or not task.answered:
            return self._drop() if task else self._aside(self._help())
        task.slots.pop(task.answered.pop(), None)
        task.notes = {}
        return self._step(self._skills[task.intent].next_step(self._turn, task), task)

    # ------------------------------------------------------------------ without a task

    def _without_task(self) -> Reply:
        state, meaning = self._state, self._meaning
        if meaning.intent == "yes" and state.done:
            return self._reply(self._words.line("That is done already. Can I do something else for you?"))
        if meaning.intent == "no" and "cancel" in meaning.kinds:
            return self._begin(Task("cancel_meal"))
        if meaning.intent in ("yes", "no") or (meaning.strange == 0 and "noted" in meaning.kinds):
            return self._reply(self._words.line("All right. Tell me when you need something."))
        if meaning.strange == 0 and "thanks" in meaning.kinds:
            return self._reply(self._words.line("You are welcome."))
        if meaning.strange == 0 and "greeting" in meaning.kinds:
            return self._reply(_greeting(self._words))
        if len(meaning.close) == 2 and set(meaning.close) <= self._skills.keys():
            options = [Task(intent, dict(meaning.mentioned)) for intent in meaning.close]
            return self._offer_two(options)
        if self._is_not_served():
            return self._reply(self._not_yet())
        return self._not_understood(self._words.line("I cannot do that. You can say: book lunch for tomorrow."))

    def _is_not_served(self) -> bool:
        """Whether she wants what nobody here can do for her yet."""
        served = self._skills.keys() | {OUT_OF_SCOPE, "yes", "no", "repeat", "slower", "louder"}
        return self._meaning.intent not in served

    def _not_yet(self) -> Line:
        phone = self._turn.tell.help_line
        return self._words.line("I cannot do that yet. Please call %(phone)s, they will help you.", phone=phone)

    def _offer_two(self, options: list[Task]) -> Reply:
        names = {
            "book_meal": self._words.line("book a meal"),
            "cancel_meal": self._words.line("cancel a meal"),
            "list_bookings": self._words.line("hear what is booked"),
        }
        for task in options:
            allowed = rulebook().slots_of[task.intent]
            task.slots = {name: value for name, value in task.slots.items() if name in allowed}
        line = self._words.line(
            "First: %(first)s. Second: %(second)s. Which one do you mean?",
            first=names[options[0].intent],
            second=names[options[1].intent],
        )
        self._state.options = options
        self._state.question = WHICH
        return self._asked(line)

    def _help(self) -> Line:
        return self._words.line(
            "You can say: book lunch for tomorrow. Or: cancel the lunch of tomorrow. Or: what have I booked. "
            "Or call %(phone)s and talk to somebody.",
            phone=self._turn.tell.help_line,
        )

    # ------------------------------------------------------------------ replies

    def _step(self, step: Step, task: Task | None, *preface: Line) -> Reply:
        state = self._state
        state.tries = 0
        if step.question is None:
            state.forget_task()
            return self._reply(self._words.joined(*preface, step.line), effect=step.effect)
        state.task, state.question = task, step.question
        state.options = [option.task for option in step.options]
        return self._asked(step.line, *preface, effect=step.effect)

    def _asked(self, line: Line, *preface: Line, effect: dict[str, Any] | None = None) -> Reply:
        self._state.question_text, self._state.question_speech = line.text, line.speech
        self._state.question_id = uuid4().hex
        return self._reply(self._words.joined(*preface, line), effect=effect)

    def _aside(self, line: Line) -> Reply:
        """Answer in between, then come back to the question."""
        self._state.tries = 0
        return self._reply(self._words.joined(line, *self._question_again()))

    def _not_understood(self, why: Line) -> Reply:
        state, is_silence = self._state, not self._heard.text.strip()
        if state.tries >= MOST_TRIES and not is_silence:
            state.tries = 0
        state.tries += 1
        if state.tries >= MOST_TRIES:
            return self._give_up(is_silence)
        again = self._question_again()
        if not again and is_silence:
            again = (self._words.line("Please say it again."),)
        return self._reply(self._words.joined(why, *again))

    def _give_up(self, is_silence: bool) -> Reply:
        """Stop asking aloud. What only needs a yes or a no stays open: she may come back to it."""
        phone = self._turn.tell.help_line
        if is_silence:
            line = self._words.line("I still hear nothing. Speak when you are ready, or call %(phone)s.", phone=phone)
        else:
            line = self._words.line("I still do not understand. Say it in other words, or call %(phone)s.", phone=phone)
        if self._state.question not in (CONFIRM, OFFER):
            self._state.forget_task()
        # What greets her when she comes back is no complaint.
        return self._reply(line, kept=next(iter(self._question_again()), _greeting(self._words)))

    def _question_again(self) -> tuple[Line, ...]:
        state = self._state
        return (Line(state.question_text, state.question_speech),) if state.question else ()

    def _reply(
        self, line: Line, *, effect: dict[str, Any] | None = None, ended: bool = False, kept: Line | None = None
    ) -> Reply:
        """`kept`: what is said again when she asks for it or comes back, if not the line itself."""
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
        )
