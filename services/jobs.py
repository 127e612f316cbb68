"""What runs without anyone asking: sending messages, rescuing the jobs of dead workers, forgetting old codes.

Procrastinate runs the jobs; every one of them is safe to run twice. A job carries nothing: `send_messages` sends
whatever is due, so that the speed of the job engine is no limit for messages.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import procrastinate
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from sqlalchemy.orm import Session, sessionmaker

from services import (
    audit,
    certification,
    conversations,
    delegation,
    home_adaptation,
    home_care,
    inbox,
    personal_data,
    rate_limits,
    records,
    sign_in,
    staff,
    supervision,
    vouchers,
)
from services.actor import Actor
from services.allowances import by_the_clock
from services.allowances.ledger.by_the_clock import announce_coming_tiers
from services.clock import Clock
from services.database import Database, unit_of_work
from services.demo import DemoPhoneGateway, prepare_canteen_life, prepare_demonstration, prepare_visits
from services.inbox import IncomingText
from services.job_queue import (
    BOOK_STANDING_ORDERS,
    DO_LONG_WORK,
    EXTEND_DEMONSTRATION,
    GIVE_MEAL_TURNS,
    LOOK_UP_REQUESTS,
    MESSAGES,
    OTHERS,
    READ_INCOMING,
    SEND_MESSAGES,
    TELL_OF_DEEDS,
    defer_once,
)
from services.long_work import do_waiting_work
from services.meals.counter.closing import close_due_meals
from services.meals.standing_rounds import book_standing_orders
from services.meals.turns import give_due_turns
from services.messages import Composer, Gateway, WindowGateway, give_up_waiting, send_due, settle_receipts
from services.messages.smpp import ArrivedText, open_line
from services.messages.undelivered import tell_workers
from services.settings import Settings, SettingsWrong

logger = logging.getLogger(__name__)

CONCURRENCY = 2
HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 10.0
# After this long a job that sends lets others have their turn and queues itself again.
SEND_FOR = timedelta(seconds=5)
# So many visits of the demonstration are lived through before other jobs have their turn.
VISITS_AT_A_TIME = 10
EVERY_TEN_SECONDS = "* * * * * */10"
EVERY_MINUTE = "* * * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
EVERY_HOUR = "17 * * * *"
# By the clock of UTC: 9 to 17 in the city.
IN_OFFICE_HOURS = "5 1-9 * * *"


@contextmanager
def open_gateway(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock
) -> Iterator[Gateway | WindowGateway]:
    """The gateway that the settings name, open as long as the block lasts. Raises SettingsWrong."""

    def receive(session: Session, texts: Sequence[ArrivedText]) -> None:
        incoming = [
            IncomingText("smpp", it.gateway_message_id, it.phone, it.text, it.to, it.received_at) for it in texts
        ]
        inbox.receive_many(session, incoming, city=settings.city)

    if settings.message_gateway == "smpp":
        with open_line(settings, sessions, clock, receive=receive, on_undelivered=tell_workers(clock)) as line:
            yield line
    elif settings.message_gateway == "demo_phone" and settings.demo:
        yield DemoPhoneGateway(sessions, city=settings.city)
    else:
        raise SettingsWrong(problems=f"YINIAN_MESSAGE_GATEWAY: no gateway {settings.message_gateway} outside demo mode")


def new_job_app(
    database: Database, settings: Settings, gateway: Gateway | WindowGateway | None, clock: Clock
) -> procrastinate.App:
    """Procrastinate with all the jobs of this installation; without a gateway all but those that need one."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.url))
    if gateway is not None:
        _add_messages(app, database, settings, gateway, clock)

    _add_rescue(app)
    _add_inbox(app, database, clock)
    _add_allowances(app, database, settings, clock)
    _add_certification(app, database, settings, clock)
    _add_vouchers(app, database, settings, clock)
    _add_visits(app, database, settings, clock)
    _add_meals(app, database, settings, clock)
    _add_delegation(app, database, settings, clock)
    _add_supervision(app, database, settings, clock)
    _add_long_work(app, database, clock)
    _add_housekeeping(app, database, settings, clock)
    if settings.demo:
        _add_demonstration(app, database, settings, clock)
    return app


def _add_rescue(app: procrastinate.App) -> None:
    @app.periodic(cron=EVERY_TEN_SECONDS)
    @app.task(name="rescue_jobs", queueing_lock="rescue_jobs")
    async def rescue_jobs(timestamp: int) -> None:
        """Jobs of workers whose heart stopped go back to the queue."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            logger.warning("job_rescued id=%s task=%s", job.id, job.task_name)
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:
                # The clock queued the same work again, and it waits for the lock that the dead one holds.
                await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)


def _add_messages(
    app: procrastinate.App,
    database: Database,
    settings: Settings,
    gateway: Gateway | WindowGateway,
    clock: Clock,
) -> None:
    composer = Composer(settings.locales_dir)
    lease = timedelta(seconds=settings.message_lease_seconds)
    on_undelivered = tell_workers(clock)

    @_one_at_a_time
    def send_alone() -> None:
        report = send_due(
            database.sessions, gateway, composer, lease=lease, on_undelivered=on_undelivered, at_most=SEND_FOR
        )
        if any(vars(report).values()):
            logger.info("messages_sent %s", " ".join(f"{name}={count}" for name, count in vars(report).items()))
        if report.more:
            with unit_of_work(database.sessions) as session:
                defer_once(session, SEND_MESSAGES)

    @app.periodic(cron=EVERY_TEN_SECONDS)
    @app.task(name="send_due_messages", queueing_lock="send_due_messages", queue=MESSAGES)
    @app.task(name=SEND_MESSAGES, queue=MESSAGES)
    def send_messages(timestamp: int | None = None) -> None:
        """Also runs by the clock, for messages that were postponed or whose worker died."""
        send_alone()

    @app.periodic(cron=EVERY_TEN_SECONDS)
    @app.task(name="settle_receipts", queueing_lock="settle_receipts", queue=MESSAGES)
    def settle_all_receipts(timestamp: int) -> None:
        """Receipts that came before their message was known."""
        settle_receipts(database.sessions, on_undelivered=on_undelivered)

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="give_up_waiting_for_receipts", queueing_lock="give_up_waiting_for_receipts", queue=MESSAGES)
    def give_up_waiting_for_receipts(timestamp: int) -> None:
        if lost := give_up_waiting(database.sessions, on_undelivered=on_undelivered):
            logger.warning("messages_without_receipt count=%s", lost)


def _add_long_work(app: procrastinate.App, database: Database, clock: Clock) -> None:
    # One at a time, so that the other hand of this worker stays free for messages.
    @app.periodic(cron=EVERY_TEN_SECONDS)
    @app.task(name="do_due_long_work", queueing_lock="do_due_long_work", lock=DO_LONG_WORK)
    @app.task(name=DO_LONG_WORK, lock=DO_LONG_WORK)
    def do_long_work(timestamp: int | None = None) -> None:
        """Also runs by the clock, for work whose process died."""
        if ended := do_waiting_work(database.sessions, clock):
            logger.info("long_work_ended count=%s", ended)


def _one_at_a_time(work: Callable[[], None]) -> Callable[[], None]:
    """The same work, done by one hand of this worker so that the others stay free; whoever comes meanwhile has that
    one look once more."""
    wanted, busy = threading.Event(), threading.Lock()

    def alone() -> None:
        wanted.set()
        while wanted.is_set() and busy.acquire(blocking=False):
            try:
                wanted.clear()
                work()
            finally:
                busy.release()

    return alone


def _add_inbox(app: procrastinate.App, database: Database, clock: Clock) -> None:
    @_one_at_a_time
    def read_alone() -> None:
        report = inbox.read_incoming(database.sessions, clock)
        if report.read or report.failed:
            logger.info("incoming_messages_read read=%s failed=%s", report.read, report.failed)

    @app.periodic(cron=EVERY_TEN_SECONDS)
    @app.task(name="read_due_incoming", queueing_lock="read_due_incoming")
    @app.task(name=READ_INCOMING)
    def read_incoming(timestamp: int | None = None) -> None:
        """Also runs by the clock, for messages whose reading failed or whose worker died."""
        read_alone()

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="look_again_at_incoming", queueing_lock="look_again_at_incoming")
    def look_again_at_incoming(timestamp: int) -> None:
        """Answers that came before their offer was there."""
        inbox.look_again(database.sessions, now=clock.now())


def _add_allowances(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="check_applications", queueing_lock="check_applications")
    def check_applications(timestamp: int) -> None:
        """Whoever agreed hears within a minute or two that it is approved, where nothing is in doubt."""
        by_the_clock.check_new_applications(database.sessions, now=clock.now())

    @app.periodic(cron=IN_OFFICE_HOURS)
    @app.task(name="look_after_cases", queueing_lock="look_after_cases")
    def look_after_cases(timestamp: int) -> None:
        """Offers, reminders and ends of offers go out by day; a worker that was off at nine makes up for it at ten."""
        by_the_clock.look_after_cases(database.sessions, city=settings.city, now=clock.now())

    @app.periodic(cron=IN_OFFICE_HOURS)
    @app.task(name="announce_coming_tiers", queueing_lock="announce_coming_tiers")
    def announce_tiers(timestamp: int) -> None:
        """After the day of payment, for the month that comes."""
        announce_coming_tiers(database.sessions, city=settings.city, now=clock.now())


def _add_certification(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    # A mistake in the file stops the start, not the job in the night.
    certification.read_parameters()

    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="look_after_certification", queueing_lock="look_after_certification")
    def look_after_certification(timestamp: int) -> None:
        """Opens, reminds and closes; it knows itself on which days and at which hours."""
        certification.look_after_certification(database.sessions, city=settings.city, now=clock.now())


def _add_vouchers(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    # A mistake in a file stops the start, not the job in the night.
    vouchers.check_parameters()
    home_adaptation.check_parameters()

    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="issue_vouchers", queueing_lock="issue_vouchers")
    def issue_vouchers(timestamp: int) -> None:
        """In the first hour of a month; a worker that was off then makes up for it."""
        vouchers.issue_this_month(
            database.sessions, city=settings.city, now=clock.now(), on_lost=home_care.ask_new_price
        )

    @app.periodic(cron=IN_OFFICE_HOURS)
    @app.task(name="remind_of_vouchers", queueing_lock="remind_of_vouchers")
    def remind_of_vouchers(timestamp: int) -> None:
        """It knows itself in which days of the month."""
        vouchers.remind_everybody(database.sessions, now=clock.now())


def _add_visits(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    # A mistake in a file stops the start, not the job in the night.
    home_care.check_parameters()

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="look_after_visits", queueing_lock="look_after_visits")
    def look_after_visits(timestamp: int) -> None:
        """Requests that nobody answers, reminders by day, visits that nobody noted, objections that never came."""
        home_care.look_after_visits(database.sessions, city=settings.city, now=clock.now())


def _add_meals(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    # One at a time, so that who waits longest is asked first.
    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="give_due_meal_turns", queueing_lock="give_due_meal_turns", lock=GIVE_MEAL_TURNS)
    @app.task(name=GIVE_MEAL_TURNS, lock=GIVE_MEAL_TURNS)
    def give_meal_turns(timestamp: int | None = None) -> None:
        """Also runs by the clock, for lines that end because the kitchen begins to cook."""
        if settled := give_due_turns(database.sessions, city=settings.city, now=clock.now()):
            logger.info("meal_turns_given count=%s", settled)

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="book_due_standing_orders", queueing_lock="book_due_standing_orders", lock=BOOK_STANDING_ORDERS)
    @app.task(name=BOOK_STANDING_ORDERS, lock=BOOK_STANDING_ORDERS)
    def book_for_standing_orders(timestamp: int | None = None) -> None:
        """Also runs by the clock, for menus that have appeared."""
        if decided := book_standing_orders(database.sessions, city=settings.city, now=clock.now()):
            logger.info("standing_orders_booked days=%s", decided)

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="close_due_meals", queueing_lock="close_due_meals")
    def close_meals(timestamp: int) -> None:
        """What a canteen did not close itself."""
        close_due_meals(database.sessions, city=settings.city, now=clock.now())


def _add_supervision(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    records.check_parameters()
    personal_data.check_parameters()

    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="find_unusual_reading", queueing_lock="find_unusual_reading")
    def find_unusual_reading(timestamp: int) -> None:
        """Of today, and of yesterday whose last hour may be missing."""
        supervision.find_in_the_last_days(database.sessions, city=settings.city, now=clock.now())


def _add_delegation(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    delegation.check_parameters()

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="look_up_due_requests", queueing_lock="look_up_due_requests")
    @app.task(name=LOOK_UP_REQUESTS)
    def look_up_requests(timestamp: int | None = None) -> None:
        """Also runs by the clock, for requests whose worker died."""
        delegation.look_up_requests(database.sessions, now=clock.now())

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="tell_of_due_deeds", queueing_lock="tell_of_due_deeds")
    @app.task(name=TELL_OF_DEEDS)
    def tell_of_deeds(timestamp: int | None = None) -> None:
        """Also runs by the clock, for deeds whose worker died."""
        delegation.tell_of_deeds(database.sessions, now=clock.now())

    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="look_after_delegations", queueing_lock="look_after_delegations")
    def look_after_delegations(timestamp: int) -> None:
        """What is over ends, and what is unusual is put to a worker."""
        delegation.look_after_delegations(database.sessions, city=settings.city, now=clock.now())


def _add_housekeeping(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    steps: list[Callable[..., None]] = [
        rate_limits.forget_old,
        sign_in.forget_old,
        staff.forget_old,
        conversations.forget_old,
    ]

    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="forget_old", queueing_lock="forget_old")
    def forget_old(timestamp: int) -> None:
        for step in steps:
            with unit_of_work(database.sessions) as session:
                step(session, now=clock.now())

    @app.periodic(cron=EVERY_TEN_MINUTES)
    @app.task(name="note_deeds", queueing_lock="note_deeds")
    def note_deeds(timestamp: int) -> None:
        """Where the record of deeds ends. The log of the worker is one of the places where the note is kept."""
        with unit_of_work(database.sessions) as session:
            note = audit.note_heads(session, Actor.system(), city=settings.city, now=clock.now())
        if note:
            logger.info("deeds_noted note=%s", note)


def _add_demonstration(app: procrastinate.App, database: Database, settings: Settings, clock: Clock) -> None:
    @app.periodic(cron=EVERY_HOUR)
    @app.task(name="extend_demonstration_by_the_clock", queueing_lock="extend_demonstration_by_the_clock")
    @app.task(name=EXTEND_DEMONSTRATION, lock=EXTEND_DEMONSTRATION)
    def extend_demonstration(timestamp: int | None = None) -> None:
        """New menus for the day that came into view, the meals that the neighbours booked and had meanwhile, and the
        visits that were made, a few at a time so that what a visitor waits for comes in between."""
        now = clock.now()
        with unit_of_work(database.sessions) as session:
            prepare_demonstration(session, city=settings.city, now=now)
            prepare_canteen_life(session, city=settings.city, now=now)
        moved = prepare_visits(
            database.sessions,
            city=settings.city,
            now=now,
            days_back=settings.demo_past_days,
            at_most=VISITS_AT_A_TIME,
        )
        if moved == VISITS_AT_A_TIME:
            with unit_of_work(database.sessions) as session:
                defer_once(session, EXTEND_DEMONSTRATION)


def run_worker(app: procrastinate.App, queues: Collection[str] = (MESSAGES, OTHERS)) -> None:
    """Work until told to stop (SIGINT, SIGTERM); the job at hand is finished first."""
    with app.open():
        app.configure_task(SEND_MESSAGES, queue=MESSAGES).defer()
    app.run_worker(
        # Procrastinate hands it to PostgreSQL as it is, and only a list becomes an array there.
        queues=list(queues),
        concurrency=CONCURRENCY,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=DEAD_AFTER_SECONDS,
        delete_jobs="successful",
        fetch_job_polling_interval=1.0,
    )
