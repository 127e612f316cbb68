"""Where each field of a person comes from: which source said it, in which register, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.people import PersonRow
from services.registry.contracts import Kind
from services.registry.tables import RegistryRecordRow

# Facts that serve comparing only, or belong to another fact of the same record.
NOT_FIELDS = ("stated_birth_on", "birth_fits_number", "alive", "phone_index", "address_index")


@dataclass(frozen=True)
class Origin:
    """Who said it: the source that the extract names, its kind, the day of its latest extract that said so, and the
    import of that extract."""

    kind: Kind
    source: str
    stated_on: date
    import_id: UUID


def origins_of(session: Session, actor: Actor, *, person_id: UUID) -> dict[str, Origin]:
    """The origin of each field (`phone`, `birth_on`, ...) that a register stated; fields that are missing were entered
    otherwise or are not known. Raises NotAllowed."""
    require(actor, Capability.SEE_PERSON, person_id=person_id)
    records = session.scalars(
        select(RegistryRecordRow)
        .join(PersonRow, PersonRow.id_number_index == RegistryRecordRow.id_number_index)
        .where(PersonRow.id == person_id, RegistryRecordRow.name == PersonRow.name)
        # The order in which `merging` lays them over each other.
        .order_by(RegistryRecordRow.stated_on, RegistryRecordRow.import_id.desc())
    )
    origins = {}
    for record in records:
        origin = Origin(Kind(record.kind), record.source, record.stated_on, record.import_id)
        for fact in record.facts:
            if fact not in NOT_FIELDS:
                origins[fact.removesuffix("_sealed")] = origin
    return origins
