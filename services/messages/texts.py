"""The texts that somebody was sent, for her to look up: whoever imitates our messages cannot put one on this list.

A message is kept as its template and variables, so a text is shown in the words that the template has now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.messages.tables import VARIABLES, MessageStatus, OutgoingMessage
from services.messages.wording import Composer, WordingWrong
from services.people import require_for
from services.sealing import vault_of

# Good for ten minutes, on the phone that asked for it, and nowhere else.
NOT_SHOWN = frozenset({"sign_in_code"})
ON_ITS_WAY = frozenset({MessageStatus.QUEUED, MessageStatus.SENDING})
NOT_ARRIVED = frozenset({MessageStatus.FAILED, MessageStatus.UNDELIVERED})


@dataclass(frozen=True)
class SentText:
    """One text as it stands, or would stand, on her phone. `at` is when it went, or was written."""

    id: UUID
    at: datetime
    locale: str
    status: MessageStatus
    text: str = field(repr=False)

    @property
    def is_on_its_way(self) -> bool:
        """Whether it was written and has not gone yet: at night and at noon nobody is disturbed."""
        return self.status in ON_ITS_WAY

    @property
    def has_not_arrived(self) -> bool:
        """Whether it is known not to be on her phone: refused, undelivered, or held back since she wants no texts."""
        return self.status in NOT_ARRIVED


@dataclass(frozen=True)
class SentTexts:
    """Some texts, the newest first, and whether there are older ones."""

    texts: tuple[SentText, ...]
    has_older: bool


def list_texts(
    session: Session, actor: Actor, composer: Composer, *, person_id: UUID, limit: int = 20, offset: int = 0
) -> SentTexts:
    """What we texted to somebody, but for codes to sign in. On a phone that two people share each sees what is about
    her. For herself, and for workers of her community; a delegate who may have her messages has them on a phone of her
    own. A text whose template is no longer used is left out. Raises NotAllowed."""
    require_for(session, actor, Capability.READ_TEXTS, person_id=person_id)
    found = session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.person_id == person_id, OutgoingMessage.template.not_in(NOT_SHOWN))
        .order_by(OutgoingMessage.queued_at.desc(), OutgoingMessage.id.desc())
        .limit(limit + 1)
        .offset(offset)
    ).all()
    texts = (_text(session, composer, message) for message in found[:limit])
    return SentTexts(tuple(text for text in texts if text is not None), has_older=len(found) > limit)


def _text(session: Session, composer: Composer, message: OutgoingMessage) -> SentText | None:
    variables = json.loads(vault_of(session).open(message.variables_sealed, context=VARIABLES))
    try:
        text = composer.compose(message.template, variables, locale=message.locale)
    except WordingWrong:
        return None
    at = message.sent_at or message.queued_at
    return SentText(message.id, at, message.locale, MessageStatus(message.status), text)
