"""From a person, as the city knows her, to the facts that the rules ask for."""

from __future__ import annotations

from datetime import date

from services.benefits.facts import Facts
from services.districts import DISTRICT_CODES
from services.people import Hukou, Person


def facts_of(person: Person, *, as_of: date) -> Facts:
    """What is known of a person, for the rules of the day `as_of`; what is not known stays not known."""
    district = person.hukou_district if person.hukou is Hukou.SHENZHEN else None
    return Facts(
        as_of=as_of,
        birth_on=person.birth_on,
        died_on=person.died_on,
        hukou=person.hukou,
        hukou_district=DISTRICT_CODES.get(district) if district else None,
        resident=person.resident,
        income_class=person.income_class,
        three_withouts=person.three_withouts,
        special_care=person.special_care,
        bereaved_single_child_family=person.bereaved_single_child_family,
        ability_level=person.ability_level,
        can_look_after_self=person.can_look_after_self,
        lives_alone=person.lives_alone,
        has_card=person.has_card,
    )
