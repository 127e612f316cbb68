"""Compiled catalogues for tests, so that no test reads words that were compiled before the last change."""

from __future__ import annotations

import shutil

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.settings import Settings


def with_compiled_words(settings: Settings) -> Settings:
    """The same settings, with the repository's catalogues compiled into a folder of the run."""
    folder = settings.var_dir / "locales"
    for source in settings.locales_dir.glob("*/LC_MESSAGES/*.po"):
        target = (folder / source.relative_to(settings.locales_dir)).with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as words, target.open("wb") as compiled:
            write_mo(compiled, read_po(words, locale=source.parent.parent.name))
    for source in settings.locales_dir.glob("*/*.yaml"):
        shutil.copy(source, folder / source.parent.name)
    return settings.model_copy(update={"locales_dir": folder})
