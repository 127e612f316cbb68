"""The demonstration's phone: the text messages of every demo number, as a phone would show them, and writing back.

It exists in demonstration mode only and asks nobody who they are: everything on it is invented.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response as AnyResponse

from services.actor import Actor, Channel
from services.database import new_id
from services.demo import DemoPhone, list_demo_phones, write_on_demo_phone
from webapp.access import demo_only
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

blueprint = Blueprint("demo_phone", __name__, url_prefix="/demo/phone")

SYSTEM = Actor.system(Channel.SCREEN)


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
    phone, newest = _phone(number)
    if request.headers.get("HX-Target") == "messages":
        if request.args.get("seen") == newest:
            return "", 204
        return render_block("demo_phone/messages.html", "messages", phone=phone, number=number, newest=newest), 200
    return _page(number)


@blueprint.post("/<int:number>")
@demo_only
def write(number: int) -> AnyResponse:
    """Send what was written, to us."""
    phone, _newest = _phone(number)
    text = request.form.get("text", "").strip()
    try:
        request_id = UUID(request.form.get("request_id", ""))
    except ValueError:
        abort(400)
    if not text:
        return _page(number, 422, _("Nothing is written yet. Write something, then press 'Send'."))
    write_on_demo_phone(
        database_session(), SYSTEM, phone=phone.phone, text=text, request_id=request_id,
        city=this_site().settings.city, now=now(),
    )  # fmt: skip
    return redirect(url_for("demo_phone.messages", number=number), 303)


def _page(number: int, status_code: int = 200, problem: str | None = None) -> Response:
    phone, newest = _phone(number)
    return show(
        "demo_phone/messages.html",
        status_code,
        phone=phone,
        number=number,
        newest=newest,
        request_id=new_id(),
        problem=problem,
    )


def _phone(number: int) -> tuple[DemoPhone, str]:
    """The phone at that place in the list, and when its newest message came."""
    phones = _phones()
    if not 1 <= number <= len(phones):
        abort(404)
    phone = phones[number - 1]
    return phone, phone.messages[0].received_at.isoformat() if phone.messages else ""


def _phones() -> tuple[DemoPhone, ...]:
    return list_demo_phones(database_session(), SYSTEM)
