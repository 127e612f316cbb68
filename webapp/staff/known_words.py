"""What is known of a person, field by field, with the register that said so: for workers who must judge it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from services.people import Hukou, IncomeClass, Person
from services.registry import Kind, Origin

DayWords = Callable[[date], str]


@dataclass(frozen=True)
class Known:
    """One thing that is known of her, or is not (`value` None). `origin`: which register said so, and when."""

    label: str
    value: str | None
    origin: Origin | None


# In the order in which they are read at a desk.
FIELDS = (
    "birth_on",
    "died_on",
    "hukou",
    "hukou_changed_on",
    "resident",
    "income_class",
    "three_withouts",
    "special_care",
    "bereaved_single_child_family",
    "ability_level",
    "can_look_after_self",
    "lives_alone",
    "card_last_four",
)
# No death known is the rule, and when a household came matters where somebody said it.
ONLY_WHEN_KNOWN = frozenset({"died_on", "hukou_changed_on"})


def known_of(person: Person, origins: dict[str, Origin], day_words: DayWords) -> tuple[Known, ...]:
    """Everything that decisions rest on, known or not. `day_words` says a day in the language of the page."""
    found = []
    for name in FIELDS:
        value = _value(person, name, day_words)
        if value is not None or name not in ONLY_WHEN_KNOWN:
            found.append(Known(field_words(name), value, origins.get(name)))
    return tuple(found)


def field_words(name: str) -> str:
    """What a field is called."""
    return {
        "birth_on": _("Born on"),
        "died_on": _("Died on"),
        "hukou": _("Household registered in"),
        "hukou_district": _("District of the household register"),
        "hukou_changed_on": _("Registered there since, or left on"),
        "resident": _("Lives in the city"),
        "income_class": _("Income class"),
        "three_withouts": _("Nobody to support her"),
        "special_care": _("Entitled to special care"),
        "bereaved_single_child_family": _("Lost her only child"),
        "ability_level": _("Assessed ability"),
        "can_look_after_self": _("Can look after herself"),
        "lives_alone": _("Lives alone"),
        "has_card": _("Has a Yinian card"),
        "card_last_four": _("Yinian card"),
        "name": _("Name"),
        "phone": _("Telephone"),
        "address": _("Address"),
        "sex": _("Sex"),
        "community": _("Community"),
    }.get(name, name)


def register_words(kind: Kind) -> str:
    """What a register is called, or what else said something of her."""
    return {
        Kind.HOUSEHOLD: _("household register"),
        Kind.DEATHS: _("register of deaths"),
        Kind.ACCOUNTS: _("card accounts of the bank"),
        Kind.HARDSHIP: _("register of hardship"),
        Kind.ABILITY: _("register of assessments"),
        Kind.DECISION: _("decision of a worker"),
    }[kind]


def _value(person: Person, name: str, day_words: DayWords) -> str | None:
    value = getattr(person, name)
    if name == "hukou":
        return _hukou_words(person)
    if name == "card_last_four":
        return _card_words(person)
    if value is None:
        return None
    if name.endswith("_on"):
        return day_words(value)
    if name == "income_class":
        return income_words(value)
    if name == "ability_level":
        return ability_words(value)
    return _("yes") if value else _("no")


def _hukou_words(person: Person) -> str:
    if person.hukou is Hukou.SHENZHEN:
        return person.hukou_district or _("the city, district not known")
    return _("Hong Kong, Macau or Taiwan") if person.hukou is Hukou.HK_MO_TW else _("another city")


def _card_words(person: Person) -> str | None:
    if person.has_card is False:
        return _("none")
    if person.card_last_four is None:
        return _("yes") if person.has_card else None
    if person.card_holder_matches is False:
        return _("ending in %(digits)s, in another name", digits=person.card_last_four)
    return _("ending in %(digits)s", digits=person.card_last_four)


def income_words(income: IncomeClass) -> str:
    """An income class by its name."""
    return {
        IncomeClass.DESTITUTE: _("destitute, supported by the state"),
        IncomeClass.MINIMUM_LIVING: _("minimum living allowance"),
        IncomeClass.MINIMUM_LIVING_MARGIN: _("just above the minimum living allowance"),
        IncomeClass.NONE: _("none of these"),
    }[income]


def ability_words(level: int) -> str:
    """A level of GB/T 42195 by its name."""
    return (_("intact"), _("mild loss"), _("moderate loss"), _("severe loss"), _("complete loss"))[level]
