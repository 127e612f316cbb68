"""The language of the page: simplified Chinese unless the person chose another by a link in the footer."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request
from flask_babel import Babel
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from webapp.access import open_to_anyone, own_path
from webapp.cookies import remember

DEFAULT = "zh_Hans"
# How each language calls itself, and its name in HTML.
LANGUAGES = {"zh_Hans": ("简体中文", "zh-Hans"), "zh_Hant_HK": ("繁體中文", "zh-Hant-HK"), "en": ("English", "en")}
COOKIE = "language"

blueprint = Blueprint("languages", __name__)


def install(app: Flask) -> None:
    """Every word of a page in the person's language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.extensions["yinian"].settings.locales_dir)
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    Babel(app, locale_selector=current_language)
    app.context_processor(
        lambda: {"languages": LANGUAGES, "language": current_language(), "html_lang": LANGUAGES[current_language()][1]}
    )


def current_language() -> str:
    """The locale of this request."""
    chosen = request.cookies.get(COOKIE, DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT


@blueprint.get("/language/<name>")
@open_to_anyone
def choose(name: str) -> Response:
    """Keep the language and show the same page in it."""
    if name not in LANGUAGES:
        raise NotFound
    return remember(redirect(own_path(request.args.get("next")) or "/", 303), COOKIE, name)
