"""One conversation on this machine: who talks, in which database, by which clock. The state lives in memory.

Each turn is one unit of work, committed at the end of the turn: what the reply says is done, is done.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor, Channel
from services.clock import Clock, FixedClock, SystemClock
from services.database import open_database, unit_of_work
from services.errors import ServiceError
from services.settings import Settings
from voice.commands.moments import read_moment
from voice.commands.person import find_person
from voice.commands.refusal import Refused
from voice.conversation import Conversation, Heard, Reply
from voice.wording import DEFAULT_LOCALE, CatalogueMissing, Wording, words

LOCALES = ("zh_Hans", "zh_Hant_HK", "en")


class Talk:
    """A conversation in progress."""

    def __init__(
        self,
        conversation: Conversation,
        sessions: sessionmaker[Session],
        person_id: UUID,
        clock: Clock,
        locale: str,
    ) -> None:
        self._conversation, self._sessions, self._clock = conversation, sessions, clock
        self._person_id, self.locale = person_id, locale
        self._state: dict[str, Any] = {}
        self.expected_words: tuple[str, ...] = ()

    def open(self) -> Reply:
        """The greeting."""
        return self._keep(self._conversation.opening(self.locale))

    def say(self, heard: Heard) -> Reply:
        """The answer to what was heard, with everything that it says committed."""
        channel = Channel.VOICE if heard.spoken else Channel.COMMAND_LINE
        with unit_of_work(self._sessions) as session:
            reply = self._conversation.turn(
                session,
                Actor.senior(self._person_id, channel),
                person_id=self._person_id,
                heard=heard,
                state=self._state,
                now=self._clock.now(),
                locale=self.locale,
            )
        return self._keep(reply)

    def _keep(self, reply: Reply) -> Reply:
        self._state, self.expected_words = reply.state, reply.expected_words
        return reply


def add_talk_arguments(parser: ArgumentParser) -> None:
    """The arguments of every command that holds a conversation."""
    parser.add_argument("--as", dest="person", metavar="PERSON", help="who talks: a demo person's name, phone or id")
    parser.add_argument("--now", metavar="T", help="pretend that it is this local time, such as 2026-11-23T09:00")
    parser.add_argument("--locale", choices=LOCALES, default=DEFAULT_LOCALE, help="the language of the replies")


def read_settings() -> Settings:
    """The settings of this process. Raises Refused."""
    try:
        return Settings.from_environment(os.environ)
    except ServiceError as error:
        raise Refused(str(error)) from None


def read_words(settings: Settings, locale: str) -> Wording:
    """The words of a locale. Raises Refused."""
    try:
        return words(locale, settings.locales_dir)
    except CatalogueMissing as error:
        raise Refused(str(error)) from None


@contextmanager
def open_talk(arguments: Namespace, settings: Settings) -> Iterator[Talk]:
    """A conversation by the arguments of `add_talk_arguments`; closes the database at the end. Raises Refused."""
    if not settings.demo:
        raise Refused("this command acts for people who have not signed in: it works in demonstration mode only")
    clock: Clock = FixedClock(read_moment(arguments.now, "--now")) if arguments.now else SystemClock()
    read_words(settings, arguments.locale)
    try:
        database = open_database(settings)
    except ServiceError as error:
        raise Refused(f"the database did not start: {' '.join(str(error).split())}") from None
    try:
        try:
            with unit_of_work(database.sessions) as session:
                person = find_person(session, arguments.person)
        except DatabaseError:
            raise Refused(
                "the database cannot be used yet: run `make run` once, or `python -m services demo`"
            ) from None
        conversation = Conversation(settings.locales_dir)
        yield Talk(conversation, database.sessions, person.id, clock, arguments.locale)
    finally:
        database.close()
