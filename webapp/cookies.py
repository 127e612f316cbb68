"""What a browser keeps: small settings of the person (language, size of type, colours), in which nothing is personal;
and, sealed, what she wrote on a page before and must not stand in an address."""

from __future__ import annotations

import base64

from flask import current_app, session
from werkzeug.wrappers import Response

from services.sealing import SealBroken, vault_of
from webapp.transaction import database_session

A_YEAR = 365 * 24 * 60 * 60


def remember(response: Response, name: str, value: str) -> Response:
    """The same response, with a cookie that lasts a year."""
    response.set_cookie(
        name,
        value,
        max_age=A_YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def keep_sealed(name: str, text: str, *, context: str) -> None:
    """Put a text into this browser's session cookie so that nobody who holds the cookie can read it."""
    session[name] = base64.b64encode(vault_of(database_session()).seal(text, context=context)).decode()


def take_sealed(name: str, *, context: str) -> str | None:
    """The same, which is then no longer kept."""
    text = kept_sealed(name, context=context)
    session.pop(name, None)
    return text


def kept_sealed(name: str, *, context: str) -> str | None:
    """The text that was kept; None where there is none, or where its key is no longer in use."""
    if not (sealed := session.get(name)):
        return None
    try:
        return vault_of(database_session()).open(base64.b64decode(sealed), context=context)
    except SealBroken:
        return None
