"""From Chinese characters to the symbols that the neural voice was trained on: initials, finals with tones, breaks.

Takes what `voice.speakers.readable` gives; cutting it into clauses is here too, because a clause is what the model can
take at once. Making sound of the symbols is left to `voice.speakers.neural`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.tone_convert import to_finals_tone3, to_initials

# The voice's memory grows with the clause, from 417 MB at 40 characters to 911 at 120; past 142 it fails.
LONGEST_CLAUSE = 40

# Seconds of silence after a clause, by the sign that ends it.
_PAUSE_SECONDS = {"。": 0.45, "！": 0.45, "？": 0.45, "；": 0.35, "：": 0.3, "，": 0.25}
_CUT_PAUSE = 0.05
_BREAK = "、"

# The model also knows a symbol for the end. With it one clause in six ends abruptly or hums on; without it none does.
_SILENCE = "sil"
_NO_INITIAL = "^"
_BETWEEN_SYLLABLES, _PHRASE_BREAK = "#0", "#3"

# The sound written i is another one after these two groups of initials.
_BUZZED = {"z": "ii", "c": "ii", "s": "ii", "zh": "iii", "ch": "iii", "sh": "iii", "r": "iii"}
# Syllables outside the table, by the nearest ones inside it (嗯, 呣, 哟, 诶).
_NEAREST = {"n": "en", "ng": "en", "m": "en", "hm": "en", "hng": "en", "yo": "you", "ê": "ei", "o": "ou"}
# 一 is spoken with another tone before what it counts, but not inside numbers and names of days.
_ONE_COUNTS = re.compile(r"(?<![第十百千万零二三四五六七八九周期])一(?=[份个位次天块张种道顿盒瓶件套条只间家样些下起])")


@dataclass(frozen=True)
class Clause:
    """What the voice takes at once: the characters, and the silence after them in seconds."""

    text: str
    pause_seconds: float


def clauses(text: str) -> tuple[Clause, ...]:
    """Readable text cut at its pauses, and where a clause is too long, inside it."""
    found = []
    for part in re.findall(r"[^，。！？；：]+[，。！？；：]?", text):
        body, pause = part, _PAUSE_SECONDS["，"]
        if part[-1] in _PAUSE_SECONDS:
            body, pause = part[:-1], _PAUSE_SECONDS[part[-1]]
        pieces = [piece for piece in _short_enough(body) if piece.strip(_BREAK)]
        found += [Clause(piece, _CUT_PAUSE) for piece in pieces[:-1]]
        found += [Clause(piece, pause) for piece in pieces[-1:]]
    return tuple(found)


def _short_enough(body: str) -> list[str]:
    if len(body) <= LONGEST_CLAUSE:
        return [body]
    # Cut after the last 、 that fits, else in equal parts, so that no lone syllable is left over.
    comma = body.rfind(_BREAK, 0, LONGEST_CLAUSE) + 1
    pieces = -(-len(body) // LONGEST_CLAUSE)
    cut = comma or -(-len(body) // pieces)
    return [body[:cut], *_short_enough(body[cut:])]


def symbols(clause: str, known: Mapping[str, int]) -> list[str]:
    """The symbols of one clause, silence at both ends. `known`: the model's own table.

    Characters without a known sound are left out; an empty list means that there is nothing to say.
    """
    spoken: list[str] = []
    for phrase in filter(None, clause.split(_BREAK)):
        syllables = [_initial_and_final(syllable) for syllable in _pinyin(phrase)]
        sounds = [pair for pair in syllables if pair[0] in known and pair[1] in known]
        if sounds and spoken:
            spoken.append(_PHRASE_BREAK)
        for position, pair in enumerate(sounds):
            spoken += ([_BETWEEN_SYLLABLES] if position else []) + list(pair)
    return [_SILENCE, *spoken, _SILENCE] if spoken else []


def _pinyin(phrase: str) -> list[str]:
    """Syllables with tone numbers, 5 for the neutral tone, tones as they change in speech."""
    syllables = lazy_pinyin(
        phrase, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True, errors=lambda rest: [""] * len(rest)
    )
    if len(syllables) == len(phrase):
        for found in _ONE_COUNTS.finditer(phrase):
            following = syllables[found.end()]
            syllables[found.start()] = "yi2" if following[-1:] in ("4", "5") else "yi4"
    return syllables


def _initial_and_final(syllable: str) -> tuple[str, str]:
    """
    >>> _initial_and_final("shi4"), _initial_and_final("yuan2"), _initial_and_final("dui4")
    (('sh', 'iii4'), ('^', 'van2'), ('d', 'uei4'))
    """
    letters, tone = syllable[:-1], syllable[-1:]
    syllable = _NEAREST.get(letters, letters) + tone
    initial = to_initials(syllable, strict=True)
    final = to_finals_tone3(syllable, strict=True, v_to_u=False, neutral_tone_with_five=True)
    if final[:-1] == "i" and initial in _BUZZED:
        final = _BUZZED[initial] + tone
    return initial or _NO_INITIAL, final
