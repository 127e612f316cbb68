"""`python -m services screen`: what an operator sees, and what another program gets."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date

import pytest
from sqlalchemy import func, select

from services import __main__ as main
from services.allowances import screening_command as command
from services.allowances.tables import AllowanceCaseRow
from services.clock import FixedClock
from services.database import Database, unit_of_work
from services.people import Hukou
from services.settings import Settings
from tests.allowances import CITY, NOW, senior
from tests.integration.test_allowance_decisions import doubt


def screen(database: Database, *said: str) -> int:
    parser = ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(said), database, FixedClock(NOW), city=CITY)


def test_the_report_counts_who_got_an_offer_and_who_did_not_and_names_nobody(
    own_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work(own_database.sessions) as session:
        senior(session)
        senior(session, card=False)
        senior(session, hukou=Hukou.ELSEWHERE)
    assert screen(own_database, "--as-of", "2026-11-24") == 0
    printed = capsys.readouterr()
    lines = dict(line.strip().rsplit(maxsplit=1) for line in printed.out.splitlines()[1:])
    assert lines == {
        "looked at": "3",
        "offers": "2",
        "without a card": "1",
        "by a worker": "0",
        "had a case": "0",
        "not offered": "1",
        "hukou_not_in_city": "1",
    }
    assert printed.err == "looking at everybody\nlooked at 3 people\n2 of 2 offers\n"
    assert "陈" not in printed.out + printed.err
    assert screen(own_database, "--as-of", "2026-11-24", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "as_of": "2026-11-24",
        "looked_at": 3,
        "offers": 0,
        "card_first": 0,
        "by_worker": 0,
        "already": 2,
        "excluded": {"hukou_not_in_city": 1},
    }


def test_a_day_that_cannot_be_screened_is_one_clear_line(
    own_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work(own_database.sessions) as session:
        senior(session, born=date(1930, 1, 1))
    for day in ("tomorrow", "2026-13-01", "20261124", "2026-W48-2", "", "0001-01-01", "1999-01-01", "2021-02-28"):
        assert screen(own_database, "--as-of", day) == 2
        said = capsys.readouterr()
        assert said.out == ""
        (complaint,) = said.err.splitlines()
        assert complaint.startswith("--as-of ")
        assert "expected a day" in complaint
    with unit_of_work(own_database.sessions) as session:
        of_the_city = select(func.count()).select_from(AllowanceCaseRow).where(AllowanceCaseRow.city == CITY)
        assert session.scalar(of_the_city) == 0


def test_registers_that_contradict_each_other_stop_it_until_somebody_has_looked(
    own_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work(own_database.sessions) as session:
        for place in range(100):
            person = senior(session)
            if place % 2:
                doubt(session, person.id)
    assert screen(own_database, "--as-of", "2026-11-24") == 2
    assert "50 of 100 people" in capsys.readouterr().err
    assert screen(own_database, "--as-of", "2026-11-24", "--even-if-in-doubt") == 0
    assert ["offers", "50"] in [line.split() for line in capsys.readouterr().out.splitlines()]


def test_the_command_is_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINIAN_VAR_DIR", str(settings.var_dir))
    with pytest.raises(SystemExit) as ended:
        main.main(["screen"])
    assert ended.value.code == 2
