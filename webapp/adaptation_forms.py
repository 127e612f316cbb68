"""What the forms of home adaptation carry: photos, amounts, lines of a quote."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Flask, Request, Response, make_response, request

from services.actor import ActorKind
from services.home_adaptation import MOST_BYTES, NewQuoteItem, PhotoWrong, QuoteWrong
from webapp.access import find_signed_in_staff
from webapp.words import FEN_IN_A_YUAN

YUAN = re.compile(r"(\d{1,6})(?:\.(\d\d?))?")
QUANTITY = re.compile(r"\d{1,2}")
# The form around a photo.
FORM_BYTES = 64 * 1024
TAKE_PHOTOS = frozenset({"staff_adaptations.add_a_photo", "provider_adaptations.add_a_photo"})
WHO = frozenset({ActorKind.COMMUNITY_WORKER, ActorKind.PROVIDER})


def install(app: Flask) -> None:
    """Let photos through where they are expected."""
    app.url_value_preprocessor(lambda endpoint, _values: allow_photo(endpoint, request))


def allow_photo(endpoint: str | None, asked: Request) -> None:
    """Let a worker and a firm, and nobody else, send a photo; before anything reads the request."""
    if endpoint in TAKE_PHOTOS:
        staff = find_signed_in_staff()
        if staff is not None and staff.role in WHO:
            asked.max_content_length = MOST_BYTES + FORM_BYTES


def sent_photo() -> bytes:
    """The photo of this form. Raises PhotoWrong where none was chosen."""
    file = request.files.get("photo")
    if file is None or not file.filename:
        raise PhotoWrong()
    return file.read()


def photo_response(content: bytes) -> Response:
    """A photo as an answer that no shared computer keeps."""
    response = make_response(content)
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "no-store"
    return response


def fen_of(written: str) -> int | None:
    """An amount in yuan as somebody writes it; None for what is none.

    >>> fen_of("1200"), fen_of(" 1200.5 "), fen_of("1,200")
    (120000, 120050, None)
    """
    found = YUAN.fullmatch(written.strip())
    return int(found[1]) * FEN_IN_A_YUAN + int((found[2] or "").ljust(2, "0")) if found else None


def sent_quote(kinds: Iterable[str]) -> list[NewQuoteItem]:
    """The lines of this form: of each kind a quantity and a price, where both are filled in. Raises QuoteWrong."""
    items = []
    for kind in kinds:
        quantity, price = (request.form.get(f"{name}-{kind}", "").strip() for name in ("quantity", "price"))
        if not price:
            continue
        fen = fen_of(price)
        if fen is None or not QUANTITY.fullmatch(quantity):
            raise QuoteWrong()
        items.append(NewQuoteItem(kind, int(quantity), fen))
    return items
