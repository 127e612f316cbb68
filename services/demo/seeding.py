"""Filling the demonstration: people, staff, canteens and providers once, menus for the coming days each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.clock import local_day
from services.demo.activities import prepare_activities
from services.demo.home_adaptation import prepare_home_adaptation
from services.demo.home_care import prepare_home_care
from services.demo.meals import demo_canteens
from services.demo.menus import add_menus
from services.demo.people import demo_people
from services.demo.staff import CIVIL_SERVANTS, add_demo_staff, canteen_staff
from services.meals.tables import CanteenRow
from services.people import PersonRow, add_person

# A week that can be booked, and one more day so that it is still a week after midnight.
DAYS_OF_MENUS = 8


def prepare_demonstration(session: Session, *, city: str, now: datetime) -> None:
    """Add what is missing of the demonstration. Safe to run again and by several processes at once."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('demonstration'))"))
    if session.scalar(select(PersonRow.id).where(PersonRow.is_demonstration).limit(1)) is None:
        for person in demo_people(local_day(now)):
            add_person(session, Actor.system(Channel.COMMAND_LINE), person, city=city, now=now)
    if session.scalar(select(CanteenRow.id).where(CanteenRow.is_demonstration).limit(1)) is None:
        session.add_all(CanteenRow(city=city, **canteen) for canteen in demo_canteens())
        session.flush()
    # The first canteen of the list is 翠竹's, where the demonstration's community worker is too.
    canteens = select(CanteenRow.id).where(CanteenRow.is_demonstration).order_by(CanteenRow.id)
    accounts = [*CIVIL_SERVANTS, canteen_staff(session.scalars(canteens.limit(1)).one())]
    add_demo_staff(session, accounts, city=city, now=now)
    every = session.execute(select(CanteenRow.id, CanteenRow.kind).where(CanteenRow.is_demonstration))
    days = [local_day(now) + timedelta(days=ahead) for ahead in range(DAYS_OF_MENUS)]
    add_menus(session, [(canteen_id, kind) for canteen_id, kind in every], days, city=city, now=now)
    prepare_home_care(session, city=city, now=now)
    prepare_home_adaptation(session, city=city)
    prepare_activities(session, city=city, now=now)
