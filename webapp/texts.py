"""The texts that she was sent, to compare with what is on her phone: one in our name that is not here is not ours."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, request

from services.actor import Actor
from services.messages import Composer, SentTexts, list_texts
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.transaction import database_session

COMPOSER = "yinian.composer"
SHOWN = 20
MOST_PAGES = 500

blueprint = Blueprint("texts", __name__, url_prefix="/texts")


def install(app: Flask) -> None:
    """Serve the page. Raises WordingWrong: a mistake in the templates of messages stops the start."""
    app.extensions[COMPOSER] = Composer(app.extensions["yinian"].settings.locales_dir)
    app.register_blueprint(blueprint)


@blueprint.get("")
def texts() -> Response:
    """Twenty, the newest first."""
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    found = texts_to(current_actor(), current_person().id, limit=SHOWN, offset=(page - 1) * SHOWN)
    return show("texts/texts.html", found=found, page=page, number=current_person().masked_phone)


def texts_to(actor: Actor, person_id: UUID, *, limit: int, offset: int = 0) -> SentTexts:
    """What was texted to somebody, as `actor` may see it."""
    composer: Composer = current_app.extensions[COMPOSER]
    return list_texts(database_session(), actor, composer, person_id=person_id, limit=limit, offset=offset)
