"""Every word that the assistant says, from the catalogue `voice` in a locale that is always named.

A message in the code is a whole English sentence with named placeholders; `Wording.line` looks up its translation and
fills it in twice: as the screen shows it and as it is spoken (明天 11月24日 / 明天，十一月二十四号).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

DOMAIN = "voice"
DEFAULT_LOCALE = "zh_Hans"


class CatalogueMissing(Exception):
    """The words of a locale are not there; `str()` of it is one line on what to do."""


@dataclass(frozen=True)
class Line:
    """Words for the screen and the same words for the ear."""

    text: str
    speech: str

    @classmethod
    def same(cls, text: str) -> Line:
        """Words that are shown and spoken alike."""
        return cls(text, text)


@dataclass(frozen=True)
class Wording:
    """The catalogue of one locale."""

    locale: str
    translations: NullTranslations

    @property
    def is_chinese(self) -> bool:
        """Whether numbers in speech are written out in Chinese."""
        return self.locale.startswith("zh")

    def say(self, message: str, **values: str) -> str:
        """The translation of a message with its placeholders filled in."""
        return str(self.translations.gettext(message)) % values

    def line(self, message: str, **values: Line) -> Line:
        """The translation of a message as shown and as spoken."""
        template = str(self.translations.gettext(message))
        return Line(
            template % {name: value.text for name, value in values.items()},
            template % {name: value.speech for name, value in values.items()},
        )

    def counted(self, singular: str, plural: str, number: int, shown: Line) -> Line:
        """The translation that goes with a number; the placeholder is `number`, shown as `shown`."""
        template = str(self.translations.ngettext(singular, plural, number))
        return Line(template % {"number": shown.text}, template % {"number": shown.speech})

    def joined(self, *lines: Line) -> Line:
        """Sentences one after the other; languages with spaces get one between them."""
        between = "" if self.is_chinese else " "
        said = [line for line in lines if line.text]
        return Line(between.join(line.text for line in said), between.join(line.speech for line in said))


@cache
def words(locale: str, locales_dir: Path) -> Wording:
    """The words of a locale from its compiled catalogue. Raises CatalogueMissing."""
    translations = Translations.load(locales_dir, [locale], DOMAIN)
    if not isinstance(translations, Translations):
        raise CatalogueMissing(
            f"no compiled catalogue {locale}/LC_MESSAGES/{DOMAIN}.mo in {locales_dir}: run `make bootstrap`"
        )
    return Wording(locale, translations)
