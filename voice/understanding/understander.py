"""From text to intent and slots: normalise, read, weigh the signs, choose the slots.

Two intents that are equally strong are not guessed between: the answer is out_of_scope with both in `close`, so that
the conversation can offer them. A correction between two requests makes the later one count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from services.clock import local_day
from voice.understanding.lexicon import Lexicon, lexicon
from voice.understanding.normalise import normalise
from voice.understanding.reading import Reader, Reading, SlotValue
from voice.understanding.rulebook import OUT_OF_SCOPE, Rulebook, rulebook
from voice.understanding.signs import Candidate, candidates
from voice.understanding.slots import choose_slots

# Nearer than this, two intents are as good as each other.
CLOSE = 0.02
# An alternative of the recogniser counts less the further down its list it stands.
_ALTERNATIVE_COST = 0.03
_ANSWERS = frozenset({"yes", "no"})


@dataclass(frozen=True)
class Understanding:
    """What a sentence means.

    `slots` holds only what the intent allows and the sentence states. `mentioned` holds every slot value in the
    sentence whatever the intent, `kinds` every kind of word, `opens_with` the kinds of its first word that is no
    filler, `strange` the number of characters that were not understood.
    """

    intent: str
    slots: dict[str, SlotValue] = field(default_factory=dict)
    mentioned: dict[str, SlotValue] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    strange: int = 0
    opens_with: frozenset[str] = frozenset()
    score: float = 0.0
    close: tuple[str, ...] = ()


class Understander:
    """Understands sentences by one rulebook."""

    def __init__(self, rules: Rulebook, words: Lexicon) -> None:
        self._rules = rules
        self._reader = Reader(rules, words)

    def understand(self, text: str, now: datetime, alternatives: Sequence[str] = ()) -> Understanding:
        """The meaning of a sentence said at `now` (aware); `alternatives` are other things it may have been.

        An alternative is asked only when the text itself means nothing we serve. An answer is never taken from an
        alternative, and when alternatives answer differently, nothing is.
        """
        first = self._understand(text, now)
        others = [self._understand(other, now) for other in alternatives if other != text]
        if first.intent in _ANSWERS and any(other.intent in _ANSWERS - {first.intent} for other in others):
            return Understanding(OUT_OF_SCOPE, close=tuple(sorted(_ANSWERS)))
        if first.intent != OUT_OF_SCOPE or first.close:
            return first
        usable = [
            (other.score - _ALTERNATIVE_COST * place, other)
            for place, other in enumerate(others, start=1)
            if other.intent not in _ANSWERS | {OUT_OF_SCOPE}
        ]
        return max(usable, key=lambda each: each[0])[1] if usable else first

    def _understand(self, text: str, now: datetime) -> Understanding:
        reading = self._reader.read(normalise(text), local_day(now))
        best, close = _decide(candidates(reading, self._rules), reading)
        mentioned = choose_slots(reading, self._rules.forms, best)
        kinds = frozenset(kind for token in reading.tokens for kind in token.kinds)
        strange = reading.strange_between(0, len(reading.units))
        allowed = self._rules.slots_of[best.intent] if best else ()
        return Understanding(
            best.intent if best else OUT_OF_SCOPE,
            {name: value for name, value in mentioned.items() if name in allowed},
            mentioned,
            kinds,
            strange,
            self._opening(reading),
            best.score if best else 0.0,
            close,
        )

    def _opening(self, reading: Reading) -> frozenset[str]:
        return next((token.kinds for token in reading.tokens if not token.kinds & self._rules.fillers), frozenset())


def _decide(found: list[Candidate], reading: Reading) -> tuple[Candidate | None, tuple[str, ...]]:
    if not found:
        return None, ()
    best = found[0]
    corrections = [token.start for token in reading.tokens if "correction" in token.kinds]
    for other in found[1:]:
        # 别订早饭了，帮我订午饭: after a refusal, too, what is wanted counts.
        if any(best.end <= at < other.start for at in corrections) or (best.refuses and best.end <= other.start):
            return other, ()
    if len(found) > 1 and best.score - found[1].score < CLOSE:
        return None, (best.intent, found[1].intent)
    return best, ()


@cache
def _understander() -> Understander:
    return Understander(rulebook(), lexicon())


def understand(text: str, now: datetime, alternatives: Sequence[str] = ()) -> Understanding:
    """The meaning of a sentence by the rules of this repository; see `Understander.understand`."""
    return _understander().understand(text, now, alternatives)


def warm_up() -> None:
    """Load the rules now, so that the first sentence is as fast as the others; raises RulesError."""
    _understander()
