"""Which intents a reading speaks for.

A sign is a set of words that mean an intent when nothing strange stands between them: 订 ... 饭 with only known words
in the gap. So 帮我订一份明天的午饭 is a booking whatever rambles before it, and 帮我订张火车票，顺便吃饭 is not,
because 火车票 stands between. Price questions, somebody else's story and other frames block a sign that stands in them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from voice.understanding.reading import Reading, Token
from voice.understanding.rulebook import IntentRules, Part, Rulebook, Sign

# A sign of more words is more telling than one of fewer.
_PART_BONUS = 0.01
_COST_WEIGHT = 0.05
# What turns from a story to a wish: 听说你们饭好吃，帮我订一份.
_TURNS_TO_A_WISH = frozenset({"request", "want", "day", "day_and_meal"})
_TURNS = {
    "past_day": frozenset({"day", "day_and_meal", "now"}),
    "third_party": frozenset({"request"}),
    "that_is_over": frozenset({"now"}),
    # A call for help is none the less one for standing in a question.
    "only_asked_about": frozenset[str](),
    "on_television": frozenset[str](),
}


@dataclass(frozen=True)
class Candidate:
    """An intent with the stretch of the sentence that speaks for it, in units."""

    intent: str
    score: float
    start: int
    end: int
    refuses: bool = False  # says only what is not wanted


def candidates(reading: Reading, rules: Rulebook, intents: Iterable[IntentRules] | None = None) -> list[Candidate]:
    """The best sign of every intent (or of those given) that has one, strongest first."""
    found = []
    present = frozenset(kind for token in reading.tokens for kind in token.kinds)
    for intent in rules.intents if intents is None else intents:
        possible = [sign for sign in intent.signs if all(part.kinds & present for part in sign.parts)]
        signs = [candidate for sign in possible for candidate in _matches(sign, intent, reading, rules)]
        if signs:
            found.append(max(signs, key=lambda each: (each.score, each.start - each.end, each.end)))
    return sorted(found, key=lambda each: -each.score)


def _matches(sign: Sign, intent: IntentRules, reading: Reading, rules: Rulebook) -> Iterator[Candidate]:
    if not _has_right_company(sign, reading, rules):
        return
    choices = [[token for token in reading.tokens if _fits(part, sign, token)] for part in sign.parts]
    for tokens in product(*choices):
        starts = [token.start for token in tokens]
        if len(set(starts)) < len(starts) or (sign.ordered and starts != sorted(starts)):
            continue
        start, end = min(starts), max(token.end for token in tokens)
        tail = reading.clause(start, end)[1] if sign.closed else end
        if reading.strange_between(start, tail) or _is_blocked(intent, reading, start, end):
            continue
        if sign.not_after and _stands_before(sign.not_after, reading, start, end):
            continue
        cost = sum(token.cost for token in tokens)
        score = sign.score + _PART_BONUS * len(tokens) - _COST_WEIGHT * cost
        yield Candidate(intent.name, score, start, end, any(part.refused for part in sign.parts))


def _has_right_company(sign: Sign, reading: Reading, rules: Rulebook) -> bool:
    """Whether the utterance as a whole is one in which the sign may count."""
    if reading.strange_between(0, len(reading.units)) > sign.spare:
        return False
    tokens = reading.tokens
    if sign.bare and len(tokens) > len(sign.parts):
        return False
    if sign.only and not all(token.kinds & (sign.only | rules.fillers) for token in tokens):
        return False
    if sign.beside and not any(token.kinds & sign.beside for token in tokens):
        return False
    return not any(token.kinds & sign.unless for token in tokens)


def _fits(part: Part, sign: Sign, token: Token) -> bool:
    if not token.kinds & part.kinds:
        return False
    if part.refused:
        return token.denied == "refused"
    if token.denied == "refused":
        # 不要午饭了: the refused lunch is the object of a sign that holds the refusal itself.
        return any("refuse_word" in other.kinds or other.refused for other in sign.parts)
    return token.denied is None


def _is_blocked(intent: IntentRules, reading: Reading, start: int, end: int) -> bool:
    clause_start, clause_end = reading.clause(start, end)
    inside = [token for token in reading.tokens if clause_start <= token.start < clause_end]
    for blocker, following in zip(inside, [*inside[1:], None], strict=True):
        if not blocker.kinds & intent.blocked_by:
            continue
        if "past_day" in blocker.kinds and _is_no_story(blocker, following, reading, start):
            continue
        turns = _TURNS.get(next(iter(blocker.kinds & _TURNS.keys()), ""), _TURNS_TO_A_WISH)
        if not any(token.kinds & turns for token in inside if blocker.end <= token.start < end):
            return True
    return False


def _stands_before(kinds: frozenset[str], reading: Reading, start: int, end: int) -> bool:
    clause_start = reading.clause(start, end)[0]
    return any(token.kinds & kinds for token in reading.tokens if clause_start <= token.start < start)


def _is_no_story(past_day: Token, following: Token | None, reading: Reading, start: int) -> bool:
    """Whether a past day is part of a request. 我昨天订一份饭 is a story; 昨天订的 tells when it was ordered, and
    订昨天的饭 asks for a day that is over."""
    if following is not None and "booked_thing" in following.kinds:
        return True
    return past_day.start > start or reading.text_at(past_day.end) == "的"
