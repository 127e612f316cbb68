"""Extracts, what they said, and what did not fit together, as stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.people import ADDRESS, ID_NUMBER, PHONE
from services.sealing import sealed_as


class RegistryImportRow(Table):
    """An extract that was imported. Its digest keeps the same file from being imported again."""

    __tablename__ = "registry_imports"
    __table_args__ = (UniqueConstraint("city", "file_digest"),)

    kind: Mapped[str]
    source: Mapped[str]
    extract_on: Mapped[date]
    file_digest: Mapped[bytes]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    imported_at: Mapped[datetime]


class RegistryRecordRow(Table):
    """What one source says of one person, as long as it says the same.

    `stated_on` is the day of the latest extract that said it, `import_id` that extract. An extract that says something
    else adds a row. `facts` holds what was said; phone and address are sealed for the same contexts as in `persons` and
    stand beside their blind indexes. What a worker decided is a record, too, with the time in `decided_at` and without
    an import.
    """

    __tablename__ = "registry_records"
    __table_args__ = (UniqueConstraint("id_number_index", "digest", "city"),)

    kind: Mapped[str]
    source: Mapped[str]
    id_number_index: Mapped[bytes]
    id_number_sealed: Mapped[bytes] = mapped_column(info=sealed_as(ID_NUMBER))
    name: Mapped[str]
    digest: Mapped[bytes]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    address_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(ADDRESS))
    address_index: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None] = mapped_column(info=sealed_as(PHONE))
    phone_index: Mapped[bytes | None]
    stated_on: Mapped[date]
    # No foreign key: PostgreSQL would look the one import up again for each of a city's people.
    import_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class RegistryOtherNameRow(Table):
    """Another name under which what is said of a person counts, since a worker found that it is hers."""

    __tablename__ = "registry_other_names"
    __table_args__ = (UniqueConstraint("id_number_index", "name", "city"),)

    id_number_index: Mapped[bytes]
    name: Mapped[str]
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("registry_findings.id"))


class FormerIdNumberRow(Table):
    """An ID number under which a person was known until a day; what is stated under it is stated of her."""

    __tablename__ = "former_id_numbers"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    id_number_sealed: Mapped[bytes] = mapped_column(info=sealed_as(ID_NUMBER))
    id_number_index: Mapped[bytes] = mapped_column(unique=True)
    until_on: Mapped[date]
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("registry_findings.id"))


class RegistryFindingRow(Table):
    """Something that does not fit together and that a worker must decide. `facts` holds lines, sources and dates.

    The fingerprint is that of the conflict itself, so that the same conflict stated again adds nothing. Where settling
    it changed something (`has_changed`), and a later extract brings the conflict back, it is open again.
    """

    __tablename__ = "registry_findings"
    __table_args__ = (
        UniqueConstraint("id_number_index", "kind", "fingerprint", "city"),
        Index("ix_registry_findings_open", "person_id", postgresql_where="status = 'open'"),
        CheckConstraint("status IN ('open', 'settled')", name="status"),
    )

    kind: Mapped[str]
    id_number_index: Mapped[bytes]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    fingerprint: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(default="open")
    found_at: Mapped[datetime]
    import_id: Mapped[UUID] = mapped_column(ForeignKey("registry_imports.id"))
    decision: Mapped[str | None]
    reason: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_on: Mapped[date | None]
    settled_by: Mapped[UUID | None]
    has_changed: Mapped[bool] = mapped_column(default=False)
