"""`python -m services month`: the month from the list to the bank and back, and what it says when it can't."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import pytest

from services import month_command
from services.clock import FixedClock
from services.database import Database, unit_of_work
from services.demo import prepare_allowances
from tests.conftest import NOW

CITY = "shenzhen"


@pytest.fixture
def paid(own_database: Database) -> Database:
    """A database in which this month and three before it are paid."""
    with unit_of_work(own_database.sessions) as session:
        prepare_allowances(session, city=CITY, now=NOW)
    return own_database


def _month(database: Database, *words: str) -> int:
    parser = argparse.ArgumentParser()
    month_command.add_arguments(parser)
    return month_command.run(parser.parse_args(list(words)), database, FixedClock(NOW), city=CITY)


def test_a_month_goes_to_the_bank_and_what_came_back_is_taken_in(paid: Database, tmp_path: Path, capsys) -> None:
    assert _month(paid, "show") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("2026-11 old_age_allowance: paid, ")
    assert "  罗湖区: 4 people, 140000 fen" in shown
    file = tmp_path / "bank.csv"
    assert _month(paid, "bank-file", "2026-11", str(file)) == 0
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    payments = [row for row in rows if row["kind"] == "payment"]
    assert sum(int(row["amount_fen"]) for row in payments) == int(rows[-1]["amount_fen"])
    returned = tmp_path / "returned.csv"
    returned.write_text(f"reference,code\n{payments[0]['reference']},account_closed\n", encoding="utf-8")
    for _again in range(2):
        assert _month(paid, "returns", "2026-11", str(returned)) == 0
        assert "  returned: 1 people" in capsys.readouterr().out


def test_every_step_again_changes_nothing(paid: Database, capsys) -> None:
    for step in ("list", "audit", "pay"):
        assert _month(paid, step, "2026-11") == 0
        assert capsys.readouterr().out.startswith("2026-11 old_age_allowance: paid, ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list", "2026-13"), "'2026-13': expected a month like 2026-11"),
        (("list", "2026-12"), "month_not_yet"),
        (("audit", "2020-01"), "run_unknown"),
        (("returns", "2026-11", "/nowhere/at-all.csv"), "/nowhere/at-all.csv: "),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(paid: Database, capsys, words: tuple[str, ...], told: str) -> None:
    assert _month(paid, *words) == month_command.BAD_INPUT
    told_so = capsys.readouterr().err
    assert told in told_so
    assert told_so.count("\n") == 1


def test_a_file_that_is_there_is_not_written_over(paid: Database, tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_text("hers", encoding="utf-8")
    assert _month(paid, "bank-file", "2026-11", str(file)) == month_command.BAD_INPUT
    assert file.read_text(encoding="utf-8") == "hers"
