"""What does not fit together in the registers, in words for workers."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from services.registry import Settlement


def finding_words(facts: dict[str, Any]) -> str:
    """Why a finding is here. Names are not in it: they stand in the papers."""
    return {
        "name_differs": _(
            "One ID number is reported under different names. What was said under the other name is held back."
        ),
        "birth_on_differs": _("Registers state different birth dates."),
        "birth_on_differs_from_id_number": _(
            "The household register states another birth date than her ID number holds."
        ),
        "dead_and_alive": _("She was reported dead, and later as living. She counts as living until you decide."),
        "death_dates_differ": _("Registers report different days of death."),
        "death_before_birth": _("The day of death that is reported lies before the birth."),
        "card_holder_differs": _("The bank has her card under another name."),
        "source_contradicts_itself": _("A register says different things of her in one extract."),
        "known_under_other_number": _(
            "She is new here, but somebody of her name, sex and birth date is known under another ID number, which the"
            " household register names no more. Has her ID number changed?"
        ),
    }.get(str(facts.get("finding")), _("What the registers say of her does not fit together."))


def settlement_words(settlement: Settlement) -> str:
    """What a worker can find, as it stands on the page."""
    return {
        Settlement.NOTHING_TO_CHANGE: _("What counts now is right"),
        Settlement.NOT_HER: _("The other name is somebody else"),
        Settlement.SAME_PERSON: _("Both names are hers; the first is right"),
        Settlement.OTHER_NAME_IS_RIGHT: _("Both names are hers; the other is right"),
        Settlement.OTHER_DATE_IS_RIGHT: _("The other birth date is right"),
        Settlement.ID_NUMBER_IS_RIGHT: _("The birth date in the ID number is right"),
        Settlement.ALIVE: _("She is alive"),
        Settlement.DEAD: _("She has died"),
        Settlement.EARLIER_DATE_IS_RIGHT: _("The earlier day is right"),
        Settlement.LATER_DATE_IS_RIGHT: _("The later day is right"),
        Settlement.CARD_IS_HERS: _("The card is hers"),
        Settlement.SECOND_IS_RIGHT: _("The later statement is right"),
        Settlement.TWO_PEOPLE: _("They are two people"),
        Settlement.ONE_PERSON: _("She is one person; her ID number changed"),
    }[settlement]


def settlement_effect_words(settlement: Settlement) -> str:
    """What it brings about."""
    return {
        Settlement.NOTHING_TO_CHANGE: _("Nothing is changed, and she is in no doubt any more."),
        Settlement.NOT_HER: _("What was said under the other name stays held back."),
        Settlement.SAME_PERSON: _("What was said under the other name counts as well."),
        Settlement.OTHER_NAME_IS_RIGHT: _("Her name is changed, and what was said under it counts."),
        Settlement.DEAD: _("Whether payments stop is put to you as a task of its own."),
        Settlement.ALIVE: _("The report of her death does not count any more."),
        Settlement.CARD_IS_HERS: _("It can be paid to this card."),
        Settlement.TWO_PEOPLE: _("Both records stay, and she is in no doubt any more."),
        Settlement.ONE_PERSON: _(
            "The former record stays with all that happened to her and gets the new number; the new record goes."
        ),
    }.get(settlement, _("What you say counts from today, and what was booked is reckoned again."))
