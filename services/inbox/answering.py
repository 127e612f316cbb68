"""The answers to incoming messages: registered templates in the language of the person, never twice the same in a day.

Two machines that answer each other would never stop, so a phone gets few answers a day; what is beyond that is read
and acted on like any other message, only not answered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.inbox.history import ASKED_WHICH_OF_TWO, Sender
from services.inbox.tables import HandledAs, IncomingMessageRow
from services.messages import queue_asked_for_message, queue_message
from services.messages.phone_notes import is_stopped
from services.people import MOBILE, Person

A_DAY = timedelta(days=1)
MOST_ANSWERS_A_DAY = 6

WHICH_ONE, WHICH_CODE = "reply_which_one", "reply_which_code"
UNCLEAR, NOTHING_OPEN = "reply_unclear", "reply_nothing_open"
STOPPED, RESUMED = "reply_stopped", "reply_resumed"
SOMEBODY_CALLS, HELP = "reply_somebody_calls", "reply_help"
# That a message is ours can only be said where we sent one; somebody else may send some in our name.
GENUINE, CHECK = "reply_genuine", "reply_check"
QUESTION, TAKE_YOUR_TIME = "reply_question", "reply_take_your_time"
DELEGATE_WHICH, DELEGATE_OR_OFFER = "reply_delegate_which", "reply_delegate_or_offer"
DELEGATE_OVER, TAKE_BACK_WHICH = "reply_delegate_over", "reply_take_back_which"
NO_DELEGATES = "reply_no_delegates"
HELP_CALLED, CALLED_OFF, SOMEBODY_LOOKS = "reply_help_called", "reply_called_off", "reply_somebody_looks"
# Whoever called for help is answered each time.
URGENT = frozenset({HELP_CALLED, CALLED_OFF, SOMEBODY_LOOKS})
# Questions that name codes may come once more after one of them was answered.
NAMING_CODES = frozenset(
    {ASKED_WHICH_OF_TWO, WHICH_ONE, WHICH_CODE, DELEGATE_WHICH, DELEGATE_OR_OFFER, TAKE_BACK_WHICH}
)
# These two go out even to a phone that wants no messages: they are what she asked for.
ABOUT_STOPPING = frozenset({STOPPED, RESUMED})

TEMPLATES = {
    HandledAs.UNCLEAR_AGAIN: SOMEBODY_CALLS,
    HandledAs.GIVEN_TIME: TAKE_YOUR_TIME,
    HandledAs.HELP_WANTED: HELP,
    HandledAs.VISIT_ASKED: "reply_visit",
    HandledAs.DEATH_REPORTED: "reply_condolence",
    HandledAs.WRONG_PERSON: "reply_wrong_person",
    HandledAs.STOPPED: STOPPED,
    HandledAs.RESUMED: RESUMED,
    HandledAs.OTHER_PHONE: "reply_other_phone",
    HandledAs.KEPT: NOTHING_OPEN,
}


def answer(
    session: Session,
    row: IncomingMessageRow,
    sender: Sender,
    template: str,
    *,
    now: datetime,
    about: Person | None = None,
    **variables: str,
) -> None:
    """Queue an answer, unless this phone had the same one or too many within a day, or can't be answered."""
    if not MOBILE.fullmatch(sender.phone) or _had_enough(session, row, template, now):
        return
    whom = about or (sender.people[0] if sender.people else None)
    # Who writes gets an answer, also where nothing else may be sent; only who wants no messages gets none.
    wants_none = template not in ABOUT_STOPPING and is_stopped(session, sender.phone)
    queue = queue_message if wants_none else queue_asked_for_message
    queue(
        session,
        template,
        city=row.city,
        phone=sender.phone,
        locale=whom.locale if whom else "zh_Hans",
        now=now,
        person_id=whom.id if whom else None,
        **variables,
    )
    if not wants_none:
        row.answer = template


def _had_enough(session: Session, row: IncomingMessageRow, template: str, now: datetime) -> bool:
    if template in URGENT:
        return False
    given = session.scalars(
        select(IncomingMessageRow.answer).where(
            IncomingMessageRow.phone_index == row.phone_index,
            IncomingMessageRow.answer.is_not(None),
            IncomingMessageRow.handled_at > now - A_DAY,
            IncomingMessageRow.id != row.id,
        )
    ).all()
    repeated = template in given and template not in NAMING_CODES
    return repeated or len(given) >= MOST_ANSWERS_A_DAY
