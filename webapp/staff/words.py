"""What waits for a worker, what can be decided and what happened, in plain words for those who work with it."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from services.actor import ActorKind, Channel
from services.decisions import Choice
from services.registry import Settlement
from services.staff import StaffMember
from services.worker_tasks import TaskKind
from webapp.benefits.wording import benefit_words, month_words
from webapp.staff.case_words import event_words, state_words, stop_reason_words
from webapp.staff.certification_words import helper_relation_words, proof_words, sharing_words
from webapp.staff.days import full_day_words, full_moment_words
from webapp.staff.deed_words import deed_words, flag_words
from webapp.staff.finding_words import settlement_effect_words, settlement_words
from webapp.staff.known_words import register_words
from webapp.staff.message_words import taken_for_words
from webapp.staff.why_words import to_do_words, why_words


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        task_kind=task_kind_words,
        why=why_words,
        to_do=to_do_words,
        choice=choice_words,
        choice_effect=choice_effect_words,
        decided=decided_words,
        case_state=state_words,
        case_event=event_words,
        stop_reason=stop_reason_words,
        benefit=benefit_words,
        month=month_words,
        register=register_words,
        channel=channel_words,
        works_as=works_as_words,
        taken_for=taken_for_words,
        helper_relation=helper_relation_words,
        proof=proof_words,
        sharing=sharing_words,
        full_day=full_day_words,
        full_moment=full_moment_words,
        deed=deed_words,
        reading_flag=flag_words,
    )
    app.jinja_env.globals.update(by_whom=by_whom_words)


def task_kind_words(kind: TaskKind) -> str:
    """The heading under which tasks of a kind stand."""
    return {
        TaskKind.NO_ANSWER: _("No answer to an offer"),
        TaskKind.UNCLEAR_REPLY: _("Unclear reply"),
        TaskKind.NO_CARD: _("No Yinian card"),
        TaskKind.DOUBTFUL_MATCH: _("Registers disagree"),
        TaskKind.REVIEW: _("Application in doubt"),
        TaskKind.STOP_DECISION: _("Stop to be decided"),
        TaskKind.MISSED_CERTIFICATION: _("Certification missed"),
        TaskKind.CERTIFICATION_VISIT: _("Certification visit"),
        TaskKind.OTHER_PHONE: _("Agreed from another phone"),
        TaskKind.LATE_REPLY: _("Late reply"),
        TaskKind.UNDELIVERED: _("Message not delivered"),
        TaskKind.HELP_WANTED: _("Wants help"),
        TaskKind.BANK_RETURN: _("Sent back by the bank"),
        TaskKind.ADJUSTMENT: _("Correction of payments"),
        TaskKind.VOUCHER_LOWERED: _("Voucher in doubt"),
        TaskKind.ADAPTATION_ASSESSMENT: _("Home to be looked at"),
        TaskKind.ADAPTATION_DECISION: _("Safer home to be decided"),
        TaskKind.ADAPTATION_PAYMENT: _("Firm to be paid"),
        TaskKind.STOPPED_MESSAGES: _("Wants no text messages"),
        TaskKind.MEALS_NOT_PICKED_UP: _("Did not come for her meals"),
        TaskKind.DELEGATION_REQUEST: _("Family asks to act for her"),
        TaskKind.DELEGATION_CHECK: _("Family who acts, to be looked at"),
        TaskKind.DATA_CORRECTION: _("Something held is wrong"),
        TaskKind.SERVICE_COMPLAINT: _("Complaint about a visit"),
        TaskKind.MEAL_COMPLAINT: _("Complaint about a meal"),
        TaskKind.NOT_AT_HOME: _("Did not open the door"),
    }[kind]


def choice_words(choice: Choice | Settlement) -> str:
    """A decision, as it stands on the page."""
    if isinstance(choice, Settlement):
        return settlement_words(choice)
    return {
        Choice.AGREE: _("She wants it"),
        Choice.DECLINE: _("She does not want it"),
        Choice.APPROVE: _("Approve"),
        Choice.REFUSE: _("Refuse"),
        Choice.STOP: _("Stop it"),
        Choice.KEEP: _("Keep it"),
        Choice.SUSPEND: _("Suspend it"),
        Choice.VISIT_PASSED: _("I saw her: certified"),
        Choice.VISIT_NOT_PASSED: _("Not certified"),
        Choice.CORRECT: _("Correct it"),
        Choice.LEAVE: _("Leave it as it was"),
        Choice.UPHOLD: _("Her complaint is right"),
        Choice.NOT_UPHOLD: _("Her complaint is not right"),
        Choice.CALLED_HER: _("I spoke to her by phone"),
        Choice.VISITED: _("I visited her"),
        Choice.ALL_WELL: _("She is well, others told me"),
        Choice.HELP_SENT: _("I sent her help"),
        Choice.LOWER: _("Lower it to what the rules give"),
        Choice.CORRECTED: _("It was wrong: corrected"),
        Choice.NOT_CORRECTED: _("It is right as it is"),
        Choice.FREEZE: _("Pause it until I know more"),
        Choice.END: _("End it"),
        Choice.SETTLE: _("Done"),
    }[choice]


def choice_effect_words(choice: Choice | Settlement) -> str:
    """What a decision brings about."""
    if isinstance(choice, Settlement):
        return settlement_effect_words(choice)
    return {
        Choice.AGREE: _("Applies in her name. She gets a text message with the number of the application."),
        Choice.DECLINE: _("Ends the offer. She can apply at any time later."),
        Choice.APPROVE: _("It is paid from its first month on. She is told."),
        Choice.REFUSE: _("Nothing is paid. She is told, with where she can object."),
        Choice.CORRECTED: _("The office that keeps it has put it right, or will with its next extract. She is told."),
        Choice.NOT_CORRECTED: _("Nothing is changed. She is told, and can ask you for the reason."),
        Choice.STOP: _(
            "Nothing more is paid from the month named above on. She is told, but not the family of the dead."
        ),
        Choice.KEEP: _("It goes on, with what was held."),
        Choice.SUSPEND: _("Nothing is paid until she is certified; then all of it follows. She is told."),
        Choice.VISIT_PASSED: _("She is certified, and what was suspended is paid."),
        Choice.VISIT_NOT_PASSED: _("She stays to be certified. Nothing is stopped by it."),
        Choice.CORRECT: _("The difference is booked with the next list."),
        Choice.LEAVE: _("Nothing is booked."),
        Choice.UPHOLD: _("Nothing is paid for the visit, and her vouchers come back. She is told."),
        Choice.NOT_UPHOLD: _("It is paid as agreed; where nobody was there, nothing is. She is told to ask you why."),
        Choice.CALLED_HER: _("Takes it off the list. If it happens again, it comes back."),
        Choice.VISITED: _("Takes it off the list. If it happens again, it comes back."),
        Choice.ALL_WELL: _("Takes it off the list. If it happens again, it comes back."),
        Choice.HELP_SENT: _("Takes it off the list. If it happens again, it comes back."),
        Choice.LOWER: _("She has less from this month on. She is told, and asked about visits that it no longer pays."),
        Choice.FREEZE: _("Nobody acts by it for the time being. She is told. You release or end it on her page."),
        Choice.END: _("Nobody acts by it any more. She and the family member are told."),
        Choice.SETTLE: _("Takes it off the list."),
    }[choice]


def decided_words(decision: str) -> str:
    """How a closed task ended, whoever closed it."""
    if decision in set(Choice):
        return choice_words(Choice(decision))
    if decision in set(Settlement):
        return settlement_words(Settlement(decision))
    return {
        "agreed": _("She agreed"),
        "declined": _("She declined"),
        "applied": _("She applied"),
        "late_reply": _("She replied late"),
        "signal_gone": _("The reason is gone"),
        "certified": _("She was certified"),
        "passed": _("I saw her: certified"),
        "family": _("Her family vouched for her"),
        "other": _("A helper vouched for her"),
        "not_passed": _("Not certified"),
        "suspended": _("Suspend it"),
        "kept": _("Keep it"),
        "assessed": _("The home was looked at"),
        "quoted_anew": _("The firm quotes anew"),
        "withdrawn": _("She took it back"),
        "paid": _("The firm was paid"),
        "resumed": _("She wants text messages again"),
        "came_after_all": _("She had come after all"),
        "frozen": _("Pause it until I know more"),
        "called_off": _("The family member called it off"),
        "taken_back": _("She took it back"),
        "given_up": _("The family member gave it up"),
        "expired": _("Its time was over"),
        "lapsed": _("Nobody answered in time"),
        "by_worker": _("Ended by a worker"),
        "replaced": _("A newer one took its place"),
        "upheld": _("Her complaint is right"),
        "not_upheld": _("Her complaint is not right"),
    }.get(decision, _("Settled"))


def by_whom_words(actor_kind: str, name: str | None) -> str:
    """Who did it: herself, one of the staff by name, or the machine."""
    if name:
        return name
    return {
        ActorKind.SENIOR.value: _("she herself"),
        ActorKind.FAMILY_MEMBER.value: _("a family member"),
        ActorKind.DELEGATE.value: _("family on her behalf"),
        ActorKind.SYSTEM.value: _("the system"),
        ActorKind.COMMUNITY_WORKER.value: _("a community worker"),
        ActorKind.OPERATOR.value: _("an operator"),
        ActorKind.SUPERVISOR.value: _("a supervisor"),
        ActorKind.CANTEEN.value: _("the canteen"),
        ActorKind.PROVIDER.value: _("the provider of home care"),
        ActorKind.CARE_WORKER.value: _("a care worker"),
    }[actor_kind]


def works_as_words(member: StaffMember) -> str:
    """What one of the staff does, and where."""
    if member.role is ActorKind.COMMUNITY_WORKER:
        return _(
            "Community worker of %(community)s, %(district)s", community=member.community, district=member.district
        )
    return {
        ActorKind.OPERATOR: _("Operator of the city"),
        ActorKind.SUPERVISOR: _("Supervisor of the staff of the city"),
        ActorKind.CANTEEN: _("At the counter of a canteen"),
        ActorKind.PROVIDER: _("In the office of a provider of home care"),
        ActorKind.CARE_WORKER: _("Care worker who goes into homes"),
    }[member.role]


def channel_words(channel: str) -> str:
    """The door that a wish came through."""
    return {
        Channel.SCREEN: _("on the screen"),
        Channel.VOICE: _("by voice"),
        Channel.TEXT_MESSAGE: _("by text message"),
        Channel.COMMAND_LINE: _("by command"),
        Channel.JOB: _("by itself"),
        Channel.DESK: _("at the desk"),
    }[Channel(channel)]
