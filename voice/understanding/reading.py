"""Reads a sentence as a row of known words: which stretch of it is which kind of word, and what is strange in it.

Words of the rules, days, and numbers of portions compete for every stretch; the row that explains most with the
fewest words wins. Then negation is laid over it: in 不是明天，是后天 the first day is refuted, in 不要晚饭 the dinner
is refused. What it all means is decided in `signs` and `slots`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from voice.understanding.dates import find_days, find_weekdays
from voice.understanding.lexicon import Lexicon, Unit, units_of
from voice.understanding.normalise import CLAUSE_BREAK
from voice.understanding.quantities import find_quantities
from voice.understanding.rulebook import Rulebook
from voice.understanding.times import find_clocks, find_months

SlotValue = str | int | bool
Denial = Literal["refused", "refuted"]
_DAY, _PAST_DAY, _QUANTITY, _CLOCK, _MONTH, _WEEKDAYS = "day", "past_day", "quantity", "clock", "month", "weekdays"
# A word that states a slot wins against a plain word of the same length.
_SLOT_BONUS = 0.1


@dataclass(frozen=True)
class Token:
    """A stretch of the sentence (in units) that is understood as a word of these kinds."""

    start: int
    end: int
    kinds: frozenset[str]
    slots: tuple[tuple[str, SlotValue], ...] = ()
    cost: float = 0.0
    hints: tuple[tuple[str, str], ...] = ()
    denied: Denial | None = None

    def slot(self, name: str) -> SlotValue | None:
        """The value that this word states for a slot."""
        return dict(self.slots).get(name)


@dataclass(frozen=True)
class Reading:
    """A sentence with its words; `strange[i]` is true where unit i is not understood, `breaks` are pauses.

    To the signs of meals, answers and emergencies what other intents are about is strange, too; `unknown` is only what
    is nobody's.
    """

    text: str
    units: tuple[Unit, ...]
    tokens: tuple[Token, ...]
    strange: tuple[bool, ...]
    breaks: frozenset[int]
    unknown: tuple[bool, ...] = ()

    def strange_between(self, start: int, end: int) -> int:
        """How many units from start to end are not understood."""
        return sum(self.strange[start:end])

    def text_at(self, unit: int) -> str:
        """The text of one unit; empty behind the end."""
        return self.units[unit].text if unit < len(self.units) else ""

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The stretch widened to the pauses around it."""
        while start > 0 and start - 1 not in self.breaks:
            start -= 1
        while end < len(self.units) and end not in self.breaks:
            end += 1
        return start, end


class Reader:
    """Reads sentences by one rulebook."""

    def __init__(self, rules: Rulebook, lexicon: Lexicon) -> None:
        self._kinds = rules.kinds
        self._lexicon = lexicon
        self._deeds = frozenset(kind.name for kind in rules.kinds.values() if kind.deed)
        self._light = frozenset(kind.name for kind in rules.kinds.values() if kind.role in ("filler", "plain"))
        self._unknown = frozenset(kind.name for kind in rules.kinds.values() if kind.role == "strange")
        topics = frozenset(kind.name for kind in rules.kinds.values() if kind.role == "topic")
        self._strange = self._unknown | topics | {_MONTH, _WEEKDAYS}
        self._forms = rules.forms

    def read(self, text: str, today: date) -> Reading:
        """Normalised text as words; `today` is the city's day."""
        units = units_of(text)
        tokens = _best_row(len(units), [*self._words(units, today), *_parsed(text, units, today)])
        breaks = frozenset(at for at, unit in enumerate(units) if unit.text == CLAUSE_BREAK)
        strange, unknown = (_not_covered(units, tokens, kinds) for kinds in (self._strange, self._unknown))
        reading = Reading(text, units, tokens, strange, breaks, unknown)
        return replace(reading, tokens=self._with_denials(reading))

    def _words(self, units: tuple[Unit, ...], today: date) -> Iterable[Token]:
        for found in self._lexicon.find(units):
            slots = tuple((name, self._value(name, said, today)) for name, said in found.word.slots)
            yield Token(found.start, found.end, found.word.kinds, slots, found.cost, found.word.hints)

    def _value(self, slot: str, said: str, today: date) -> SlotValue:
        form = self._forms[slot]
        if form == "day":
            return (today + timedelta(days=int(said))).isoformat()
        return said == "true" if form == "flag" else said

    def _with_denials(self, reading: Reading) -> tuple[Token, ...]:
        denied: dict[int, Denial] = {}
        for at, token in enumerate(reading.tokens):
            if "refute_word" in token.kinds:
                denied |= dict.fromkeys(self._reach(reading, at), "refuted")
            if "refuse_word" in token.kinds:
                reached = self._reach(reading, at)
                denied |= dict.fromkeys([*reached, *self._topic(reading, at, reached)], "refused")
        return tuple(
            replace(token, denied=denied[at]) if at in denied else token for at, token in enumerate(reading.tokens)
        )

    def _topic(self, reading: Reading, at: int, reached: list[int]) -> list[int]:
        """早饭订明天的，晚饭不订: what stands before a refused order that ends its clause is refused with it."""
        if len(reached) != 1 or "order" not in reading.tokens[reached[0]].kinds:
            return []
        order = reading.tokens[reached[0]]
        clause_start, clause_end = reading.clause(order.start, order.end)
        if order.end != clause_end:
            return []
        before = [index for index in range(at) if reading.tokens[index].start >= clause_start]
        return [index for index in before if reading.tokens[index].slots]

    def _reach(self, reading: Reading, at: int) -> list[int]:
        """What a negation denies: the next deed, and the slots that follow in one run, each slot once."""
        reached: list[int] = []
        stated: set[str] = set()
        end = reading.tokens[at].end
        for index in range(at + 1, len(reading.tokens)):
            token = reading.tokens[index]
            if token.start != end:
                break
            end = token.end
            names = {name for name, _ in token.slots}
            if token.kinds & self._deeds and not reached:
                reached.append(index)
                continue
            if names and not names & stated:
                reached.append(index)
                stated |= names
            elif names or not (token.kinds & self._light or (token.kinds & {"want", "request"} and not reached)):
                break
        return reached


def _not_covered(units: tuple[Unit, ...], tokens: Iterable[Token], strange: frozenset[str]) -> tuple[bool, ...]:
    """For every unit whether no word stands there that is more than strange."""
    found = [unit.text != CLAUSE_BREAK for unit in units]
    for token in tokens:
        if not token.kinds <= strange:
            found[token.start : token.end] = [False] * (token.end - token.start)
    return tuple(found)


def _parsed(text: str, units: tuple[Unit, ...], today: date) -> Iterable[Token]:
    unit_at = {unit.start: at for at, unit in enumerate(units)}
    unit_end = {unit.end: at + 1 for at, unit in enumerate(units)}
    for mention in find_days(text, today):
        if mention.start in unit_at and mention.end in unit_end:
            kind = _PAST_DAY if mention.day < today else _DAY
            day = (("date", mention.day.isoformat()),)
            yield Token(unit_at[mention.start], unit_end[mention.end], frozenset({kind}), day)
    for portion in find_quantities(text):
        if portion.start in unit_at and portion.end in unit_end:
            quantity = (("quantity", portion.quantity),)
            yield Token(unit_at[portion.start], unit_end[portion.end], frozenset({_QUANTITY}), quantity)
    for every_week in find_weekdays(text):
        if every_week.start in unit_at and every_week.end in unit_end:
            days = (("weekdays", every_week.days),)
            yield Token(unit_at[every_week.start], unit_end[every_week.end], frozenset({_WEEKDAYS}), days)
    times = [("time", _CLOCK, clock) for clock in find_clocks(text)]
    months = [("month", _MONTH, month) for month in find_months(text, today)]
    for slot, kind, said in times + months:
        if said.start in unit_at and said.end in unit_end:
            yield Token(unit_at[said.start], unit_end[said.end], frozenset({kind}), ((slot, said.value),))


def _best_row(length: int, candidates: list[Token]) -> tuple[Token, ...]:
    """The tokens without overlap that explain most with the fewest words."""
    starting: list[list[Token]] = [[] for _ in range(length + 1)]
    for token in candidates:
        starting[token.start].append(token)
    best: list[float] = [0.0] * (length + 1)
    chosen: list[Token | None] = [None] * (length + 1)
    for at in range(length - 1, -1, -1):
        best[at] = best[at + 1]
        for token in starting[at]:
            gain = 2.0 * (token.end - token.start) - 1 - token.cost + (_SLOT_BONUS if token.slots else 0)
            if gain > 0 and gain + best[token.end] > best[at]:
                best[at], chosen[at] = gain + best[token.end], token
    row: list[Token] = []
    at = 0
    while at < length:
        best_here = chosen[at]
        if best_here is None:
            at += 1
        else:
            row.append(best_here)
            at = best_here.end
    return tuple(row)
