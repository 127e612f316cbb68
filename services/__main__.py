"""`python -m services`: the service layer's own commands."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from services import month_command
from services.allowances import screening_command as screening
from services.audit import command as audit
from services.backup import command as backup
from services.benefits import command as eligibility
from services.certification import command as certification
from services.clock import SystemClock
from services.database import Database, migrate, open_database, unit_of_work
from services.demo import (
    prepare_allowances,
    prepare_canteen_life,
    prepare_demonstration,
    prepare_families,
    prepare_neighbours,
    prepare_visits,
    prepare_worker_list,
)
from services.errors import ServiceError
from services.job_queue import MESSAGES, OTHERS
from services.jobs import new_job_app, open_gateway, run_worker
from services.keys import command as keys
from services.registry import command as registry
from services.replies import command as replies
from services.settings import Settings
from services.simulation import command as simulation
from services.staff import command as staff

BAD_INPUT = 2
# These tell every step that they take; what goes wrong they tell as warnings.
TALKATIVE = ("alembic", "procrastinate")
ON_THE_DATABASE = {
    "audit": audit.run,
    "certification": certification.run,
    "keys": keys.run,
    "month": month_command.run,
    "registry": registry.run,
    "screen": screening.run,
    "staff": staff.run,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest form of the tables")
    commands.add_parser("demo", help="migrate, then add what is missing of the demonstration")
    worker = commands.add_parser("worker", help="send messages and run the other jobs until stopped")
    worker.add_argument("--only", choices=["messages", "others"], help="leave the other half to another worker")
    eligibility.add_arguments(
        commands.add_parser("eligibility", help="what people are entitled to: JSON lines in, JSON lines out")
    )
    registry.add_arguments(commands.add_parser("registry", help="import extracts of other offices' registers"))
    staff.add_arguments(commands.add_parser("staff", help="accounts of community workers and operators"))
    audit.add_arguments(commands.add_parser("audit", help="the record of deeds: prove it, note it, export it"))
    backup.add_arguments(
        commands.add_parser("backup", help="the whole database in one sealed file"),
        commands.add_parser("restore", help="a backup into an empty database"),
    )
    certification.add_arguments(
        commands.add_parser("certification", help="campaigns of proof of life, and proofs shared with other offices")
    )
    keys.add_arguments(commands.add_parser("keys", help="new keys for what is sealed, while the site runs"))
    screening.add_arguments(commands.add_parser("screen", help="find who became entitled, make the offers"))
    month_command.add_arguments(commands.add_parser("month", help="list, audit and pay a month of the allowance"))
    simulation.add_arguments(
        commands.add_parser("simulate", help="live through a year in a scratch database and recount every payment")
    )
    commands.add_parser("replies", help="how text-message replies would be read: JSON lines in, JSON lines out")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        if chosen.command == "eligibility":
            return eligibility.run(chosen)
        if chosen.command == "replies":
            return replies.run()
        if chosen.command == "keys" and chosen.action == "new":
            return keys.print_new_key(chosen.id)
        if chosen.command == "simulate":
            return simulation.run(chosen)
        return _run(chosen, Settings.from_environment(os.environ))
    except ServiceError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _work(database: Database, settings: Settings, *, only: str | None) -> None:
    clock = SystemClock()
    if only == "others":
        run_worker(new_job_app(database, settings, None, clock), [OTHERS])
        return
    with open_gateway(settings, database.sessions, clock) as gateway:
        queues = [MESSAGES] if only == "messages" else [MESSAGES, OTHERS]
        run_worker(new_job_app(database, settings, gateway, clock), queues)


def _run(chosen: argparse.Namespace, settings: Settings) -> int:
    database, clock = open_database(settings), SystemClock()
    try:
        if chosen.command == "worker":
            _work(database, settings, only=chosen.only)
            return 0
        if chosen.command == "restore":
            return backup.run(chosen, database, settings, clock)
        migrate(database.engine)
        if chosen.command == "backup":
            return backup.run(chosen, database, settings, clock)
        if chosen.command in ON_THE_DATABASE:
            return ON_THE_DATABASE[chosen.command](chosen, database, clock, city=settings.city)
        if chosen.command == "demo":
            with unit_of_work(database.sessions) as session:
                prepare_demonstration(session, city=settings.city, now=clock.now())
                prepare_neighbours(session, city=settings.city, now=clock.now())
                prepare_allowances(session, city=settings.city, now=clock.now())
                prepare_worker_list(session, city=settings.city, now=clock.now())
                prepare_canteen_life(session, city=settings.city, now=clock.now())
                prepare_families(session, city=settings.city, now=clock.now())
            past = settings.demo_past_days
            prepare_visits(database.sessions, city=settings.city, now=clock.now(), days_back=past)
        return 0
    finally:
        database.close()


if __name__ == "__main__":
    sys.exit(main())
