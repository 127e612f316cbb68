"""What an incoming text message was taken for, in words for workers."""

from __future__ import annotations

from flask_babel import gettext as _

from services.inbox import HandledAs


def taken_for_words(handled_as: HandledAs | None) -> str:
    """What became of a message."""
    if handled_as is None:
        return _("not read yet")
    return {
        HandledAs.AGREED: _("taken for a yes"),
        HandledAs.DECLINED: _("taken for a no"),
        HandledAs.AGREED_LATE: _("a yes after the offer had ended"),
        HandledAs.ALREADY_ANSWERED: _("answered before, nothing happened twice"),
        HandledAs.WITHDRAWAL_ASKED: _("wants it no more: put to a worker"),
        HandledAs.OVERTAKEN: _("overtaken by a later answer"),
        HandledAs.ASKED_WHICH: _("asked back which offer is meant"),
        HandledAs.ASKED_AGAIN: _("asked back what is meant"),
        HandledAs.UNCLEAR_AGAIN: _("unclear again: put to a worker"),
        HandledAs.GIVEN_TIME: _("wants to think about it"),
        HandledAs.REASSURED: _("asked whether it is genuine"),
        HandledAs.HELP_WANTED: _("asks for help"),
        HandledAs.EMERGENCY_RAISED: _("calls for help in an emergency"),
        HandledAs.SAID_ALL_WELL: _("says that she is fine"),
        HandledAs.VISIT_ASKED: _("asks for a visit"),
        HandledAs.DEATH_REPORTED: _("reports a death"),
        HandledAs.WRONG_PERSON: _("says that it is not her number"),
        HandledAs.STOPPED: _("wants no more messages"),
        HandledAs.RESUMED: _("wants messages again"),
        HandledAs.DELEGATE_AGREED: _("agreed that family acts"),
        HandledAs.DELEGATE_DECLINED: _("said no to family who wants to act"),
        HandledAs.DELEGATES_TAKEN_BACK: _("took back that family acts"),
        HandledAs.OTHER_PHONE: _("from another telephone: put to a worker"),
        HandledAs.KEPT: _("nothing was open: looked at again for a day"),
        HandledAs.NOTHING_OPEN: _("nothing was open"),
        HandledAs.THANKS: _("thanks"),
        HandledAs.AUTOMATIC: _("sent by a machine, not answered"),
        HandledAs.UNREADABLE: _("could not be read: put to a worker"),
    }[handled_as]
