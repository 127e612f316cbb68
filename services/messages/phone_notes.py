"""What is known of a phone itself: that nobody there wants messages, that it may be somebody else's, that it is a
family member's. A number that changes hands takes none of this along: notes end, they are not removed.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.database.tables import Table, new_id
from services.people import PHONE
from services.sealing import vault_of


class PhoneNote(StrEnum):
    """What a note says of a phone."""

    STOPPED = "stopped"
    """asked for no more messages"""
    DOUBTFUL = "doubtful"
    """whoever answers there says that it is not hers, or that she died"""
    CONTACT = "contact"
    """the phone of somebody who is registered as a contact of this person"""


class PhoneNoteRow(Table):
    """One note about one phone, for one person or, without one, for everybody who is reached there."""

    __tablename__ = "phone_notes"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind.value) for kind in PhoneNote)})", name="kind"),
        Index(
            "uq_phone_notes_current",
            "phone_index",
            "kind",
            "person_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
            postgresql_nulls_not_distinct=True,
        ),
    )

    phone_index: Mapped[bytes]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str]
    relation: Mapped[str | None]  # of a contact: daughter, son, spouse, ...
    message_id: Mapped[UUID | None]  # the incoming text message that said so
    noted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


# Worded once: nothing is written to anybody without it.
WITHHELD = select(PhoneNoteRow.kind).where(
    PhoneNoteRow.phone_index == bindparam("phone_index"),
    PhoneNoteRow.ended_at.is_(None),
    or_(
        PhoneNoteRow.kind == PhoneNote.STOPPED,
        and_(PhoneNoteRow.kind == PhoneNote.DOUBTFUL, PhoneNoteRow.person_id == bindparam("person_id")),
    ),
)


def note_phone(
    session: Session,
    kind: PhoneNote,
    *,
    city: str,
    phone: str,
    now: datetime,
    person_id: UUID | None = None,
    relation: str | None = None,
    message_id: UUID | None = None,
) -> bool:
    """Note something about a phone; false if that is noted already."""
    row = insert(PhoneNoteRow).values(
        id=new_id(),
        city=city,
        phone_index=_index(session, phone),
        person_id=person_id,
        kind=kind,
        relation=relation,
        message_id=message_id,
        noted_at=now,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(PhoneNoteRow.id)) is not None


def end_note(session: Session, kind: PhoneNote, *, phone: str, now: datetime, person_id: UUID | None = None) -> bool:
    """End what is noted about a phone; false if nothing of the kind is."""
    ended = session.scalars(
        update(PhoneNoteRow)
        .where(*_current(session, phone, kind), PhoneNoteRow.person_id.is_not_distinct_from(person_id))
        .values(ended_at=now)
        .returning(PhoneNoteRow.id)
    ).all()
    return bool(ended)


def is_stopped(session: Session, phone: str) -> bool:
    """Whether this phone asked for no more messages."""
    return (
        session.scalar(select(PhoneNoteRow.id).where(*_current(session, phone, PhoneNote.STOPPED)).limit(1)) is not None
    )


def is_doubtful(session: Session, phone: str, person_id: UUID) -> bool:
    """Whether somebody at this phone said that it does not reach this person."""
    notes = select(PhoneNoteRow.id).where(
        *_current(session, phone, PhoneNote.DOUBTFUL), PhoneNoteRow.person_id == person_id
    )
    return session.scalar(notes.limit(1)) is not None


def withheld_because(session: Session, phone: str, person_id: UUID | None) -> PhoneNote | None:
    """Why nothing may be sent unasked to this phone, for this person; None where it may."""
    kinds = session.scalars(WITHHELD, {"phone_index": _index(session, phone), "person_id": person_id}).all()
    return None if not kinds else PhoneNote.STOPPED if PhoneNote.STOPPED in kinds else PhoneNote.DOUBTFUL


def is_contact(session: Session, phone: str, person_id: UUID) -> bool:
    """Whether this is the phone of somebody who is registered as her contact, and so not her own."""
    notes = select(PhoneNoteRow.id).where(
        *_current(session, phone, PhoneNote.CONTACT), PhoneNoteRow.person_id == person_id
    )
    return session.scalar(notes.limit(1)) is not None


def people_with_contact(session: Session, phone: str) -> tuple[UUID, ...]:
    """For whom this phone is registered as a contact's, the first registered first."""
    notes = select(PhoneNoteRow.person_id).where(
        *_current(session, phone, PhoneNote.CONTACT), PhoneNoteRow.person_id.is_not(None)
    )
    return tuple(found for found in session.scalars(notes.order_by(PhoneNoteRow.id)) if found is not None)


def unreachable_phones(session: Session, *, city: str) -> frozenset[bytes]:
    """The blind indexes (as in `persons.phone_index`) of phones that get nothing unasked: stopped or doubtful. For
    whoever looks at a whole city at once."""
    kinds = (PhoneNote.STOPPED, PhoneNote.DOUBTFUL)
    notes = select(PhoneNoteRow.phone_index).where(
        PhoneNoteRow.city == city, PhoneNoteRow.kind.in_(kinds), PhoneNoteRow.ended_at.is_(None)
    )
    return frozenset(session.scalars(notes))


def _current(session: Session, phone: str, kind: PhoneNote) -> tuple[ColumnElement[bool], ...]:
    index = _index(session, phone)
    return PhoneNoteRow.phone_index == index, PhoneNoteRow.kind == kind, PhoneNoteRow.ended_at.is_(None)


def _index(session: Session, phone: str) -> bytes:
    return vault_of(session).index(phone, context=PHONE)
