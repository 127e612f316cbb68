"""One turn of a conversation: keeps the thread, hands tasks to skills, and acts after a clear yes only.

Whatever the task, these hold: one question at a time; the last version of what she said counts; everything that changes
something is read back first; a yes counts for the question that she had before her, and not for long; a yes after the
deed does nothing; three turns in a row that were not understood end in the buttons and a telephone number. What a
sentence means comes from `voice.understanding`, what can be done from `voice.skills`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.emergencies import says_all_well
from services.speaking import SpeakingWish
from voice.conversation.answers import (
    chosen,
    digits_said,
    is_clear_yes,
    put_together,
    stated_slots,
    takes_offer,
    told_besides,
)
from voice.conversation.heard import Heard, Reply
from voice.conversation.replying import Replies, greeting
from voice.conversation.state import ConversationState
from voice.conversation.wanted import CANCEL_ANY, CHANGE, Wanted, goes_on, lets_go, new_task, wanted_of
from voice.skills.emergencies import ask_whether_all_is_well, call_for_help, call_off
from voice.skills.skill import (
    CONFIRM,
    DIGITS,
    IN_BETWEEN,
    NOTHING_DONE,
    OFFER,
    WHAT_IS_WRONG,
    WHICH,
    WHICH_BOOKING,
    Skill,
    Step,
    Task,
    Turn,
)
from voice.skills.speaking import speak_otherwise
from voice.understanding import Understanding, understand
from voice.understanding.rulebook import rulebook
from voice.wording import Line

# A spoken yes below this is asked for again. Measured with Whisper base on the neural voice: 对, 好的, 可以 and their
# kin have 0.50 to 0.76; what was misheard (反对 for 嗯，对) or refused as noise stays under 0.40.
CLEAR_CONFIDENCE = 0.45

_IS_WRONG, _LET_GO = frozenset({"wrong", "plain_no"}), frozenset({"drop", "call_off"})


class Exchange:
    """One turn with everything that it needs at hand."""

    def __init__(self, turn: Turn, state: ConversationState, heard: Heard, skills: Mapping[str, Skill]) -> None:
        self._turn, self._state, self._heard, self._skills = turn, state, heard, skills
        self._words = turn.words
        self._replies = Replies(turn, state, heard)
        self._meaning: Understanding = understand(heard.text, turn.now, heard.alternatives)
        self._wanted: Wanted = wanted_of(self._meaning, skills)

    def answer(self) -> Reply:
        """The reply to what she said."""
        state = self._state
        if (reply := self._at_once()) is not None:
            return reply
        of_another_page = self._answers_another_question()
        if state.question == DIGITS and digits_said(self._heard.text) and not of_another_page:
            return self._take_digits()
        if self._wanted.name in self._skills and (of_another_page or not self._stays_with_the_question()):
            return self._begin(new_task(self._wanted, state))
        if state.task is None and not state.options:
            return self._without_task()
        return self._ask_once_more() if of_another_page else self._answer_question()

    def _at_once(self) -> Reply | None:
        """The reply to what is the same whatever is being talked about; None for everything else."""
        state, meaning, replies = self._state, self._meaning, self._replies
        if not self._heard.text.strip():
            return replies.not_understood(self._words.line("I did not hear you."))
        if says_all_well(self._heard.text) and (step := self._all_well()) is not None:
            return self._of_emergency(step)
        match meaning.intent:
            case "emergency":
                # At once, and only that: the open question waits until she goes on.
                return self._of_emergency(call_for_help(self._turn))
            case "goodbye":
                state.forget_task()
                return replies.tell(self._words.line("Goodbye. Call me whenever you need me."), ended=True)
            case "repeat" if state.last_text:
                return replies.again()
            case "slower" | "louder":
                return replies.again(speak_otherwise(self._turn, SpeakingWish(meaning.intent)))
            case "help":
                return replies.aside(self._help())
            case "go_back":
                return self._go_back()
        return None

    def _all_well(self) -> Step | None:
        """She says that nothing is wrong, where she called for help. What was not heard clearly silences no alarm."""
        if self._heard.spoken and self._heard.confidence < CLEAR_CONFIDENCE:
            return ask_whether_all_is_well(self._turn)
        return call_off(self._turn)

    def _of_emergency(self, step: Step) -> Reply:
        return self._replies.tell(step.line, effect=step.effect, phones=step.phones, listens=bool(step.phones))

    def _answers_another_question(self) -> bool:
        """Whether she saw another question than the one that is open: a second page, or a page that was left behind."""
        answers = self._heard.answers
        return answers is not None and (answers or None) != self._state.question_id

    def _stays_with_the_question(self) -> bool:
        """Whether the request is about the task at hand, or no request but a plain answer: 在饭堂, 请上门."""
        task, question = self._state.task, self._state.question
        if goes_on(self._wanted, self._state):
            return True
        if task is None or question is None or self._meaning.wish:
            return False
        if told_besides(task.intent, self._meaning.kinds, question) and not self._wanted.slots:
            return True
        if self._skills[self._wanted.name].asks:
            return False
        return self._meaning.strange == 0 and question in self._stated(task, question)

    def _next(self, task: Task, *preface: Line) -> Reply:
        """What comes next in a task."""
        return self._replies.step(self._skills[task.intent].next_step(self._turn, task), task, *preface)

    # ------------------------------------------------------------------ with a task

    def _answer_question(self) -> Reply:
        state, meaning = self._state, self._meaning
        task, question = state.task, state.question
        if question == WHICH:
            return self._choose()
        if question == OFFER and (meaning.intent == "no" or takes_offer(meaning) or self._names_an_option()):
            return self._drop() if meaning.intent == "no" else self._take_offer()
        assert task is not None
        assert question is not None
        if lets_go(self._wanted, task):
            return self._drop()
        if question == CONFIRM and is_clear_yes(meaning, task, spoken=self._heard.spoken):
            return self._act(task)
        if question == WHICH_BOOKING and self._meaning.mentioned:
            task.about = dict(self._meaning.mentioned)
            return self._next(task)
        stated = self._stated(task, question)
        if stated:
            return self._go_on(task, stated)
        if self._wanted.name == task.intent:
            return self._next(task)
        if meaning.intent == "no":
            return self._refused()
        return self._no_answer()

    def _stated(self, task: Task, question: str) -> dict[str, Any]:
        """What she says that belongs to the task."""
        names = rulebook().slots_for(task.intent)
        stated = stated_slots(question, self._heard.text, self._meaning, names)
        told = told_besides(task.intent, self._meaning.kinds, question)
        if "refute_word" in self._meaning.kinds and told.get("named") == task.slots.get("named"):
            # 不是修脚，是理发: what she has been told she names only to be rid of it.
            told.pop("named", None)
        stated |= told
        if self._wanted.name in (task.intent, CHANGE) and not self._wanted.about:
            stated |= {name: said for name, said in self._wanted.slots.items() if name in names}
        return stated

    def _names_an_option(self) -> bool:
        """Whether she names one of the things that were offered: 那我排队等."""
        return any(option.intent == self._wanted.name for option in self._state.options) and self._differs_from_task()

    def _differs_from_task(self) -> bool:
        return self._state.task is None or self._state.task.intent != self._wanted.name

    def _no_answer(self) -> Reply:
        """What she says answers nothing that she was asked."""
        meaning = self._meaning
        if meaning.strange == 0 and "wait" in meaning.kinds:
            return self._replies.aside(self._words.line("Take your time."))
        if meaning.strange == 0 and "noted" in meaning.kinds:
            return self._ask_once_more()
        if meaning.strange == 0 and meaning.kinds & _LET_GO:
            return self._drop()
        return self._replies.not_understood(self._words.line("I did not understand that."))

    def _begin(self, task: Task) -> Reply:
        skill = self._skills[task.intent]
        if not skill.asks and self._is_in_the_middle():
            waits = self._state.task
            task.notes[IN_BETWEEN] = {
                "intent": waits.intent if waits else None,
                "slots": waits.slots if waits else {},
                "question": self._state.question,
            }
            return self._replies.aside(skill.next_step(self._turn, task).line)
        self._state.forget_task()
        return self._next(task)

    def _is_in_the_middle(self) -> bool:
        """Whether a task that asks waits for an answer; the rest of a list that is only told does not."""
        task = self._state.task
        return self._state.question is not None and (task is None or self._skills[task.intent].asks)

    def _go_on(self, task: Task, stated: Mapping[str, Any]) -> Reply:
        if self._state.question in stated:
            task.answered.append(str(self._state.question))
        task.slots = put_together(task.slots, stated)
        # A booking that was found is looked for again when she names another day.
        task.notes = {}
        return self._next(task)

    def _act(self, task: Task) -> Reply:
        if self._heard.spoken and self._heard.confidence < CLEAR_CONFIDENCE:
            return self._replies.not_understood(self._words.line("I did not hear that clearly."))
        if self._state.is_late(self._turn.now):
            return self._ask_once_more()
        step = self._skills[task.intent].act(self._turn, task)
        if step.effect != NOTHING_DONE:
            self._state.done = task.intent
        return self._replies.step(step, task)

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
            return self._replies.aside(preface)
        return self._next(state.task, preface)

    def _take_offer(self) -> Reply:
        if self._state.is_late(self._turn.now):
            return self._ask_once_more()
        (task,) = self._state.options
        if task.intent == self._wanted.name:
            # 他迟到了, where she was asked whether somebody shall look into it.
            task.slots = put_together(task.slots, self._wanted.slots)
        return self._next(task)

    def _choose(self) -> Reply:
        state = self._state
        if self._meaning.intent == "no":
            return self._drop()
        task = self._option()
        if task is None:
            return self._other_than_the_options()
        if state.is_late(self._turn.now):
            return self._ask_once_more()
        return self._next(task)

    def _option(self) -> Task | None:
        """The one of the two that she means."""
        named = [option for option in self._state.options if option.intent == self._wanted.name]
        if len(named) == 1:
            (option,) = named
            option.slots = put_together(option.slots, self._wanted.slots)
            return option
        return chosen(self._meaning, self._state.options)

    def _other_than_the_options(self) -> Reply:
        """She wants neither of the two as it is: something else, or the same with another day."""
        task = self._state.task
        stated = self._stated(task, WHICH) if task is not None else {}
        if task is not None and stated:
            return self._go_on(task, stated)
        if self._wanted.name in self._skills:
            return self._begin(new_task(self._wanted, self._state))
        return self._replies.not_understood(self._words.line("I did not understand that."))

    def _refused(self) -> Reply:
        """算了 lets go; 不对 alone asks what is wrong, once."""
        task, kinds = self._state.task, self._meaning.kinds
        is_wrong = kinds & _IS_WRONG and not kinds & (_LET_GO | {"order"})
        if task is not None and self._state.question == CONFIRM and is_wrong:
            line = self._skills[task.intent].what_is_wrong(self._turn)
            if line is not None:
                return self._replies.step(Step(line, WHAT_IS_WRONG), task)
        return self._drop()

    def _drop(self) -> Reply:
        self._state.forget_task()
        return self._replies.tell(
            self._words.line("All right, I have not done anything. Can I do something else for you?")
        )

    def _go_back(self) -> Reply:
        task = self._state.task
        if task is None or not task.answered:
            return self._drop() if task else self._replies.aside(self._help())
        task.slots.pop(task.answered.pop(), None)
        task.notes = {}
        return self._next(task)

    # ------------------------------------------------------------------ without a task

    def _without_task(self) -> Reply:
        state, meaning, replies = self._state, self._meaning, self._replies
        if meaning.intent == "yes" and state.done:
            return replies.tell(self._words.line("That is done already. Can I do something else for you?"))
        if meaning.intent == "no" and "cancel" in meaning.kinds:
            return self._begin(new_task(Wanted(CANCEL_ANY), state))
        if meaning.intent in ("yes", "no") or (meaning.strange == 0 and "noted" in meaning.kinds):
            return replies.tell(self._words.line("All right. Tell me when you need something."))
        if meaning.strange == 0 and "thanks" in meaning.kinds:
            return replies.tell(self._words.line("You are welcome."))
        if meaning.strange == 0 and "greeting" in meaning.kinds:
            return replies.tell(greeting(self._words))
        if len(meaning.close) == 2 and set(meaning.close) <= self._skills.keys():
            return self._offer_two([Task(intent, dict(meaning.mentioned)) for intent in meaning.close])
        return replies.not_understood(self._words.line("I cannot do that. You can say: book lunch for tomorrow."))

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
        return self._replies.choice(line, options)

    def _help(self) -> Line:
        return self._words.line(
            "You can say: book lunch for tomorrow. Or: I need somebody to clean. Or: what have I booked. "
            "Or call %(phone)s and talk to somebody.",
            phone=self._turn.tell.help_line,
        )
