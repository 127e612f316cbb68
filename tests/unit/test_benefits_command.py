"""`python -m services eligibility --json`: lines in, lines out, and nothing out when a line is wrong."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.benefits.command import answer_lines
from services.benefits.names import Benefit, Status

ROOT = Path(__file__).parents[2]
GOOD = b'{"id": "a", "as_of": "2026-11-24", "birth_on": "1946-01-01", "hukou": "shenzhen"}\n'
FORM = {"status", "amount_fen", "per", "reasons", "missing"}


def answers_to(*lines: bytes) -> tuple[int, str, str]:
    out, complaints = io.BytesIO(), io.StringIO()
    code = answer_lines(lines, out, complaints, tell_rate=False)
    return code, out.getvalue().decode("utf-8"), complaints.getvalue()


def test_each_line_is_answered_in_order_for_every_benefit() -> None:
    code, out, complaints = answers_to(GOOD, b"\n", b'{"id": 7, "as_of": "2018-02-01"}')
    first, second = map(json.loads, out.splitlines())
    assert (code, complaints) == (0, "")
    assert (first["id"], first["as_of"], second["id"], second["as_of"]) == ("a", "2026-11-24", 7, "2018-02-01")
    for line in (first, second):
        assert list(line) == ["id", "as_of", "benefits"]
        assert list(line["benefits"]) == [benefit.value for benefit in Benefit]
        assert all(set(answer) == FORM for answer in line["benefits"].values())
        assert {answer["status"] for answer in line["benefits"].values()} <= set(Status)
    assert first["benefits"]["old_age_allowance"] == {
        "status": "eligible",
        "amount_fen": 30000,
        "per": "month",
        "reasons": ["hukou_in_city", "age_reached"],
        "missing": [],
    }


def test_null_and_absent_mean_not_known() -> None:
    absent = b'{"id": 1, "as_of": "2026-11-24"}\n'
    null = b'{"id": 1, "as_of": "2026-11-24", "birth_on": null, "died_on": null, "hukou": null, "has_card": null}\n'
    assert answers_to(absent) == answers_to(null)


def test_an_id_comes_back_as_it_was_whatever_it_is() -> None:
    for person_id in ("", "陈丽英", 'a"b\\', "\ud800", 10**30, -1):
        line = json.dumps({"id": person_id, "as_of": "2026-11-24"}).encode()
        code, out, _ = answers_to(line)
        assert (code, json.loads(out)["id"]) == (0, person_id)


def test_no_lines_no_answers() -> None:
    assert answers_to() == (0, "", "")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"\n{", "line 2: expected one JSON object"),
        (b"[]", "line 2: expected one JSON object"),
        (b'[["id", 1]]', "line 2: expected one JSON object"),
        (b'{"id": 1, "as_of": "2026-11-24"} {}', "line 2: expected one JSON object"),
        (b'{"id": NaN, "as_of": "2026-11-24"}', "line 2: expected one JSON object"),
        (b'{"id": 1, "as_of": "\xff"}', "line 2: expected one JSON object"),
        (b"[" * 100_000, "line 2: expected one JSON object"),
        (b'{"as_of": "2026-11-24"}', "field id: expected a text or a whole number"),
        (b'{"id": null, "as_of": "2026-11-24"}', "field id"),
        (b'{"id": true, "as_of": "2026-11-24"}', "field id"),
        (b'{"id": 1.5, "as_of": "2026-11-24"}', "field id"),
        (b'{"id": {}, "as_of": "2026-11-24"}', "field id"),
        (b'{"id": 1}', "field as_of: expected a date"),
        (b'{"id": 1, "as_of": null}', "field as_of: expected a date"),
        (b'{"id": 1, "as_of": "20261124"}', "field as_of: expected a date"),
        (b'{"id": 1, "as_of": "2026-W47-2"}', "field as_of: expected a date"),
        (b'{"id": 1, "as_of": "2026-02-29"}', "field as_of: expected a date"),
        (b'{"id": 1, "as_of": "2026-11-24T00:00"}', "field as_of: expected a date"),
        (b'{"id": 1, "as_of": 20261124}', "field as_of: expected a date"),
        (
            b'{"id": 1, "as_of": "2026-11-24", "hukuo": "shenzhen"}',
            "field 'hukuo': expected one of id, as_of, birth_on",
        ),
        (b'{"id": 1, "as_of": "2026-11-24", "hukou": "Shenzhen"}', "field hukou: expected one of shenzhen, elsewhere"),
        (b'{"id": 1, "as_of": "2026-11-24", "hukou": "not_known"}', "field hukou: expected one of shenzhen"),
        (b'{"id": 1, "as_of": "2026-11-24", "hukou": ["shenzhen"]}', "field hukou"),
        (b'{"id": 1, "as_of": "2026-11-24", "hukou": "elsewhere", "hukou": "shenzhen"}', "each field only once"),
        (b'{"id": 1, "as_of": "2026-11-24", "resident": "true"}', "field resident: expected true, false or null"),
        (b'{"id": 1, "as_of": "2026-11-24", "resident": 1}', "field resident"),
        (b'{"id": 1, "as_of": "2026-11-24", "ability_level": "2"}', "field ability_level: expected a whole number"),
        (b'{"id": 1, "as_of": "2026-11-24", "ability_level": 2.0}', "field ability_level"),
        (b'{"id": 1, "as_of": "2026-11-24", "hukou_district": 440303}', "field hukou_district: expected six digits"),
        (
            b'{"id": 1, "as_of": "2026-11-24", "birth_on": "2026-11-25"}',
            "field birth_on: expected a day that is not after",
        ),
        (b'{"id": 1, "as_of": "2026-11-24", "birth_on": "1940-01-02", "died_on": "1940-01-01"}', "field died_on"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_answered(line: bytes, named: str) -> None:
    code, out, complaints = answers_to(GOOD, line, GOOD)
    assert (code, out) == (2, "")
    assert complaints.startswith("line 2")
    assert named in complaints
    assert complaints.count("\n") == 1


def test_a_complaint_repeats_nothing_of_what_is_known_of_her() -> None:
    _, _, complaints = answers_to(b'{"id": "wang", "as_of": "2026-11-24", "birth_on": "1946-31-12"}')
    assert "1946" not in complaints
    assert "wang" not in complaints


def test_a_mistake_far_behind_leaves_nothing_written_either() -> None:
    code, out, complaints = answers_to(*[GOOD] * 45_000, b"{}")
    assert (code, out) == (2, "")
    assert complaints.startswith("line 45001,")


def test_a_byte_order_mark_at_the_start_is_no_mistake() -> None:
    assert answers_to(b"\xef\xbb\xbf" + GOOD)[0] == 0


def test_the_command_needs_neither_settings_nor_a_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services", "eligibility", "--json", "--rate"],
        input=GOOD,
        capture_output=True,
        cwd=ROOT,
        env={"HOME": str(tmp_path), "YINIAN_VAR_DIR": str(tmp_path / "nowhere")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == "a"
    assert b"1 people in" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_reader_who_has_had_enough_is_no_mistake() -> None:
    command = f"{sys.executable} -m services eligibility --json | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], input=GOOD * 2000, capture_output=True, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"{", b"")
