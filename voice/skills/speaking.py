"""说慢点, 大声点: the assistant speaks so from then on, and says its last sentence again like that.

A thin client of `services.speaking`.
"""

from __future__ import annotations

from services.speaking import SpeakingWish, change_manner, manner_of
from voice.skills.skill import Turn
from voice.wording import Line


def speak_otherwise(turn: Turn, wish: SpeakingWish) -> Line:
    """What is said of it, before the last sentence comes again."""
    words = turn.words
    before = manner_of(turn.session, turn.actor, person_id=turn.person_id)
    after = change_manner(turn.session, turn.actor, person_id=turn.person_id, wish=wish, now=turn.now)
    if wish is SpeakingWish.SLOWER:
        if after == before:
            return words.line("I cannot speak more slowly than this.")
        return words.line("All right, I speak more slowly.")
    if after == before:
        return words.line("I cannot speak louder than this. Please turn up the volume of the device.")
    return words.line("All right, I speak louder.")
