"""Who may open which page. A view that says nothing needs a signed-in person; the others say so by a decorator.

Seniors and staff sign in on pages of their own, and one browser may hold both. What anybody may do with a record is not
decided here but in the use case, from the actor.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, flash, g, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.actor import STAFF, Actor, ActorKind, Channel
from services.delegation import DelegationFrozen, DelegationOver, DelegationUnknown, act_for
from services.desk_help import NotAtTheDesk, assist
from services.family import FamilyMember, family_member_of
from services.people import Person, get_person
from services.records import with_open_records
from services.sign_in import SignedIn, signed_in
from services.staff import StaffMember, signed_in_staff
from webapp.acting import acting_by, assisted, own_address
from webapp.pages import page_address
from webapp.site import now, this_site
from webapp.transaction import database_session

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """What a page asks of the person who opens it."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    FAMILY = "family"
    """signed in as a family member, or as a senior who may be one of somebody else"""
    DEMO = "demo"
    STAFF = "staff"
    COMMUNITY_WORKER = "community_worker"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    CANTEEN = "canteen"
    PROVIDER = "provider"
    CARE_WORKER = "care_worker"


ROLES = {
    Access.STAFF: STAFF,
    Access.COMMUNITY_WORKER: frozenset({ActorKind.COMMUNITY_WORKER}),
    Access.OPERATOR: frozenset({ActorKind.OPERATOR}),
    Access.SUPERVISOR: frozenset({ActorKind.SUPERVISOR}),
    Access.CANTEEN: frozenset({ActorKind.CANTEEN}),
    Access.PROVIDER: frozenset({ActorKind.PROVIDER}),
    Access.CARE_WORKER: frozenset({ActorKind.CARE_WORKER}),
}


# What else there is on the pages of a senior while somebody acts for her.
ALSO_WHILE_ACTING = frozenset(
    {"home.home", "helping.helping", "display.settings", "display.choose", "languages.choose"}
)

# Talking is the senior's own: what is said here is not said by her. A worker certifies whom she sees, by no digits.
NOT_WHILE_ACTING = frozenset({"talk.talk", "talk.say", "talk.speaking", "talk_socket", "certification_socket"})


def open_to_anyone(view: View) -> View:
    """The page needs no sign-in."""
    view.access = Access.ANYONE  # type: ignore[attr-defined]
    return view


def family_only(view: View) -> View:
    """The page is about one's own part as somebody's family."""
    view.access = Access.FAMILY  # type: ignore[attr-defined]
    return view


def demo_only(view: View) -> View:
    """The page needs no sign-in, and exists in demonstration mode only."""
    view.access = Access.DEMO  # type: ignore[attr-defined]
    return view


def staff_only(view: View) -> View:
    """The page is for everybody of the staff."""
    view.access = Access.STAFF  # type: ignore[attr-defined]
    return view


def asking_by_itself(view: View) -> View:
    """A page asks for this again and again, whether somebody sits before it or not: it keeps no session alive."""
    view.asks_by_itself = True  # type: ignore[attr-defined]
    return view


def workers_only(view: View) -> View:
    """The page is for community workers."""
    view.access = Access.COMMUNITY_WORKER  # type: ignore[attr-defined]
    return view


def operators_only(view: View) -> View:
    """The page is for operators."""
    view.access = Access.OPERATOR  # type: ignore[attr-defined]
    return view


def supervisors_only(view: View) -> View:
    """The page is for supervisors."""
    view.access = Access.SUPERVISOR  # type: ignore[attr-defined]
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
        lambda: {
            "person": g.get("person"),
            "family": g.get("family"),
            "acting": g.get("acting") is not None,
            "at_the_desk": assisted() is not None and g.get("acting") is not None,
            "staff": g.get("staff"),
            "demo": this_site().settings.demo,
            "own_address": own_address,
        }
    )


def current_person() -> Person:
    """The senior whose page it is: the signed-in one, or on whose behalf somebody acts. Only views that need one may
    ask."""
    person: Person = g.person
    return person


def current_actor() -> Actor:
    """Who acts on this page: the senior herself, or a family member or a worker on her behalf."""
    acting: Actor | None = g.get("acting")
    return acting or Actor.senior(current_person().id, Channel.SCREEN)


def current_family_member() -> FamilyMember:
    """Who is signed in as somebody's family: with the entrance of families, or a senior with a row of her own."""
    if g.get("family") is None:
        g.family = family_member_of(database_session(), current_person(), now=now())
    family: FamilyMember = g.family
    return family


def current_family_actor() -> Actor:
    """The same as the one who acts in her own matters, on the screen."""
    return Actor.family_member(current_family_member().id, Channel.SCREEN)


def find_signed_in() -> Person | None:
    """The senior whose page it is, or None where nobody is signed in, or a family member in her own matters. Also
    remembered for the templates. Raises what `act_for` raises."""
    if "person" not in g:
        found = _sign_in()
        g.family = found.family_member if found else None
        g.person = found.person if found else None
        if found is not None and (delegation_id := acting_by()) is not None:
            g.acting = act_for(
                database_session(),
                _family_actor(found),
                delegation_id=delegation_id,
                channel=Channel.SCREEN,
                now=now(),
            )
            g.person = get_person(database_session(), g.acting, person_id=g.acting.on_behalf_of)
    person: Person | None = g.person
    return person


def _sign_in() -> SignedIn | None:
    token = session.get("token")
    return signed_in(database_session(), token=token, now=now()) if token else None


def _family_actor(found: SignedIn) -> Actor:
    if found.family_member is None:
        assert found.person is not None
        found_member = family_member_of(database_session(), found.person, now=now())
        return Actor.family_member(found_member.id, Channel.SCREEN)
    return Actor.family_member(found.family_member.id, Channel.SCREEN)


def current_staff() -> StaffMember:
    """Who of the staff is signed in. Only views that need one may ask."""
    staff: StaffMember = g.staff
    return staff


def current_staff_actor() -> Actor:
    """Who of the staff is signed in as the one who acts, on the screen, with the records that are open to her."""
    return with_open_records(database_session(), current_staff().acting(Channel.SCREEN), now=now())


def find_signed_in_staff() -> StaffMember | None:
    """Who of the staff signed in with this browser, or None. Also remembered for the templates."""
    if "staff" not in g:
        token = session.get("staff_token")
        is_used = not getattr(current_app.view_functions[request.endpoint or ""], "asks_by_itself", False)
        found = signed_in_staff(database_session(), token=token, now=now(), is_used=is_used) if token else None
        g.staff = found
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
    if acting_by() is not None and (elsewhere := _begin_to_act(access)) is not None:
        return elsewhere
    if assisted() is not None:
        return _begin_at_the_desk(access)
    if access in (Access.SIGNED_IN, Access.FAMILY):
        return _check_signed_in(access)
    if access in ROLES:
        return _check_staff(access)
    return None


def _check_signed_in(access: Access) -> Response | None:
    person = find_signed_in()
    if person is None and g.family is None:
        # She comes back to where she was with her choices: they are in the address, for POST requests too.
        return redirect(own_address(url_for("sign_in.phone", next=page_address())), 303)
    if person is None and access is Access.SIGNED_IN:
        # A family member has no meals or benefits of her own here: she says first whom she acts for.
        return redirect(url_for("family.family"), 303)
    return None


def _begin_to_act(access: Access) -> Response | None:
    """Look anew whether she may still act for this senior. Only pages of seniors exist below such an address."""
    if request.endpoint == "static":
        return None
    _require_page_of_senior(access)
    try:
        find_signed_in()
    except DelegationUnknown:
        abort(404)
    except DelegationOver:
        flash(_("This has ended: you can no longer act for that person."), "problem")
    except DelegationFrozen:
        flash(_("The community has paused this until somebody has looked. Questions: 12345."), "problem")
    else:
        return None
    return redirect(own_address(url_for("family.family")), 303)


def _begin_at_the_desk(access: Access) -> Response | None:
    """Look anew whether this worker has the senior before her and her record open."""
    if request.endpoint == "static":
        return None
    _require_page_of_senior(access)
    if (elsewhere := _check_staff(Access.COMMUNITY_WORKER)) is not None:
        return elsewhere
    try:
        g.acting = assist(database_session(), current_staff_actor(), person_id=assisted(), now=now())
    except NotAtTheDesk:
        flash(_("The time at the desk is over. Say once more that she is here, then go on."), "problem")
        return _whole_page(own_address(url_for("staff_people.person", person_id=assisted())))
    g.family, g.person = None, get_person(database_session(), g.acting, person_id=g.acting.on_behalf_of)
    return None


def _require_page_of_senior(access: Access) -> None:
    is_her_page = access is Access.SIGNED_IN and request.endpoint not in NOT_WHILE_ACTING
    if not is_her_page and request.endpoint not in ALSO_WHILE_ACTING:
        abort(404)


def _check_staff(access: Access) -> Response | None:
    staff = find_signed_in_staff()
    if staff is None:
        address = own_address(url_for("staff_sign_in.password", next=page_address()))
        return _whole_page(address)
    if staff.role not in ROLES[access]:
        abort(403)
    return None


def _whole_page(address: str) -> Response:
    """On to a page with another frame: the whole page goes, also where htmx asked for a part of it."""
    if "HX-Request" in request.headers:
        return make_response("", 200, {"HX-Redirect": address})
    return redirect(address, 303)
