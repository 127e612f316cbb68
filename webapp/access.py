"""Who may open which page. A view that says nothing needs a signed-in person; the others say so by a decorator.

Seniors and staff sign in on pages of their own, and one browser may hold both. What anybody may do with a record is not
decided here but in the use case, from the actor.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response

from services.actor import STAFF, Actor, ActorKind, Channel
from services.people import Person
from services.sign_in import signed_in
from services.staff import StaffMember, signed_in_staff
from webapp.pages import page_address
from webapp.site import now, this_site
from webapp.transaction import database_session

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """What a page asks of the person who opens it."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    DEMO = "demo"
    STAFF = "staff"
    COMMUNITY_WORKER = "community_worker"
    OPERATOR = "operator"
    CANTEEN = "canteen"
    PROVIDER = "provider"
    CARE_WORKER = "care_worker"


ROLES = {
    Access.STAFF: STAFF,
    Access.COMMUNITY_WORKER: frozenset({ActorKind.COMMUNITY_WORKER}),
    Access.OPERATOR: frozenset({ActorKind.OPERATOR}),
    Access.CANTEEN: frozenset({ActorKind.CANTEEN}),
    Access.PROVIDER: frozenset({ActorKind.PROVIDER}),
    Access.CARE_WORKER: frozenset({ActorKind.CARE_WORKER}),
}


def open_to_anyone(view: View) -> View:
    """The page needs no sign-in."""
    view.access = Access.ANYONE  # type: ignore[attr-defined]
    return view


def demo_only(view: View) -> View:
    """The page needs no sign-in, and exists in demonstration mode only."""
    view.access = Access.DEMO  # type: ignore[attr-defined]
    return view


def staff_only(view: View) -> View:
    """The page is for everybody of the staff."""
    view.access = Access.STAFF  # type: ignore[attr-defined]
    return view


def workers_only(view: View) -> View:
    """The page is for community workers."""
    view.access = Access.COMMUNITY_WORKER  # type: ignore[attr-defined]
    return view


def operators_only(view: View) -> View:
    """The page is for operators."""
    view.access = Access.OPERATOR  # type: ignore[attr-defined]
    return view


def canteens_only(view: View) -> View:
    """The page is for a canteen."""
    view.access = Access.CANTEEN  # type: ignore[attr-defined]
    return view


def providers_only(view: View) -> View:
    """The page is for the office of a provider of home care."""
    view.access = Access.PROVIDER  # type: ignore[attr-defined]
    return view


def care_workers_only(view: View) -> View:
    """The page is for those who go into homes."""
    view.access = Access.CARE_WORKER  # type: ignore[attr-defined]
    return view


def access_of(view: Callable[..., Any]) -> Access:
    """What a view asks for."""
    access: Access = getattr(view, "access", Access.SIGNED_IN)
    return access


def install(app: Flask) -> None:
    """Check every request, and let the templates know who is signed in."""
    open_to_anyone(app.view_functions["static"])
    app.before_request(_check)
    app.context_processor(
        lambda: {"person": g.get("person"), "staff": g.get("staff"), "demo": this_site().settings.demo}
    )


def current_person() -> Person:
    """The signed-in person. Only views that need one may ask."""
    person: Person = g.person
    return person


def current_actor() -> Actor:
    """The signed-in person as the one who acts, on the screen."""
    return Actor.senior(current_person().id, Channel.SCREEN)


def find_signed_in() -> Person | None:
    """The person of this browser's sign-in, or None. Also remembered for the templates."""
    if "person" not in g:
        token = session.get("token")
        found = signed_in(database_session(), token=token, now=now()) if token else None
        g.person = found.person if found else None
    person: Person | None = g.person
    return person


def current_staff() -> StaffMember:
    """Who of the staff is signed in. Only views that need one may ask."""
    staff: StaffMember = g.staff
    return staff


def current_staff_actor() -> Actor:
    """Who of the staff is signed in as the one who acts, on the screen."""
    return current_staff().acting(Channel.SCREEN)


def find_signed_in_staff() -> StaffMember | None:
    """Who of the staff signed in with this browser, or None. Also remembered for the templates."""
    if "staff" not in g:
        token = session.get("staff_token")
        g.staff = signed_in_staff(database_session(), token=token, now=now()) if token else None
    staff: StaffMember | None = g.staff
    return staff


def own_path(path: str | None) -> str | None:
    """`path` if it is a path on this site, otherwise None: nobody is sent elsewhere by a link that looks like ours.

    >>> own_path("/meals/book?day=2026-11-24"), own_path("//elsewhere.example"), own_path("https://elsewhere.example/")
    ('/meals/book?day=2026-11-24', None, None)
    """
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return None
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else None


def _check() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: the 404 page answers
    access = access_of(current_app.view_functions[request.endpoint])
    if access is Access.DEMO and not this_site().settings.demo:
        abort(404)
    if access is Access.SIGNED_IN and find_signed_in() is None:
        # She comes back to where she was with her choices: they are in the address, for POST requests too.
        return redirect(url_for("sign_in.phone", next=page_address()), 303)
    if access in ROLES:
        return _check_staff(access)
    return None


def _check_staff(access: Access) -> Response | None:
    staff = find_signed_in_staff()
    if staff is None:
        address = url_for("staff_sign_in.password", next=page_address())
        if "HX-Request" in request.headers:
            # A part of a page that asks again and again: the whole page goes, and not its part.
            return make_response("", 200, {"HX-Redirect": address})
        return redirect(address, 303)
    if staff.role not in ROLES[access]:
        abort(403)
    return None
