"""Which of the values that a sentence mentions is meant.

The last one that is not denied counts, because people correct themselves forwards (明天，不对，后天). Values that stand
close to the words of the request go before values from somewhere else in the story, and a day that only tells
when something was ordered (昨天订的) is none.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from voice.understanding.normalise import CLAUSE_BREAK
from voice.understanding.reading import Reading, SlotValue, Token
from voice.understanding.signs import Candidate

_BOTH = re.compile("[和跟与、]|还有|也|都")
_NAMED_MEAL = "meal_name"
_TELLS_WHEN_ORDERED = "booked_thing"
_ENDS_SOMETHING = ("cancel_", "remove_")


def choose_slots(reading: Reading, names: Iterable[str], intent: str, about: Candidate | None) -> dict[str, SlotValue]:
    """The slots of those names that the sentence states; `about` is the stretch that speaks for the intent, None where
    the sentence as a whole does."""
    stated: dict[str, SlotValue] = {}
    day = _last(_in_reach(reading, _mentions(reading, "date", intent, about), about))
    for name in names:
        if name == "date":
            token = day
        else:
            mentions = _mentions(reading, name, intent, about)
            if name == "meal":
                mentions = _meals(mentions, day)
            near = _in_reach(reading, mentions, about)
            token = None if _are_all_meant(reading, name, near) else _last(near)
        value = token.slot(name) if token else None
        if value is not None and token is not None:
            # 不要给我送: a refused flag states the opposite.
            stated[name] = not value if token.denied and isinstance(value, bool) else value
    if "time" in stated:
        stated.pop("period", None)
    return stated


def hinted_slots(reading: Reading, names: Iterable[str]) -> dict[str, SlotValue]:
    """Values of those slots that words only suggest: 水龙头 in a wish for somebody to come is about repair. The longest
    word says most, of equals the last."""
    suggesting = sorted(reading.tokens, key=lambda token: (token.end - token.start, token.start))
    return {name: said for token in suggesting if token.denied is None for name, said in token.hints if name in names}


def _mentions(reading: Reading, name: str, intent: str, about: Candidate | None) -> list[Token]:
    found = []
    for at, token in enumerate(reading.tokens):
        value = token.slot(name)
        if value is None or (token.denied == "refuted" and not isinstance(value, bool)):
            continue
        # 不要明天的午饭了: to be cancelled is what is refused.
        ends = intent.startswith(_ENDS_SOMETHING)
        if token.denied == "refused" and not isinstance(value, bool) and not ends:
            continue
        if name == "date" and _is_told_day(reading, at, about):
            continue
        found.append(token)
    return found


def _is_told_day(reading: Reading, at: int, about: Candidate | None) -> bool:
    """A past day in a request, or today right before 订的, tells when something happened."""
    token = reading.tokens[at]
    following = reading.tokens[at + 1].kinds if at + 1 < len(reading.tokens) else frozenset()
    if "past_day" in token.kinds:
        outside = about is None or not about.start <= token.start < about.end
        return _TELLS_WHEN_ORDERED in following or (outside and reading.text_at(token.end) != "的")
    return False


def _meals(mentions: list[Token], day: Token | None) -> list[Token]:
    """今晚帮我订明天的饭: a meal that came with a day goes with that day. A named meal goes before a time of day."""
    kept = [token for token in mentions if token.slot("date") is None or token is day]
    named = [token for token in kept if _NAMED_MEAL in token.kinds]
    return named or kept


def _in_reach(reading: Reading, mentions: list[Token], about: Candidate | None) -> list[Token]:
    """The mentions that count most: those of a correction, else those in the request itself or in a clause of their own
    that is understood, else those joined to the request, else all."""
    corrections = [token.start for token in reading.tokens if "correction" in token.kinds]
    corrected = [token for token in mentions if corrections and token.start > max(corrections)]
    if about is None:
        return corrected or mentions
    within = [
        token
        for token in mentions
        if about.start <= token.start < about.end or _is_plain_addition(reading, token, about)
    ]
    joined = [token for token in mentions if _is_joined(reading, token, about)]
    return corrected or within or joined or mentions


def _is_joined(reading: Reading, token: Token, about: Candidate) -> bool:
    return not reading.strange_between(min(token.start, about.start), max(token.end, about.end))


def _is_plain_addition(reading: Reading, token: Token, about: Candidate) -> bool:
    """帮我订午饭，后天的 adds a day; 帮我订午饭，我后天要去医院看病 tells a story."""
    return _is_joined(reading, token, about) and not reading.strange_between(*reading.clause(token.start, token.end))


def _are_all_meant(reading: Reading, name: str, tokens: list[Token]) -> bool:
    """午饭和晚饭都要 states two values, and no slot can hold two: she is asked."""
    for first, second in pairwise(tokens):
        between = "".join(unit.text for unit in reading.units[first.end : second.end + 2])
        is_one_breath = between.count(CLAUSE_BREAK) <= 1
        if first.slot(name) != second.slot(name) and is_one_breath and _BOTH.search(between):
            return True
    return False


def _last(tokens: list[Token]) -> Token | None:
    return tokens[-1] if tokens else None
