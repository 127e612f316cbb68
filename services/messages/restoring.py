"""What becomes of waiting messages when the database was restored from a backup."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, update
from sqlalchemy.orm import Session

from services.messages.tables import MessageStatus, OutgoingMessage


def ask_about_waiting(session: Session) -> int:
    """Treat the messages that were due as those of a worker that died: before any of them goes out the gateway is asked
    whether it has it already. How many they are.

    Between the backup and the failure they were sent, most likely; the one who restores cannot know. What is due later
    than now was sent by nobody.
    """
    moved = session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.status == MessageStatus.QUEUED, OutgoingMessage.due_at <= func.now())
        .values(status=MessageStatus.SENDING, leased_until_at=func.now() - timedelta(seconds=1))
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], moved).rowcount
