"""`python -m services staff`: adding accounts, listing them, resetting one."""

from __future__ import annotations

import argparse
import sys
from uuid import UUID

from services.actor import STAFF, Actor, ActorKind, Channel
from services.clock import Clock
from services.database import Database, unit_of_work
from services.staff.accounts import NewStaff, add_staff, list_staff, reset_staff

HANDED_OUT = "password for the first sign-in, which asks for an own one and an authenticator: {}\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked of accounts."""
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="a new account; prints the password to hand out")
    adding.add_argument("login_name", metavar="LOGIN_NAME")
    adding.add_argument("name", metavar="NAME", help="the name that colleagues see")
    adding.add_argument("--role", required=True, choices=sorted(STAFF))
    adding.add_argument("--district", help="where a community worker works, such as 罗湖区")
    adding.add_argument("--community", help="where a community worker works, such as 翠竹")
    adding.add_argument("--workplace", metavar="ID", type=UUID, help="the canteen, or the provider of home care")
    adding.add_argument(
        "--home-address", help="where a community worker lives: reading about her neighbours is flagged"
    )
    actions.add_parser("list", help="every account")
    resetting = actions.add_parser("reset", help="a new password, and enrolling anew; ends all sessions of the account")
    resetting.add_argument("login_name", metavar="LOGIN_NAME")


def run(chosen: argparse.Namespace, database: Database, clock: Clock, *, city: str) -> int:
    """Do it and print what follows; the exit code."""
    actor = Actor.system(Channel.COMMAND_LINE)
    with unit_of_work(database.sessions) as session:
        if chosen.action == "add":
            role = ActorKind(chosen.role)
            new = NewStaff(
                chosen.login_name,
                chosen.name,
                role,
                chosen.district,
                chosen.community,
                chosen.workplace,
                home_address=chosen.home_address,
            )
            _, password = add_staff(session, actor, new, city=city, now=clock.now())
            sys.stdout.write(HANDED_OUT.format(password))
        elif chosen.action == "reset":
            password = reset_staff(session, actor, login_name=chosen.login_name, city=city, now=clock.now())
            sys.stdout.write(HANDED_OUT.format(password))
        else:
            for each in list_staff(session, actor, city=city):
                place = f"{each.district} {each.community}" if each.community else each.workplace_id or "-"
                state = "enrolled" if each.is_enrolled else "not enrolled"
                sys.stdout.write(f"{each.login_name}\t{each.role}\t{place}\t{each.name}\t{state}\n")
    return 0
