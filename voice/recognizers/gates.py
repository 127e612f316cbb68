"""The gates: which texts are believed to have been said, and which are an engine talking into noise.

Recognition engines answer a cough with words, Whisper above all with the words of its own prompt. Every transcript of
every engine passes `refusal` before anybody sees it. Pure rules on numbers and text; the thresholds are the ones that
were measured on clips of noise and of people, and each has its test.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_VOICE_SECONDS = 0.09
"""Less voice than three windows of the voice model is a knock or a click."""
LEAST_VOICE_SECONDS_ALONE = 0.25
"""The same for an engine that cannot say how likely it is that nobody spoke."""
SHORT_VOICE_SECONDS = 0.8
"""Up to here it may be a lone short answer, which Whisper, padding it with silence, half takes for silence."""
LEAST_CONFIDENCE_WHEN_SHORT = 0.9
"""An engine without that probability must be this sure of so short a text: in 20 of 80 slamming doors it heard a word,
in all but one of them less surely."""
MOST_NO_SPEECH = 0.3
MOST_NO_SPEECH_WHEN_SHORT = 0.5
MOST_NO_SPEECH_WHEN_SURE = 0.45
SURE_LOG_PROBABILITY = -0.4
LEAST_LOG_PROBABILITY = -1.0
MOST_COMPRESSION = 2.0
# Quick speakers reach eight characters a second; a text that needs more was not spoken in that time.
_MOST_CHARACTERS_A_SECOND = 9.0
_SPARE_CHARACTERS = 3
# A run of this many prompt words in the prompt's order is the prompt coming back.
_PROMPT_RUN = 3

# Words that people really do double or treble when they answer.
_DOUBLED_IN_SPEECH = frozenset(
    "对 好 是 不 行 要 嗯 喂 谢 拜 爸 妈 不要 不对 可以 好的 是的 没有 取消 谢谢 你好".split()
)
# Lines of films and video channels that Whisper learned with its silences.
_PHANTOM_LINES = re.compile(
    "字幕|点赞|订阅|打赏|明镜|作词|作曲|编曲|独播|(?:谢谢|感谢|多谢)(?:您的?|大家的?)?(?:观看|收看|收听)|下期再见"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3007]")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_SPOKEN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Evidence:
    """What an engine heard, and how sure it is. Numbers that an engine does not have are None and pass."""

    text: str
    voice_seconds: float
    no_speech: float | None = None
    """Probability that nobody spoke."""
    log_probability: float | None = None
    """Average over the text's tokens."""
    confidence: float | None = None
    """Average over the text's words, 0 to 1."""
    prompt_words: Sequence[str] = ()
    """The words that the engine was told to expect, in the order it was told."""
    prompt_lead: str = ""
    """The sentence that stood before those words."""
    chinese: bool = True
    """Whether the engine hears Chinese, so that text in another script is an error."""


def refusal(evidence: Evidence) -> str | None:
    """The name of the first rule that refuses this text, or None where it may be believed."""
    text = _NOT_SPOKEN.sub("", evidence.text)
    rules = (
        ("too_little_voice", _has_too_little_voice(evidence)),
        ("empty", not text),
        ("no_speech", _says_no_speech(evidence)),
        ("unsure", _is_short_and_unsure(evidence)),
        ("unlikely", evidence.log_probability is not None and evidence.log_probability < LEAST_LOG_PROBABILITY),
        ("compressible", compression(evidence.text) > MOST_COMPRESSION),
        ("not_chinese", evidence.chinese and not _mostly_chinese(text)),
        ("phantom_line", bool(_PHANTOM_LINES.search(text))),
        ("repeated", is_one_phrase_repeated(text)),
        ("prompt", _is_piece_of_lead(text, evidence) or is_run_of_prompt(text, evidence.prompt_words)),
        ("too_many_words", len(text) > _SPARE_CHARACTERS + _MOST_CHARACTERS_A_SECOND * evidence.voice_seconds),
    )
    return next((name for name, refused in rules if refused), None)


def _has_too_little_voice(evidence: Evidence) -> bool:
    alone = evidence.no_speech is None
    return evidence.voice_seconds < (LEAST_VOICE_SECONDS_ALONE if alone else LEAST_VOICE_SECONDS)


def _says_no_speech(evidence: Evidence) -> bool:
    if evidence.no_speech is None:
        return False
    limit = MOST_NO_SPEECH
    if evidence.log_probability is not None and evidence.log_probability >= SURE_LOG_PROBABILITY:
        # Telephone numbers, read out in even steps, are held for no speech although every digit is right.
        limit = MOST_NO_SPEECH_WHEN_SURE
    if evidence.voice_seconds < SHORT_VOICE_SECONDS:
        limit = MOST_NO_SPEECH_WHEN_SHORT
    return evidence.no_speech > limit


def _is_short_and_unsure(evidence: Evidence) -> bool:
    if evidence.no_speech is not None or evidence.confidence is None:
        return False
    return evidence.voice_seconds < SHORT_VOICE_SECONDS and evidence.confidence < LEAST_CONFIDENCE_WHEN_SHORT


def compression(text: str) -> float:
    """How many times smaller zlib makes the text; loops of words compress well."""
    content = text.encode()
    return len(content) / len(zlib.compress(content)) if content else 0.0


def _mostly_chinese(text: str) -> bool:
    """Digits are spoken in Chinese as well as written by Whisper for it."""
    other = len(_LETTER.findall(text)) - len(_HAN.findall(text))
    return other <= len(text) - other


def is_one_phrase_repeated(text: str) -> bool:
    """True for a phrase said two times or more and nothing else, unless people double it in speech.

    >>> is_one_phrase_repeated("试试试"), is_one_phrase_repeated("早餐早餐"), is_one_phrase_repeated("对对对")
    (True, True, False)
    """
    found = re.fullmatch(r"(.+?)\1+", text)
    # Digits are a number, not a phrase: a telephone number may well end in 88.
    return found is not None and found[1] not in _DOUBLED_IN_SPEECH and not text.isdigit()


def _is_piece_of_lead(text: str, evidence: Evidence) -> bool:
    # One character of it may be an answer: 是.
    return len(text) > 1 and text in evidence.prompt_lead


def is_run_of_prompt(text: str, prompt_words: Sequence[str]) -> bool:
    """True where the text is several of the prompt's words in a row, in the prompt's order.

    One word of the prompt alone is what the prompt is for, and two may well be what she said.

    >>> is_run_of_prompt("早餐午餐晚餐", ["取消", "早餐", "午餐", "晚餐"]), is_run_of_prompt("取消", ["取消", "早餐"])
    (True, False)
    """
    words = list(prompt_words)
    return any(
        text == "".join(words[first : first + length])
        for length in range(_PROMPT_RUN, len(words) + 1)
        for first in range(len(words) - length + 1)
    )
