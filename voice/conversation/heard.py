"""What comes into a turn and what goes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from services.speaking import AT_FIRST, SpeakingManner
from voice.skills.skill import Phone


@dataclass(frozen=True)
class Heard:
    """What she said. Empty text: nothing was heard. Typed text has confidence 1 and `spoken` False.

    `answers`: the `Reply.question_id` that stood before her when she said it, empty when nothing was asked there. None
    where there is one thread only (kiosk, terminal) and nothing else can have been asked in between.
    """

    text: str
    confidence: float = 1.0
    spoken: bool = False
    alternatives: tuple[str, ...] = ()
    answers: str | None = None


@dataclass(frozen=True)
class Reply:
    """What the assistant answers.

    `text` is for the screen, `speech_text` for the ear. `effect`: what was changed, `{"action": "none"}` for nothing.
    `expected_words`: for the recogniser's next turn. `ended`: she said goodbye. `state`: to hand back in the next turn.
    `question_id`: names the question that is open now, None when nothing is asked; comes back in `Heard.answers`.
    `phones`: numbers to call, to be shown large; they stand nowhere else. `listens`: nothing is asked, but she may have
    something to say at once. `manner`: how slowly and how loudly it is to be spoken.
    """

    text: str
    speech_text: str
    effect: dict[str, Any] = field(default_factory=lambda: {"action": "none"})
    expected_words: tuple[str, ...] = ()
    ended: bool = False
    state: dict[str, Any] = field(default_factory=dict)
    question_id: str | None = None
    phones: tuple[Phone, ...] = ()
    listens: bool = False
    manner: SpeakingManner = AT_FIRST
