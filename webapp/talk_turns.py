"""One turn of the conversation with the assistant, the same for a spoken, a pressed and a typed sentence.

A turn is one unit of work: the deed, its text message, and what the assistant remembers are committed together when the
turn ends well. Recognition and speech happen outside of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from services import conversations
from services.actor import Actor, Channel
from services.database import unit_of_work
from services.people import Person
from services.sign_in import signed_in
from services.speaking import AT_FIRST, SpeakingManner
from voice.conversation import Conversation, Heard
from voice.conversation.expected import expected_words
from voice.conversation.state import ConversationState
from voice.skills.skill import CONFIRM, OFFER
from webapp.site import Site

# A Mandarin voice can say these; in other languages the answer is shown and not spoken.
SPOKEN_LOCALES = ("zh_Hans", "zh_Hant_HK")
# Where a booking that was made or changed is shown, by what was done.
BOOKING_PAGES = {
    "book_meal": "bookings.booking",
    "book_service": "service_bookings.booking",
    "agree_to_price": "service_bookings.booking",
    "rate_visit": "service_bookings.booking",
    "complain_about_meal": "bookings.booking",
    "complain": "service_bookings.booking",
}


class NobodySignedIn(Exception):
    """The sign-in behind an open conversation has ended."""


@dataclass(frozen=True)
class Talking:
    """Who talks: the browser's sign-in and its language."""

    token: str
    locale: str


@dataclass(frozen=True)
class Answer:
    """What the assistant says, and how the page goes on.

    `speech` is empty where it is not to be spoken. `is_open`: a question waits for an answer. `asks`: a yes or no is
    enough. `question_id`: which question it is, for what the page sends back with the answer. `booking`: the
    address of what was just booked or changed. `phones`: words and number of each button that calls somebody.
    `manner`: how slowly and loudly it is spoken. `is_alarm`: she called for help a moment ago, and may call it off.
    """

    text: str
    speech: str
    is_open: bool
    asks: bool
    question_id: str | None = None
    booking: str | None = None
    phones: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    manner: SpeakingManner = AT_FIRST
    is_alarm: bool = False


def take_turn(site: Site, talking: Talking, heard: Heard) -> Answer:
    """The answer to what was heard. Raises NobodySignedIn."""
    with at_the_table(site, talking) as (session, person):
        actor = Actor.senior(person.id, Channel.VOICE if heard.spoken else Channel.SCREEN)
        now = site.clock.now()
        state = conversations.load(session, actor, person_id=person.id, now=now)
        reply = _conversation(site.settings.locales_dir).turn(
            session, actor, person_id=person.id, heard=heard, state=state, now=now, locale=talking.locale
        )
        if reply.ended:
            conversations.end(session, actor, person_id=person.id)
        else:
            conversations.save(session, actor, person_id=person.id, city=person.city, state=reply.state, now=now)
    answer = _answer(talking.locale, reply.text, reply.speech_text, ConversationState.from_json(reply.state))
    return replace(
        answer,
        # She may want to say at once that it was a mistake.
        is_open=answer.is_open or reply.listens,
        booking=_page_of(reply.effect),
        manner=reply.manner,
        is_alarm=reply.effect["action"] == "emergency",
        phones=tuple((phone.words, phone.number) for phone in reply.phones),
    )


def _page_of(effect: Mapping[str, Any]) -> str | None:
    """The address of the booking that a turn made or changed; a week of meals has none of its own."""
    page, booking_id = BOOKING_PAGES.get(effect.get("action", "")), effect.get("booking_id")
    return url_for(page, booking_id=booking_id) if page and booking_id else None


def last_answer(session: Session, site: Site, person: Person, locale: str) -> Answer:
    """What the assistant said last, or how it opens a conversation, for a page that shows it."""
    actor = Actor.senior(person.id, Channel.SCREEN)
    kept = conversations.load(session, actor, person_id=person.id, now=site.clock.now())
    state = ConversationState.from_json(kept)
    if state.last_text:
        return _answer(locale, state.last_text, state.last_speech, state)
    opening = _conversation(site.settings.locales_dir).opening(locale)
    return _answer(locale, opening.text, opening.speech_text, state)


def words_expected_now(site: Site, talking: Talking) -> tuple[str, ...]:
    """The words that the recognizer may expect as the next answer. Raises NobodySignedIn."""
    with at_the_table(site, talking) as (session, person):
        actor = Actor.senior(person.id, Channel.VOICE)
        kept = conversations.load(session, actor, person_id=person.id, now=site.clock.now())
    return expected_words(ConversationState.from_json(kept).question)


@contextmanager
def at_the_table(site: Site, talking: Talking) -> Iterator[tuple[Session, Person]]:
    """A unit of work with the person whose sign-in this is; looked up anew each time, since it may have ended."""
    with unit_of_work(site.database.sessions) as session:
        found = signed_in(session, token=talking.token, now=site.clock.now())
        if found is None or found.person is None:
            raise NobodySignedIn
        yield session, found.person


def _answer(locale: str, text: str, speech: str, state: ConversationState) -> Answer:
    is_open, asks = state.question is not None, state.question in (CONFIRM, OFFER)
    return Answer(text, speech if locale in SPOKEN_LOCALES else "", is_open, asks, state.question_id)


@cache
def _conversation(locales_dir: Path) -> Conversation:
    """The assistant. It keeps nothing, so one serves everybody."""
    return Conversation(locales_dir)
