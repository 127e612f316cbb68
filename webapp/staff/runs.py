"""The month's run: listed, audited, paid, by the days of the rule; its totals, what is held, the bank's file."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from services.allowances import (
    PaymentRun,
    RunState,
    audit_month,
    confirm_run,
    export_bank_file,
    get_run,
    list_runs,
    record_returns,
)
from services.bank_returns import read_returns
from services.clock import local_day
from services.long_work import WorkKind, ask_for_work, list_works
from webapp.access import current_staff_actor, operators_only
from webapp.pages import show
from webapp.site import now, this_site
from webapp.transaction import database_session

blueprint = Blueprint("staff_runs", __name__, url_prefix="/staff/runs")


@blueprint.get("")
@operators_only
def runs() -> AnyResponse:
    """Every month, the latest first, and the one that is to be listed next."""
    found = list_runs(database_session(), current_staff_actor(), city=this_site().settings.city)
    return show("staff/runs.html", runs=found, next_month=_next_month(found), works=_works_under_way())


@blueprint.post("")
@operators_only
def list_it() -> AnyResponse:
    """Have the list of a month made; the next page shows how far it is."""
    month = _month(request.form.get("month", ""))
    work_id = ask_for_work(
        database_session(),
        current_staff_actor(),
        WorkKind.LIST_MONTH,
        city=this_site().settings.city,
        now=now(),
        month=month,
    )
    return redirect(url_for("staff_works.work", work_id=work_id), 303)


@blueprint.get("/<uuid:run_id>")
@operators_only
def run(run_id: UUID) -> AnyResponse:
    """One month: its days, its state, what is paid where, what is held and why."""
    found = get_run(database_session(), current_staff_actor(), run_id=run_id)
    return show("staff/run.html", run=found, today=local_day(now()), problem=None)


@blueprint.post("/<uuid:run_id>/confirm")
@operators_only
def confirm(run_id: UUID) -> AnyResponse:
    """So much changed since last month that somebody must have looked: she says why it may go on."""
    reason = request.form.get("reason", "")
    if not reason.strip():
        found = get_run(database_session(), current_staff_actor(), run_id=run_id)
        problem = _("Write what you looked at and why it may go on.")
        return show("staff/run.html", 422, run=found, today=local_day(now()), problem=problem)
    confirm_run(database_session(), current_staff_actor(), run_id=run_id, reason=reason, now=now())
    flash(_("Confirmed. It can be audited now."), "done")
    return redirect(url_for("staff_runs.run", run_id=run_id), 303)


@blueprint.post("/<uuid:run_id>/audit")
@operators_only
def audit(run_id: UUID) -> AnyResponse:
    """The street has audited the list."""
    audit_month(database_session(), current_staff_actor(), run_id=run_id, now=now())
    flash(_("Audited. The bank's file can be fetched, and the month paid."), "done")
    return redirect(url_for("staff_runs.run", run_id=run_id), 303)


@blueprint.post("/<uuid:run_id>/pay")
@operators_only
def pay(run_id: UUID) -> AnyResponse:
    """Have the month paid; the next page shows how far it is."""
    get_run(database_session(), current_staff_actor(), run_id=run_id)
    work_id = ask_for_work(
        database_session(),
        current_staff_actor(),
        WorkKind.PAY_MONTH,
        city=this_site().settings.city,
        now=now(),
        run_id=run_id,
    )
    return redirect(url_for("staff_works.work", work_id=work_id), 303)


@blueprint.post("/<uuid:run_id>/bank-file")
@operators_only
def bank_file(run_id: UUID) -> AnyResponse:
    """The file for the bank. A POST, since each export is recorded and none may happen by following a link."""
    found = get_run(database_session(), current_staff_actor(), run_id=run_id)
    file = export_bank_file(database_session(), current_staff_actor(), run_id=run_id, now=now())
    answer = FlaskResponse(iter(file.lines), mimetype="text/csv")
    name = f"{found.benefit.value}-{found.month:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<uuid:run_id>/returns")
@operators_only
def take_returns(run_id: UUID) -> AnyResponse:
    """What the bank could not credit: those payments wait for the next list, and workers ask about the cards."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Choose a file first."), "problem")
        return redirect(url_for("staff_runs.run", run_id=run_id), 303)
    returned = read_returns(file.stream)
    record_returns(database_session(), current_staff_actor(), run_id=run_id, returned=returned, now=now())
    flash(_("The bank's list was taken in."), "done")
    return redirect(url_for("staff_runs.run", run_id=run_id), 303)


def _next_month(found: tuple[PaymentRun, ...]) -> date | None:
    """The month after the latest run, or this one; None while that one is not paid yet or the month has not begun."""
    this_month = local_day(now()).replace(day=1)
    if not found:
        return this_month
    latest = found[0]
    following = (latest.month + timedelta(days=32)).replace(day=1)
    return following if latest.state is RunState.PAID and following <= this_month else None


def _works_under_way() -> list[object]:
    session, actor, city = database_session(), current_staff_actor(), this_site().settings.city
    works = [
        *list_works(session, actor, WorkKind.LIST_MONTH, city=city, limit=3),
        *list_works(session, actor, WorkKind.PAY_MONTH, city=city, limit=3),
    ]
    return [work for work in works if not work.is_over]


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        abort(400)
