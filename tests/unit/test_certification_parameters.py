"""The dated parameters of certification: strict about every key, day and value, never stale; and reading digits."""

from __future__ import annotations

import doctest
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.certification import command, digits, parameters, reminding
from services.certification.digits import said
from services.certification.errors import CertificationParametersWrong
from services.certification.exchange import COLUMNS, EVIDENCE, OPTIONAL, ProofFile
from services.certification.kinds import SignalKind
from services.certification.parameters import FILE
from services.certification.parameters import parameters as read
from services.clock import SystemClock, local_day
from services.settings import PROJECT


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        # keys
        ("windows:", "window:", "windows"),
        ("signal_threshold:", "threshold:", "threshold"),
        ("confidence: government_page", "confidence: sure", "government_page"),
        ("card_activity: 40", "card_use: 40", "card_use"),
        (", card_activity: 40", "", "missing card_activity"),
        ("suspension_months_after:", "windows:", "comes twice"),
        # days
        ('starts: "05-01", ends: "05-31"', 'starts: "05-31", ends: "05-01"', "starts"),
        ('starts: "11-01"', 'starts: "02-30"', "windows"),
        ('starts: "11-01"', 'starts: "05-20"', "overlap"),
        ("2021-03-01: {value: 1,", "2021-13-01: {value: 1,", "month must be in 1..12"),
        ("review_by: 2027-04-30", "review_by: soon", "review_by"),
        # values
        ("value: [15, 3]", "value: [3, 15]", "fewer and fewer"),
        ("value: 10,", "value: 1001,", "sample_per_thousand"),
        (
            "value: 100, metadata: {confidence: assumed}",
            "value: 0, metadata: {confidence: assumed}",
            "signal_threshold",
        ),
        ("states: [card_activity]", "states: [card_use]", "card_bank"),
        # not YAML at all
        ("description: 资格认证", "description: [", "parameters.yaml"),
    ],
)
def test_a_bad_file_stops_the_start_and_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    content = FILE.read_text(encoding="utf-8")
    assert old in content
    file = tmp_path / "parameters.yaml"
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CertificationParametersWrong, match=named) as refused:
        read(file)
    assert "parameters.yaml" in str(refused.value)


def test_a_later_value_holds_from_its_day_on(tmp_path: Path) -> None:
    content = FILE.read_text(encoding="utf-8")
    file = tmp_path / "later.yaml"
    old = "    2021-03-01: {value: 100, metadata: {confidence: assumed}}\nsignal_days"
    assert old in content
    file.write_text(content.replace(old, old.replace("\nsignal", "\n    2027-05-01: {value: 120}\nsignal")), "utf-8")
    assert read(file).on(date(2027, 4, 30)).signal_threshold == 100
    assert read(file).on(date(2027, 5, 1)).signal_threshold == 120


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 4, 30), None),
        (date(2026, 5, 1), "2026-05"),
        (date(2026, 5, 31), "2026-05"),
        (date(2026, 6, 1), None),
        (date(2026, 11, 1), "2026-11"),
        (date(2026, 11, 30), "2026-11"),
        (date(2026, 12, 1), None),
    ],
)
def test_the_windows_are_may_and_november(day: date, code: str | None) -> None:
    window = read().window_of(day)
    assert (window.code if window else None) == code


def test_the_window_after_november_is_next_may() -> None:
    assert read().next_window(date(2026, 11, 1)).starts_on == date(2027, 5, 1)


def test_card_activity_alone_is_too_weak() -> None:
    rules = read().on(date(2026, 11, 1))
    assert rules.signal_strengths[SignalKind.CARD_ACTIVITY] < rules.signal_threshold


def test_somebody_looks_at_the_parameters_before_they_are_stale() -> None:
    assert read().review_by > local_day(SystemClock().now()) + timedelta(days=60)


@pytest.mark.parametrize(
    ("heard", "is_it"),
    [
        ("三七零二", True),
        ("3702", True),
        ("3 7 0 2", True),
        ("３７０２。", True),
        ("三 七 零 二", True),
        ("三、七、〇、二", True),
        ("参七零二", False),  # not how anybody says it
        ("三千七百零二", True),
        ("我念一下：三七零二", False),  # 一 in 一下 is a digit too; she tries again
        ("我说三七零二", True),
        ("三七零二三七零二", True),
        ("三七零二，对，三七零二", True),
        ("三七零两", True),
        ("三七洞二", True),
        ("three seven zero two", True),
        ("三七零", False),
        ("三七二零", False),
        ("三七零二零", False),
        ("二零七三", False),
        ("", False),
        ("好的", False),
    ],
)
def test_only_the_digits_asked_for_are_right(heard: str, is_it: bool) -> None:
    assert said(heard, "3702") is is_it


@pytest.mark.parametrize("module", [digits, parameters, reminding])
def test_the_examples_in_the_words_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_the_document_names_every_column_evidence_and_code() -> None:
    document = (PROJECT / "docs" / "certification.md").read_text(encoding="utf-8")
    for name, chinese in COLUMNS.items():
        assert f"| `{name}` | {chinese} | {'' if name in OPTIONAL else 'yes '}|" in document
    rules = read().on(date(2026, 11, 1))
    chinese_of = {kind: word for word, kind in EVIDENCE.items() if not word.isascii()}
    for kind, strength in rules.signal_strengths.items():
        assert f"| `{kind}` | {chinese_of[kind]} | {strength} |" in document
    for partner in rules.agreements:
        assert f"`{partner}`" in document
    for code in command.MEANINGS.keys() - command.MEANINGS_OF_EXTRACTS.keys():
        assert f"| `{code}` | {command.MEANINGS[code]} |" in document


def test_the_example_file_is_in_order() -> None:
    with (PROJECT / "docs" / "examples" / "certification" / "proofs.csv").open("rb") as file:
        proofs = ProofFile(file)
    assert (proofs.source, proofs.as_of) == ("social_insurance", date(2026, 10, 30))
