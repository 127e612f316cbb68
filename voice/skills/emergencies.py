"""Calling for help by talking: done at once, without a read-back, and called off with a word within a minute.

A thin client of `services.emergencies`. What is said is calm, short, and nothing but true: who has the alarm, who gets
a text message, and that an ambulance is called by herself.
"""

from __future__ import annotations

from services.emergencies import Emergency, EmergencyState, open_emergency, raise_emergency, say_all_well
from services.family import Relation
from voice.skills.skill import Phone, Step, Turn
from voice.telling import AMBULANCE, FIRE_BRIGADE, POLICE
from voice.wording import Line

# More names than this are no calm sentence.
MOST_NAMED = 2


def call_for_help(turn: Turn) -> Step:
    """The alarm, and what she is told."""
    words = turn.words
    before = open_emergency(turn.session, turn.actor, person_id=turn.person_id)
    emergency = raise_emergency(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
    told = _still_called(turn, emergency) if before is not None else _called(turn, emergency)
    ambulance = words.line(
        "If you are hurt or feel ill, call %(phone)s now: I cannot call for you.", phone=turn.tell.phone(AMBULANCE)
    )
    calm = words.line("Stay where you are, and do not get up in a hurry.")
    line = words.joined(told, ambulance, calm, *_way_back(turn, emergency))
    return Step(line, effect={"action": "emergency"}, phones=emergency_phones(turn))


def call_off(turn: Turn) -> Step | None:
    """She says that nothing is wrong; None where she did not call for help."""
    words = turn.words
    emergency = say_all_well(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
    if emergency is None:
        return None
    if emergency.state is EmergencyState.CALLED_OFF:
        off = words.line("Good. The alarm is called off.")
        return Step(words.joined(off, words.line("Everybody who was told hears of it.")) if emergency.texted else off)
    line = words.line(
        "Good, I have written that down. A minute has passed, so somebody of the community makes sure and closes it."
    )
    return Step(line)


def ask_whether_all_is_well(turn: Turn) -> Step | None:
    """What seems to call the alarm off was not heard clearly; None where there is no alarm."""
    if open_emergency(turn.session, turn.actor, person_id=turn.person_id) is None:
        return None
    line = turn.words.line("I did not hear that clearly. Are you all right? Then say: I am fine, I pressed by mistake.")
    return Step(line, phones=emergency_phones(turn))


def emergency_phones(turn: Turn) -> tuple[Phone, ...]:
    """Whom to call oneself."""
    words = turn.words
    return (
        Phone(words.say("Ambulance"), AMBULANCE),
        Phone(words.say("Fire brigade"), FIRE_BRIGADE),
        Phone(words.say("Police"), POLICE),
    )


def _called(turn: Turn, emergency: Emergency) -> Line:
    words = turn.words
    alarm = (
        words.line("I have called for help: the alarm is on at your community.")
        if emergency.community is not None
        else words.line("I have called for help: the alarm is on at the city's office.")
    )
    named = [each.relation for each in emergency.texted if each.status is not None]
    if not named:
        return words.joined(alarm, words.line("You have noted no emergency contact, so nobody else was told."))
    people = turn.tell.several([relation_name(turn, each) for each in dict.fromkeys(named[:MOST_NAMED])])
    return words.joined(alarm, words.line("A text message goes to %(people)s.", people=people))


def _still_called(turn: Turn, emergency: Emergency) -> Line:
    words = turn.words
    if emergency.taken_at is not None:
        return words.line("Help is called already, and somebody of the community is looking after it.")
    return words.line("Help is called already. The alarm goes on until somebody takes it.")


def _way_back(turn: Turn, emergency: Emergency) -> tuple[Line, ...]:
    if not emergency.can_be_called_off(turn.now):
        return ()
    return (turn.words.line("If it was a mistake, say within a minute: I am fine, I pressed by mistake."),)


def relation_name(turn: Turn, relation: Relation) -> Line:
    """What somebody is to her, as she says it: your daughter."""
    words = turn.words
    names = {
        Relation.DAUGHTER: words.say("your daughter"),
        Relation.SON: words.say("your son"),
        Relation.SPOUSE: words.say("your husband or wife"),
        Relation.GRANDCHILD: words.say("your grandchild"),
        Relation.OTHER: words.say("your family"),
    }
    return Line.same(names[relation])
