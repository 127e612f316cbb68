"""我的待遇: the list, one benefit, what was paid; applying for what nobody offered."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from services.allowances import apply_for
from services.benefits import Benefit
from services.my_benefits import BenefitsOverview, Standing, see_benefits
from webapp.access import current_actor, current_person
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

blueprint = Blueprint("benefits", __name__, url_prefix="/benefits")

# What she looks for first stands first; what she cannot have is folded away.
FOLDED = frozenset({Standing.NOT_ELIGIBLE, Standing.STOPPED})


@blueprint.get("")
def benefits() -> Response:
    """Every benefit as it stands for her."""
    overview = _overview()
    shown = [line for line in overview.lines if line.standing not in FOLDED]
    folded = [line for line in overview.lines if line.standing in FOLDED]
    return show("benefits/benefits.html", overview=overview, shown=shown, folded=folded)


@blueprint.get("/<name>")
def benefit(name: str) -> Response:
    """One benefit: how much, why, what to do next."""
    overview = _overview()
    return show("benefits/benefit.html", overview=overview, line=overview.line(_benefit(name)))


@blueprint.get("/payments")
def payments() -> Response:
    """What was paid, month by month, newest first."""
    return show("benefits/payments.html", payments=_overview().payments)


@blueprint.post("/<name>/apply")
def apply(name: str) -> AnyResponse:
    """Ask for a benefit that she was not offered, or did not want then."""
    case = apply_for(
        database_session(), current_actor(), person_id=current_person().id, benefit=_benefit(name), now=now()
    )
    return redirect(url_for("offers.offer", case_id=case.id), 303)


def _overview() -> BenefitsOverview:
    return see_benefits(database_session(), current_actor(), person_id=current_person().id, now=now())


def _benefit(name: str) -> Benefit:
    """The benefit of an address: /benefits/old-age-allowance."""
    value = name.replace("-", "_")
    if value not in set(Benefit):
        abort(404)
    return Benefit(value)
