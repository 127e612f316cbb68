"""What runs without anyone asking: sending messages, rescuing the jobs of dead workers, forgetting old codes.

Procrastinate runs the jobs; every one of them is safe to run twice. A job carries nothing: `send_messages` sends
whatever is due, so that the speed of the job engine is no limit for messages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import procrastinate
from procrastinate import JobContext
from sqlalchemy.orm import Session, sessionmaker

from services import conversations, rate_limits, sign_in
from services.clock import Clock
from services.database import Database, unit_of_work
from services.demo import DemoPhoneGateway, prepare_demonstration
from services.job_queue import SEND_MESSAGES
from services.messages import Composer, Gateway, send_due
from services.settings import Settings, SettingsWrong

logger = logging.getLogger(__name__)

CONCURRENCY = 2
HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 10.0
EVERY_TEN_SECONDS = "* * * * * */10"
EVERY_HOUR = "17 * * * *"


def new_gateway(settings: Settings, sessions: sessionmaker[Session]) -> Gateway:
    """The gateway that the settings name. Raises SettingsWrong."""
    if settings.message_gateway == "demo_phone" and settings.demo:
        return DemoPhoneGateway(sessions, city=settings.city)
    raise SettingsWrong(problems=f"YINIAN_MESSAGE_GATEWAY: no gateway {settings.message_gateway} outside demo mode")


def new_job_app(database: Database, settings: Settings, gateway: Gateway, clock: Clock) -> procrastinate.App:
    """Procrastinate with all the jobs of this installation."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.url))
    composer = Composer(settings.locales_dir)
    lease = timedelta(seconds=settings.message_lease_seconds)

    @app.periodic(cron=EVERY_TEN_SECONDS)
    @app.task(name="send_due_messages", queueing_lock="send_due_messages")
    @app.task(name=SEND_MESSAGES)
    def send_messages(timestamp: int | None = None) -> None:
        """Also runs by the clock, for messages that were postponed or whose worker died."""
        report = send_due(database.sessions, gateway, composer, lease=lease)
        if any(vars(report).values()):
            logger.info("messages_sent %s", " ".join(f"{name}={count}" for name, count in vars(report).items()))

    @app.periodic(cron=EVERY_TEN_SECONDS)
    @app.task(name="rescue_jobs", queueing_lock="rescue_jobs", pass_context=True)
    async def rescue_jobs(context: JobContext, timestamp: int) -> None:
        """Jobs of workers whose heart stopped go back to the queue."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            logger.warning("job_rescued id=%s task=%s", job.id, job.task_name)
            await app.job_manager.retry_job(job)

    _add_housekeeping(app, database, settings, clock)
    return app


def _add_housekeeping(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    steps: list[Callable[..., None]] = [rate_limits.forget_old, sign_in.forget_old, conversations.forget_old]

    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="forget_old", queueing_lock="forget_old")
    def forget_old(timestamp: int) -> None:
        for step in steps:
            with unit_of_work(database.sessions) as session:
                step(session, now=clock.now())

    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="extend_demonstration", queueing_lock="extend_demonstration")
    def extend_demonstration(timestamp: int) -> None:
        """New menus for the day that came into view."""
        if settings.demo:
            with unit_of_work(database.sessions) as session:
                prepare_demonstration(session, city=settings.city, now=clock.now())


def run_worker(app: procrastinate.App) -> None:
    """Work until told to stop (SIGINT, SIGTERM); the job at hand is finished first."""
    with app.open():
        app.configure_task(SEND_MESSAGES).defer()
    app.run_worker(
        concurrency=CONCURRENCY,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=DEAD_AFTER_SECONDS,
        delete_jobs="successful",
        fetch_job_polling_interval=1.0,
    )
