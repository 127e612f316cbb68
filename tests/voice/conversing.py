"""A conversation in a test: say something, look at the reply."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.people import Person
from voice.conversation import Conversation, Heard, Reply
from voice.wording import DEFAULT_LOCALE


@dataclass
class Talking:
    """One person's conversation with the real services; its state goes through JSON between the turns, as it does in
    the database."""

    conversation: Conversation
    session: Session
    person: Person
    now: datetime
    locale: str = DEFAULT_LOCALE
    replies: list[Reply] = field(default_factory=list)

    def say(self, *turns: str | Heard) -> Reply:
        """Say these one after the other; the last reply."""
        for turn in turns:
            heard = turn if isinstance(turn, Heard) else Heard(turn)
            state: dict[str, Any] = json.loads(json.dumps(self.replies[-1].state)) if self.replies else {}
            self.replies.append(
                self.conversation.turn(
                    self.session,
                    Actor.senior(self.person.id, Channel.VOICE),
                    person_id=self.person.id,
                    heard=heard,
                    state=state,
                    now=self.now,
                    locale=self.locale,
                )
            )
        return self.replies[-1]

    def done(self) -> dict[str, Any]:
        """What the last turn changed, without the id."""
        return {name: value for name, value in self.replies[-1].effect.items() if name != "booking_id"}
