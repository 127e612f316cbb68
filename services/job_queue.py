"""Putting a job into the caller's own transaction: what was promised and the job that does it commit together.

The jobs themselves are in `services.jobs`, at the top of the house; those below only know their names.
"""

from __future__ import annotations

import procrastinate
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
# Never opened: it only words the INSERT, which runs on the session's connection.
_app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def defer_once(session: Session, job: str) -> None:
    """Queue `job` with this transaction, however often it is asked for in it."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    deferred = session.info.setdefault(_DEFERRED_IN, {})
    if transaction is not None and deferred.get(job) is transaction:
        return
    connection = session.connection().connection.driver_connection
    _app.configure_task(job, connection=connection, queue=QUEUES.get(job, OTHERS)).defer()
    deferred[job] = session.get_nested_transaction() or session.get_transaction()
