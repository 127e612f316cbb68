"""A year of a small city, lived through the real use cases, ends with the payments that a plain recount expects."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.__main__ import main
from services.simulation import command
from services.simulation.people import Answer, Happens, Resident, Story, invent
from services.simulation.recount import recount
from services.simulation.running import START, Outcome, simulate

MONTHS = [date(2026, month, 1) for month in (2, 3, 4, 5)]


@pytest.mark.timeout(600)
def test_after_four_hundred_days_every_payment_is_right_to_the_fen() -> None:
    outcome = simulate(500, 400, seed=1)
    assert outcome.differences == ()
    assert outcome.paid_fen == outcome.expected_fen > 0
    assert outcome.months == 13
    # Everything that can happen has happened to somebody.
    assert set(outcome.by_story) == set(Story)


def test_the_same_seed_makes_the_same_city() -> None:
    first, again = (invent(50, seed=7, start=START, days=100) for _ in range(2))
    assert first == again
    assert first != invent(50, seed=8, start=START, days=100)


def resident(story: Story = Story.NOTHING, born_on: date = date(1950, 1, 1), **happens: date) -> Resident:
    life = Happens(**{"card_from": START} | happens)
    return Resident(0, "陈秀英", "female", born_on, "", "", ("罗湖区", "翠竹", "翠竹"), True, Answer.TEXT, story, life)


def test_the_recount_counts_by_hand() -> None:
    assert recount(resident(), START, MONTHS).fen == 4 * 200_00
    eighty_in_april = resident(born_on=date(1946, 4, 30))
    assert recount(eighty_in_april, START, MONTHS).has[date(2026, 4, 1)] == 300_00
    leap = resident(born_on=date(1956, 2, 29))
    assert recount(leap, START, MONTHS).fen == 4 * 200_00
    no_card_before_april = resident(Story.CARD_LATE, card_from=date(2026, 4, 1))
    assert recount(no_card_before_april, START, MONTHS[:2]).fen == 0
    assert recount(no_card_before_april, START, MONTHS).fen == 4 * 200_00
    died = resident(died_on=date(2026, 3, 31), death_known_on=date(2026, 4, 2))
    assert recount(died, START, MONTHS).fen == 2 * 200_00


def test_the_command_ends_with_one_and_the_differences_where_a_fen_is_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = Outcome(2, 3, 0, 400, 400, 0, 0, 0, 0, {}, 0.1, ())
    wrong = replace(right, expected_fen=401)
    arguments = Namespace(people=2, days=3, seed=1, json=True)
    for outcome, code in ((right, 0), (wrong, 1)):
        assert command.run(arguments, live=lambda *_, outcome=outcome, **__: outcome) == code
        assert json.loads(capsys.readouterr().out)["expected_fen"] == outcome.expected_fen
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "--people", "0"])
    assert ended.value.code == 2


def test_a_short_run_tells_how_far_it_is_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main(["simulate", "--people", "30", "--days", "20", "--seed", "3"]) == 0
    told = capsys.readouterr()
    assert "equal to the fen" in told.out
    assert "day 20 of 20" in told.err
    assert not list(tmp_path.glob("yinian-simulation-*"))
