"""Reads what she says as an answer to the question that she was asked.

后天 is no request, but it answers which day; 不用 answers whether it shall be brought; 第二个 chooses. Nothing here
changes anything: the conversation takes what was read and asks or reads back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from voice.skills.skill import OTHER, READ_BACK, WHAT_IS_WRONG, Task
from voice.understanding import Understanding, normalise
from voice.understanding.numbers import NUMBER, read_number
from voice.understanding.rulebook import OUT_OF_SCOPE

# So many characters that were not understood may stand beside the value that was asked for; with more it is talk about
# something else (我后天要去医院看病 is no answer to which day). A value that was not asked for needs a sentence that is
# understood as a whole: 今天天气真好 must not change the day.
_MOST_STRANGE = 2
_BARE_NUMBER = re.compile(rf"(?P<count>{NUMBER}|俩|仨)[个份人位]?(?:人|吧|啊|呀|就行|就好)*")
_AGREE, _DENY = "agree", frozenset({"wrong", "drop", "refuse_word", "refute_word", "correction", "plain_no"})
# A no with one of these is about the meal and not about how it comes.
_ALL_OF_IT = frozenset({"whole_matter", "cancel", "call_off", "order", "get", "eating"})
_TO_HER, _THERE = frozenset({"want", "bring", "at_home"}), frozenset({"eating", "canteen", "going_there"})

# She thinks, or lets it go: no complaint.
_SILENT = frozenset({"wait", "noted", "drop", "call_off", "greeting", "thanks"})

_DIGIT = re.compile("[0-9零〇一二两三四五六七八九幺]")
# Fewer digits than this are in many sentences (等一下).
_FEWEST_DIGITS = 3
# What a task can be told besides the slots of its intent, by the kind of word that tells it: a slot and its value.
_NAMED_SERVICES: dict[str, tuple[str, Any]] = {
    "deep_cleaning": ("named", "DEEPCLEAN"),
    "foot_care": ("named", "NAIL"),
    "errands": ("named", "MED"),
    "going_out": ("named", "ESCORT"),
    "phone_help": ("named", "DIGITAL"),
    "care_by_hour": ("named", "CARE"),
}
_BESIDES: dict[str, dict[str, tuple[str, Any]]] = {
    "certify": {"come_to_me": ("visit", True)},
    "check_benefits": {"rise": ("rises", True)},
    "ask_price": _NAMED_SERVICES,
    "book_service": {
        **_NAMED_SERVICES,
        "somebody_else": ("somebody_else", True),
        "by_a_woman": ("sex", "female"),
        "by_a_man": ("sex", "male"),
    },
}
_BESIDES["rate_visit"] = _BESIDES["complain"] = {"last_time": ("last", True)}
_BESIDES["change_booking"] = _BESIDES["book_service"]
_BESIDES["book_days"] = {"from_now_on": ("from_now_on", True), "a_whole_week": ("week", "coming")}
# Any day and any time will do, where one of these was asked.
_ANY = {"date": "any_day", "time": "any_time"}
# Two ways to say when; the later one counts.
_INSTEAD_OF = {
    "time": ("period", "any_time"),
    "period": ("time", "any_time"),
    "date": ("any_day", "days_later"),
    # 理发 after 修脚 is 理发 again.
    "service": ("named",),
}
# How it was, where she only says good or not good.
_GOOD, _NOT_GOOD = {"rating": "good"}, {"rating": "poor"}
# So long a complaint in her own words is at least; 好 and 嗯 are none.
_FEWEST_OWN_WORDS = 3


def digits_said(heard: str) -> bool:
    """Whether somebody seems to say digits one by one."""
    return len(_DIGIT.findall(heard)) >= _FEWEST_DIGITS


def told_besides(intent: str, kinds: frozenset[str], question: str | None = None) -> dict[str, Any]:
    """What the words of a sentence tell about a task besides its slots."""
    told = dict(told for kind, told in _BESIDES.get(intent, {}).items() if kind in kinds)
    if question in _ANY and "any_will_do" in kinds:
        told[_ANY[question]] = True
    return told


def put_together(slots: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """The slots with what was stated last; a time takes the place of a part of the day, and the other way round.

    >>> put_together({"date": "2026-11-25", "period": "morning"}, {"time": "15:00"})
    {'date': '2026-11-25', 'time': '15:00'}
    """
    gone = {other for name in stated for other in _INSTEAD_OF.get(name, ())}
    return {name: said for name, said in slots.items() if name not in gone} | dict(stated)


def stated_slots(question: str, heard: str, meaning: Understanding, slot_names: Sequence[str]) -> dict[str, Any]:
    """The slot values that the answer states, for the slots that the task has."""
    stated = {
        name: value
        for name, value in meaning.mentioned.items()
        if name in slot_names and meaning.strange <= (_MOST_STRANGE if name == question else 0)
    }
    if question == "delivery" and question not in stated:
        stated |= _delivery(meaning)
    if question == "quantity" and question not in stated:
        stated |= _quantity(heard)
    if question == "rating" and question not in stated:
        stated |= _rating(meaning)
    if question in ("about", WHAT_IS_WRONG) and "about" in slot_names and "about" not in stated:
        stated |= _own_words(heard, meaning)
    return stated


def is_clear_yes(meaning: Understanding, task: Task, *, spoken: bool) -> bool:
    """Yes and nothing else, or yes together with exactly what was read back (对，明天中午).

    A spoken 嗯 alone is no clear yes: recognisers make it out of breath.
    """
    if meaning.intent == "yes":
        return not spoken or _AGREE in meaning.kinds
    if _AGREE not in meaning.opens_with or meaning.kinds & _DENY or meaning.strange or meaning.close:
        return False
    defaults = {"quantity": 1} | task.slots | task.notes.get(READ_BACK, {})
    return bool(meaning.mentioned) and all(defaults.get(name) == said for name, said in meaning.mentioned.items())


def takes_offer(meaning: Understanding) -> bool:
    """Whether she takes what was offered. It is only told or read back then, so 要 and 继续 are enough."""
    goes_on = "go_on" in meaning.kinds and meaning.strange == 0 and not meaning.kinds & _DENY
    return meaning.intent == "yes" or (meaning.intent == OUT_OF_SCOPE and goes_on)


def chosen(meaning: Understanding, options: Sequence[Task]) -> Task | None:
    """The one of two options that she chose by its place or by a slot in which they differ."""
    first, second = "first_one" in meaning.kinds, "second_one" in meaning.kinds
    if first != second and len(options) == 2:
        return options[0] if first else options[1]
    if meaning.strange > _MOST_STRANGE or not meaning.mentioned:
        return None
    fitting = [
        option
        for option in options
        if all((option.slots | option.about).get(name, said) == said for name, said in meaning.mentioned.items())
    ]
    return fitting[0] if len(fitting) == 1 else None


def _delivery(meaning: Understanding) -> dict[str, Any]:
    """To be brought or to be eaten there. A bare yes to an either-or is no answer, a no is: 不用. What lets the whole
    matter go (取消, 不要了, 算了) is none either."""
    if meaning.intent == "no":
        return {"delivery": False} if "refuse_word" in meaning.kinds and not meaning.kinds & _ALL_OF_IT else {}
    if meaning.intent == "yes" or meaning.strange or meaning.kinds & _DENY:
        return {}
    to_her, there = meaning.kinds & _TO_HER, meaning.kinds & _THERE
    return {} if bool(to_her) == bool(there) else {"delivery": bool(to_her)}


def _rating(meaning: Understanding) -> dict[str, Any]:
    if meaning.intent == "yes":
        return dict(_GOOD)
    is_no_answer = meaning.intent != "no" or meaning.kinds & _ALL_OF_IT or "drop" in meaning.kinds
    return {} if is_no_answer else dict(_NOT_GOOD)


def _own_words(heard: str, meaning: Understanding) -> dict[str, Any]:
    """What was wrong in her own words, where it is none of the things that we know."""
    said = heard.strip()
    if meaning.intent != OUT_OF_SCOPE or len(normalise(said)) < _FEWEST_OWN_WORDS or meaning.kinds & _SILENT:
        return {}
    return {"about": OTHER, "words": said}


def _quantity(heard: str) -> dict[str, Any]:
    match = _BARE_NUMBER.fullmatch(normalise(heard))
    count = read_number(match["count"]) if match else None
    return {} if count is None else {"quantity": count}
