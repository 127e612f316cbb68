"""`python -m services`: the service layer's own commands."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from services.benefits import command as eligibility
from services.clock import SystemClock
from services.database import migrate, open_database, unit_of_work
from services.demo import prepare_demonstration
from services.errors import ServiceError
from services.jobs import new_gateway, new_job_app, run_worker
from services.registry import command as registry
from services.replies import command as replies
from services.settings import Settings

BAD_INPUT = 2
# These tell every step that they take; what goes wrong they tell as warnings.
TALKATIVE = ("alembic", "procrastinate")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest form of the tables")
    commands.add_parser("demo", help="migrate, then add what is missing of the demonstration")
    commands.add_parser("worker", help="send messages and run the other jobs until stopped")
    eligibility.add_arguments(
        commands.add_parser("eligibility", help="what people are entitled to: JSON lines in, JSON lines out")
    )
    registry.add_arguments(commands.add_parser("registry", help="import extracts of other offices' registers"))
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
        return _run(chosen, Settings.from_environment(os.environ))
    except ServiceError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _run(chosen: argparse.Namespace, settings: Settings) -> int:
    database = open_database(settings)
    try:
        if chosen.command == "worker":
            gateway = new_gateway(settings, database.sessions)
            run_worker(new_job_app(database, settings, gateway, SystemClock()))
            return 0
        migrate(database.engine)
        if chosen.command == "registry":
            return registry.run(chosen, database, SystemClock(), city=settings.city)
        if chosen.command == "demo":
            with unit_of_work(database.sessions) as session:
                prepare_demonstration(session, city=settings.city, now=SystemClock().now())
        return 0
    finally:
        database.close()


if __name__ == "__main__":
    sys.exit(main())
