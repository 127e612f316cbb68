"""The demonstration's phone: the text messages of every demo number, as a phone would show them.

It exists in demonstration mode only and asks nobody who they are: everything on it is invented.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from jinja2_fragments.flask import render_block

from services.actor import Actor, Channel
from services.demo import DemoPhone, list_demo_phones
from webapp.access import demo_only
from webapp.pages import show
from webapp.transaction import database_session

blueprint = Blueprint("demo_phone", __name__, url_prefix="/demo/phone")


@blueprint.get("")
@demo_only
def phones() -> Response:
    """Whose phone?"""
    return show("demo_phone/phones.html", phones=_phones())


@blueprint.get("/<int:number>")
@demo_only
def messages(number: int) -> Response | tuple[str, int]:
    """The messages of the phone at that place in the list (an address holds no phone number), newest first.

    htmx asks again every few seconds and says what it saw last; without news nothing is sent, so nothing is read aloud
    twice.
    """
    phones = _phones()
    if not 1 <= number <= len(phones):
        abort(404)
    phone = phones[number - 1]
    newest = phone.messages[0].received_at.isoformat() if phone.messages else ""
    if request.headers.get("HX-Target") == "messages":
        if request.args.get("seen") == newest:
            return "", 204
        return render_block("demo_phone/messages.html", "messages", phone=phone, number=number, newest=newest), 200
    return show("demo_phone/messages.html", phone=phone, number=number, newest=newest)


def _phones() -> tuple[DemoPhone, ...]:
    return list_demo_phones(database_session(), Actor.system(Channel.SCREEN))
