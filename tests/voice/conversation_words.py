"""The catalogue `voice`, compiled from its .po files for a run of tests, so that no test waits for the set-up."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.settings import PROJECT
from voice.wording import DOMAIN

LOCALES = ("zh_Hans", "zh_Hant_HK", "en")


def catalogue_file(locale: str) -> Path:
    """Where translators edit the words of a locale."""
    return PROJECT / "locales" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def compile_words(into: Path) -> Path:
    """A folder of compiled catalogues in all languages."""
    for locale in LOCALES:
        folder = into / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with catalogue_file(locale).open("rb") as source, (folder / f"{DOMAIN}.mo").open("wb") as target:
            write_mo(target, read_po(source, locale=locale))
    return into
