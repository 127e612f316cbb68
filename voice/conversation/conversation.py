"""The conversation as the front doors know it: an opening, then turns. What happens in a turn is in `exchange`.

The caller opens and commits the unit of work and keeps the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.actor import Actor
from services.speaking import manner_of
from voice.conversation.exchange import Exchange
from voice.conversation.expected import expected_words
from voice.conversation.heard import Heard, Reply
from voice.conversation.replying import greeting
from voice.conversation.state import ConversationState
from voice.skills import SKILLS
from voice.skills.skill import Skill, Turn
from voice.wording import DEFAULT_LOCALE, words


class Conversation:
    """Answers turn by turn. Holds no state of its own: one object serves everybody."""

    def __init__(self, locales_dir: Path, skills: Mapping[str, Skill] = SKILLS) -> None:
        self._locales_dir = locales_dir
        self._skills = skills

    def opening(self, locale: str = DEFAULT_LOCALE) -> Reply:
        """What the assistant says before anybody has spoken."""
        line = greeting(words(locale, self._locales_dir))
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
        reply = Exchange(turn, ConversationState.from_json(state), heard, self._skills).answer()
        return replace(reply, manner=manner_of(session, actor, person_id=person_id))
