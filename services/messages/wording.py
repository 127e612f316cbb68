"""Composing the text of a message from its registered template.

Carriers in China send registered templates with variables only, so a template is data of the city's installation:
`locales/<locale>/text_messages.yaml`. The loader is strict, since a message to a senior must not fail at night because
of a misspelt placeholder.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from services.clock import CITY_TIME
from services.errors import ServiceError

FILE = "text_messages.yaml"
SECTIONS = {"signature", "day", "full_day", "moment_day", "between", "yuan", "words", "templates"}
# What stands between the keys of several words in one variable.
SEVERAL = "、"
FEN_IN_YUAN = 100


class WordingWrong(ServiceError):
    """A template file or a variable is not as it must be; `file` and `problem` say what was expected."""

    code = "wording_wrong"


@dataclass(frozen=True)
class _Wording:
    signature: str
    day: str
    full_day: str
    moment_day: str
    between: str
    yuan: str
    words: Mapping[str, str]
    templates: Mapping[str, str]


class Composer:
    """Composes messages in every locale that has a template file."""

    def __init__(self, locales_dir: Path) -> None:
        self._wordings = {path.parent.name: _load(path) for path in sorted(locales_dir.glob(f"*/{FILE}"))}
        if not self._wordings:
            raise WordingWrong(file=f"{locales_dir}/*/{FILE}", problem="no template file found")
        placeholders = {locale: _placeholders(wording) for locale, wording in self._wordings.items()}
        first, expected = next(iter(placeholders.items()))
        for locale, found in placeholders.items():
            if found != expected:
                different = sorted(found.symmetric_difference(expected))
                raise WordingWrong(file=f"{locale}/{FILE}", problem=f"differs from {first} in {different}")

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales in which messages can be written."""
        return tuple(self._wordings)

    @property
    def templates(self) -> tuple[str, ...]:
        """The keys of all templates."""
        return tuple(next(iter(self._wordings.values())).templates)

    def compose(self, template: str, variables: Mapping[str, str | int], *, locale: str) -> str:
        """The text, signature first. Raises WordingWrong for an unknown template, locale or missing variable."""
        wording = self._wordings.get(locale)
        if wording is None or template not in wording.templates:
            raise WordingWrong(file=f"{locale}/{FILE}", problem=f"no template {template}")
        try:
            text = _Formatter(wording, locale).vformat(wording.templates[template], (), dict(variables))
        except (KeyError, ValueError, TypeError) as error:
            raise WordingWrong(file=f"{locale}/{FILE}", problem=f"{template}: variable {error}") from error
        return wording.signature + text


class _Formatter(string.Formatter):
    """`{x}` text, `{x:day}` a day of these weeks, `{x:date}` a day with its year, `{x:moment}` a time of day with its
    day, `{x:yuan}` an amount in fen, `{x:word}` a word of the file, `{x:words}` several of them."""

    def __init__(self, wording: _Wording, locale: str) -> None:
        self._wording = wording
        self._locale = locale

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "":
                return str(value)
            case "day":
                return format_date(date.fromisoformat(value), self._wording.day, locale=self._locale)
            case "date":
                return format_date(date.fromisoformat(value), self._wording.full_day, locale=self._locale)
            case "moment":
                moment = datetime.fromisoformat(value).astimezone(CITY_TIME)
                day = format_date(moment.date(), self._wording.moment_day, locale=self._locale)
                return day + format_time(moment, "H:mm", tzinfo=CITY_TIME, locale=self._locale)
            case "yuan":
                yuan = format_decimal(value / FEN_IN_YUAN, "0.##", locale=self._locale)
                return self._wording.yuan.format(yuan)
            case "word":
                return self._wording.words[value]
            case "words":
                return self._wording.between.join(self._wording.words[word] for word in value.split(SEVERAL))
        raise ValueError(f"unknown form {format_spec}")


def _load(path: Path) -> _Wording:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != SECTIONS:
        raise WordingWrong(file=str(path), problem=f"expected the keys {sorted(SECTIONS)}")
    return _Wording(**content)


def _placeholders(wording: _Wording) -> set[tuple[str, str, str]]:
    """Which template names which variable in which form, and which words there are."""
    found = {("words", word, "") for word in wording.words}
    for key, template in wording.templates.items():
        found |= {(key, name, form or "") for _, name, form, _ in string.Formatter().parse(template) if name}
        found.add((key, "", ""))
    return found
