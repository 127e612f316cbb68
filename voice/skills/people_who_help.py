"""Reaching a person: no call is made from here yet, so she is told every way that there is."""

from __future__ import annotations

from voice.skills.skill import Answers, Step, Task, Turn


class CallStaff(Answers):
    """The number to call, the button of the page and the text message that a worker sees."""

    intent = "call_staff"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        line = turn.words.line(
            "Call %(phone)s and a person answers. Or press the phone button above, or answer our text message with "
            "the word for help: your community calls you.",
            phone=turn.tell.help_line,
        )
        return Step(line)
