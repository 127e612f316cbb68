"""Where each field of a person comes from: which source said it, in which register, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability
from services.people import PersonRow, require_for
from services.registry.contracts import Kind
from services.registry.tables import RegistryOtherNameRow, RegistryRecordRow

# Facts that serve comparing only, or belong to another fact of the same record.
NOT_FIELDS = ("stated_birth_on", "birth_fits_number", "alive")


@dataclass(frozen=True)
class Origin:
    """Who said it: the source that the extract names, its kind, the day of its latest extract that said so, and the
    import of that extract. Of a worker's decision: who she is (the id of a member of the staff), the day on which she
    decided, and no import."""

    kind: Kind
    source: str
    stated_on: date
    import_id: UUID | None


def origins_of(session: Session, actor: Actor, *, person_id: UUID) -> dict[str, Origin]:
    """The origin of each field (`phone`, `birth_on`, ...) that a register stated; fields that are missing were entered
    otherwise or are not known. Raises NotAllowed."""
    require_for(session, actor, Capability.SEE_PERSON, person_id=person_id)
    is_other_name = exists().where(
        RegistryOtherNameRow.id_number_index == RegistryRecordRow.id_number_index,
        RegistryOtherNameRow.name == RegistryRecordRow.name,
        RegistryOtherNameRow.city == RegistryRecordRow.city,
    )
    records = session.scalars(
        select(RegistryRecordRow)
        .join(PersonRow, PersonRow.id_number_index == RegistryRecordRow.id_number_index)
        .where(PersonRow.id == person_id, or_(RegistryRecordRow.name == PersonRow.name, is_other_name))
        # The order in which `statements` lays them over each other.
        .order_by(
            RegistryRecordRow.stated_on,
            RegistryRecordRow.decided_at.asc().nulls_first(),
            RegistryRecordRow.import_id.desc(),
        )
    )
    origins = {}
    for record in records:
        origin = Origin(Kind(record.kind), record.source, record.stated_on, record.import_id)
        sealed = {"phone": record.phone_index, "address": record.address_index}
        for fact in (*record.facts, *(fact for fact, index in sealed.items() if index is not None)):
            if fact not in NOT_FIELDS:
                origins[fact] = origin
    return origins
