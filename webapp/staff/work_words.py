"""Long work, payment runs and rejected rows, in words for operators."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from services.allowances import HeldBecause, LineStatus, Payment, RunState
from services.long_work import LongWork, WorkKind, WorkStatus
from services.my_benefits import Standing
from services.registry import Kind
from webapp.benefits.wording import month_words
from webapp.staff.days import full_day_words
from webapp.staff.known_words import field_words, register_words
from webapp.words import money_words


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        work_kind=work_kind_words,
        work_status=work_status_words,
        work_about=work_about_words,
        run_state=run_state_words,
        held=held_words,
        refusal=lambda report: refusal_words(report["code"], report.get("facts", {})),
        payment_state=payment_state_words,
        staff_standing=standing_words,
        field_name=field_words,
    )


def work_kind_words(kind: WorkKind) -> str:
    """What is done."""
    return {
        WorkKind.IMPORT: _("Importing a register"),
        WorkKind.SCREENING: _("Screening"),
        WorkKind.LIST_MONTH: _("Making the list of a month"),
        WorkKind.PAY_MONTH: _("Paying a month"),
    }[kind]


def work_status_words(status: WorkStatus) -> str:
    """How far it is."""
    return {
        WorkStatus.WAITING: _("waits for a worker process"),
        WorkStatus.RUNNING: _("runs"),
        WorkStatus.DONE: _("done"),
        WorkStatus.REFUSED: _("not done"),
        WorkStatus.BROKEN: _("broken"),
    }[status]


def work_about_words(work: LongWork) -> str:
    """What a piece of work is about, as far as is known."""
    report = work.report or {}
    if work.kind is WorkKind.IMPORT and "source" in report:
        return _(
            "%(register)s from %(source)s, as of %(day)s",
            register=register_words(Kind(report["kind"])),
            source=report["source"],
            day=full_day_words(report["extract_on"]),
        )
    if "as_of" in work.asked:
        return full_day_words(work.asked["as_of"])
    if "month" in work.asked:
        return month_words(date.fromisoformat(work.asked["month"]))
    return ""


def report_pairs(work: LongWork) -> list[tuple[str, str]]:
    """What came of it, as names and numbers."""
    if work.status is not WorkStatus.DONE or work.report is None:
        return []
    if work.kind is WorkKind.IMPORT:
        return _import_pairs(work.report["counts"])
    if work.kind is WorkKind.SCREENING:
        return _screening_pairs(work.report)
    return [
        (_("To be paid"), money_words(work.report["to_pay_fen"])),
        (_("Held"), money_words(work.report["held_fen"])),
    ]


def where_next(work: LongWork) -> str:
    """Where an operator goes from here."""
    if work.report and "run_id" in work.report:
        return url_for("staff_runs.run", run_id=work.report["run_id"])
    return {
        WorkKind.IMPORT: url_for("staff_registers.registers"),
        WorkKind.SCREENING: url_for("staff_screening.screening"),
        WorkKind.LIST_MONTH: url_for("staff_runs.runs"),
        WorkKind.PAY_MONTH: url_for("staff_runs.runs"),
    }[work.kind]


def refusal_words(code: str, facts: dict[str, Any]) -> str:
    """Why something was not done, and what to do about it."""
    if code == "extract_unusable" and facts.get("line") == 1:
        return _(
            "The first line of the file has to name the register, its source and its date, in UTF-8 or GB18030, "
            "for example %(example)s. Nothing was imported.",
            example="#registry=household,source=公安人口库,extract_on=2026-10-31",
        )
    if code == "extract_unusable":
        return _(
            "The file is not an extract as agreed%(where)s: %(problem)s. Nothing was imported.",
            where=_(" (line %(line)s)", line=facts["line"]) if facts.get("line") else "",
            problem=facts.get("problem", ""),
        )
    if code == "import_held":
        return _held_import_words(facts)
    if code == "too_many_in_doubt":
        return _(
            "%(doubtful)s of %(people)s people who would get an offer are in doubt: a register may be wrong. "
            "Nobody got an offer. Look at the registers, or screen once more and say that you have looked.",
            doubtful=facts.get("in_doubt"),
            people=facts.get("candidates"),
        )
    return {
        "no_rule_on": _("There are no rules for this day."),
        "month_not_yet": _("This month has not begun."),
        "earlier_month_open": _("An earlier month is not paid yet. Months follow each other."),
        "later_month_listed": _("A later month was listed already. What this one still owed is on its list."),
        "run_not_ready": _("The run is not at this step yet."),
        "run_unknown": _("There is no such run."),
    }.get(code, _("It was refused (%(code)s).", code=code))


def _held_import_words(facts: dict[str, Any]) -> str:
    too_many = str(facts.get("too_many", ""))
    parts = {
        "unfit": _("rejected or under another name: %(count)s", count=facts.get("unfit")),
        "replaced": _("replacing something known: %(count)s", count=facts.get("replaced")),
        "died": _("newly reported dead: %(count)s", count=facts.get("died")),
    }
    return _(
        "The file has %(rows)s rows, and too many are unusual (%(what)s). Nothing was imported. "
        "Look whether it is the right file; if it is, send it once more and say that you have looked.",
        rows=facts.get("rows"),
        what=_(", ").join(words for name, words in parts.items() if name in too_many),
    )


def rejection_words(code: str) -> str:
    """Why a row was not taken, for whoever repairs the file."""
    return {
        "number_of_cells_wrong": _("It has not as many cells as the heading."),
        "quotes_wrong": _("A quotation mark is not closed, or stands inside a cell."),
        "formula": _("A cell begins with a sign that a spreadsheet would run."),
        "control_character": _("It holds a character that cannot be seen."),
        "missing": _("A value is missing."),
        "id_number_wrong": _("The ID number is wrong: 18 characters with the right check digit."),
        "name_wrong": _("The name is wrong: letters only."),
        "date_wrong": _("The date is wrong: expected like 1956-11-24."),
        "after_extract": _("The day is after the day of the extract."),
        "too_old": _("The day is too long ago."),
        "before_birth": _("A death before the birth."),
        "death_incomplete": _("The day of death and 'not alive' go together."),
        "not_registered_here": _("A district is only for households registered in the city."),
        "only_with_card": _("Only for those who have a card."),
        "choice_wrong": _("It is none of the words that are agreed."),
        "district_wrong": _("There is no such district in the city."),
        "text_wrong": _("The text is too long."),
        "phone_number_wrong": _("It is no mobile number."),
        "last_four_wrong": _("The card's last digits are four."),
        "card_number_not_wanted": _("Never send more than the last four digits of a card."),
        "level_wrong": _("The level is from 0 to 4."),
        "row_contradicted": _("Another row says something else of the same person. None of them was taken."),
    }.get(code, code)


def run_state_words(state: RunState) -> str:
    """How far a month is."""
    return {
        RunState.HELD: _("Held: too much changed"),
        RunState.LISTED: _("Listed"),
        RunState.AUDITED: _("Audited"),
        RunState.PAID: _("Paid"),
    }[state]


def held_words(reason: HeldBecause) -> str:
    """Why money waits."""
    return {
        HeldBecause.STOP_UNDECIDED: _("A worker decides whether it has ended"),
        HeldBecause.CERTIFICATION_UNDECIDED: _("A worker decides about a missed certification"),
        HeldBecause.ADJUSTMENT_UNDECIDED: _("A worker decides about a correction"),
        HeldBecause.IN_DOUBT: _("The registers disagree"),
        HeldBecause.NO_ACCOUNT: _("No card to pay to"),
    }[reason]


def payment_state_words(payment: Payment) -> str:
    """What became of a month of somebody's benefit."""
    if payment.status is LineStatus.HELD and payment.held_because is not None:
        return _("Waits: %(why)s", why=held_words(payment.held_because))
    if payment.status is LineStatus.RETURNED:
        return _("Sent back by the bank")
    if payment.paid_on is not None:
        return _("Paid on %(day)s", day=full_day_words(payment.paid_on))
    return _("On the list") if payment.status is LineStatus.TO_PAY else _("Not listed yet")


def standing_words(standing: Standing) -> str:
    """How a benefit stands for somebody, told to a third."""
    return {
        Standing.OFFERED: _("offered, waits for her answer"),
        Standing.SUSPENDED: _("suspended"),
        Standing.HAS: _("has it"),
        Standing.APPLIED: _("applied for"),
        Standing.MAY_HAVE: _("can have it"),
        Standing.NEED_TO_KNOW: _("something is not known"),
        Standing.STOPPED: _("stopped"),
        Standing.NOT_ELIGIBLE: _("not for her now"),
    }[standing]


def _import_pairs(counts: dict[str, int]) -> list[tuple[str, str]]:
    names = {
        "new": _("New people or statements"),
        "changed": _("Changed"),
        "unchanged": _("Unchanged"),
        "waiting": _("About people whom the household register has not named"),
        "held": _("Held back: another name"),
        "rejected": _("Rejected rows"),
        "findings": _("Contradictions found"),
    }
    return [(words, f"{counts[name]:,}") for name, words in names.items() if name in counts]


def _screening_pairs(report: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [
        (_("Looked at"), report["looked_at"]),
        (_("Offers made"), report["offers"]),
        (_("of these without a card"), report["card_first"]),
        (_("of these told by a worker"), report["by_worker"]),
        (_("Had a case already"), report["already"]),
    ]
    pairs += [(excluded_words(reason), count) for reason, count in report["excluded"].items()]
    return [(words, f"{count:,}") for words, count in pairs]


def excluded_words(reason: str) -> str:
    """Why somebody got no offer."""
    return {
        "died": _("No offer: died"),
        "hukou_not_in_city": _("No offer: household registered elsewhere"),
        "age_not_reached": _("No offer: too young"),
        "in_doubt": _("No offer yet: the registers disagree"),
        "opted_out": _("No offer: wants no messages"),
        "no_phone": _("No message: no mobile number"),
    }.get(reason, _("No offer: %(reason)s", reason=reason))
