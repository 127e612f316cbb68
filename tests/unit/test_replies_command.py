"""`python -m services replies`: lines in, labels out, and nothing out when a line is wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.replies.command import answer_lines

ROOT = Path(__file__).parents[2]
GOOD = '{"id": "a", "text": "同意"}\n'.encode()
FORM = 'expected one JSON object {"id", "text"}'


def answers_to(*lines: bytes) -> tuple[int, str, str]:
    out, complaints = io.BytesIO(), io.StringIO()
    code = answer_lines(lines, out, complaints)
    return code, out.getvalue().decode("utf-8"), complaints.getvalue()


def test_each_reply_is_labelled_in_order() -> None:
    replies = ["同意", "不同意", "这是真的吗", "TD", "", "\ud800"]
    lines = [json.dumps({"id": number, "text": text}).encode() for number, text in enumerate(replies)]
    code, out, complaints = answers_to(b"\xef\xbb\xbf" + lines[0], b"\n", *lines[1:])
    assert (code, complaints) == (0, "")
    labels = ["agree", "decline", "unclear", "stop", "unclear", "unclear"]
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": number, "label": label} for number, label in enumerate(labels)
    ]


def test_an_id_comes_back_as_it_was_whatever_it_is() -> None:
    for reply_id in ("", "陈", 'a"b\\', "\ud800", 10**30, -1):
        code, out, _ = answers_to(json.dumps({"id": reply_id, "text": "好"}).encode())
        assert (code, json.loads(out)) == (0, {"id": reply_id, "label": "agree"})


def test_no_lines_no_answers() -> None:
    assert answers_to() == (0, "", "")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{", FORM),
        (b"[]", FORM),
        (b'"agree"', FORM),
        (b'[["id", 1], ["text", "x"]]', FORM),
        (b'{"id": 1, "text": "x"} {}', FORM),
        (b'{"id": NaN, "text": "x"}', FORM),
        (b'{"id": 1, "text": "\xff"}', FORM + " in UTF-8"),
        (b"[" * 100_000, FORM),
        (b'{"id": ' + b"9" * 5000 + b', "text": "x"}', FORM),
        (b'{"id": 1, "text": "x", "text": "y"}', "expected each field only once"),
        (b'{"text": "x"}', "expected id: a text or a whole number"),
        (b'{"id": null, "text": "x"}', "expected id: a text or a whole number"),
        (b'{"id": true, "text": "x"}', "expected id: a text or a whole number"),
        (b'{"id": 1.5, "text": "x"}', "expected id: a text or a whole number"),
        (b'{"id": {}, "text": "x"}', "expected id: a text or a whole number"),
        (b'{"id": 1}', "expected text: the reply as a text"),
        (b'{"id": 1, "text": null}', "expected text: the reply as a text"),
        (b'{"id": 1, "text": 1}', "expected text: the reply as a text"),
        (b'{"id": 1, "text": ["x"]}', "expected text: the reply as a text"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected_and_nothing_comes_out(line: bytes, named: str) -> None:
    code, out, complaints = answers_to(GOOD, b"\n", line + b"\n", GOOD)
    assert (code, out) == (2, "")
    assert complaints.startswith("line 3: ")
    assert named in complaints
    assert complaints.count("\n") == 1


def test_a_complaint_never_repeats_what_somebody_wrote() -> None:
    _, _, complaints = answers_to('{"id": "13800000000", "txt": "我是陈丽英"}\n'.encode())
    assert complaints == "line 1: expected text: the reply as a text\n"


def test_the_command_needs_no_database_and_no_settings() -> None:
    bare = {name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT"}}
    ended = subprocess.run(
        [sys.executable, "-m", "services", "replies"],
        input=GOOD + b'{"id": 2, "text": "N"}\n',
        capture_output=True,
        cwd=ROOT,
        env=bare,
        check=True,
    )
    assert ended.stdout == b'{"id": "a", "label": "agree"}\n{"id": 2, "label": "decline"}\n'
    assert ended.stderr == b""
