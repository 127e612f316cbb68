"""Jobs of workers that died."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from services.clock import SystemClock
from services.database import Database
from services.job_queue import OTHERS
from services.jobs import DEAD_AFTER_SECONDS, new_job_app
from services.settings import Settings

DEAD_WORKER = text(
    "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :seconds)) RETURNING id"
)
JOB = text("""
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)
VALUES (:queue, :task, :lock, :queueing_lock, CAST(:status AS procrastinate_job_status), :worker_id)
""")
JOBS = text("SELECT task_name, status FROM procrastinate_jobs ORDER BY id")


def rescue(database: Database, settings: Settings) -> None:
    app = new_job_app(database, settings, None, SystemClock())

    async def run() -> None:
        async with app.open_async():
            await app.tasks["rescue_jobs"](timestamp=0)

    asyncio.run(run())


@pytest.mark.parametrize("queued_again", [False, True])
def test_work_of_a_dead_worker_is_done_by_another_also_when_the_clock_queued_it_again(
    own_database: Database, settings: Settings, queued_again: bool
) -> None:
    stalled = {"queue": OTHERS, "task": "do_due_long_work", "queueing_lock": "long", "lock": "do_long_work"}
    another = {"queue": OTHERS, "task": "forget_old", "queueing_lock": None, "lock": None}
    with own_database.engine.begin() as connection:
        worker_id = connection.scalar(DEAD_WORKER, {"seconds": DEAD_AFTER_SECONDS + 1})
        connection.execute(JOB, [job | {"status": "doing", "worker_id": worker_id} for job in (stalled, another)])
        if queued_again:
            connection.execute(JOB, stalled | {"status": "todo", "worker_id": None})
    rescue(own_database, settings)
    with own_database.engine.connect() as connection:
        jobs = sorted(tuple(row) for row in connection.execute(JOBS))
    assert jobs == [("do_due_long_work", "todo"), ("forget_old", "todo")]
