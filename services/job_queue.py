"""Putting a job into the caller's own transaction: what was promised and the job that does it commit together.

The jobs themselves are in `services.jobs`, at the top of the house; those below only know their names.
"""

from __future__ import annotations

import procrastinate
from sqlalchemy import ColumnElement, column, exists, literal_column, select, table
from sqlalchemy.orm import Session

SEND_MESSAGES = "send_messages"
READ_INCOMING = "read_incoming"
DO_LONG_WORK = "do_long_work"
GIVE_MEAL_TURNS = "give_meal_turns"
BOOK_STANDING_ORDERS = "book_standing_orders"
EXTEND_DEMONSTRATION = "extend_demonstration"
LOOK_UP_REQUESTS = "look_up_requests"
TELL_OF_DEEDS = "tell_of_deeds"

# What belongs to the line to the SMS centre can have a worker of its own, which nothing else holds up.
MESSAGES, OTHERS = "messages", "default"
QUEUES = {SEND_MESSAGES: MESSAGES}

_DEFERRED_IN = "job_deferred_in"
_JOBS = table("procrastinate_jobs", column("task_name"), column("status"), column("scheduled_at"))
# Never opened: it only words the INSERT, which runs on the session's connection.
_app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def defer_once(session: Session, job: str) -> None:
    """Queue `job` with this transaction, however often it is asked for in it."""
    if not _is_deferred(session, job):
        _defer(session, job)


def waits_to_begin(job: str) -> ColumnElement[bool]:
    """Whether such a job waits to begin, as a part of somebody else's question."""
    return exists().where(
        _JOBS.c.task_name == job, _JOBS.c.status == literal_column("'todo'"), _JOBS.c.scheduled_at.is_(None)
    )


def defer_for_all(session: Session, job: str, *, waits: bool | None = None) -> None:
    """The same for a job that does what is due for everybody: where one waits to begin, it does this too, and who book
    in the same minute do not queue a thousand. `waits`: the answer to `waits_to_begin`, where it was asked already.
    Only for jobs that the clock starts besides: one that begins just before this transaction commits does not see it,
    and then the next one does."""
    if waits or _is_deferred(session, job):
        return
    if waits is False or not session.scalar(select(waits_to_begin(job))):
        _defer(session, job)


def _is_deferred(session: Session, job: str) -> bool:
    transaction = session.get_nested_transaction() or session.get_transaction()
    return transaction is not None and session.info.get(_DEFERRED_IN, {}).get(job) is transaction


def _defer(session: Session, job: str) -> None:
    connection = session.connection().connection.driver_connection
    _app.configure_task(job, connection=connection, queue=QUEUES.get(job, OTHERS)).defer()
    deferred = session.info.setdefault(_DEFERRED_IN, {})
    deferred[job] = session.get_nested_transaction() or session.get_transaction()
