"""From text to intent and slots: normalise, read, weigh signs and scores, choose the slots.

Two witnesses are heard. Signs are exact: where one is found for a meal, an answer or an emergency, it decides. The
scorer has reach: it decides where no sign is found, when it is sure enough, but never that somebody said yes or no. Two
intents whose signs are equally strong are not guessed between: the answer is out_of_scope with both in `close`, so that
the conversation can offer them. A correction between two requests makes the later one count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from services.clock import local_day
from voice.understanding.learned import learned_scorer
from voice.understanding.lexicon import lexicon
from voice.understanding.normalise import normalise
from voice.understanding.reading import Reader, Reading, SlotValue
from voice.understanding.rulebook import OUT_OF_SCOPE, Rulebook, rulebook
from voice.understanding.scorer import Scorer
from voice.understanding.signs import Candidate, candidates
from voice.understanding.slots import choose_slots, hinted_slots
from voice.understanding.wishes import WishHeard, find_wish

# Nearer than this, two intents are as good as each other.
CLOSE = 0.02
# An alternative of the recogniser counts less the further down its list it stands.
_ALTERNATIVE_COST = 0.03
_ANSWERS = frozenset({"yes", "no"})
# Below this the scorer is not sure enough.
SURE = 0.45
# What follows a correction counts alone when it is that sure.
_SURE_OF_A_CORRECTION = 0.7
# An intent that has signs needs more without one.
_SURE_WITHOUT_A_SIGN = 0.7
# What is believed without its sign weighs less than any sign, so that an alternative with one goes before it.
_WITHOUT_A_SIGN = 0.4
# A sign is overruled when the scorer is that sure of something else.
_SURER_THAN_A_SIGN = 0.8
_BY_SIGNS_ONLY = frozenset({"yes", "no", "goodbye"})
# Who orders in the same breath tells of a fall that is over: 我摔伤了腿下不了楼，明天中午饭送到家.
_UNHURRIED = frozenset({"book_meal", "cancel_meal"})
_SURE_THAT_IT_IS_OVER = 0.9


@dataclass(frozen=True)
class Understanding:
    """What a sentence means.

    `slots` holds only what the intent allows and the sentence states. `mentioned` holds every slot value in the
    sentence whatever the intent, `kinds` every kind of word, `opens_with` the kinds of its first word that is no
    filler, `strange` the number of characters that were not understood. `wish`: what the conversation serves beyond the
    vocabulary of intents, with what it states.
    """

    intent: str
    slots: dict[str, SlotValue] = field(default_factory=dict)
    mentioned: dict[str, SlotValue] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    strange: int = 0
    opens_with: frozenset[str] = frozenset()
    score: float = 0.0
    close: tuple[str, ...] = ()
    wish: WishHeard | None = None


class Understander:
    """Understands sentences by one rulebook, with what the scorer learned from the examples."""

    def __init__(self, rules: Rulebook, reader: Reader, scorer: Scorer) -> None:
        self._rules = rules
        self._reader = reader
        self._scorer = scorer
        self._blocked_by = {intent.name: intent.blocked_by for intent in rules.intents}
        self._by_examples = (rules.slots_of.keys() | {OUT_OF_SCOPE}) - self._blocked_by.keys()

    def understand(self, text: str, now: datetime, alternatives: Sequence[str] = ()) -> Understanding:
        """The meaning of a sentence said at `now` (aware); `alternatives` are other things it may have been.

        An alternative is asked only when the text itself means nothing we serve. An answer is never taken from an
        alternative, and when alternatives answer differently, nothing is.
        """
        first = self._understand(text, now)
        others = [self._understand(other, now) for other in alternatives if other != text]
        if first.intent in _ANSWERS and any(other.intent in _ANSWERS - {first.intent} for other in others):
            return Understanding(OUT_OF_SCOPE, close=tuple(sorted(_ANSWERS)))
        if (first.intent != OUT_OF_SCOPE and not self._is_without_its_sign(first)) or first.close:
            return first
        usable = [
            (other.score - _ALTERNATIVE_COST * place, other)
            for place, other in enumerate(others, start=1)
            if other.intent not in _ANSWERS | {OUT_OF_SCOPE}
        ]
        return max(usable, key=lambda each: each[0])[1] if usable else first

    def _is_without_its_sign(self, meaning: Understanding) -> bool:
        """Whether only the scorer speaks for an intent that has signs."""
        return meaning.intent not in self._by_examples and meaning.score < SURE

    def _read(self, text: str, now: datetime) -> Reading:
        return self._reader.read(normalise(text), local_day(now))

    def _understand(self, text: str, now: datetime) -> Understanding:
        reading = self._read(text, now)
        intent, score, close, about = self._intent(reading)
        meant = _what_is_meant(reading)
        if meant:
            # What she says after 不对, or after 我不是要 …, 是, is what she wants; its slots may stand before it.
            later = self._intent(self._read(meant, now))
            is_surer = score < _SURER_THAN_A_SIGN or later[1] > score
            if later[0] not in (OUT_OF_SCOPE, intent) and later[1] >= _SURE_OF_A_CORRECTION and is_surer:
                intent, score, close, about = later[0], later[1], (), None
        mentioned = choose_slots(reading, self._rules.forms, intent, about)
        kinds = frozenset(kind for token in reading.tokens for kind in token.kinds)
        allowed = self._rules.slots_of.get(intent, ())
        slots = hinted_slots(reading, allowed) | mentioned
        return Understanding(
            intent,
            {name: value for name, value in slots.items() if name in allowed},
            mentioned,
            kinds,
            _not_understood(reading),
            self._opening(reading),
            score,
            close,
            find_wish(reading, self._rules, intent),
        )

    def _intent(self, reading: Reading) -> tuple[str, float, tuple[str, ...], Candidate | None]:
        """The intent, how sure it is, what else is as likely, and the stretch that speaks for it where a sign does."""
        found = candidates(reading, self._rules)
        scores = self._scorer.score(reading)
        likely = max(scores, key=lambda intent: scores[intent])
        sure = scores[likely]
        if likely in _UNHURRIED and sure >= _SURE_THAT_IT_IS_OVER and any(each.intent == likely for each in found):
            found = [each for each in found if each.intent != "emergency"]
        best, close = _decide(found, reading)
        if best is not None and not self._overrules(likely, sure, best):
            return best.intent, best.score, (), best
        if sure < SURE or self._is_held_back(likely, reading, sure):
            return OUT_OF_SCOPE, 0.0, close, None
        return likely, sure if likely in self._by_examples else sure * _WITHOUT_A_SIGN, (), None

    def _overrules(self, likely: str, sure: float, sign: Candidate) -> bool:
        """Whether the scorer is to be believed against a sign. 起不来 and 不对 are what they are."""
        is_sure = sure >= _SURER_THAN_A_SIGN and likely in self._by_examples
        return is_sure and sign.intent not in _ANSWERS | {"emergency"}

    def _is_held_back(self, intent: str, reading: Reading, sure: float) -> bool:
        """Whether an intent that signs speak for must not be believed without one."""
        if intent in self._by_examples:
            return False
        if intent in _BY_SIGNS_ONLY:
            return True
        blocked_by = self._blocked_by.get(intent, frozenset())
        is_blocked = any(token.kinds & blocked_by for token in reading.tokens)
        # 对，明天中午 answers a question.
        is_an_answer = intent != "emergency" and "agree" in self._opening(reading)
        return sure < _SURE_WITHOUT_A_SIGN or is_blocked or is_an_answer

    def _opening(self, reading: Reading) -> frozenset[str]:
        return next((token.kinds for token in reading.tokens if not token.kinds & self._rules.fillers), frozenset())


def _not_understood(reading: Reading) -> int:
    """How many characters are strange and state nothing either."""
    stating = sum(reading.strange_between(token.start, token.end) for token in reading.tokens if token.slots)
    return reading.strange_between(0, len(reading.units)) - stating


def _what_is_meant(reading: Reading) -> str:
    """What follows the last correction, or the pause after 不是: empty where she corrects nothing."""
    starts = [token.end for token in reading.tokens if "correction" in token.kinds]
    refuted = [token.end for token in reading.tokens if "refute_word" in token.kinds]
    starts += [end + 1 for end in sorted(reading.breaks) if refuted and end >= refuted[0]][-1:]
    last = max(starts, default=len(reading.units))
    return reading.text[reading.units[last].start :] if last < len(reading.units) else ""


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
    rules = rulebook()
    reader = Reader(rules, lexicon())
    return Understander(rules, reader, learned_scorer(reader))


def understand(text: str, now: datetime, alternatives: Sequence[str] = ()) -> Understanding:
    """The meaning of a sentence by the rules of this repository; see `Understander.understand`."""
    return _understander().understand(text, now, alternatives)


def warm_up() -> None:
    """Load the rules and what was learned now, so that the first sentence is as fast as the others.

    Raises RulesError or ExamplesError.
    """
    _understander()
