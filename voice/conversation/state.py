"""What the assistant remembers between two turns, in a form that JSON can hold.

A state of another version, or one that cannot be read, is a fresh start: nothing of it was done yet, so nothing is lost
but the thread.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from voice.skills.skill import Task

VERSION = 3
# Whoever says yes later than this has left or thinks of something else: it may be the next person, or the television.
LONGEST_TO_ANSWER = timedelta(minutes=3)


@dataclass
class ConversationState:
    """The thread of one conversation.

    `task`: what is being talked about. `question`: what she was asked, with its words in `question_text` and
    `question_speech`; `question_id` names this question among all that were ever asked, `asked_at` is when she last
    heard it (ISO 8601, UTC), None when she has heard something else since. `options`: what she was offered. `tries`:
    how often in a row she was not understood. `done`: the intent of the last deed, `done_booking`: the id of what was
    booked or changed then, which a bare 改到下午 means. `last_text`, `last_speech`: for 再说一遍 and for when she comes
    back.
    """

    task: Task | None = None
    question: str | None = None
    options: list[Task] = field(default_factory=list)
    tries: int = 0
    done: str | None = None
    done_booking: str | None = None
    last_text: str = ""
    last_speech: str = ""
    question_text: str = ""
    question_speech: str = ""
    question_id: str | None = None
    asked_at: str | None = None

    def forget_task(self) -> None:
        """Nothing is being talked about any more."""
        self.task, self.question, self.options, self.tries = None, None, [], 0
        self.question_text = self.question_speech = ""
        self.question_id = self.asked_at = None

    def is_late(self, now: datetime) -> bool:
        """Whether she heard something else after the question, or `now` (aware) is past `LONGEST_TO_ANSWER`."""
        return self.asked_at is None or now - datetime.fromisoformat(self.asked_at) > LONGEST_TO_ANSWER

    def to_json(self) -> dict[str, Any]:
        """The state as plain values."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ConversationState:
        """The state from plain values; a fresh one when they are empty or of another version.

        Shares nothing with them: a turn that fails half way leaves what is kept as it was.
        """
        if value.get("version") != VERSION:
            return cls()
        known = {name: each for name, each in deepcopy(value).items() if name != "version"}
        task = Task(**known["task"]) if known["task"] else None
        options = [Task(**option) for option in known["options"]]
        return cls(**known | {"task": task, "options": options})
