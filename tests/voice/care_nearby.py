"""A provider of care at home for 罗湖 with a few workers, for conversations about visits."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.database import new_id
from services.home_care.tables import CareWorkerRow, CredentialRow, ProviderRow, ShiftRow

PROVIDER = "翠竹居家养老服务社(示例)"
EVERYTHING = (
    "CLEAN", "DEEPCLEAN", "BATH", "HAIR", "NAIL", "REHAB", "HOSP", "MED", "TALK", "ESCORT", "DIGITAL", "COOK", "REPAIR",
    "NURSE", "CARE",
)  # fmt: skip
SINCE = date(2026, 1, 1)


def add_provider(session: Session, services: tuple[str, ...] = EVERYTHING) -> UUID:
    """A provider that comes to 罗湖."""
    row = ProviderRow(
        id=new_id(),
        city="shenzhen",
        name=PROVIDER,
        credit_code="91440300MA5EXMPL0X",
        district="罗湖区",
        street="翠竹",
        community="翠竹",
        phone="0755-00009999",
        licences=["养老服务机构备案(示例)"],
        areas=["罗湖区"],
        services=list(services),
        is_demonstration=True,
    )
    session.add(row)
    session.flush()
    return row.id


def add_worker(
    session: Session,
    provider_id: UUID,
    name: str,
    *credentials: str,
    begins: time = time(8),
    ends: time = time(18),
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4),
    sex: str = "female",
) -> UUID:
    """A worker with these certificates who works at these hours."""
    worker_id = new_id()
    session.add(
        CareWorkerRow(
            id=worker_id,
            city="shenzhen",
            provider_id=provider_id,
            name=name,
            sex=sex,
            health_checked_until=date(2027, 12, 31),
            since=SINCE,
            is_demonstration=True,
            credentials=[
                CredentialRow(id=new_id(), city="shenzhen", kind=kind, issued_on=SINCE, valid_until=None)
                for kind in credentials
            ],
            shifts=[ShiftRow(id=new_id(), city="shenzhen", weekday=day, begins=begins, ends=ends) for day in weekdays],
        )
    )
    session.flush()
    return worker_id


def add_care(session: Session) -> UUID:
    """One provider with two care workers, a cleaner and a hairdresser who repairs things, too; those of the
    demonstration do not come any more. Gives its id."""
    session.execute(update(ProviderRow).values(areas=[]))
    provider_id = add_provider(session)
    add_worker(session, provider_id, "李梅(示例)", "elderly_care")
    add_worker(session, provider_id, "陈芳(示例)", "elderly_care")
    add_worker(session, provider_id, "张阿姨(示例)", "housekeeping")
    add_worker(session, provider_id, "何师傅(示例)", "hairdressing", "electrician", sex="male")
    return provider_id
