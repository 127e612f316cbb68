"""Doing what a text message says about an emergency: calling for help, and saying that nothing is wrong.

A phone that two people share says nothing about who of them writes: the alarm names both, and their word is for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import emergencies
from services.actor import Actor, Channel
from services.emergencies import EmergencyState
from services.inbox import answering

if TYPE_CHECKING:
    from services.inbox.acting import Reading


def call_for_help(reading: Reading) -> None:
    """The alarm, for everybody who is reached by this phone."""
    for person in reading.sender.people:
        if person.died_on is None:
            herself = Actor.senior(person.id, Channel.TEXT_MESSAGE)
            emergencies.raise_emergency(reading.session, herself, person_id=person.id, now=reading.now)
    reading.answer(answering.HELP_CALLED)


def say_all_well(reading: Reading) -> None:
    """The minute is counted by when she wrote, however long the message was on its way."""
    states = []
    for person in reading.sender.people:
        herself = Actor.senior(person.id, Channel.TEXT_MESSAGE)
        ended = emergencies.say_all_well(
            reading.session,
            herself,
            person_id=person.id,
            now=reading.now,
            said_at=reading.situation.sent_at,
        )
        states += [ended.state] if ended is not None else []
    all_off = all(state is EmergencyState.CALLED_OFF for state in states)
    reading.answer(answering.CALLED_OFF if all_off else answering.SOMEBODY_LOOKS)
