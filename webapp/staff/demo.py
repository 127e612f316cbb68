"""The demonstration's staff: who there is, and what they sign in with. In demonstration mode only."""

from __future__ import annotations

from flask import Blueprint, Response, request
from jinja2_fragments.flask import render_block

from services.actor import Actor, Channel
from services.demo import list_demo_staff
from webapp.access import demo_only
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("staff_demo", __name__, url_prefix="/demo/staff")


@blueprint.get("")
@demo_only
def accounts() -> Response | str:
    """Every account with its password and the code that counts; htmx asks again as codes change."""
    found = list_demo_staff(database_session(), Actor.system(Channel.SCREEN), now=now())
    if request.headers.get("HX-Target") == "accounts":
        return render_block("staff/demo.html", "accounts", accounts=found)
    return show("staff/demo.html", accounts=found)
