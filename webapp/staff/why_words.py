"""Why a task is here, told from its facts, and what to do before deciding."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from flask_babel import gettext as _

from services.benefits import Benefit
from services.home_care import WITHOUT_VISIT
from services.meals import MealTrouble
from services.worker_tasks import TaskKind, WorkerTask
from webapp.benefits.wording import benefit_words
from webapp.meals.wording import meal_trouble_words
from webapp.staff.case_words import doubt_words
from webapp.staff.days import full_day_words
from webapp.staff.finding_words import finding_words
from webapp.words import money_words


def why_words(task: WorkerTask) -> str:
    """Why the task is here, in one or two sentences from its facts."""
    return WHY[task.kind](task.facts)


def _day(facts: dict[str, Any], name: str) -> str:
    said = facts.get(name)
    return full_day_words(said) if said else _("a day that is not known")


def _why_undelivered(facts: dict[str, Any]) -> str:
    if facts.get("reason") == "wrong_person":
        return _(
            "Somebody wrote back that this is not her telephone. Nothing more is sent there until you have made sure."
        )
    if facts.get("reason") == "no_phone":
        return _("No mobile number is known for her, so this could not be sent. Tell her yourself.")
    return _("A text message did not arrive. The number may be wrong or no longer hers.")


def _why_help(facts: dict[str, Any]) -> str:
    wish, people = facts.get("wish"), int(facts.get("people_at_phone", 1))
    if wish == "death_reported":
        return _(
            "A text message says that somebody at this telephone has died. Call with care: nothing is decided yet."
        )
    if wish == "call":
        return _("She wants to be called: she said so to the assistant, or on her page.")
    if people > 1:
        words = (
            _("A text message asked that somebody comes.") if wish == "visit" else _("A text message asked for help.")
        )
        return _("%(words)s %(people)s people share this telephone and nobody knows which of them wrote: call and ask.",
                 words=words, people=people)  # fmt: skip
    if wish == "visit":
        return _("She asked by text message that somebody comes.")
    return _("She asked for help by text message. Please call her.")


def _why_stop(facts: dict[str, Any]) -> str:
    if facts.get("wanted") == "reinstate":
        words = _("It was stopped because of a death that the registers no longer report. Is she alive?")
    elif facts.get("wanted") == "correct":
        words = _("It was stopped because of a death, and the registers now report another day: %(day)s.",
                  day=_day(facts, "happened_on"))  # fmt: skip
    else:
        words = {
            "died": _("The registers report that she died on %(day)s.", day=_day(facts, "happened_on")),
            "moved_out": _("Her household left the city's register on %(day)s.", day=_day(facts, "happened_on")),
            "withdrawn": _("She said on %(day)s that she does not want it after all.", day=_day(facts, "happened_on")),
        }.get(str(facts.get("reason")), _("Something speaks for stopping it."))
    if facts.get("wished_on") and facts.get("reason") != "withdrawn":
        words = _("%(words)s She also said on %(day)s that she does not want it any more.",
                  words=words, day=_day(facts, "wished_on"))  # fmt: skip
    if facts.get("agreed_again"):
        words = _("%(words)s Since then she agreed again.", words=words)
    return _("%(words)s Nothing is paid until you decide, and nothing is lost.", words=words)


def _why_visit(facts: dict[str, Any]) -> str:
    because = {
        "asked": _("She asked for a visit."),
        "no_phone": _("No mobile number is known for her."),
        "lives_away": _("She lives elsewhere and could not be reached."),
        "lapsed": _("She missed the certification before."),
        "sample_audit": _("She was certified by data and drawn for a visit, as one in some hundred are."),
    }.get(str(facts.get("because")), _("She needs a visit."))
    return _("%(because)s The certification is open until %(day)s.", because=because, day=_day(facts, "until"))


def _why_missed(facts: dict[str, Any]) -> str:
    words = _("She was not certified in the window %(campaign)s. If you suspend it, nothing is paid from %(day)s on,"
              " and all of it follows once she is certified.",
              campaign=facts.get("campaign", ""), day=_day(facts, "suspend_from"))  # fmt: skip
    if facts.get("visit_asked"):
        return _("%(words)s She asked for a visit and nobody came.", words=words)
    return words if facts.get("told", True) else _("%(words)s No reminder reached her.", words=words)


def _why_review(facts: dict[str, Any]) -> str:
    sentences = [_("The machine may not approve it alone."), *map(doubt_words, facts.get("doubts", ()))]
    # Translators: two sentences after each other; in Chinese without a space.
    return reduce(lambda first, second: _("%(first)s %(second)s", first=first, second=second), sentences)


def _why_adjustment(facts: dict[str, Any]) -> str:
    fen = facts.get("amount_fen")
    if facts.get("cause") == "district_gap" and fen is not None:
        return _(
            "Between two districts she was registered in none. By the rule nobody pays for that time: %(amount)s were"
            " booked too much. You decide whether it is taken back.",
            amount=money_words(abs(int(fen))),
        )
    if fen is None:
        return _("What was booked differs from what is owed. You decide whether it is corrected.")
    if int(fen) < 0:
        return _("%(amount)s too much were booked. You decide whether it is taken back.", amount=money_words(-int(fen)))
    return _("%(amount)s too little were booked. You decide whether it is paid.", amount=money_words(int(fen)))


def _why_voucher(facts: dict[str, Any]) -> str:
    return _(
        "By what the registers say now she would have %(less)s of the %(voucher)s a month instead of %(had)s. She keeps"
        " what she had until you decide.",
        less=money_words(int(facts.get("by_rules_fen", 0))),
        had=money_words(int(facts.get("has_fen", 0))),
        voucher=benefit_words(Benefit(facts.get("voucher", Benefit.HOME_CARE_SUBSIDY))),
    )


def _why_delegate_asks(facts: dict[str, Any]) -> str:
    because = {
        "shared_phone": _("The family member has the same telephone, so an answer from it would prove nothing."),
        "contact_phone": _("The telephone is registered as that of a contact of hers, and not as her own."),
        "no_phone": _("No mobile number is known for her."),
        "phone_doubtful": _("Somebody wrote that the telephone is not hers."),
        "phone_not_confirmed": _("Nobody has confirmed for a year that the number is hers."),
        "phone_stopped": _("She wants no text messages."),
        "asked_often": _("Several people have asked within a week. Does she know them?"),
    }.get(str(facts.get("because")), _("A text message cannot settle it."))
    return _("Somebody of her family asks to act for her. %(because)s", because=because)


def _why_delegate_check(facts: dict[str, Any]) -> str:
    if facts.get("because") == "new_account":
        return _("Her card account changed soon after somebody of her family could act for her.")
    return _(
        "The family member acts for people of %(count)s households. Does everybody know and want it?",
        count=facts.get("households", ""),
    )


def _why_complaint(facts: dict[str, Any]) -> str:
    if facts.get("state_before") in WITHOUT_VISIT:
        return _("She complains about a visit that was not made. Nothing is paid for it, whatever you decide.")
    return _("She complains about a visit. It is not paid until you decide.")


WHY: dict[TaskKind, Callable[[dict[str, Any]], str]] = {
    TaskKind.NO_ANSWER: lambda facts: _(
        "The offer ended on %(day)s without an answer. Does she want it?", day=_day(facts, "ended_on")
    ),
    TaskKind.UNCLEAR_REPLY: lambda _facts: _("Her reply to the offer could not be understood for certain."),
    TaskKind.NO_CARD: lambda _facts: _(
        "It was granted, but she has no Yinian card to pay it to. What she is owed waits."
    ),
    TaskKind.DOUBTFUL_MATCH: finding_words,
    TaskKind.REVIEW: _why_review,
    TaskKind.STOP_DECISION: _why_stop,
    TaskKind.MISSED_CERTIFICATION: _why_missed,
    TaskKind.CERTIFICATION_VISIT: _why_visit,
    TaskKind.OTHER_PHONE: lambda _facts: _(
        "Somebody agreed from a telephone that is not registered as hers. That is no consent: ask her herself."
    ),
    TaskKind.LATE_REPLY: lambda facts: _(
        "She agreed on %(day)s, after the offer had ended. If she means it, that day counts as the day she applied.",
        day=_day(facts, "replied_on"),
    ),
    TaskKind.UNDELIVERED: _why_undelivered,
    TaskKind.HELP_WANTED: _why_help,
    TaskKind.BANK_RETURN: lambda _facts: _(
        "The bank could not pay to her card. What she is owed waits for a right one."
    ),
    TaskKind.ADJUSTMENT: _why_adjustment,
    TaskKind.VOUCHER_LOWERED: _why_voucher,
    TaskKind.ADAPTATION_ASSESSMENT: lambda _facts: _("Making her home safe was applied for. Look at her and the home."),
    TaskKind.ADAPTATION_DECISION: lambda facts: _(
        "She and the owner agree to a quote of %(price)s, of which the city would pay %(subsidy)s.",
        price=money_words(int(facts.get("quoted_fen", 0))),
        subsidy=money_words(int(facts.get("subsidy_fen", 0))),
    ),
    TaskKind.ADAPTATION_PAYMENT: lambda facts: _(
        "She has accepted the work. The firm gets %(subsidy)s from the city, by transfer.",
        subsidy=money_words(int(facts.get("subsidy_fen", 0))),
    ),
    TaskKind.STOPPED_MESSAGES: lambda _facts: _(
        "She wants no more text messages. Her benefits stay as they are; from now on you tell her what is new."
    ),
    TaskKind.MEALS_NOT_PICKED_UP: lambda facts: _(
        "She lives alone and did not come for %(count)s meals in a row, the last on %(day)s.",
        count=facts.get("missed", ""),
        day=_day(facts, "last_on"),
    ),
    TaskKind.DELEGATION_REQUEST: _why_delegate_asks,
    TaskKind.DELEGATION_CHECK: _why_delegate_check,
    TaskKind.SERVICE_COMPLAINT: _why_complaint,
    TaskKind.DATA_CORRECTION: lambda _facts: _("She says that something we hold about her is wrong."),
    TaskKind.MEAL_COMPLAINT: lambda facts: _(
        "She complains about a meal of %(day)s at %(canteen)s: %(what)s",
        day=_day(facts, "day"),
        canteen=facts.get("canteen", ""),
        what=meal_trouble_words(MealTrouble(facts.get("about", MealTrouble.OTHER))),
    ),
    TaskKind.NOT_AT_HOME: lambda _facts: _(
        "A care worker came to her at the agreed time, and nobody opened the door. Is she well?"
    ),
}


def to_do_words(task: WorkerTask) -> str:
    """What to do before deciding."""
    return {
        TaskKind.NO_ANSWER: _("Call or visit her and ask. Only her own yes counts."),
        TaskKind.UNCLEAR_REPLY: _("Call her and ask what she meant. Only her own yes counts."),
        TaskKind.NO_CARD: _("Help her to apply for the card, at the bank or here."),
        TaskKind.DOUBTFUL_MATCH: _("Look at her papers or ask the office that reported it."),
        TaskKind.REVIEW: _("Look at what is known below, ask her or the office, then decide."),
        TaskKind.STOP_DECISION: _("Make sure by a call, a visit or the papers."),
        TaskKind.MISSED_CERTIFICATION: _("Call or visit her first. If you see her, record the visit instead."),
        TaskKind.CERTIFICATION_VISIT: _("Visit her, look at her ID card, and write down what you saw."),
        TaskKind.OTHER_PHONE: _("Call or visit her herself and ask. Only her own yes counts."),
        TaskKind.LATE_REPLY: _("Call her and ask whether she means it."),
        TaskKind.UNDELIVERED: _("Find out her number, tell her what the message was about, and report the new number."),
        TaskKind.HELP_WANTED: _("Call her."),
        TaskKind.BANK_RETURN: _("Ask her for the card and report the right one."),
        TaskKind.ADJUSTMENT: _(
            "Compare with what is known below. Nobody asks for money back in the first days after a death."
        ),
        TaskKind.VOUCHER_LOWERED: _("Call or visit her, or ask the office that reported it."),
        TaskKind.ADAPTATION_ASSESSMENT: _("Call her, go there, and write down what the home needs."),
        TaskKind.ADAPTATION_DECISION: _("Look at the quote and the photos on the page of the case."),
        TaskKind.ADAPTATION_PAYMENT: _("Transfer it, then record it on the page of the case. Never cash."),
        TaskKind.STOPPED_MESSAGES: _("Call her and ask how she wants to hear from us."),
        TaskKind.SERVICE_COMPLAINT: _("Hear both: call her, then the provider. What was noted of the visit is below."),
        TaskKind.MEAL_COMPLAINT: _("Hear both: call her, then the canteen, and tell her what comes of it."),
        TaskKind.NOT_AT_HOME: _("Call her today. If she does not answer, go there or send somebody."),
        TaskKind.DATA_CORRECTION: _("Look at her papers, and have it put right at the office that keeps it."),
        TaskKind.MEALS_NOT_PICKED_UP: _("Call her today. If she does not answer, go there or send somebody."),
        TaskKind.DELEGATION_REQUEST: _(
            "Ask her alone, face to face. Her yes is written down on her page, with what you looked at."
        ),
        TaskKind.DELEGATION_CHECK: _("Call or visit her and ask her alone. Do not ask the family member first."),
    }[task.kind]
