"""How the page looks: the size of its type and its colours. Kept in the browser, rendered by the server."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.access import find_signed_in, open_to_anyone, own_path
from webapp.cookies import remember
from webapp.pages import show

# Pixels of body text where the browser's own size is the usual 16.
TYPE_SIZES = ("24", "30", "36")
THEMES = ("light", "dark", "yellow")
CHOICES = {"type": TYPE_SIZES, "theme": THEMES}

blueprint = Blueprint("display", __name__)


@dataclass(frozen=True)
class Display:
    """What this browser's person chose."""

    type: str
    theme: str

    @property
    def html_class(self) -> str:
        """The classes of the page's root element."""
        return f"type-{self.type} theme-{self.theme}"


def install(app: Flask) -> None:
    """Every page in the chosen type and colours."""
    app.context_processor(lambda: {"display": current_display()})


def current_display() -> Display:
    """The display of this request; the first of each choice unless another was made."""
    chosen = {name: request.cookies.get(name) for name in CHOICES}
    return Display(**{name: value if value in CHOICES[name] else CHOICES[name][0] for name, value in chosen.items()})


@blueprint.get("/display")
@open_to_anyone
def settings() -> Response:
    """The page with the choices; for who is signed in also how the assistant speaks."""
    find_signed_in()
    return show("display/settings.html", type_sizes=TYPE_SIZES, themes=THEMES, back=own_path(request.args.get("next")))


@blueprint.post("/display")
@open_to_anyone
def choose() -> Response:
    """Keep one choice and stay on the page, which now shows it."""
    name, value = request.form.get("name", ""), request.form.get("value", "")
    if value not in CHOICES.get(name, ()):
        abort(400)
    answer = redirect(url_for("display.settings", next=own_path(request.form.get("next"))), 303)
    return remember(answer, name, value)
