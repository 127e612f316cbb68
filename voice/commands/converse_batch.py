"""`python -m voice converse --batch`: whole conversations on standard input, what each changed on standard output.

A line in: {"id", "turns": [...], "now", "given"}. `turns` is what she says, '' for silence. `given`, which may be left
out: `bookings` that she holds already, {"kind": "meal", "date", "meal"} or {"kind": "service", "service", "date",
"period"}, and `offer`, whether an offer of a benefit is open. A line out: {"id", "effect"}: the last thing that was
changed, with its slots. Every line is checked before the first answer is printed, and no conversation leaves anything
behind. The four digits of a certification are drawn anew each time, so no line can hold them: they are said for her.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from services.actor import Actor, Channel
from services.database import open_database, unit_of_work
from services.errors import ServiceError
from services.settings import Settings
from voice.commands.batch_world import Given, settle, world
from voice.commands.json_lines import json_objects
from voice.commands.moments import read_moment
from voice.commands.refusal import Refused
from voice.commands.talking import read_words
from voice.conversation import Conversation, Heard
from voice.conversation.answers import digits_said
from voice.skills.skill import DIGITS, NOTHING_DONE
from voice.understanding import understand
from voice.understanding.rulebook import rulebook
from voice.wording import DEFAULT_LOCALE

_EXPECTED = 'expected {"id": ..., "turns": ["...", ...], "now": "2026-11-23T09:00", "given": {...}}'


@dataclass(frozen=True)
class Script:
    """One conversation as it is to be held. `where` names its line."""

    id: object
    turns: tuple[str, ...]
    now: datetime
    given: Given = field(default_factory=dict)
    where: str = ""


def run_batch(settings: Settings, lines: Iterable[bytes]) -> None:
    """Hold every conversation of the lines and print its effect. Raises Refused."""
    scripts = read_scripts(lines)
    if not settings.demo:
        raise Refused("this command acts for people who have not signed in: it works in demonstration mode only")
    try:
        database = open_database(settings)
    except ServiceError as error:
        raise Refused(f"the database did not start: {' '.join(str(error).split())}") from None
    read_words(settings, DEFAULT_LOCALE)
    try:
        conversation = Conversation(settings.locales_dir)
        for now, together in groupby(scripts, key=lambda script: script.now):
            with database.engine.connect() as connection, world(connection, settings, now) as sessions:
                for script in together:
                    with connection.begin_nested() as savepoint:
                        effect = hold(conversation, sessions, script, city=settings.city)
                        savepoint.rollback()
                    sys.stdout.write(json.dumps({"id": script.id, "effect": effect}, ensure_ascii=False) + "\n")
    except ProgrammingError:
        raise Refused("the database cannot be used yet: run `make run` once, or `python -m services demo`") from None
    finally:
        database.close()


def hold(conversation: Conversation, sessions: sessionmaker[Session], script: Script, *, city: str) -> dict[str, Any]:
    """Hold one conversation; what it changed last. Raises Refused where what is given cannot be."""
    with unit_of_work(sessions) as session:
        person_id = settle(session, script.given, city=city, now=script.now, where=script.where).id
    actor = Actor.senior(person_id, Channel.VOICE)
    waiting, state, effect = list(script.turns), dict[str, Any](), dict(NOTHING_DONE)
    while waiting or _digits_asked_for(state):
        heard = Heard(_next_turn(waiting, state, script.now))
        with unit_of_work(sessions) as session:
            reply = conversation.turn(
                session, actor, person_id=person_id, heard=heard, state=state, now=script.now, locale=DEFAULT_LOCALE
            )
        state = reply.state
        # What the vocabulary has no name for (a place in a line, a complaint) is no effect of a batch.
        effect = reply.effect if reply.effect["action"] in rulebook().slots_of else effect
        if reply.ended:
            break
    return _with_slots_only(effect)


def _next_turn(waiting: list[str], state: Mapping[str, Any], now: datetime) -> str:
    """What she says next: the digits that she was just given, unless the line has something else to say to that."""
    digits = _digits_asked_for(state)
    if digits and (not waiting or digits_said(waiting[0]) or understand(waiting[0], now).intent == "yes"):
        del waiting[:1]
        return digits
    return waiting.pop(0)


def _digits_asked_for(state: Mapping[str, Any]) -> str:
    """The digits that the last reply asked for, empty when it did not."""
    is_asked = state.get("question") == DIGITS and state["asked_at"] is not None
    return str(state["task"]["notes"]["digits"]) if is_asked else ""


def _with_slots_only(effect: Mapping[str, Any]) -> dict[str, Any]:
    """The effect without the ids that only this machine knows."""
    slots = rulebook().slots_of.get(effect["action"], ())
    return {name: value for name, value in effect.items() if name == "action" or name in slots}


def read_scripts(lines: Iterable[bytes]) -> list[Script]:
    """The conversations of JSON lines, empty lines left out. Raises Refused naming the line."""
    return [_read(value, where) for where, value in json_objects(lines, _EXPECTED)]


def _read(value: dict[str, Any], where: str) -> Script:
    value = _object(value, where, {"id", "turns", "now", "given"}, {"id", "turns", "now"})
    turns = value["turns"]
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise Refused(f"{where}: 'turns' is not a list of texts, {_EXPECTED}")
    now = read_moment(value["now"], f"{where}: 'now'")
    given = _given(value.get("given") or {}, f"{where}: 'given'")
    return Script(value["id"], tuple(turns), now, given, where)


def _given(value: object, where: str) -> Given:
    given = _object(value, where, {"bookings", "offer"}, set())
    bookings = given.get("bookings") or []
    if not isinstance(bookings, list):
        raise Refused(f"{where}: 'bookings' is not a list")
    return {"bookings": [_booking(each, f"{where}: 'bookings'") for each in bookings], "offer": given.get("offer")}


def _booking(value: object, where: str) -> dict[str, Any]:
    kinds = {"meal": {"kind", "date", "meal"}, "service": {"kind", "service", "date", "period"}}
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind not in kinds:
        raise Refused(f"{where}: 'kind' is {kind!r}, expected one of {', '.join(kinds)}")
    booking = _object(value, where, kinds[kind], kinds[kind] - {"period"})
    for slot in kinds[kind] & booking.keys() & {"meal", "service", "period"}:
        allowed = rulebook().forms[slot]
        if booking[slot] not in allowed:
            raise Refused(f"{where}: {slot!r} is {booking[slot]!r}, expected one of {', '.join(allowed)}")
    try:
        date.fromisoformat(str(booking["date"]))
    except ValueError:
        raise Refused(f"{where}: 'date' is {booking['date']!r}, expected a day like 2026-11-24") from None
    return booking


def _object(value: object, where: str, allowed: set[str], required: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused(f"{where}: not an object, {_EXPECTED}")
    for key in sorted(required - value.keys()):
        raise Refused(f"{where}: {key!r} is missing, {_EXPECTED}")
    for key in sorted(value.keys() - allowed):
        raise Refused(f"{where}: unknown key {key!r}, allowed are {', '.join(sorted(allowed))}")
    return value
