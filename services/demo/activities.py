"""The demonstration's activities: a week of each community that has a worker, as she would enter it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.activities import enter_activity
from services.activities.tables import ActivityRow
from services.actor import Actor, ActorKind, Channel
from services.clock import local_day
from services.database.tables import new_id

COMMUNITIES = (("罗湖区", "翠竹"), ("福田区", "景田"))
# Days ahead, what, where, from and to, and the places that are left, where somebody counts.
WEEK = (
    (1, "太极拳晨练", "社区广场(示例)", time(7, 30), time(8, 30), None),
    (1, "防诈骗讲座", "长者之家二楼(示例)", time(10), time(11), 12),
    (2, "书法班", "长者之家一楼(示例)", time(14, 30), time(16), 3),
    (4, "合唱团排练", "文化活动室(示例)", time(9, 30), time(11), None),
    (6, "智能手机课", "长者之家二楼(示例)", time(15), time(16, 30), 0),
)


def prepare_activities(session: Session, *, city: str, now: datetime) -> None:
    """Add them where a community has none to come. Safe to run again."""
    for district, community in COMMUNITIES:
        coming = select(ActivityRow.id).where(ActivityRow.community == community, ActivityRow.starts_at > now)
        if session.scalar(coming.limit(1)) is not None:
            continue
        worker = Actor.staff(ActorKind.COMMUNITY_WORKER, new_id(), Channel.JOB, community, district)
        for ahead, title, place, starts, ends, places_left in WEEK:
            enter_activity(
                session,
                worker,
                title=title,
                place=place,
                day=local_day(now) + timedelta(days=ahead),
                starts=starts,
                ends=ends,
                places_left=places_left,
                city=city,
                now=now,
            )
