"""What happens to cases without anybody asking: the round of the day, and approving within a minute."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest

from services.allowances import CaseState, TooManyInDoubt, agree_to_offer, by_the_clock
from services.allowances.by_the_clock import check_new_applications, look_after_cases
from services.database import Database, unit_of_work
from services.worker_tasks import TaskKind
from tests.allowances import (
    CITY,
    NOW,
    case_of,
    herself,
    learn,
    screened,
    senior,
    tasks_about,
    texts_to,
)
from tests.integration.test_allowance_decisions import doubt


def test_a_year_of_rounds_takes_everybody_as_far_as_nobody_has_to_decide(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More people than one part holds.
    monkeypatch.setattr(by_the_clock, "AT_ONCE", 2)
    with unit_of_work(own_database.sessions) as session:
        silent = [senior(session) for _ in range(5)]
        agreeing = senior(session)
        dying = senior(session)
    look_after_cases(own_database.sessions, city=CITY, now=NOW)
    with unit_of_work(own_database.sessions) as session:
        for person in (agreeing, dying):
            agree_to_offer(session, herself(person), case_id=case_of(session, person).id, now=NOW)
    assert check_new_applications(own_database.sessions, now=NOW) == 2
    with unit_of_work(own_database.sessions) as session:
        learn(session, dying, died_on=date(2027, 2, 10))
    for weeks in range(1, 16):
        look_after_cases(own_database.sessions, city=CITY, now=NOW + timedelta(weeks=weeks))
    with unit_of_work(own_database.sessions) as session:
        for person in silent:
            assert case_of(session, person).state is CaseState.OFFER_ENDED
            assert texts_to(session, person) == ["allowance_offer", "allowance_reminder"]
            assert set(tasks_about(session, person)) == {TaskKind.NO_ANSWER}
        assert case_of(session, agreeing).state is CaseState.ACTIVE
        assert case_of(session, dying).stop_proposed_from == date(2027, 3, 1)
        assert set(tasks_about(session, dying)) == {TaskKind.STOP_DECISION}


def test_a_card_that_came_ends_the_search_for_one(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        person = senior(session, card=False)
    look_after_cases(own_database.sessions, city=CITY, now=NOW)
    with unit_of_work(own_database.sessions) as session:
        assert set(tasks_about(session, person)) == {TaskKind.NO_CARD}
        learn(session, person, has_card=True, card_last_four="1234")
    look_after_cases(own_database.sessions, city=CITY, now=NOW)
    with unit_of_work(own_database.sessions) as session:
        assert not tasks_about(session, person)


def test_a_round_that_finds_too_many_in_doubt_says_so_and_does_the_rest(
    own_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with unit_of_work(own_database.sessions) as session:
        ended = senior(session)
        screened(session)
        for _ in range(100):
            doubt(session, senior(session).id)
    with caplog.at_level(logging.WARNING):
        look_after_cases(own_database.sessions, city=CITY, now=NOW + timedelta(days=90))
    assert "screening_held too_many_in_doubt (candidates=100, in_doubt=100)" in caplog.text
    with unit_of_work(own_database.sessions) as session:
        assert case_of(session, ended).state is CaseState.OFFER_ENDED
        with pytest.raises(TooManyInDoubt):
            screened(session)
