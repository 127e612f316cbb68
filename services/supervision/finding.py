"""Finding unusual reading in the record of deeds, a day at a time; the thresholds are dated (`services.records`)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from services.actor import ActorKind
from services.audit import AuditEntry
from services.clock import CITY_TIME, local_day, local_moment
from services.database import unit_of_work
from services.database.tables import new_id
from services.people import addresses_of
from services.records import OpeningReason, Rules, rules_on
from services.staff import home_address_of
from services.supervision.buildings import building_of
from services.supervision.tables import FlagKind, ReadingFlagRow
from services.working_days import is_working_day

OPENED = "record_opened"
READS = (OPENED, "person_read", "phone_read")


@dataclass
class _Day:
    """What one worker read in a day."""

    people: set[UUID] = field(default_factory=set)
    outside_hours: set[UUID] = field(default_factory=set)
    reasons: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))

    def for_no(self, reason: OpeningReason, people: Iterable[UUID]) -> set[UUID]:
        """Those of these people whose record was not opened for this reason on this day."""
        return {each for each in people if reason not in self.reasons[each]}


def find_unusual_reading(session: Session, *, city: str, day: date, now: datetime) -> int:
    """Flag what was unusual in the reading of `day`, and how many flags are new. Run again, it finds nothing twice; a
    flag grows with what is read later on the day, until a supervisor has looked into it."""
    rules, new = rules_on(day), 0
    for staff_id, read in _reading(session, city, day, rules).items():
        for kind, count in _unusual(session, staff_id, read, rules).items():
            new += _flag(session, city, staff_id, day, kind, count, now)
    return new


def find_in_the_last_days(sessions: sessionmaker[Session], *, city: str, now: datetime) -> None:
    """Flag what is unusual about today, and about yesterday, whose last hour an earlier look may have missed."""
    today = local_day(now)
    for day in (today - timedelta(days=1), today):
        with unit_of_work(sessions) as session:
            find_unusual_reading(session, city=city, day=day, now=now)


def _reading(session: Session, city: str, day: date, rules: Rules) -> Mapping[UUID, _Day]:
    asked = select(AuditEntry.actor_staff_id, AuditEntry.person_id, AuditEntry.at, AuditEntry.deed, AuditEntry.facts)
    rows = session.execute(
        asked.where(
            AuditEntry.city == city,
            AuditEntry.actor_staff_id.is_not(None),
            AuditEntry.actor_kind == ActorKind.COMMUNITY_WORKER,
            AuditEntry.person_id.is_not(None),
            AuditEntry.deed.in_(READS),
            AuditEntry.at >= local_moment(day, time.min),
            AuditEntry.at < local_moment(day + timedelta(days=1), time.min),
        )
    )
    days: dict[UUID, _Day] = defaultdict(_Day)
    works = is_working_day(day)
    for staff_id, person_id, at, deed, facts in rows:
        read = days[staff_id]
        read.people.add(person_id)
        if not works or not rules.begins <= at.astimezone(CITY_TIME).time() < rules.ends:
            read.outside_hours.add(person_id)
        if deed == OPENED:
            read.reasons[person_id].add(facts["reason"])
    return days


def _unusual(session: Session, staff_id: UUID, read: _Day, rules: Rules) -> dict[FlagKind, int]:
    """How many people each kind of unusual reading concerns, where there are enough of them."""
    without_task = read.for_no(OpeningReason.TASK, read.people)
    buildings = Counter(building_of(address) for address in addresses_of(session, without_task).values())
    home = home_address_of(session, staff_id)
    found = {
        FlagKind.MANY_RECORDS: (len(read.people), rules.records_a_day + 1),
        FlagKind.OUTSIDE_HOURS: (
            len(read.for_no(OpeningReason.CALL_FOR_HELP, read.outside_hours)),
            rules.records_outside_hours,
        ),
        FlagKind.NEIGHBOURS: (max(buildings.values(), default=0), rules.records_of_a_building),
        FlagKind.OWN_BUILDING: (buildings[building_of(home)] if home else 0, 1),
    }
    return {kind: count for kind, (count, least) in found.items() if count >= least}


def _flag(session: Session, city: str, staff_id: UUID, day: date, kind: FlagKind, count: int, now: datetime) -> bool:
    """Whether the flag is new."""
    row = insert(ReadingFlagRow).values(
        id=new_id(), city=city, staff_id=staff_id, on_day=day, kind=kind.value, records=count, found_at=now
    )
    added = session.scalar(row.on_conflict_do_nothing().returning(ReadingFlagRow.id))
    if added is None:
        known = session.scalars(
            select(ReadingFlagRow)
            .where(
                ReadingFlagRow.staff_id == staff_id,
                ReadingFlagRow.on_day == day,
                ReadingFlagRow.kind == kind,
                ReadingFlagRow.looked_into_at.is_(None),
            )
            .with_for_update()
        ).one_or_none()
        if known is not None:
            known.records = max(count, known.records)
    return added is not None
