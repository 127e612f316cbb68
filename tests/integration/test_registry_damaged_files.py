"""Whatever happens to a file on its way, an import ends with a report or a refusal, and never half done."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.registry import ExtractUnusable, import_extract
from services.registry.files import Extract
from tests.conftest import NOW
from tests.extracts import extract, household, other

OPERATOR = Actor.system(Channel.COMMAND_LINE)
PEOPLE = range(700, 705)
SOUND = [
    extract("household", [household(n, address="水贝路1号,北门") for n in PEOPLE], encoding=encoding).getvalue()
    for encoding in ("utf-8", "gb18030")
] + [
    extract("deaths", [other(n, died_on="2026-10-02", birth_on="1950-01-01") for n in PEOPLE]).getvalue(),
    extract("accounts", [other(n, has_card="yes", card_last_four="0018") for n in PEOPLE]).getvalue(),
]
# What is found in damaged files: pieces of other characters, marks, quotes, ends of lines, cells of other columns.
DEBRIS = st.sampled_from(
    [
        b"",
        b"\0",
        b"\xff\xfe",
        b"\xe6",
        b"\x81\x30",
        b'"',
        b",",
        b"\n",
        b"\r",
        b"=1",
        "，１".encode(),
        b"1950-01-01",
        b"9" * 20,
    ]
) | st.binary(max_size=4)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sound extract after one to four accidents."""
    content = draw(st.sampled_from(SOUND))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.sampled_from([0, 0, 1, 2, 7, 60, len(content)]))
        lost, kept = content[start : start + length], content[start + length :]
        content = content[:start] + draw(DEBRIS) + draw(st.sampled_from([b"", lost, lost + lost])) + kept
    return content


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=damaged())
def test_a_damaged_file_is_reported_or_refused_and_never_half_imported(session: Session, content: bytes) -> None:
    with session.begin_nested() as attempt:
        before = stored(session)
        try:
            report = import_extract(session, OPERATOR, io.BytesIO(content), city="shenzhen", now=NOW)
        except ExtractUnusable:
            assert stored(session) == before
        else:
            rows = sum(1 for _ in Extract(io.BytesIO(content)).rows())
            assert sum(vars(report.counts).values()) - report.counts.findings == rows
            assert len(report.rejections) == report.counts.rejected
            people, records, imports = (now - then for now, then in zip(stored(session), before, strict=True))
            assert (people, imports) == (report.counts.new, 1)
            assert records <= rows
        attempt.rollback()


def stored(session: Session) -> tuple[int, ...]:
    """How many people, records and imports there are."""
    session.flush()
    return tuple(
        session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
        for table in ("persons", "registry_records", "registry_imports")
    )
