"""One person with two records: her ID number changed (corrected, or a permit became a registration), and an extract
brought her as somebody new. The record that was there first keeps everything that happened to her and gets the new
number; the old one is kept, so that what other registers still say under it is said of her."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import people
from services.clock import local_day
from services.database import new_id
from services.people import PersonRow
from services.registry.settlements import RecordInUse
from services.registry.tables import FormerIdNumberRow, RegistryFindingRow, RegistryOtherNameRow, RegistryRecordRow
from services.worker_tasks.following import hand_over

# Cases have no foreign key to people (`services.allowances.tables` says why).
HAS_A_CASE = text("SELECT EXISTS (SELECT FROM allowance_cases WHERE person_id = :person_id)")


def join_records(session: Session, finding: RegistryFindingRow, newer: PersonRow, *, now: datetime) -> PersonRow:
    """The record that stays, under the number of the newer one, which is gone. Raises RecordInUse where something was
    booked, applied for or asked under the newer one already."""
    older = _held(session, UUID(finding.facts["other"]), newer)
    former = FormerIdNumberRow(
        id=new_id(),
        city=older.city,
        person_id=older.id,
        id_number_sealed=older.id_number_sealed,
        id_number_index=older.id_number_index,
        until_on=local_day(now),
        finding_id=finding.id,
    )
    index, sealed = newer.id_number_index, newer.id_number_sealed
    _remove(session, newer, in_favour_of=older)
    for table in (RegistryRecordRow, RegistryOtherNameRow, RegistryFindingRow):
        session.execute(
            update(table)
            .where(table.id_number_index == former.id_number_index, table.city == older.city)
            .values(id_number_index=index)
        )
    older.id_number_index, older.id_number_sealed = index, sealed
    session.add(former)
    session.flush()
    return older


def _held(session: Session, older_id: UUID, newer: PersonRow) -> PersonRow:
    for person_id in sorted((older_id, newer.id)):
        people.hold(session, person_id)
    if session.scalar(HAS_A_CASE, {"person_id": newer.id}):
        raise RecordInUse()
    return session.scalars(
        select(PersonRow).where(PersonRow.id == older_id).execution_options(populate_existing=True)
    ).one()


def _remove(session: Session, newer: PersonRow, *, in_favour_of: PersonRow) -> None:
    """Take a record out to which nothing happened but what the registers said and workers were asked about it."""
    session.execute(
        update(RegistryFindingRow)
        .where(RegistryFindingRow.person_id == newer.id)
        .values(person_id=in_favour_of.id)
        .execution_options(synchronize_session=False)
    )
    hand_over(session, newer.id, to=in_favour_of.id)
    session.flush()
    try:
        with session.begin_nested():
            session.execute(delete(PersonRow).where(PersonRow.id == newer.id))
    except IntegrityError as error:
        raise RecordInUse() from error
