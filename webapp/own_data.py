"""What is held about her: reading and printing it, taking it away as a file, and having deleted what no law keeps."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Flask, Response, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from services.clock import local_day
from services.personal_data import (
    LONGEST_WORDS,
    Basis,
    CorrectionField,
    CorrectionUnclear,
    HeldData,
    HeldSection,
    Section,
    ask_for_correction,
    corrections_of,
    data_held_about,
    erase_what_may_go,
    kept_years_on,
)
from services.sign_in import list_sessions
from webapp.access import current_actor, current_family_actor, current_person, family_only
from webapp.pages import show
from webapp.site import now
from webapp.transaction import database_session

# Of an entry, the day on which it happened stands in the first of these that it has.
DAYS = ("at", "day", "month", "queued_at", "received_at", "asked_at", "opened_at", "changed_at", "noted_at")
ISO_DAY = len("2026-11-24")

blueprint = Blueprint("own_data", __name__, url_prefix="/my-data")


def install(app: Flask) -> None:
    """Give the templates these words as a filter."""
    app.jinja_env.filters.update(correction_field=field_words)


@blueprint.get("")
def own_data() -> Response:
    """What is held, part by part, why it stays and for how long; a page that prints well."""
    held = _held()
    about = next(rows for each in held.sections for name, rows in each.tables.items() if name == "persons")[0]
    return show(
        "own_data/own_data.html",
        held=held,
        about=about,
        years=kept_years_on(local_day(now())),
        section_words=section_words,
        basis_words=basis_words,
        newest=newest_day,
    )


@blueprint.post("/file")
def file() -> Response:
    """Every single entry, as a file that programs read."""
    return _as_file(_held())


@blueprint.post("/family-file")
@family_only
def family_file() -> Response:
    """The same for a family member, about herself."""
    return _as_file(data_held_about(database_session(), current_family_actor(), person_id=None, now=now()))


@blueprint.get("/correction")
def correction() -> Response:
    """What is wrong, and what is right?"""
    return _show_correction()


@blueprint.post("/correction")
def ask_it() -> Response:
    """Put it before the community."""
    chosen = request.form.get("about", "")
    about = CorrectionField(chosen) if chosen in set(CorrectionField) else None
    words = request.form.get("words", "")
    try:
        ask_for_correction(
            database_session(), current_actor(), person_id=current_person().id, about=about, words=words, now=now()
        )
    except CorrectionUnclear:
        problem = _("Choose what is wrong, and write in a few words what is right.")
        return _show_correction(problem=problem)
    flash(_("Your community looks at it, and you get a text message."), "done")
    return redirect(url_for("own_data.own_data"), 303)


@blueprint.get("/deletion")
def deletion() -> Response:
    """What would go, what would end, and what stays and why."""
    held = _held()
    kept = dict.fromkeys(basis for each in held.sections for basis in each.bases)
    return show(
        "own_data/deletion.html",
        goes=[section_words(each.section) for each in held.sections if each.goes],
        kept=list(kept),
        years=kept_years_on(local_day(now())),
        basis_words=basis_words,
    )


@blueprint.post("/deletion")
def delete_it() -> Response:
    """Delete it. On this device she stays signed in."""
    transaction, actor, person_id = database_session(), current_actor(), current_person().id
    devices = list_sessions(transaction, actor, person_id=person_id, token=session.get("token"), now=now())
    this_one = next((each.id for each in devices if each.is_this_one), None)
    erased = erase_what_may_go(transaction, actor, person_id=person_id, session_id=this_one, now=now())
    count = sum(erased.gone.values())
    flash(ngettext("Done. %(num)d entry was deleted.", "Done. %(num)d entries were deleted.", count), "done")
    return redirect(url_for("own_data.own_data"), 303)


def _show_correction(*, problem: str | None = None) -> Response:
    return show(
        "own_data/correction.html",
        422 if problem else 200,
        asked=corrections_of(database_session(), current_actor(), person_id=current_person().id),
        fields=list(CorrectionField),
        chosen=request.form.get("about"),
        words=request.form.get("words", ""),
        longest=LONGEST_WORDS,
        problem=problem,
    )


def _held() -> HeldData:
    return data_held_about(database_session(), current_actor(), person_id=current_person().id, now=now())


def _as_file(held: HeldData) -> Response:
    answer = Response(held.as_json(), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="yinian-{local_day(now())}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def newest_day(section: HeldSection) -> date | None:
    """The day of the newest entry, where entries have days."""
    days = (
        str(row[name])[:ISO_DAY] for rows in section.tables.values() for row in rows for name in DAYS if name in row
    )
    newest = max(days, default=None)
    return date.fromisoformat(newest) if newest else None


def section_words(section: Section) -> str:
    """A part of what is held, as she knows it."""
    return {
        Section.IDENTITY: _("Who you are, by the registers"),
        Section.BENEFITS: _("Your benefits and applications"),
        Section.PAYMENTS: _("Payments and vouchers"),
        Section.CERTIFICATION: _("Certification"),
        Section.MEALS: _("Meals"),
        Section.CARE: _("Care at home"),
        Section.HOME: _("Making the home safe"),
        Section.MESSAGES: _("Text messages to and from you"),
        Section.FAMILY: _("Family who acts for you"),
        Section.EMERGENCIES: _("Calls for help, and who is called for you"),
        Section.PREFERENCES: _("What you like, and what the assistant remembers"),
        Section.DEVICES: _("Where you are signed in"),
        Section.OFFICE: _("What the community sees to"),
        Section.DEEDS: _("Who read and did what"),
    }[section]


def basis_words(basis: Basis) -> str:
    """Why something is kept."""
    return {
        Basis.REGISTERS: _("The offices have to know who lives here"),
        Basis.PAYMENTS: _("Public money was paid or is booked; the books must be kept"),
        Basis.CASE_FILE: _("It shows why a benefit was given or not"),
        Basis.CONSENT: _("It shows what you agreed to"),
        Basis.EMERGENCY: _("It shows how you were helped"),
        Basis.DEEDS: _("It shows who looked at your data"),
    }[basis]


def field_words(about: CorrectionField) -> str:
    """What can be wrong."""
    return {
        CorrectionField.NAME: _("Name"),
        CorrectionField.BIRTH: _("Birth date"),
        CorrectionField.PHONE: _("Mobile number"),
        CorrectionField.ADDRESS: _("Address"),
        CorrectionField.HOUSEHOLD: _("Where the household is registered"),
        CorrectionField.INCOME: _("Income"),
        CorrectionField.ABILITY: _("What you can do by yourself"),
        CorrectionField.CARD: _("The card"),
        CorrectionField.OTHER: _("Something else"),
    }[about]
