"""What happens at the same moment: two agreements, a deed and the word that takes the right back, two jobs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Channel
from services.database import Database, unit_of_work
from services.delegation import (
    Delegation,
    DelegationOver,
    act_for,
    agree_to_delegate,
    ask_to_act,
    decline_delegate,
    delegates_of,
    look_up_requests,
    take_back,
    tell_of_deeds,
)
from services.errors import ServiceError
from services.family import DelegationState, FamilyMember, Relation
from services.family.tables import DelegationRow
from services.meals import set_dietary_marks
from services.messages import OutgoingMessage
from services.people import Person
from tests.conftest import person_named
from tests.delegating import EVERYTHING, NEXT_DAY, NOW, as_family, family_member, herself

AT_ONCE = 6


@pytest.fixture
def asked(own_database: Database) -> tuple[Person, FamilyMember, Delegation]:
    """王秀珍, her daughter, and a request that waits."""
    with unit_of_work(own_database.sessions) as session:
        daughter, wang = family_member(session), person_named(session, "王秀珍")
        ask_to_act(
            session,
            as_family(daughter),
            name=wang.name,
            number="15400000002",
            relation=Relation.DAUGHTER,
            scopes=EVERYTHING,
            now=NOW,
        )
    look_up_requests(own_database.sessions, now=NOW)
    with unit_of_work(own_database.sessions) as session:
        (delegation,) = delegates_of(session, herself(wang), person_id=wang.id, now=NOW)
    return wang, daughter, delegation


def at_once(database: Database, works: list[Callable[[Session], object]]) -> list[object]:
    """Each in a transaction of its own, all begun before any goes on; what came of them, errors as values."""
    barrier = threading.Barrier(len(works))

    def alone(work: Callable[[Session], object]) -> object:
        try:
            with unit_of_work(database.sessions) as session:
                barrier.wait(timeout=20)
                return work(session)
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(alone, works))


def states(database: Database) -> list[str]:
    with unit_of_work(database.sessions) as session:
        return list(session.scalars(select(DelegationRow.state).order_by(DelegationRow.id)))


def templates(database: Database) -> list[str]:
    with unit_of_work(database.sessions) as session:
        return list(session.scalars(select(OutgoingMessage.template).order_by(OutgoingMessage.id)))


def test_many_agreements_at_once_are_one(
    own_database: Database, asked: tuple[Person, FamilyMember, Delegation]
) -> None:
    wang, _, delegation = asked

    def agree(session: Session) -> Delegation:
        return agree_to_delegate(session, herself(wang), delegation_id=delegation.id, now=NOW)

    came = at_once(own_database, [agree] * AT_ONCE)
    assert all(isinstance(each, Delegation) for each in came)
    assert states(own_database) == [DelegationState.ACTIVE]
    assert templates(own_database).count("delegation_agreed") == 1


def test_a_yes_and_a_no_at_once_leave_one_of_them(
    own_database: Database, asked: tuple[Person, FamilyMember, Delegation]
) -> None:
    wang, _, delegation = asked
    at_once(
        own_database,
        [
            lambda session: agree_to_delegate(session, herself(wang), delegation_id=delegation.id, now=NOW),
            lambda session: decline_delegate(session, herself(wang), delegation_id=delegation.id, now=NOW),
        ],
    )
    told = templates(own_database)
    assert (states(own_database), "delegation_agreed" in told, "delegation_declined" in told) in (
        (["active"], True, False),
        (["ended"], False, True),
    )


def test_two_requests_of_one_pair_that_are_agreed_at_once_leave_one_in_force(
    own_database: Database, asked: tuple[Person, FamilyMember, Delegation]
) -> None:
    wang, daughter, first = asked
    with unit_of_work(own_database.sessions) as session:
        row = session.get_one(DelegationRow, first.id)
        # As if both had been looked up at one moment: neither took the place of the other.
        copy = {
            column.key: getattr(row, column.key) for column in DelegationRow.__table__.columns if column.key != "id"
        }
        second = DelegationRow(**copy | {"code": "9998"})
        session.add(second)
        session.flush()
        second_id = second.id
    at_once(
        own_database,
        [
            lambda session: agree_to_delegate(session, herself(wang), delegation_id=first.id, now=NOW),
            lambda session: agree_to_delegate(session, herself(wang), delegation_id=second_id, now=NOW),
        ],
    )
    assert sorted(states(own_database)) == [DelegationState.ACTIVE, DelegationState.ENDED]
    assert daughter.id == first.family_member_id


def test_her_word_waits_for_a_deed_that_is_under_way_and_stops_the_next(
    own_database: Database, asked: tuple[Person, FamilyMember, Delegation]
) -> None:
    wang, daughter, delegation = asked
    with unit_of_work(own_database.sessions) as session:
        agree_to_delegate(session, herself(wang), delegation_id=delegation.id, now=NOW)
    acts, order = threading.Event(), list[str]()

    def deed() -> None:
        with unit_of_work(own_database.sessions) as session:
            actor = act_for(
                session, as_family(daughter), delegation_id=delegation.id, channel=Channel.SCREEN, now=NEXT_DAY
            )
            acts.set()
            time.sleep(0.5)
            set_dietary_marks(session, actor, person_id=wang.id, diets=[], allergies=[], now=NEXT_DAY)
            order.append("deed")

    def word() -> None:
        acts.wait(timeout=20)
        with unit_of_work(own_database.sessions) as session:
            take_back(session, herself(wang), delegation_id=delegation.id, now=NEXT_DAY)
            order.append("word")

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(deed), pool.submit(word)]:
            running.result(timeout=60)
    assert order == ["deed", "word"]
    with unit_of_work(own_database.sessions) as session, pytest.raises(DelegationOver):
        act_for(session, as_family(daughter), delegation_id=delegation.id, channel=Channel.SCREEN, now=NEXT_DAY)


def test_two_jobs_tell_her_of_a_deed_once(
    own_database: Database, asked: tuple[Person, FamilyMember, Delegation]
) -> None:
    wang, daughter, delegation = asked
    with unit_of_work(own_database.sessions) as session:
        agree_to_delegate(session, herself(wang), delegation_id=delegation.id, now=NOW)
    with unit_of_work(own_database.sessions) as session:
        actor = act_for(session, as_family(daughter), delegation_id=delegation.id, channel=Channel.SCREEN, now=NEXT_DAY)
        set_dietary_marks(session, actor, person_id=wang.id, diets=[], allergies=[], now=NEXT_DAY)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = sum(pool.map(lambda _: tell_of_deeds(own_database.sessions, now=NEXT_DAY), range(AT_ONCE)))
    assert told == 1
    assert templates(own_database).count("delegate_did") == 1


def test_two_jobs_look_up_a_request_once(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        daughter = family_member(session)
        for _ in range(3):
            ask_to_act(
                session,
                as_family(daughter),
                name="王秀珍",
                number="15400000002",
                relation=Relation.DAUGHTER,
                scopes=EVERYTHING,
                now=NOW,
            )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = sum(pool.map(lambda _: look_up_requests(own_database.sessions, now=NOW), range(AT_ONCE)))
    assert found == 3
    assert states(own_database).count(DelegationState.ASKED) == 1
