"""`python -m services registry import`: what an operator sees, and what cron gets as exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from services.clock import FixedClock
from services.database import Database
from services.registry import command
from services.settings import PROJECT, Settings
from tests.conftest import NOW
from tests.extracts import extract, household

EXAMPLES = PROJECT / "docs" / "examples" / "registry"
IN_ORDER = ("household", "household-gb18030", "deaths", "accounts", "hardship", "ability")


@pytest.fixture
def emptied(own_database: Database) -> Iterator[Database]:
    """A database without people."""
    with own_database.engine.begin() as connection:
        # The triggers that keep records of deeds and of money from being removed do not see this.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("TRUNCATE persons CASCADE"))
    return own_database


def run(database: Database, path: Path, confirm: bool = False) -> int:
    return command.run(Namespace(file=path, confirm=confirm), database, FixedClock(NOW), city="shenzhen")


def test_the_examples_are_imported_and_a_second_time_change_nothing(
    emptied: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in IN_ORDER:
        assert run(emptied, EXAMPLES / f"{name}.csv") == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "household extract of 2026-10-31 from 公安人口库\nrows              6\nnew               6" in printed.out
    stored = "SELECT string_agg(to_jsonb(p)::text, '' ORDER BY id) FROM persons p"
    with emptied.engine.connect() as connection:
        before = connection.scalar(text(stored))
        died = connection.scalar(text("SELECT count(*) FROM persons WHERE died_on = '2026-10-06'"))
    assert died == 1
    for name in IN_ORDER[::-1]:
        assert run(emptied, EXAMPLES / f"{name}.csv") == 0
    assert capsys.readouterr().out.count("nothing changed") == len(IN_ORDER)
    with emptied.engine.connect() as connection:
        assert connection.scalar(text(stored)) == before


def test_rejected_rows_are_listed_by_line_and_name_nobody(
    emptied: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    path = EXAMPLES / "household-with-mistakes.csv"
    assert run(emptied, path) == 0
    out = capsys.readouterr().out
    assert "new               1" in out
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("line ")] == [
        "line 4, id_number",
        "line 5, birth_on",
        "line 6, died_on",
        "line 7, phone",
        "line 8",
    ]
    rows = path.read_text(encoding="utf-8").splitlines()[2:]
    cells = {cell for row in rows for cell in row.split(",") if len(cell) > 1}
    assert not [cell for cell in cells - {"2026-10-30"} if cell in out.split("\n", 1)[1]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"\x89PNG\r\n\x1a\n\0", "line 3: a NUL byte"),
        (extract("household", [household()], on="2026-11-25").getvalue(), "line 1: extract_on"),
        (extract("household", [household()], header="name").getvalue(), "line 2: missing columns"),
    ],
)
def test_a_file_that_cannot_be_used_gives_one_line_and_2(
    content: bytes | None, told: str, own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "extract.csv"
    if content is not None:
        path.write_bytes(content)
    assert run(own_database, path) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{path}: ")
    assert told in printed.err
    assert printed.err.count("\n") == 1
    with own_database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM registry_imports")) == 0


def test_what_breaks_off_in_the_middle_changes_nothing_and_names_nobody(
    emptied: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(extract("household", [household()]).getvalue())
    with emptied.engine.begin() as connection:
        connection.execute(text("ALTER TABLE persons ADD CONSTRAINT refuses CHECK (name <> '方玉兰')"))
    assert run(emptied, path) == 1
    # PostgreSQL's own words would quote the whole row.
    assert capsys.readouterr().err == f"{path}: the database refused (CheckViolation refuses); nothing was changed\n"
    with emptied.engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM registry_records")) == 0
        connection.execute(text("ALTER TABLE persons DROP CONSTRAINT refuses"))
    assert run(emptied, path) == 0


@pytest.mark.usefixtures("database")
def test_the_command_is_reached_from_the_shell(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(b"not an extract\n")
    done = subprocess.run(
        [sys.executable, "-m", "services", "registry", "import", str(path)],
        cwd=PROJECT,
        env=os.environ | {"YINIAN_VAR_DIR": str(settings.var_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 1: expected #registry=KIND" in done.stderr
