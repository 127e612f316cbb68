"""Everything that is held about somebody, in a form that she can read and take elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, NotAllowed, require
from services.clock import CITY_TIME
from services.family import get_family_member
from services.people import city_of, require_for
from services.personal_data.held import HELD, OF_FAMILY, Basis, Held, Section
from services.sealing import SEALED_AS, Vault, vault_of

# Keys of other rows, and what only machines make and read: it says nothing about her.
MACHINES = frozenset(
    {"id", "city", "mac", "previous_mac", "key_id", "chain", "position", "digest", "fingerprint", "code"}
)
ENDINGS_OF_MACHINES = ("_id", "_ids", "_index", "_hash", "_by", "_key")
# A photo is shown on its page; a table of words has no place for it.
PICTURES = frozenset({"image_sealed"})
MOST_ROWS_OF_A_TABLE = 10_000


@dataclass(frozen=True)
class HeldSection:
    """A part of what is held. `tables`: the rows by the name of the table, oldest first; `bases`: why what stays is
    kept; `goes`: whether something of it goes when she asks."""

    section: Section
    tables: dict[str, tuple[dict[str, Any], ...]] = field(repr=False)
    bases: tuple[Basis, ...]
    goes: bool

    @property
    def count(self) -> int:
        """How many entries there are."""
        return sum(len(rows) for rows in self.tables.values())


@dataclass(frozen=True)
class HeldData:
    """All that is held about one person at a moment."""

    made_at: datetime
    sections: tuple[HeldSection, ...]

    def as_json(self) -> str:
        """The same as a file that programs read."""
        about = {each.section.value: each.tables for each in self.sections}
        return json.dumps({"made_at": _plain(self.made_at), "held": about}, ensure_ascii=False, indent=1)


def data_held_about(session: Session, actor: Actor, *, person_id: UUID | None, now: datetime) -> HeldData:
    """Everything about a senior, for herself; about a family member herself where `person_id` is None. Never anything
    about anybody else. That it was put together is a deed. Raises NotAllowed."""
    if person_id is None:
        require(actor, Capability.ASK_ABOUT_OWN_DATA, person_id=None)
        if actor.family_member_id is None:
            raise NotAllowed(capability=Capability.ASK_ABOUT_OWN_DATA.value)
        about, catalogue = actor.family_member_id, OF_FAMILY
        city = get_family_member(session, about).city
    else:
        require_for(session, actor, Capability.ASK_ABOUT_OWN_DATA, person_id=person_id)
        about, catalogue, city = person_id, HELD, city_of(session, person_id)
    audit.record(session, actor, "own_data_read", city=city, person_id=person_id, subject_id=None, now=now)
    session.flush()
    return HeldData(now, tuple(_sections(session, catalogue, about)))


def _sections(session: Session, catalogue: Iterable[Held], about: UUID) -> Iterator[HeldSection]:
    by_section: dict[Section, list[Held]] = {}
    for held in catalogue:
        by_section.setdefault(held.section, []).append(held)
    for section, tables in by_section.items():
        found = {held.table_name: rows for held in tables if (rows := _rows(session, held, about))}
        if found:
            bases = tuple(dict.fromkeys(it.basis for it in tables if it.table_name in found and it.basis))
            goes = any(held.basis is None for held in tables if held.table_name in found)
            yield HeldSection(section, found, bases, goes)


def _rows(session: Session, held: Held, about: UUID) -> tuple[dict[str, Any], ...]:
    columns = [each for each in held.table.c if _is_hers(each, held)]
    asked = select(*columns).where(held.about(about)).order_by(held.table.c.id).limit(MOST_ROWS_OF_A_TABLE)
    vault = vault_of(session)
    return tuple(
        {
            column.name.removesuffix("_sealed"): _said(vault, column, value)
            for column, value in zip(columns, row, strict=True)
            if value is not None
        }
        for row in session.execute(asked)
    )


def _is_hers(column: Column[Any], held: Held) -> bool:
    name = column.name
    is_of_machines = name in MACHINES or name.endswith(ENDINGS_OF_MACHINES)
    return not is_of_machines and name not in PICTURES and name not in held.hidden


def _said(vault: Vault, column: Column[Any], value: Any) -> Any:
    if (context := column.info.get(SEALED_AS)) is None:
        return _plain(value)
    opened = vault.open(value, context=context)
    if column.name != "variables_sealed":
        return opened
    # A code that was texted opens something for whoever reads it here.
    return {name: said for name, said in json.loads(opened).items() if name != "code"}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(CITY_TIME).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)
