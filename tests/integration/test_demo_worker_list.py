"""The list of the demonstration's community worker: one matter of each kind, whatever day the demonstration begins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel
from services.database import new_id
from services.demo import prepare_allowances, prepare_worker_list
from services.messages import MessageStatus, OutgoingMessage
from services.people import Person
from services.worker_tasks import TaskKind, count_tasks, list_tasks
from tests.conftest import NOW
from tests.opened import EVERY_RECORD

LIU = Actor.staff(
    ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, community="翠竹", district="罗湖区", open_records=EVERY_RECORD
)
ALWAYS = {
    TaskKind.NO_ANSWER: 1,
    TaskKind.UNCLEAR_REPLY: 1,
    TaskKind.NO_CARD: 1,
    TaskKind.DOUBTFUL_MATCH: 1,
    TaskKind.STOP_DECISION: 1,
}


@pytest.mark.parametrize(
    ("now", "visits"),
    [
        (NOW, 1),
        # the first hours of a year, before the offices open and between two windows
        (datetime(2026, 12, 31, 16, 30, tzinfo=UTC), 0),
        # a leap day
        (datetime(2028, 2, 29, 6, 0, tzinfo=UTC), 0),
    ],
)
def test_it_has_one_matter_of_each_kind(session: Session, wang: Person, now: datetime, visits: int) -> None:
    prepare_allowances(session, city=wang.city, now=now)
    prepare_worker_list(session, city=wang.city, now=now)
    expected = ALWAYS | ({TaskKind.CERTIFICATION_VISIT: visits} if visits else {})
    assert count_tasks(session, LIU) == expected
    assert len(list_tasks(session, LIU, now=now)) == sum(expected.values())
    # Nothing of it is texted today: what was said was said on its day.
    prepare_worker_list(session, city=wang.city, now=now)
    assert count_tasks(session, LIU) == expected
    waiting = select(OutgoingMessage.queued_at).where(OutgoingMessage.status == MessageStatus.QUEUED)
    assert set(session.scalars(waiting)) <= {now}
