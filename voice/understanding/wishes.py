"""What the conversation serves beyond the vocabulary of intents: changing a booking, 跟上周一样, a price, a complaint.

Wishes are found by signs, as strictly as the other signs, beside the intent and never instead of it: `understand` tells
the intent. The words that other intents are about are no strangers here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from voice.understanding.reading import Reading, SlotValue, Token
from voice.understanding.rulebook import OUT_OF_SCOPE, Rulebook
from voice.understanding.signs import Candidate, candidates
from voice.understanding.slots import choose_slots

# What stands before one of these names the booking, what stands behind it says how it shall be.
_TURNS_INTO = "change"
# These speak of the booking as a whole.
_OF_THE_BOOKING = frozenset({"change_wanted", "shifted"})
_OF_THE_PAST = frozenset({"rate_visit", "complain", "complain_about_meal"})


@dataclass(frozen=True)
class WishHeard:
    """A wish with the slots that it states; `former` are those of a booking that is to be changed."""

    name: str
    slots: dict[str, SlotValue] = field(default_factory=dict)
    former: dict[str, SlotValue] = field(default_factory=dict)


def find_wish(reading: Reading, rules: Rulebook, intent: str) -> WishHeard | None:
    """The wish of a sentence that was understood as `intent`, None where it has none or means something stronger."""
    possible = [
        wish.rules for wish in rules.wishes.values() if wish.rules.signs and intent in wish.told_as | {OUT_OF_SCOPE}
    ]
    found = candidates(replace(reading, strange=reading.unknown), rules, possible)
    if not found:
        return None
    best = found[0]
    names = rules.wishes[best.intent].slots
    before, after = _around_the_change(reading)
    former = _slots(before, rules, best, names) if before is not None else {}
    return WishHeard(best.intent, _slots(after, rules, best, names), former)


def _around_the_change(reading: Reading) -> tuple[Reading | None, Reading]:
    """What speaks of the booking and what of the change; only the second where the sentence changes none."""
    turns = [token for token in reading.tokens if _TURNS_INTO in token.kinds]
    if turns:
        return _part(reading, [t for t in reading.tokens if t.end <= turns[-1].start]), _part(
            reading, [t for t in reading.tokens if t.start >= turns[-1].end]
        )
    whole = [token for token in reading.tokens if token.kinds & _OF_THE_BOOKING]
    if whole:
        return _part(reading, [t for t in reading.tokens if t not in whole]), _part(reading, whole)
    return None, reading


def _part(reading: Reading, tokens: list[Token]) -> Reading:
    return replace(reading, tokens=tuple(tokens))


def _slots(reading: Reading, rules: Rulebook, wish: Candidate, names: tuple[str, ...]) -> dict[str, SlotValue]:
    stated = choose_slots(reading, rules.forms, wish.intent, None)
    if wish.intent in _OF_THE_PAST:
        # Here a day that is over is no story: it is what she speaks about.
        days = [day for token in reading.tokens if (day := token.slot("date")) is not None]
        stated |= {"date": days[-1]} if days else {}
    return {name: value for name, value in stated.items() if name in names}
