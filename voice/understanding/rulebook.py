"""The rules of understanding as they stand in `zh/`, loaded strictly.

`intents.yaml` is the contract (intents and their slots); the files that begin with `_` and each `<intent>.yaml` bring
kinds of words, and `<intent>.yaml` the signs of an intent: which kinds of words together mean it. An intent without
such a file is recognised by its examples only. `wishes/<name>.yaml` does the same for what the conversation serves
beyond the vocabulary of intents. Any key that is not known, any name that leads nowhere and any value that its slot
cannot hold stops loading with an error that names the file and the key.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from voice.script import simplified
from voice.understanding.templates import TemplateError, expand

RULES_DIRECTORY = Path(__file__).parent / "zh"
CONTRACT_FILE = "intents.yaml"
WISHES_FOLDER = "wishes"
SHARED_WORDS_FILES = "_*.yaml"
OUT_OF_SCOPE = "out_of_scope"
# Kinds that are found by parsers and not by words.
PARSED_KINDS = frozenset({"day", "past_day", "quantity", "clock", "month", "weekdays"})
WHOLE_UTTERANCE = 1_000

Role = Literal["filler", "plain", "answer", "strange", "topic"]
SlotForm = Literal["day", "flag", "number", "clock", "month", "weekdays"] | tuple[str, ...]
# The compiled loader is ten times as fast; where PyYAML was built without it the plain one does the same.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DAY_WORD = re.compile(r"([+-]\d)(?: (\w+))?")
# 明早 names a day, a meal and a part of the day.
_PART_OF_DAY = {"breakfast": "morning", "dinner": "evening"}


class RulesError(ValueError):
    """A rule file that cannot be used; the message names file and key and what is allowed."""


@dataclass(frozen=True)
class Kind:
    """A kind of word: what its words do in a sentence (see the head of `zh/_words.yaml`)."""

    name: str
    file: str
    role: Role | None = None
    slot: str | None = None
    by_sound: bool = False
    deed: bool = False
    hint: bool = False


@dataclass(frozen=True)
class Word:
    """One phrase with all kinds that it can be, and the slot values that it states."""

    text: str
    kinds: frozenset[str]
    slots: tuple[tuple[str, str], ...] = ()
    by_sound: bool = False
    hints: tuple[tuple[str, str], ...] = ()  # slot values that it only suggests
    heard: bool = False  # a recogniser's spelling, not a word that people write


@dataclass(frozen=True)
class Part:
    """One word that a sign needs: any of these kinds; `refused` when it must be refused (不订)."""

    kinds: frozenset[str]
    refused: bool = False


@dataclass(frozen=True)
class Sign:
    """Kinds of words that mean an intent when nothing strange stands between them."""

    parts: tuple[Part, ...]
    ordered: bool = False  # the parts must come in this order
    closed: bool = False  # after the last part, too, nothing strange up to the next pause
    spare: int = WHOLE_UTTERANCE  # so many characters of the utterance may be strange
    only: frozenset[str] = frozenset()  # when given: the utterance holds these kinds and fillers only
    beside: frozenset[str] = frozenset()  # when given: one of these kinds stands anywhere in the utterance
    unless: frozenset[str] = frozenset()  # none of these kinds stands in the utterance
    not_after: frozenset[str] = frozenset()  # none of these kinds stands before the sign in its clause
    bare: bool = False  # the utterance is the parts and nothing else, not even fillers
    score: float = 0.9


@dataclass(frozen=True)
class IntentRules:
    """How one intent, or one wish, is recognised."""

    name: str
    signs: tuple[Sign, ...]
    blocked_by: frozenset[str]


@dataclass(frozen=True)
class Wish:
    """What the conversation serves and the vocabulary has no name for. A sentence with it is told as one of the intents
    in `told_as`, or as out_of_scope; where it is anything else (an emergency), the wish is not heard."""

    rules: IntentRules
    slots: tuple[str, ...]
    told_as: frozenset[str]


@dataclass(frozen=True)
class Rulebook:
    """Everything that `zh/` says."""

    slots_of: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, SlotForm]
    kinds: Mapping[str, Kind]
    words: Mapping[str, Word]
    intents: tuple[IntentRules, ...]
    wishes: Mapping[str, Wish]

    def slots_for(self, name: str) -> tuple[str, ...]:
        """The slots of an intent or of a wish."""
        return self.wishes[name].slots if name in self.wishes else self.slots_of[name]

    @cached_property
    def fillers(self) -> frozenset[str]:
        """The kinds of words that change nothing."""
        return frozenset(kind.name for kind in self.kinds.values() if kind.role == "filler")


@dataclass
class _Collected:
    kinds: dict[str, Kind] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)


@cache
def rulebook() -> Rulebook:
    """The rules that this repository ships, loaded once."""
    return load_rulebook(RULES_DIRECTORY)


def load_rulebook(directory: Path) -> Rulebook:
    """Every rule file of a directory; raises RulesError naming file and key."""
    keys = {"intents", "wishes", "slots"}
    contract = _table(_read(directory / CONTRACT_FILE), keys, CONTRACT_FILE, sorted(keys))
    forms = {name: _form(value, name) for name, value in contract["slots"].items()}
    slots_of = {name: _intent_slots(name, value, forms) for name, value in contract["intents"].items()}
    collected = _Collected()
    tables = {
        intent: _intent_table(path, intent) for intent in slots_of if (path := directory / f"{intent}.yaml").exists()
    }
    wishes = {name: _wish(name, value, slots_of, forms) for name, value in contract["wishes"].items()}
    wish_tables = {
        name: _intent_table(path, name, "wish")
        for name in wishes
        if (path := directory / WISHES_FOLDER / f"{name}.yaml").exists()
    }
    for path in sorted(directory.glob(SHARED_WORDS_FILES)):
        _collect_kinds(path.name, _table(_read(path), {"kinds"}, path.name, ["kinds"]), forms, collected)
    for name, table in (tables | wish_tables).items():
        _collect_kinds(f"{name}.yaml", table, forms, collected)
    intents = tuple(_intent_rules(intent, table, collected.kinds) for intent, table in tables.items())
    wished = {name: _intent_rules(name, table, collected.kinds) for name, table in wish_tables.items()}
    _refuse_stray_files(directory, slots_of)
    _refuse_stray_files(directory / WISHES_FOLDER, wishes)
    _refuse_dead_kinds(collected.kinds, (*intents, *wished.values()))
    wishes = {name: replace(wish, rules=wished.get(name, wish.rules)) for name, wish in wishes.items()}
    return Rulebook(slots_of, forms, collected.kinds, collected.words, intents, wishes)


def _read(path: Path) -> Any:
    try:
        # In normal form as a whole, because the rules read normalised text: authors may write traditional words.
        return yaml.load(simplified(path.read_text(encoding="utf-8")), Loader=_SafeLoader)
    except FileNotFoundError:
        raise RulesError(f"{path.name}: the file is missing in {path.parent}") from None
    except yaml.YAMLError as error:
        raise RulesError(f"{path.name}: not readable as YAML: {error}") from error


def _table(value: Any, allowed: set[str], where: str, required: Iterable[str] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RulesError(f"{where}: a table is expected, found {value!r}")
    for key in value:
        if key not in allowed:
            raise RulesError(f"{where}: unknown key {key!r}, allowed are {sorted(allowed)}")
    for key in required:
        if key not in value:
            raise RulesError(f"{where}: the key {key!r} is missing")
    return value


def _names(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RulesError(f"{where}: a list of texts is expected (quote yes and no), found {value!r}")
    return tuple(value)


def _form(value: Any, name: str) -> SlotForm:
    if isinstance(value, list):
        return _names(value, f"{CONTRACT_FILE}: slots: {name}")
    if value in get_args(get_args(SlotForm)[0]):
        return cast(SlotForm, value)
    where = f"{CONTRACT_FILE}: slots: {name}"
    forms = ", ".join(get_args(get_args(SlotForm)[0]))
    raise RulesError(f"{where}: {forms} or a list of words is expected, found {value!r}")


def _intent_slots(name: Any, value: Any, forms: Mapping[str, SlotForm]) -> tuple[str, ...]:
    where = f"{CONTRACT_FILE}: intents: {name}"
    if not isinstance(name, str):
        raise RulesError(f"{where}: quote the name of this intent")
    return _slots(_table(value, {"slots"}, where, ["slots"])["slots"], forms, where)


def _slots(value: Any, forms: Mapping[str, SlotForm], where: str) -> tuple[str, ...]:
    slots = _names(value, f"{where}: slots")
    for slot in slots:
        if slot not in forms:
            raise RulesError(f"{where}: unknown slot {slot!r}, allowed are {sorted(forms)}")
    return slots


def _wish(name: str, value: Any, intents: Iterable[str], forms: Mapping[str, SlotForm]) -> Wish:
    where = f"{CONTRACT_FILE}: wishes: {name}"
    entry = _table(value, {"slots", "told_as"}, where, ["slots", "told_as"])
    told_as = frozenset(_names(entry["told_as"], f"{where}: told_as"))
    if not told_as <= set(intents):
        raise RulesError(f"{where}: told_as: unknown intents {sorted(told_as - set(intents))}")
    return Wish(IntentRules(name, (), frozenset()), _slots(entry["slots"], forms, where), told_as)


def _intent_table(path: Path, name: str, key: str = "intent") -> dict[str, Any]:
    table = _table(_read(path), {key, "kinds", "signs", "blocked_by"}, path.name, [key, "signs"])
    if table[key] != name:
        raise RulesError(f"{path.name}: {key}: {name!r} is expected (quote yes and no), found {table[key]!r}")
    return table


def _collect_kinds(file: str, table: dict[str, Any], forms: Mapping[str, SlotForm], into: _Collected) -> None:
    for name, value in table.get("kinds", {}).items():
        where = f"{file}: kinds: {name}"
        if name in into.kinds:
            raise RulesError(f"{where}: this kind is already in {into.kinds[name].file}")
        entry = _table(value, {"say", "slot", "heard_as", "role", "by_sound", "deed", "hint"}, where, ["say"])
        kind = Kind(
            name,
            file,
            role=_one_of(entry.get("role"), (None, *get_args(Role)), f"{where}: role"),
            slot=_one_of(entry.get("slot"), (None, *forms), f"{where}: slot"),
            by_sound=_one_of(entry.get("by_sound", False), (True, False), f"{where}: by_sound"),
            deed=_one_of(entry.get("deed", False), (True, False), f"{where}: deed"),
            hint=_one_of(entry.get("hint", False), (True, False), f"{where}: hint"),
        )
        into.kinds[name] = kind
        for value_said, templates in _said(entry["say"], kind, where):
            slots = _stated(kind, value_said, forms, where)
            for phrase in _phrases(templates, where):
                stated, hints = ((), slots) if kind.hint else (slots, ())
                _add_word(Word(phrase, frozenset({name}), stated, kind.by_sound, hints), into.words, where)
        for character in _names(entry.get("heard_as", []), f"{where}: heard_as"):
            _add_word(Word(character, frozenset({name}), heard=True), into.words, where)


def _one_of(value: Any, allowed: tuple[Any, ...], where: str) -> Any:
    if value not in allowed:
        raise RulesError(f"{where}: {value!r} is not allowed, only {[each for each in allowed if each is not None]}")
    return value


def _said(value: Any, kind: Kind, where: str) -> list[tuple[str | None, tuple[str, ...]]]:
    if kind.slot is None:
        return [(None, _names(value, f"{where}: say"))]
    if not isinstance(value, dict):
        raise RulesError(f"{where}: say: with a slot, a table of value and templates is expected")
    return [(said, _names(templates, f"{where}: say: {said}")) for said, templates in value.items()]


def _stated(kind: Kind, said: Any, forms: Mapping[str, SlotForm], where: str) -> tuple[tuple[str, str], ...]:
    if kind.slot is None:
        return ()
    form = forms[kind.slot]
    where = f"{where}: say: {said!r}"
    if not isinstance(said, str):
        raise RulesError(f"{where}: quote the value")
    if form == "day":
        match = _DAY_WORD.fullmatch(said)
        if not match or (match[2] and match[2] not in cast(tuple[str, ...], forms["meal"])):
            raise RulesError(f"{where}: a number of days from today is expected, as in '+1' or '+1 dinner'")
        day = ((kind.slot, match[1]),)
        part = _PART_OF_DAY.get(match[2])
        return day + ((("meal", match[2]),) if match[2] else ()) + ((("period", part),) if part else ())
    if said not in (("true", "false") if form == "flag" else form):
        raise RulesError(f"{where}: the slot {kind.slot} cannot hold this, allowed is {form}")
    return ((kind.slot, said),)


def _phrases(templates: tuple[str, ...], where: str) -> Iterable[str]:
    for template in templates:
        try:
            expanded = expand(template)
        except TemplateError as error:
            raise RulesError(f"{where}: say: {template!r}: {error}") from error
        yield from expanded


def _add_word(word: Word, words: dict[str, Word], where: str) -> None:
    known = words.get(word.text)
    if known is None:
        words[word.text] = word
        return
    both = dict(known.slots) | dict(word.slots)
    if not (dict(known.slots).items() <= both.items()):
        raise RulesError(f"{where}: {word.text!r} already states {dict(known.slots)}")
    words[word.text] = Word(
        word.text,
        known.kinds | word.kinds,
        tuple(both.items()),
        known.by_sound or word.by_sound,
        tuple({**dict(known.hints), **dict(word.hints)}.items()),
        known.heard and word.heard,
    )


def _intent_rules(intent: str, table: dict[str, Any], kinds: Mapping[str, Kind]) -> IntentRules:
    file = f"{intent}.yaml"
    signs = tuple(_sign(value, kinds, f"{file}: signs: {at + 1}") for at, value in enumerate(table["signs"]))
    return IntentRules(intent, signs, _kinds(table.get("blocked_by", []), kinds, f"{file}: blocked_by"))


def _sign(value: Any, kinds: Mapping[str, Kind], where: str) -> Sign:
    keys = {"parts", "ordered", "closed", "spare", "only", "beside", "unless", "not_after", "bare", "score"}
    entry = _table(value, keys, where, ["parts"])
    parts = []
    for text in _names(entry["parts"], f"{where}: parts"):
        refused = text.startswith("not ")
        names = text.removeprefix("not ").split("|")
        parts.append(Part(_kinds(names, kinds, f"{where}: parts"), refused))
    score = float(entry.get("score", Sign.score))
    if not parts or not 0 < score <= 1:
        raise RulesError(f"{where}: at least one part and a score above 0 and up to 1 are expected")
    return Sign(
        tuple(parts),
        ordered=_one_of(entry.get("ordered", False), (True, False), f"{where}: ordered"),
        closed=_one_of(entry.get("closed", False), (True, False), f"{where}: closed"),
        spare=int(entry.get("spare", WHOLE_UTTERANCE)),
        only=_kinds(entry.get("only", []), kinds, f"{where}: only"),
        beside=_kinds(entry.get("beside", []), kinds, f"{where}: beside"),
        unless=_kinds(entry.get("unless", []), kinds, f"{where}: unless"),
        not_after=_kinds(entry.get("not_after", []), kinds, f"{where}: not_after"),
        bare=_one_of(entry.get("bare", False), (True, False), f"{where}: bare"),
        score=score,
    )


def _kinds(value: Any, kinds: Mapping[str, Kind], where: str) -> frozenset[str]:
    names = _names(value, where)
    for name in names:
        if name not in kinds and name not in PARSED_KINDS:
            raise RulesError(f"{where}: unknown kind {name!r}, allowed are {sorted(PARSED_KINDS | kinds.keys())}")
    return frozenset(names)


def _refuse_stray_files(directory: Path, intents: Iterable[str]) -> None:
    expected = {CONTRACT_FILE, WISHES_FOLDER, *(f"{intent}.yaml" for intent in intents)}
    for path in sorted(directory.iterdir()):
        if path.name not in expected and not path.match(SHARED_WORDS_FILES):
            raise RulesError(f"{path.name}: {CONTRACT_FILE} names no such intent")


def _refuse_dead_kinds(kinds: Mapping[str, Kind], intents: Iterable[IntentRules]) -> None:
    used = {"refuse_word", "refute_word", "correction"}
    for intent in intents:
        used |= intent.blocked_by
        for sign in intent.signs:
            used |= sign.only.union(sign.beside, sign.unless, sign.not_after, *(part.kinds for part in sign.parts))
    for kind in kinds.values():
        if kind.role is None and kind.slot is None and kind.name not in used:
            raise RulesError(f"{kind.file}: kinds: {kind.name}: no sign uses it and it has no role")
