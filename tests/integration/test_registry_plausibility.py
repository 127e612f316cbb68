"""An extract that would reject or change implausibly much is held until somebody has looked."""

from __future__ import annotations

from argparse import Namespace
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.clock import FixedClock
from services.database import Database
from services.registry import Counts, ImportHeld, Limits, command, import_extract
from tests.conftest import NOW
from tests.extracts import Row, extract, household, other

OPERATOR = Actor.system(Channel.COMMAND_LINE)
PEOPLE = range(700, 720)
STRICT = Limits(unfit=Fraction(1, 10), replaced=Fraction(3, 10), died=Fraction(1, 100), least=4)


def take(session: Session, kind: str, rows: list[Row], *, confirmed: bool = False, on: str = "2026-10-31") -> Counts:
    file = extract(kind, rows, on=on)
    report = import_extract(session, OPERATOR, file, city="shenzhen", now=NOW, confirmed=confirmed, limits=STRICT)
    return report.counts


def everything(session: Session) -> list[object]:
    return [
        list(session.execute(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")).scalars())
        for table in ("persons", "registry_records", "registry_imports", "registry_findings", "worker_tasks")
    ]


@pytest.mark.parametrize(
    ("kind", "rows", "too_many"),
    [
        # the columns of name and address exchanged in every fourth row
        ("household", [household(n, "水贝路1号" if n % 4 == 0 else "方玉兰") for n in PEOPLE], "unfit"),
        # the rows of one column moved down by one
        ("household", [household(n, phone=f"1540002{n + 1:04}", alive="") for n in PEOPLE], "replaced"),
        # the living in place of the dead
        ("deaths", [other(n, died_on="2026-10-02") for n in PEOPLE], "died"),
        # the names moved down by one
        ("accounts", [other(n, "李桂花", has_card="yes") for n in PEOPLE], "unfit"),
    ],
    ids=["many rejected", "many replaced", "many dead", "many under other names"],
)
def test_what_is_implausible_is_held_and_changes_nothing_unless_confirmed(
    session: Session, kind: str, rows: list[Row], too_many: str
) -> None:
    take(session, "household", [household(n, alive="") for n in PEOPLE], on="2026-09-30")
    session.flush()
    before = everything(session)
    with pytest.raises(ImportHeld) as held:
        take(session, kind, rows)
    assert held.value.facts["too_many"] == too_many
    assert everything(session) == before
    counts = take(session, kind, rows, confirmed=True)
    assert counts.changed + counts.rejected + counts.held == held.value.facts[too_many]


def test_what_adds_to_people_is_never_too_much(session: Session) -> None:
    take(session, "household", [household(n) for n in PEOPLE], on="2026-09-30")
    assert take(session, "accounts", [other(n, has_card="yes") for n in PEOPLE]).changed == len(PEOPLE)


def test_a_few_rows_are_never_held(session: Session) -> None:
    rows = [household(n, sex="?") for n in range(700, 703)]
    assert take(session, "household", rows).rejected == 3


def test_the_command_says_why_it_holds_and_what_to_do(
    own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(extract("household", [household(n, sex="?") for n in range(700, 850)]).getvalue())

    def run(confirm: bool) -> int:
        return command.run(Namespace(file=path, confirm=confirm), own_database, FixedClock(NOW), city="shenzhen")

    assert run(confirm=False) == command.HELD
    told = capsys.readouterr()
    assert told.out == ""
    assert "held, nothing was changed: of 150 rows 150 would be rejected or held back" in told.err
    assert "--confirm" in told.err
    assert run(confirm=True) == 0
    assert "rejected        150" in capsys.readouterr().out
