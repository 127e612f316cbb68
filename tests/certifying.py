"""People who are paid, workers, and files of other offices, for the tests of certification."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.allowances.tables import AllowanceCaseRow
from services.certification.tables import MemberRow
from services.database import new_id
from services.messages import OutgoingMessage
from services.people import ID_NUMBER, Person, PersonRow
from services.sealing import vault_of
from services.worker_tasks import WorkerTask, list_tasks
from tests.opened import EVERY_RECORD

CITY = "shenzhen"
SYSTEM = Actor.system()
# 09:00 in Shenzhen, on days of the windows of November 2026 and May 2027.
OPENING = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
HALFWAY = datetime(2026, 11, 15, 1, 0, tzinfo=UTC)
NEAR_THE_END = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
LAST_EVENING = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
AFTER = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
NEXT_OPENING = datetime(2027, 5, 1, 1, 0, tzinfo=UTC)


def begin_empty(session: Session) -> None:
    """The demonstration may have cases and a campaign of its own; what is tested begins without any."""
    session.execute(text("TRUNCATE certification_campaigns CASCADE"))
    session.execute(text("DELETE FROM worker_tasks"))
    # Whatever a case was, it is over; one that was never granted has no month from which it stopped.
    session.execute(
        text(
            "UPDATE allowance_cases SET code = NULL, stopped_from = first_month,"
            " state = CASE WHEN first_month IS NULL THEN 'declined' ELSE 'stopped' END"
        )
    )
    session.execute(text("UPDATE persons SET ability_assessed_on = NULL"))


def paid_case(session: Session, person: Person, *, first_month: date = date(2020, 1, 1)) -> UUID:
    """An active case of hers, paid since `first_month`."""
    row = AllowanceCaseRow(
        id=new_id(),
        city=person.city,
        person_id=person.id,
        benefit="old_age_allowance",
        state="active",
        amount_fen=30_000,
        applied_on=first_month,
        application_number=f"SZ{new_id().hex[-10:]}",
        first_month=first_month,
        in_doubt=False,
        rule_version="of a test",
        created_at=OPENING - timedelta(days=400),
    )
    session.add(row)
    session.flush()
    return row.id


# Copies of one person and her case, who differ by their ids alone.
COPY_PERSON = """
INSERT INTO persons SELECT (jsonb_populate_record(p, jsonb_build_object(
    'id', gen_random_uuid(), 'id_number_index', '\\x' || md5(number::text) || md5('copy')
))).* FROM persons p, generate_series(1, :many) AS number WHERE p.id = :person_id
"""
COPY_CASE = """
INSERT INTO allowance_cases SELECT (jsonb_populate_record(c, jsonb_build_object(
    'id', gen_random_uuid(), 'person_id', p.id, 'application_number', NULL
))).* FROM allowance_cases c, persons p
WHERE c.person_id = :person_id AND right(encode(p.id_number_index, 'hex'), 32) = md5('copy')
"""


def paid_copies(session: Session, person: Person, many: int) -> None:
    """So many more people like her, who is paid, are paid."""
    for statement in (COPY_PERSON, COPY_CASE):
        session.execute(text(statement), {"person_id": person.id, "many": many})


def speaking(person: Person) -> Actor:
    """She, as the recogniser hears her."""
    return Actor.senior(person.id, Channel.VOICE)


def worker_of(person: Person) -> Actor:
    """A worker of her community."""
    return Actor.staff(
        ActorKind.COMMUNITY_WORKER,
        new_id(),
        Channel.SCREEN,
        community=person.community,
        district=person.district,
        open_records=EVERY_RECORD,
    )


def member_of(session: Session, person: Person) -> MemberRow:
    """Her place in the latest campaign."""
    session.flush()
    row = session.scalar(
        select(MemberRow)
        .where(MemberRow.person_id == person.id)
        .order_by(MemberRow.campaign_id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    assert row is not None
    return row


def texts_to(session: Session, person: Person) -> list[str]:
    """The templates of the messages that were written to her, oldest first."""
    asked = select(OutgoingMessage.template).where(OutgoingMessage.person_id == person.id).order_by(OutgoingMessage.id)
    return list(session.scalars(asked))


def tasks_about(session: Session, person: Person, now: datetime) -> list[WorkerTask]:
    """What waits for a worker about her."""
    tasks = list_tasks(session, SYSTEM, now=now + timedelta(days=1), limit=1000)
    return [task for task in tasks if task.person_id == person.id]


def id_number_of(session: Session, person: Person) -> str:
    """Her ID number."""
    row = session.get_one(PersonRow, person.id)
    return vault_of(session).open(row.id_number_sealed, context=ID_NUMBER)


def proof_file(
    session: Session,
    rows: Iterable[tuple[Person, str, str]],
    *,
    source: str = "social_insurance",
    as_of: str = "2026-11-10",
    encoding: str = "utf-8",
) -> BinaryIO:
    """A file of an office: who, which evidence, on which day."""
    lines = [f"#certification=proofs,source={source},as_of={as_of}", "id_number,name,evidence,seen_on"]
    lines += [f"{id_number_of(session, person)},{person.name},{kind},{day}" for person, kind, day in rows]
    return io.BytesIO("\r\n".join([*lines, ""]).encode(encoding))
