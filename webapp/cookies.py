"""Small settings that a browser keeps for the person: language, size of type, colours. Nothing personal is in them."""

from __future__ import annotations

from flask import current_app
from werkzeug.wrappers import Response

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
