"""A firm and the adaptation of homes: its cases, the quote, the photos, the work."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.clock import local_day
from services.home_adaptation import (
    AdaptationState,
    CostAboveQuote,
    Home,
    PhotoStage,
    add_photo,
    begin_work,
    events_of_adaptation,
    finish_work,
    get_adaptation,
    home_of,
    list_adaptations,
    read_photo,
    record_quote,
    rules_on,
)
from webapp.access import current_staff_actor, providers_only
from webapp.adaptation_forms import fen_of, photo_response, sent_photo, sent_quote
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

blueprint = Blueprint("provider_adaptations", __name__, url_prefix="/staff/provider/adaptations")


@blueprint.get("")
@providers_only
def adaptations() -> Response:
    """The cases that workers gave to this firm, those under way first."""
    found = list_adaptations(database_session(), current_staff_actor(), city=this_site().settings.city)
    return show("provider/adaptations.html", adaptations=found)


@blueprint.get("/<uuid:adaptation_id>")
@providers_only
def adaptation(adaptation_id: UUID) -> Response:
    """One case: what the home needs, the quote, the work."""
    return _show(adaptation_id)


@blueprint.post("/<uuid:adaptation_id>/home")
@providers_only
def home(adaptation_id: UUID) -> Response:
    """Where to go and whom to call; shown once, and that it was is recorded."""
    found = home_of(database_session(), current_staff_actor(), adaptation_id=adaptation_id, now=now())
    return _show(adaptation_id, home=found)


@blueprint.post("/<uuid:adaptation_id>/quote")
@providers_only
def quote(adaptation_id: UUID) -> AnyResponse:
    """Make a quote, or another one."""
    record_quote(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        items=sent_quote(rules_on(local_day(now())).items),
        now=now(),
    )
    return _done(adaptation_id, _("The quote is sent. She and the owner say whether they agree."))


@blueprint.post("/<uuid:adaptation_id>/photos/<stage>")
@providers_only
def add_a_photo(adaptation_id: UUID, stage: str) -> AnyResponse:
    """A photo of before or after the work."""
    if stage not in set(PhotoStage):
        abort(404)
    add_photo(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        stage=PhotoStage(stage),
        content=sent_photo(),
        now=now(),
    )
    return _done(adaptation_id, _("The photo is added, without place, time and camera."))


@blueprint.get("/<uuid:adaptation_id>/photos/<uuid:photo_id>")
@providers_only
def photo(adaptation_id: UUID, photo_id: UUID) -> Response:
    """A photo itself."""
    return photo_response(
        read_photo(database_session(), current_staff_actor(), adaptation_id=adaptation_id, photo_id=photo_id)
    )


@blueprint.post("/<uuid:adaptation_id>/begin")
@providers_only
def begin(adaptation_id: UUID) -> AnyResponse:
    """The work begins."""
    begin_work(database_session(), current_staff_actor(), adaptation_id=adaptation_id, now=now())
    return _done(adaptation_id, _("The work has begun."))


@blueprint.post("/<uuid:adaptation_id>/finish")
@providers_only
def finish(adaptation_id: UUID) -> AnyResponse:
    """The work is done, and this is what it cost."""
    works, aids = (fen_of(request.form.get(name, "")) for name in ("works", "aids"))
    if works is None or aids is None:
        raise CostAboveQuote()
    finish_work(
        database_session(),
        current_staff_actor(),
        adaptation_id=adaptation_id,
        actual_fen=works + aids,
        actual_aids_fen=aids,
        now=now(),
    )
    return _done(adaptation_id, _("She gets a text message and looks whether all is well."))


def _show(adaptation_id: UUID, *, home: Home | None = None) -> Response:
    session, actor = database_session(), current_staff_actor()
    return show(
        "provider/adaptation.html",
        adaptation=get_adaptation(session, actor, adaptation_id=adaptation_id),
        events=events_of_adaptation(session, actor, adaptation_id=adaptation_id)[::-1],
        home=home,
        states=AdaptationState,
        stages=PhotoStage,
        items=rules_on(local_day(now())).items,
    )


def _done(adaptation_id: UUID, words: str) -> AnyResponse:
    flash(words, "done")
    return redirect(url_for("provider_adaptations.adaptation", adaptation_id=adaptation_id), 303)
