"""Help: who to call, how the pages work, and what this site never asks for."""

from __future__ import annotations

from flask import Blueprint, Response

from webapp.access import find_signed_in, open_to_anyone
from webapp.pages import show

blueprint = Blueprint("helping", __name__)


@blueprint.get("/help")
@open_to_anyone
def helping() -> Response:
    """One page of help, the same before and after signing in."""
    find_signed_in()
    return show("helping/help.html")
