"""What does not fit together becomes a finding for a worker, and nobody suffers from it before it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed
from services.people import Person, find_people_by_name
from services.registry import FindingKind, ImportReport, import_extract, is_in_doubt, list_open_findings
from tests.conftest import NOW, person_named
from tests.extracts import Row, extract, household, number, other

OPERATOR = Actor.system(Channel.COMMAND_LINE)


def take(session: Session, kind: str, rows: Sequence[Row], **of_extract: str) -> ImportReport:
    return import_extract(session, OPERATOR, extract(kind, rows, **of_extract), city="shenzhen", now=NOW)


def found(session: Session) -> list[FindingKind]:
    return [finding.kind for finding in list_open_findings(session, OPERATOR, city="shenzhen")]


def fang(session: Session) -> Person:
    session.expire_all()
    return person_named(session, "方玉兰")


def test_a_death_counts_when_nobody_has_seen_her_later(session: Session) -> None:
    take(session, "household", [household()], on="2026-09-30")
    assert take(session, "deaths", [other(died_on="2026-10-02")]).counts.changed == 1
    assert fang(session).died_on == date(2026, 10, 2)
    assert found(session) == []
    assert not is_in_doubt(session, fang(session).id)


@pytest.mark.parametrize("death_first", [True, False])
def test_whoever_is_dead_in_one_register_and_alive_in_another_counts_as_living(
    session: Session, death_first: bool
) -> None:
    take(session, "household", [household()], on="2026-08-31")
    signs = [("deaths", other(died_on="2026-10-02")), ("household", household(community="民新"))]
    for kind, row in signs if death_first else signs[::-1]:
        take(session, kind, [row], on="2026-10-31")
    assert fang(session).died_on is None
    (finding,) = list_open_findings(session, OPERATOR, city="shenzhen")
    assert finding.kind is FindingKind.DEAD_AND_ALIVE
    assert finding.person_id == fang(session).id
    assert finding.facts == {"died_on": "2026-10-02", "alive_on": "2026-10-31"}
    assert is_in_doubt(session, fang(session).id)


def test_a_source_that_corrects_itself_contradicts_nobody(session: Session) -> None:
    """The register named her as living in September; in October it knows better, and in November better again."""
    take(session, "household", [household()], on="2026-09-30")
    take(session, "household", [household(alive="no", died_on="2026-09-02")], on="2026-10-31")
    assert fang(session).died_on == date(2026, 9, 2)
    take(session, "household", [household(community="民新")], on="2026-11-20")
    assert fang(session).died_on is None
    assert found(session) == []


def test_an_assessment_after_the_death_is_a_sign_of_life(session: Session) -> None:
    take(session, "household", [household(alive="")])
    take(session, "deaths", [other(died_on="2026-10-02")])
    take(session, "ability", [other(ability_assessed_on="2026-10-05", ability_level="1")])
    assert fang(session).died_on is None
    assert found(session) == [FindingKind.DEAD_AND_ALIVE]


def test_two_days_of_death_and_a_death_before_the_birth_are_found(session: Session) -> None:
    take(session, "household", [household(alive=""), household(701, "谭秀英", alive="")])
    take(session, "deaths", [other(died_on="2026-10-02"), other(701, "谭秀英", died_on="1949-10-02")], source="甲")
    take(session, "deaths", [other(died_on="2026-10-03")], source="乙", on="2026-11-01")
    assert sorted(found(session)) == [FindingKind.DEATH_BEFORE_BIRTH, FindingKind.DEATH_DATES_DIFFER]
    assert fang(session).died_on == date(2026, 10, 3)
    assert person_named(session, "谭秀英").died_on is None


def test_different_birth_dates_are_found_and_only_the_household_register_sets_one(session: Session) -> None:
    take(session, "household", [household()])
    cells = {"birth_on": "1951-01-01", "has_card": "yes"}
    assert take(session, "accounts", [other(**cells)], source="银行").counts.findings == 1
    assert fang(session).birth_on == date(1950, 1, 1)
    (finding,) = list_open_findings(session, OPERATOR, city="shenzhen")
    assert finding.kind is FindingKind.BIRTH_ON_DIFFERS
    assert finding.facts == {
        "birth_on": "1950-01-01",
        "others": [["accounts", "银行", "2026-10-31", "1951-01-01"]],
    }


def test_a_birth_date_that_the_id_number_does_not_hold_is_found(session: Session) -> None:
    take(session, "household", [household(birth_on="1950-01-10")])
    assert fang(session).birth_on == date(1950, 1, 10)
    assert found(session) == [FindingKind.BIRTH_ON_DIFFERS_FROM_ID_NUMBER]


def test_what_is_said_under_another_name_is_held(session: Session) -> None:
    take(session, "household", [household()], on="2026-09-30")
    report = take(session, "deaths", [other(name="方玉蓝", died_on="2026-10-02")])
    assert (report.counts.held, report.counts.changed, report.counts.findings) == (1, 0, 1)
    assert fang(session).died_on is None
    report = take(session, "household", [household(name="李桂花", community="民新")])
    assert (report.counts.held, report.counts.findings) == (1, 1)
    assert fang(session).community == "水贝"
    assert find_people_by_name(session, OPERATOR, name="李桂花") == ()
    assert found(session) == [FindingKind.NAME_DIFFERS] * 2


def test_rows_of_one_file_that_contradict_each_other_are_all_rejected(session: Session) -> None:
    rows = [household(), household(701, "谭秀英"), household(name="李桂花")]
    report = take(session, "household", rows)
    assert [(each.line, each.code) for each in report.rejections] == [(3, "row_contradicted"), (5, "row_contradicted")]
    (finding,) = list_open_findings(session, OPERATOR, city="shenzhen")
    assert finding.kind is FindingKind.SOURCE_CONTRADICTS_ITSELF
    assert finding.facts == {"lines": [3, 5], "names_differ": True}
    assert finding.person_id is None


def test_two_extracts_of_one_source_and_day_that_differ_are_found_and_the_first_stays(session: Session) -> None:
    take(session, "household", [household()])
    take(session, "household", [household(community="民新")])
    assert fang(session).community == "水贝"
    (finding,) = list_open_findings(session, OPERATOR, city="shenzhen")
    assert finding.kind is FindingKind.SOURCE_CONTRADICTS_ITSELF
    assert finding.facts["facts"] == ["community"]


def test_a_card_under_another_name_is_found(session: Session) -> None:
    take(session, "household", [household()])
    cells = {"has_card": "yes", "card_last_four": "0018", "card_holder_matches": "no"}
    take(session, "accounts", [other(**cells)])
    assert fang(session).card_holder_matches is False
    assert found(session) == [FindingKind.CARD_HOLDER_DIFFERS]


def test_a_conflict_that_is_stated_again_adds_nothing(session: Session) -> None:
    take(session, "household", [household()], on="2026-08-31")
    for day in ("2026-09-30", "2026-10-31"):
        take(session, "accounts", [other(birth_on="1951-01-01", has_card="yes")], on=day)
    assert found(session) == [FindingKind.BIRTH_ON_DIFFERS]


def test_findings_hold_no_name_and_no_number_and_no_senior_lists_them(session: Session, wang: Person) -> None:
    take(session, "household", [household()])
    take(session, "household", [household(name="李桂花", phone="15400020009")], source="乙")
    (finding,) = list_open_findings(session, OPERATOR, city="shenzhen")
    assert not [cell for cell in ("李桂花", "方玉兰", number(700), "15400020009") if cell in str(finding)]
    with pytest.raises(NotAllowed):
        list_open_findings(session, Actor.senior(wang.id, Channel.SCREEN), city="shenzhen")
