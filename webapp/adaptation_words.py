"""The adaptation of homes in plain words, for her, for workers and for firms."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel import gettext as _

from services.home_adaptation import AdaptationState, EventKind, ItemGroup, Owner, PhotoStage
from webapp.words import money_words


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        adaptation_state=state_words,
        adaptation_item=item_words,
        adaptation_group=group_words,
        adaptation_event=event_words,
        her_adaptation_event=her_event_words,
        home_owner=owner_words,
        her_home=her_home_words,
        photo_stage=stage_words,
    )


def state_words(state: AdaptationState) -> str:
    """Where a case is, for those who work on it."""
    return {
        AdaptationState.APPLIED: _("Applied: the home is to be looked at"),
        AdaptationState.ASSESSED: _("The firm makes a quote"),
        AdaptationState.QUOTED: _("Waits for her yes, and the owner's"),
        AdaptationState.AGREED: _("Waits for the decision of a worker"),
        AdaptationState.APPROVED: _("Approved: the firm can begin"),
        AdaptationState.BUILDING: _("Being built"),
        AdaptationState.BUILT: _("Finished: she looks whether all is well"),
        AdaptationState.ACCEPTED: _("Accepted: the firm is to be paid"),
        AdaptationState.PAID: _("The firm is paid"),
        AdaptationState.REFUSED: _("Refused"),
        AdaptationState.WITHDRAWN: _("Withdrawn"),
    }[state]


def event_words(kind: EventKind) -> str:
    """What happened in a case."""
    return {
        EventKind.APPLIED: _("She applied"),
        EventKind.ASSESSED: _("The home was looked at"),
        EventKind.QUOTED: _("The firm made a quote"),
        EventKind.AGREED: _("She agreed"),
        EventKind.OWNER_AGREED: _("The owner agreed"),
        EventKind.APPROVED: _("Approved"),
        EventKind.REFUSED: _("Refused"),
        EventKind.WITHDRAWN: _("Withdrawn"),
        EventKind.BEGUN: _("The firm began"),
        EventKind.FINISHED: _("The firm finished"),
        EventKind.OBJECTED: _("She found something wrong"),
        EventKind.ACCEPTED: _("She accepted the work"),
        EventKind.PAID: _("The firm was paid"),
        EventKind.PHOTO_ADDED: _("A photo was added"),
        EventKind.HOUSEHOLD_CORRECTED: _("Somebody is no part of the household"),
    }[kind]


def item_words(code: str) -> str:
    """What is built or delivered. A code that the words do not know yet stands for itself."""
    return {
        "ramp": _("ramp"),
        "threshold": _("threshold taken away"),
        "door": _("wider door"),
        "toilet": _("seat toilet instead of a squat one"),
        "shower": _("shower without a step"),
        "grab_bars": _("grab bar"),
        "non_slip_floor": _("floor that is not slippery"),
        "lighting": _("better light"),
        "switches": _("switches and sockets within reach"),
        "kitchen": _("lower kitchen"),
        "furniture": _("safer furniture"),
        "shower_chair": _("shower chair"),
        "walking_frame": _("walking frame"),
        "wheelchair": _("wheelchair"),
        "bed_rail": _("bed rail"),
        "commode_chair": _("commode chair"),
        "smoke_alarm": _("smoke alarm"),
        "gas_alarm": _("gas alarm"),
        "call_button": _("call button"),
        "night_light": _("night light that turns on by itself"),
        "fall_detector": _("fall detector"),
        "door_sensor": _("door sensor"),
    }.get(code, code)


def group_words(group: ItemGroup) -> str:
    """What the sub-cap distinguishes."""
    return {
        ItemGroup.WORKS: _("Works"),
        ItemGroup.AIDS: _("Aids"),
        ItemGroup.SMART: _("Smart devices"),
    }[group]


def owner_words(owner: Owner) -> str:
    """Whose home it is."""
    return {
        Owner.HERSELF: _("Her own home"),
        Owner.FAMILY: _("A home of her family"),
        Owner.LANDLORD: _("A rented home"),
    }[owner]


def her_home_words(owner: Owner) -> str:
    """The same as it is said to her."""
    return {
        Owner.HERSELF: _("It is my own home"),
        Owner.FAMILY: _("It belongs to my family"),
        Owner.LANDLORD: _("I rent it"),
    }[owner]


def her_event_words(kind: EventKind) -> str:
    """What happened in her case, as it is said to her."""
    return {
        EventKind.APPLIED: _("You applied."),
        EventKind.ASSESSED: _("Your home was looked at."),
        EventKind.QUOTED: _("The firm said what it costs."),
        EventKind.AGREED: _("You said yes."),
        EventKind.OWNER_AGREED: _("The owner agreed on paper."),
        EventKind.APPROVED: _("Your community approved it."),
        EventKind.BEGUN: _("The firm began."),
        EventKind.FINISHED: _("The firm said that it is done."),
        EventKind.OBJECTED: _("You said that something is not well."),
        EventKind.ACCEPTED: _("You said that all is well."),
        EventKind.PAID: _("The government paid the firm."),
    }.get(kind, event_words(kind))


def stage_words(stage: PhotoStage) -> str:
    """What a photo shows."""
    return {
        PhotoStage.BEFORE: _("Before the work"),
        PhotoStage.AFTER: _("After the work"),
        PhotoStage.CONSENT: _("The owner's paper"),
    }[stage]


def refusal_words(facts: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """What a worker or a firm reads when a step of a case was refused, by code."""
    nothing = _("Nothing was changed.")
    return {
        "adaptation_unknown": (_("There is no such case"), _("The address may be old or have a wrong letter.")),
        "adaptation_step_not_possible": (_("The case has moved on in the meantime"), nothing),
        "adaptation_applied_for": (_("She has such a case already"), nothing),
        "home_adapted_already": (
            _("This home was adapted, or is being adapted"),
            _("Each home once, whoever lives there. Nothing was changed."),
        ),
        "household_adapted_already": (
            _("Somebody of this household has had it, or has it now"),
            _("Each household once, wherever it moves. Nothing was changed."),
        ),
        "not_in_household": (_("The case does not count for this person"), nothing),
        "address_not_known": (
            _("Nobody knows where she lives"),
            _("Write the address of the home. Nothing was changed."),
        ),
        "needs_missing": (_("Tick what the home needs"), nothing),
        "firm_unknown": (_("Choose a firm that works in this district"), nothing),
        "quote_wrong": (_("The quote cannot be read"), _("Each line has a number and a price in yuan, like 1200.50.")),
        "quote_changed": (_("The firm has quoted anew"), _("Look at the new quote with her. Nothing was changed.")),
        "quote_expired": (_("The quote has run out"), _("The firm makes a new one. Nothing was changed.")),
        "photo_missing": (_("A photo is missing"), _("Add it first. Nothing was changed.")),
        "photo_wrong": (
            _("This is no photo that can be read"),
            _("Send a JPEG, PNG or WebP of at most 12 megabytes. Nothing was changed."),
        ),
        "too_many_photos": (
            _("There are enough photos"),
            _("At most %(most)s of each kind. Nothing was changed.", most=facts.get("most", "")),
        ),
        "cost_above_quote": (
            _("That is more than was quoted"),
            _("The firm is paid no more than its quote, neither for works nor for aids and devices."),
        ),
        "payment_wrong": (
            _("The payment does not fit"),
            _(
                "The firm gets exactly %(amount)s, with the bank's reference, today or earlier.",
                amount=money_words(int(str(facts.get("expected_fen") or 0))),
            ),
        ),
        "note_missing": (_("Words are missing"), _("Write what you saw or heard. Nothing was changed.")),
        "note_too_long": (
            _("The note is too long"),
            _("At most %(most)s characters. Nothing was changed: go back and write less.", most=facts.get("most", "")),
        ),
    }
