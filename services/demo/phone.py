"""The demo phone: a gateway that delivers to a table, and that table read as phones, on which one can write back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from services.actor import Actor, ActorKind, NotAllowed
from services.database.opening import unit_of_work
from services.database.tables import Table, new_id
from services.demo.neighbours import FIRST_PHONE
from services.family.tables import FamilyMemberRow
from services.inbox import receive, written_through
from services.messages.gateways import Outcome
from services.people import PHONE as PERSON_PHONE
from services.people import PersonRow
from services.sealing import sealed_as, vault_of

PHONE = "demo_phone_messages.phone"
TEXT = "demo_phone_messages.text"
SHOWN = 50
GATEWAY = "demo_phone"
# What stands in for our number: the demonstration has none.
OUR_NUMBER = "106900000000"
LONGEST_REPLY = 500


class DemoPhoneMessageRow(Table):
    """A text message that arrived at a demo phone."""

    __tablename__ = "demo_phone_messages"

    message_id: Mapped[UUID] = mapped_column(unique=True)
    phone_sealed: Mapped[bytes] = mapped_column(info=sealed_as(PHONE))
    text_sealed: Mapped[bytes] = mapped_column(info=sealed_as(TEXT))
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


@dataclass(frozen=True)
class DemoMessage:
    """One message on a demo phone."""

    text: str
    received_at: datetime
    is_written_here: bool = False


@dataclass(frozen=True)
class DemoPhone:
    """A demo number, whose it is, and its newest messages first."""

    phone: str
    names: tuple[str, ...]
    messages: tuple[DemoMessage, ...]


class DemoPhoneGateway:
    """Delivers to the demo phone. It commits by itself, as a carrier would, and can be asked afterwards."""

    def __init__(self, sessions: sessionmaker[Session], *, city: str) -> None:
        self._sessions = sessions
        self._city = city

    def submit(self, message_id: UUID, phone: str, text: str) -> str:
        """Put the message on the phone; its id there."""
        with unit_of_work(self._sessions) as session:
            vault = vault_of(session)
            row = insert(DemoPhoneMessageRow).values(
                id=new_id(),
                city=self._city,
                message_id=message_id,
                phone_sealed=vault.seal(phone, context=PHONE),
                text_sealed=vault.seal(text, context=TEXT),
            )
            session.execute(row.on_conflict_do_nothing(index_elements=["message_id"]))
        return f"demo-{message_id}"

    def outcome_of(self, message_id: UUID) -> Outcome:
        """Whether the message is on the phone."""
        with unit_of_work(self._sessions) as session:
            found = session.scalar(select(DemoPhoneMessageRow.id).where(DemoPhoneMessageRow.message_id == message_id))
        return Outcome.ACCEPTED if found else Outcome.NEVER_SEEN


def list_demo_phones(session: Session, actor: Actor) -> tuple[DemoPhone, ...]:
    """Every demo number with its newest messages. Only for the system, since it shows codes. Raises NotAllowed."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="see_demo_phones")
    vault = vault_of(session)
    names: dict[str, list[str]] = defaultdict(list)
    for person in session.scalars(select(PersonRow).where(PersonRow.is_demonstration).order_by(PersonRow.id)):
        if person.phone_sealed is not None:
            phone = vault.open(person.phone_sealed, context=PERSON_PHONE)
            # Nobody plays the neighbours.
            if phone < str(FIRST_PHONE):
                names[phone].append(person.name)
    messages: dict[str, list[DemoMessage]] = defaultdict(list)
    newest = select(DemoPhoneMessageRow).order_by(DemoPhoneMessageRow.received_at.desc()).limit(SHOWN)
    for row in session.scalars(newest):
        phone = vault.open(row.phone_sealed, context=PHONE)
        messages[phone].append(DemoMessage(vault.open(row.text_sealed, context=TEXT), row.received_at))
    for written in written_through(session, gateway=GATEWAY, limit=SHOWN):
        messages[written.phone].append(DemoMessage(written.text, written.written_at, is_written_here=True))
    for member in session.scalars(select(FamilyMemberRow).where(FamilyMemberRow.phone_sealed.is_not(None))):
        names[vault.open(member.phone_sealed or b"", context=PERSON_PHONE)].append(member.name or "")
    for phone in messages:
        # Whoever tries to sign in as family for the first time has a phone, but no name yet.
        if not any(names[phone]) and phone < str(FIRST_PHONE):
            names[phone] = [phone]
    names = defaultdict(list, {phone: of for phone, of in names.items() if any(of)})
    return tuple(DemoPhone(phone, tuple(of), _newest_first(messages[phone])) for phone, of in sorted(names.items()))


def write_on_demo_phone(
    session: Session, actor: Actor, *, phone: str, text: str, request_id: UUID, city: str, now: datetime
) -> None:
    """Send a text message from a demo phone to us, as a carrier would hand it over; two with one `request_id` come as
    one. Only for the system, since nobody proves whose phone it is. Raises NotAllowed.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(capability="write_on_demo_phone")
    receive(
        session,
        city=city,
        gateway=GATEWAY,
        gateway_message_id=str(request_id),
        phone=phone,
        text=text[:LONGEST_REPLY],
        to=OUR_NUMBER,
        received_at=now,
    )


def _newest_first(messages: list[DemoMessage]) -> tuple[DemoMessage, ...]:
    return tuple(sorted(messages, key=lambda message: message.received_at, reverse=True))
