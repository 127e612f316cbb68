"""What must be remembered of incoming messages beyond one connection to the SMS centre."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from services.database.tables import Table
from services.sealing import sealed_as

PART = "incoming_parts.content"
SENDER = "incoming_parts.sender"


class UnprovenDelivery(Table):
    """A message that was stored, while it isn't certain yet that the SMS centre knows. SMPP gives incoming messages no
    id; the same message coming once more, as long as it stands here, is the same message."""

    __tablename__ = "smpp_unproven_deliveries"

    digest: Mapped[bytes] = mapped_column(unique=True)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class IncomingPart(Table):
    """One part of a long incoming message; its other parts may come to another worker."""

    __tablename__ = "smpp_incoming_parts"
    __table_args__ = (UniqueConstraint("message_key", "number"),)

    # A blind index of sender, receiver, reference and number of parts.
    message_key: Mapped[bytes]
    number: Mapped[int]
    of: Mapped[int]
    sender_sealed: Mapped[bytes] = mapped_column(info=sealed_as(SENDER))
    receiver: Mapped[str]
    coding: Mapped[int]
    # The bytes as they came, in base64: a sign may be cut in two by the end of a part.
    content_sealed: Mapped[bytes] = mapped_column(info=sealed_as(PART))
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
