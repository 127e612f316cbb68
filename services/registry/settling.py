"""Settling a finding: a worker says what is right, and that counts as her statement of that day.

It is a record like those of the registers: until a later extract says something else it is what is known, and when one
does, the finding is open again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.clock import local_day
from services.database import new_id
from services.people import PersonRow, require_for
from services.registry.contracts import Facts, Kind
from services.registry.findings import FindingKind, Findings
from services.registry.joining import join_records
from services.registry.merging import Merging
from services.registry.reading import CONTENT, SEALED
from services.registry.settlements import (
    SETTLEMENTS,
    FindingSettled,
    FindingUnknown,
    ReasonMissing,
    Settlement,
    SettlementImpossible,
    also_answered,
)
from services.registry.staging import Staging
from services.registry.stating import statement_of
from services.registry.tables import RegistryFindingRow, RegistryOtherNameRow, RegistryRecordRow
from services.sealing import vault_of
from services.worker_tasks import TaskKind, close_task

# What belongs to a value that is compared by its index, or is no matter of a worker's decision.
NOT_COMPARED = {"id", "city", "created_at", "locale", "is_demonstration", "id_number_sealed", "id_number_index"}
NOT_COMPARED |= {f"{fact}_sealed" for fact in SEALED}


@dataclass(frozen=True)
class Settled:
    """What settling did: the fields of the person that are different now, for whoever must reckon anew."""

    finding_id: UUID
    person_id: UUID | None
    changed: tuple[str, ...]


def settlements_for(session: Session, actor: Actor, *, finding_id: UUID) -> tuple[Settlement, ...]:
    """What the actor can decide about a finding; nothing where it is settled. Raises FindingUnknown, NotAllowed."""
    finding, person = _found(session, actor, finding_id)
    return _possible(finding, person) if finding.status == "open" else ()


def settle_finding(
    session: Session, actor: Actor, *, finding_id: UUID, decision: Settlement, reason: str, now: datetime
) -> Settled:
    """Settle a finding as a worker decided, apply what follows to the person and close the task that waits for it; and
    so the other open findings about her that the decision answers.

    What is settled the same way again stays so and changes nothing. Raises FindingUnknown, FindingSettled,
    SettlementImpossible, RecordInUse, ReasonMissing, and NotAllowed: a worker settles for the people of her community,
    and what is about nobody known for the operators.
    """
    # No import meanwhile: it may be reckoning with what was said before.
    session.connection().execute(text("SELECT pg_advisory_xact_lock(hashtext('registry'))"))
    finding, person = _found(session, actor, finding_id)
    if not reason.strip():
        raise ReasonMissing()
    if finding.status == "settled":
        if finding.decision != decision:
            raise FindingSettled(decision=finding.decision)
        return Settled(finding.id, finding.person_id, ())
    if decision not in _possible(finding, person):
        raise SettlementImpossible(allowed=", ".join(_possible(finding, person)))
    if decision is Settlement.ONE_PERSON and person is not None:
        return _settle_as_one(session, actor, finding, person, reason.strip(), now)
    before = _fields(person) if person else {}
    stated = _apply(session, actor, finding, person, decision, now) if person else None
    answered = [finding, *_also_answered(session, finding, decision, stated or {})] if person else [finding]
    for each in answered:
        each.has_changed = stated is not None
        _close(session, actor, each, decision, reason.strip(), now)
    if person is not None and stated is not None:
        _bring_up_to_date(session, finding, person, now)
    after = _fields(person) if person else {}
    changed = tuple(sorted(name for name, value in after.items() if value != before[name]))
    for each in answered:
        _record(session, actor, each, person, changed if each is finding else (), now)
    session.flush()
    return Settled(finding.id, person.id if person else None, changed)


def _settle_as_one(
    session: Session, actor: Actor, finding: RegistryFindingRow, newer: PersonRow, reason: str, now: datetime
) -> Settled:
    older = session.get_one(PersonRow, UUID(finding.facts["other"]))
    before = _fields(older)
    join_records(session, finding, newer, now=now)
    finding.has_changed = True
    _close(session, actor, finding, Settlement.ONE_PERSON, reason, now)
    _bring_up_to_date(session, finding, older, now)
    after = _fields(older)
    changed = tuple(sorted(name for name, value in after.items() if value != before[name]))
    _record(session, actor, finding, older, changed, now)
    session.flush()
    return Settled(finding.id, older.id, changed)


def _close(
    session: Session, actor: Actor, finding: RegistryFindingRow, decision: Settlement, reason: str, now: datetime
) -> None:
    finding.status, finding.decision, finding.reason = "settled", decision.value, reason
    finding.settled_at, finding.settled_on, finding.settled_by = now, local_day(now), actor.id
    close_task(
        session,
        actor,
        kind=TaskKind.DOUBTFUL_MATCH,
        subject_id=finding.id,
        decision=decision.value,
        reason=reason,
        now=now,
    )


def _record(
    session: Session,
    actor: Actor,
    finding: RegistryFindingRow,
    person: PersonRow | None,
    changed: tuple[str, ...],
    now: datetime,
) -> None:
    audit.record(
        session,
        actor,
        "finding_settled",
        city=finding.city,
        person_id=person.id if person else None,
        subject_id=finding.id,
        now=now,
        finding=finding.kind,
        decision=finding.decision,
        changed=", ".join(changed),
    )


def _found(session: Session, actor: Actor, finding_id: UUID) -> tuple[RegistryFindingRow, PersonRow | None]:
    finding = session.get(RegistryFindingRow, finding_id, with_for_update=True, populate_existing=True)
    if finding is None:
        raise FindingUnknown()
    person = session.scalar(
        select(PersonRow)
        .where(PersonRow.id_number_index == finding.id_number_index, PersonRow.city == finding.city)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if person is None:
        require(actor, Capability.IMPORT_REGISTERS, person_id=None)
    else:
        require_for(session, actor, Capability.DECIDE_CASES, person_id=person.id)
    return finding, person


def _possible(finding: RegistryFindingRow, person: PersonRow | None) -> tuple[Settlement, ...]:
    kind = FindingKind(finding.kind)
    # Rows that were rejected brought nothing that could be taken over.
    if person is None or (kind is FindingKind.SOURCE_CONTRADICTS_ITSELF and "lines" in finding.facts):
        return (Settlement.NOTHING_TO_CHANGE,)
    possible = SETTLEMENTS[kind]
    if kind is FindingKind.BIRTH_ON_DIFFERS and len({said[3] for said in finding.facts["others"]}) > 1:
        return tuple(each for each in possible if each is not Settlement.OTHER_DATE_IS_RIGHT)
    return possible


def _apply(
    session: Session, actor: Actor, finding: RegistryFindingRow, person: PersonRow, decision: Settlement, now: datetime
) -> Facts | None:
    """Store what follows from a decision; the facts that it states, None where nothing follows."""
    if decision in (Settlement.NOTHING_TO_CHANGE, Settlement.NOT_HER, Settlement.TWO_PEOPLE):
        return None
    if decision in (Settlement.SAME_PERSON, Settlement.OTHER_NAME_IS_RIGHT):
        _take_other_names(session, finding, person, is_right=decision is Settlement.OTHER_NAME_IS_RIGHT)
        return {}
    said = statement_of(session, finding, decision)
    session.add(
        RegistryRecordRow(
            id=new_id(),
            city=finding.city,
            kind=Kind.DECISION.value,
            source=str(actor.id or actor.kind.value),
            id_number_index=finding.id_number_index,
            id_number_sealed=person.id_number_sealed,
            name=person.name,
            digest=vault_of(session).index(f"decision, {finding.id}, {now.isoformat()}", context=CONTENT),
            facts=said.facts,
            stated_on=local_day(now),
            import_id=None,
            decided_at=now,
            **said.sealed,
        )
    )
    return said.facts


def _also_answered(
    session: Session, finding: RegistryFindingRow, decision: Settlement, stated: Facts
) -> list[RegistryFindingRow]:
    """The other open findings about her that the decision answers: asked again, it would be with what is past."""
    rows = session.scalars(
        select(RegistryFindingRow)
        .where(
            RegistryFindingRow.id_number_index == finding.id_number_index,
            RegistryFindingRow.city == finding.city,
            RegistryFindingRow.kind.in_(also_answered(FindingKind(finding.kind), decision, stated)),
            RegistryFindingRow.status == "open",
            RegistryFindingRow.id != finding.id,
        )
        .order_by(RegistryFindingRow.id)
        .with_for_update()
    )
    return list(rows)


def _take_other_names(session: Session, finding: RegistryFindingRow, person: PersonRow, *, is_right: bool) -> None:
    """Let what is said under other names count as said of her; `is_right`: the latest of them is her name."""
    sources = [(kind, source) for kind, source, _ in finding.facts["sources"]]
    records = session.execute(
        select(RegistryRecordRow.name, RegistryRecordRow.stated_on)
        .where(
            RegistryRecordRow.id_number_index == finding.id_number_index,
            RegistryRecordRow.city == finding.city,
            RegistryRecordRow.name != person.name,
            tuple_(RegistryRecordRow.kind, RegistryRecordRow.source).in_(sources),
        )
        .order_by(RegistryRecordRow.stated_on.desc(), RegistryRecordRow.import_id)
    )
    others = list(dict.fromkeys(name for name, _ in records))
    if is_right and others:
        others[0], person.name = person.name, others[0]
    known = select(RegistryOtherNameRow.name).where(
        RegistryOtherNameRow.id_number_index == finding.id_number_index, RegistryOtherNameRow.city == finding.city
    )
    for name in set(others) - set(session.scalars(known)):
        session.add(
            RegistryOtherNameRow(
                id=new_id(),
                city=finding.city,
                id_number_index=finding.id_number_index,
                name=name,
                finding_id=finding.id,
            )
        )


def _bring_up_to_date(session: Session, finding: RegistryFindingRow, person: PersonRow, now: datetime) -> None:
    session.flush()
    merging = Merging(session, Staging(session), city=finding.city, kind=Kind.DECISION, now=now)
    merging.merge_person(person.id)
    # What counts now may not fit together with something else.
    Findings(session, city=finding.city, import_id=finding.import_id, now=now).of_known_people()
    session.refresh(person)


def _fields(person: PersonRow) -> dict[str, object]:
    """What is known of a person, by the names that use cases know it by."""
    columns = {column.key for column in PersonRow.__mapper__.columns} - NOT_COMPARED
    return {name.removesuffix("_index"): getattr(person, name) for name in columns}
