"""Addresses of style sheets and scripts that change with their content, and the icons.

Browsers may keep a file for a year, because a changed file has another address. Icons are drawn into the page, so that
they take the colour of the words beside them in every theme; they come from the set-up step (static/icons.txt).
"""

from __future__ import annotations

import logging
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

from services.settings import PROJECT
from webapp.acting import own_address

STATIC = PROJECT / "static"
ICONS = STATIC / "vendor" / "icons"
A_YEAR = 365 * 24 * 60 * 60

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Give the templates `file_url` and `icon`."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = A_YEAR
    app.jinja_env.globals.update(file_url=file_url, icon=icon)


def file_url(name: str) -> str:
    """The address of a file in static/."""
    return own_address(url_for("static", filename=name, v=_fingerprint(STATIC / name)))


@cache
def icon(name: str) -> Markup:
    """The drawing called `name`. It says nothing to a screen reader: words stand beside it. Without the set-up step
    there are no drawings, and the words do alone."""
    file = ICONS / f"{name}.svg"
    if not file.exists():
        log.warning("icon_missing name=%s: run the set-up step", name)
        return Markup("")
    drawing = file.read_text(encoding="utf-8")
    inside = drawing[drawing.index(">", drawing.index("<svg")) + 1 :]
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round">'
    ) + Markup("".join(line.strip() for line in inside.splitlines()))  # noqa: S704 - the file is from our own pinned package


@cache
def _fingerprint(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "missing"
