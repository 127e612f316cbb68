"""What a worker can decide about each kind of finding."""

from __future__ import annotations

from enum import StrEnum

from services.errors import ServiceError
from services.registry.contracts import Facts
from services.registry.findings import FACTS, FindingKind


class Settlement(StrEnum):
    """What a worker can find."""

    # checked: what counts now is right, or nobody can say more
    NOTHING_TO_CHANGE = "nothing_to_change"
    # what is said under the other name is not about her
    NOT_HER = "not_her"
    # it is, and counts
    SAME_PERSON = "same_person"
    # it is, and the other name is the right one
    OTHER_NAME_IS_RIGHT = "other_name_is_right"
    # the birth date that the household register does not have
    OTHER_DATE_IS_RIGHT = "other_date_is_right"
    ID_NUMBER_IS_RIGHT = "id_number_is_right"
    ALIVE = "alive"
    DEAD = "dead"
    EARLIER_DATE_IS_RIGHT = "earlier_date_is_right"
    LATER_DATE_IS_RIGHT = "later_date_is_right"
    CARD_IS_HERS = "card_is_hers"
    # of two extracts of one source and day, the one imported second
    SECOND_IS_RIGHT = "second_is_right"
    # of two records under different ID numbers: they are about two people, or about one whose number changed
    TWO_PEOPLE = "two_people"
    ONE_PERSON = "one_person"


SETTLEMENTS: dict[FindingKind, tuple[Settlement, ...]] = {
    FindingKind.NAME_DIFFERS: (Settlement.NOT_HER, Settlement.SAME_PERSON, Settlement.OTHER_NAME_IS_RIGHT),
    FindingKind.BIRTH_ON_DIFFERS: (Settlement.NOTHING_TO_CHANGE, Settlement.OTHER_DATE_IS_RIGHT),
    FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER: (Settlement.NOTHING_TO_CHANGE, Settlement.ID_NUMBER_IS_RIGHT),
    FindingKind.DEAD_AND_ALIVE: (Settlement.ALIVE, Settlement.DEAD),
    FindingKind.DEATH_DATES_DIFFER: (
        Settlement.NOTHING_TO_CHANGE,
        Settlement.EARLIER_DATE_IS_RIGHT,
        Settlement.LATER_DATE_IS_RIGHT,
        Settlement.ALIVE,
    ),
    FindingKind.DEATH_BEFORE_BIRTH: (Settlement.NOTHING_TO_CHANGE, Settlement.ALIVE),
    FindingKind.CARD_HOLDER_DIFFERS: (Settlement.NOTHING_TO_CHANGE, Settlement.CARD_IS_HERS),
    FindingKind.SOURCE_CONTRADICTS_ITSELF: (Settlement.NOTHING_TO_CHANGE, Settlement.SECOND_IS_RIGHT),
    FindingKind.KNOWN_UNDER_OTHER_NUMBER: (Settlement.TWO_PEOPLE, Settlement.ONE_PERSON),
}


def also_answered(kind: FindingKind, decision: Settlement, stated: Facts) -> frozenset[FindingKind]:
    """Which other open questions about her a decision about one of this kind answers. `stated`: what she states."""
    if decision is Settlement.DEAD:
        # Not on which day.
        return frozenset({FindingKind.DEAD_AND_ALIVE})
    facts = set(stated)
    if decision is Settlement.NOTHING_TO_CHANGE and FACTS.get(kind) == "birth_on":
        # There is one birth date, whatever it was compared with. A death is more than its day.
        facts = {"birth_on"}
    return frozenset(each for each, fact in FACTS.items() if fact in facts)


class FindingUnknown(ServiceError):
    """No finding has this id."""

    code = "finding_unknown"


class FindingSettled(ServiceError):
    """The finding was settled before. `decision`: how."""

    code = "finding_settled"


class SettlementImpossible(ServiceError):
    """This cannot be decided about this finding. `allowed`."""

    code = "settlement_impossible"


class RecordInUse(ServiceError):
    """Something was booked or applied for under a record that should be joined to another one; that must end first."""

    code = "record_in_use"


class ReasonMissing(ServiceError):
    """Whoever settles a finding says why."""

    code = "reason_missing"
