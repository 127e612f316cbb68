"""A font of this machine that has Chinese characters. Fonts are the system's (the set-up installs one), never ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection

from services.errors import ServiceError

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
# Debian's names of them, the best to read first; any other Chinese font of these projects does as well.
WANTED = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
)
FULL_NAME = 4


class FontMissing(ServiceError):
    """No font of this machine has Chinese characters. `package`: what to install on a Debian system."""

    code = "font_missing"


@dataclass(frozen=True)
class Font:
    """A font file, and which face of it, where it holds several."""

    file: Path
    face: int = 0


@cache
def chinese_font() -> Font:
    """The best that is there. Raises FontMissing."""
    for name in WANTED:
        for folder in FOLDERS:
            file = next(iter(sorted(folder.rglob(name))), None) if folder.is_dir() else None
            if file is not None:
                return Font(file, _simplified_face(file) if file.suffix == ".ttc" else 0)
    raise FontMissing(package="fonts-noto-cjk")


def _simplified_face(file: Path) -> int:
    """One file holds the same characters as Japan, Korea, the mainland and Taiwan write them; the first otherwise."""
    with TTCollection(str(file), lazy=True) as collection:
        names = [str(face["name"].getDebugName(FULL_NAME)) for face in collection.fonts]
    return next((number for number, name in enumerate(names) if " SC" in name), 0)
