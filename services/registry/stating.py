"""What a worker states with a decision: facts, as a register would state them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.people import ID_NUMBER, PersonRow
from services.registry.contracts import BIRTH_IN_NUMBER, Facts
from services.registry.reading import SEALED
from services.registry.settlements import Settlement, SettlementImpossible
from services.registry.tables import RegistryFindingRow, RegistryRecordRow
from services.sealing import vault_of


@dataclass(frozen=True)
class Statement:
    """What a worker states: facts, and sealed ones taken over from a record."""

    facts: Facts
    sealed: dict[str, bytes | None] = field(default_factory=dict)


def statement_of(session: Session, finding: RegistryFindingRow, decision: Settlement) -> Statement:
    """What a decision states that says something about a fact. Raises SettlementImpossible where it is past."""
    facts: dict[str, Any] = finding.facts
    if decision is Settlement.OTHER_DATE_IS_RIGHT:
        return Statement({"birth_on": facts["others"][0][3]})
    if decision is Settlement.ID_NUMBER_IS_RIGHT:
        number = _id_number(session, finding)[BIRTH_IN_NUMBER]
        return Statement({"birth_on": f"{number[:4]}-{number[4:6]}-{number[6:]}"})
    if decision is Settlement.ALIVE:
        return Statement({"alive": True, "died_on": None})
    if decision is Settlement.DEAD:
        return Statement({"alive": False, "died_on": facts["died_on"]})
    if decision is Settlement.CARD_IS_HERS:
        return Statement({"card_holder_matches": True})
    if decision is Settlement.SECOND_IS_RIGHT:
        return _said_second(session, finding)
    days = sorted(said[3] for said in facts["said"])
    return Statement({"alive": False, "died_on": days[0 if decision is Settlement.EARLIER_DATE_IS_RIGHT else -1]})


def _said_second(session: Session, finding: RegistryFindingRow) -> Statement:
    """What the extract that was imported second said otherwise."""
    second = session.scalars(
        select(RegistryRecordRow)
        .where(
            RegistryRecordRow.id_number_index == finding.id_number_index,
            RegistryRecordRow.city == finding.city,
            RegistryRecordRow.kind == finding.facts["kind"],
            RegistryRecordRow.source == finding.facts["source"],
            RegistryRecordRow.stated_on == date.fromisoformat(finding.facts["stated_on"]),
        )
        .order_by(RegistryRecordRow.import_id.desc())
        .limit(1)
    ).first()
    if second is None:
        # It says something else by now.
        raise SettlementImpossible(allowed=Settlement.NOTHING_TO_CHANGE.value)
    differing = finding.facts["facts"]
    facts = {name: value for name, value in second.facts.items() if name in differing}
    if "alive" in facts:
        # A death goes with its day, and who lives has none.
        facts["died_on"] = second.facts.get("died_on")
    sealed = {
        f"{fact}_{form}": getattr(second, f"{fact}_{form}")
        for fact in SEALED
        if fact in differing
        for form in ("sealed", "index")
    }
    return Statement(facts, sealed)


def _id_number(session: Session, finding: RegistryFindingRow) -> str:
    sealed = select(PersonRow.id_number_sealed).where(PersonRow.id_number_index == finding.id_number_index)
    return vault_of(session).open(session.scalars(sealed).one(), context=ID_NUMBER)
