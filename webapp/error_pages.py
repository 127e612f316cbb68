"""Pages for what went wrong: plain words, and one thing to press next. None of them needs the database."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from flask import Flask, Response
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from services.errors import ServiceError
from webapp.error_words import error_words
from webapp.pages import page_address, show
from webapp.request_log import request_id

log = logging.getLogger(__name__)

EXPIRED = 419
FRAMES_LOGGED = 8


@dataclass(frozen=True)
class ErrorPage:
    """What happened, why, and what to do, as lazy words."""

    what: object
    why: object


ERROR_PAGES = {
    400: ErrorPage(
        _l("We did not understand that"),
        _l("Something was missing from the page. Nothing was changed. Press the button below and try once more."),
    ),
    403: ErrorPage(
        _l("This page is not open to you"),
        _l("It belongs to somebody else. Nothing was changed. Press the button below to go on."),
    ),
    404: ErrorPage(
        _l("There is no such page"),
        _l("The address may be old or have a wrong letter. Press the button below to go on."),
    ),
    405: ErrorPage(
        _l("This page cannot be opened like this"),
        _l("Nothing was changed. Press the button below to go on."),
    ),
    413: ErrorPage(
        _l("That was too long"),
        _l("Nothing was changed. Press the button below and write less."),
    ),
    EXPIRED: ErrorPage(
        _l("The page was open for too long"),
        _l("To keep you safe we ask you to press once more. Nothing was booked and nothing was lost."),
    ),
    500: ErrorPage(
        _l("Something is broken on our side"),
        _l("It is not your fault. Nothing was booked twice and nothing was lost. Wait a minute and try again,"
           " or press the phone button above and a person will help you."),
    ),
}  # fmt: skip


def install(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(CSRFError, lambda _error: error_page(EXPIRED))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ServiceError, _refused)
    app.register_error_handler(Exception, _broken)


def error_page(status: int) -> Response:
    """The page for a status; one that we have no words for gets those of its hundred."""
    page = ERROR_PAGES.get(status) or ERROR_PAGES[500 if status >= 500 else 400]
    again = page_address() if status == EXPIRED or status >= 500 else None
    return show("errors/page.html", status, page=page, status=status, again=again, request_id=request_id())


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    answer = error_page(status)
    if allow := dict(error.get_headers()).get("Allow"):
        answer.headers["Allow"] = allow
    return answer


def _refused(error: ServiceError) -> Response:
    words = error_words(error)
    return show("errors/refused.html", words.status, words=words)


def _broken(error: Exception) -> Response:
    # Where it happened, without the exception's own text: texts of database errors quote values, and values are names.
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    log.error("broken id=%s error=%s at=%s", request_id(), type(error).__name__, places)
    return error_page(500)
