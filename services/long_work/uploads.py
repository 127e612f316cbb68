"""An uploaded file on its way to the process that imports it, which may be on another machine: through the database,
in pieces, compressed and sealed. It holds a whole register, and is gone once it was imported."""

from __future__ import annotations

import tempfile
import zlib
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.database.tables import new_id
from services.long_work.tables import PIECE, UploadedPieceRow
from services.sealing import vault_of

PIECE_BYTES = 4 << 20
FAST = 1
# The vault seals text; in this encoding any byte is a character.
AS_TEXT = "latin-1"


def keep_upload(session: Session, work_id: UUID, file: BinaryIO, *, city: str) -> int:
    """Put the file into the database; how many bytes it has."""
    size = number = 0
    while piece := file.read(PIECE_BYTES):
        packed = zlib.compress(piece, FAST).decode(AS_TEXT)
        sealed = vault_of(session).seal(packed, context=PIECE)
        session.add(UploadedPieceRow(id=new_id(), city=city, work_id=work_id, number=number, piece_sealed=sealed))
        session.flush()
        size, number = size + len(piece), number + 1
    return size


def open_upload(session: Session, work_id: UUID) -> BinaryIO:
    """The file once more, as a temporary one that nobody else can open."""
    file = tempfile.TemporaryFile()
    numbers = session.scalars(
        select(UploadedPieceRow.number).where(UploadedPieceRow.work_id == work_id).order_by(UploadedPieceRow.number)
    ).all()
    for number in numbers:
        sealed = session.scalars(
            select(UploadedPieceRow.piece_sealed).where(
                UploadedPieceRow.work_id == work_id, UploadedPieceRow.number == number
            )
        ).one()
        file.write(zlib.decompress(vault_of(session).open(sealed, context=PIECE).encode(AS_TEXT)))
    file.seek(0)
    return file


def forget_upload(session: Session, work_id: UUID) -> None:
    """Remove the file from the database."""
    session.execute(delete(UploadedPieceRow).where(UploadedPieceRow.work_id == work_id))
