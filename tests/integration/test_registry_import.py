"""Importing extracts: what becomes known of whom, in whatever order they come, and what changes nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed
from services.audit import AuditEntry
from services.clock import local_day
from services.database import new_id
from services.meals import Meal, book_meal, quote_meal, suggest_menu
from services.messages.tables import OutgoingMessage
from services.people import Hukou, IncomeClass, Person, PersonRow, find_people_by_name, find_people_by_phone, phone_of
from services.registry import ExtractUnusable, ImportReport, Kind, import_extract, origins_of
from services.registry.tables import RegistryImportRow, RegistryRecordRow
from tests.conftest import NOW, person_named
from tests.extracts import Row, extract, household, other

NOBODY = UUID(int=0)
OPERATOR = Actor.system(Channel.COMMAND_LINE)


def take(session: Session, file: io.BytesIO) -> ImportReport:
    return import_extract(session, OPERATOR, file, city="shenzhen", now=NOW)


def counts(session: Session, kind: str, rows: Sequence[Row], **of_extract: str) -> dict[str, int]:
    """Import and tell the counts that are not zero."""
    report = take(session, extract(kind, rows, **of_extract))
    return {name: count for name, count in vars(report.counts).items() if count}


def everything(session: Session) -> list[tuple[object, ...]]:
    """All that is stored of anybody, without what a second import would write anew in any case."""
    session.flush()
    tables = (
        "SELECT to_jsonb(p) FROM persons p ORDER BY id",
        "SELECT to_jsonb(r) FROM registry_records r ORDER BY id",
        "SELECT to_jsonb(f) FROM registry_findings f ORDER BY id",
    )
    return [tuple(row) for statement in tables for row in session.execute(text(statement))]


def test_a_household_extract_brings_people_with_all_that_it_says(session: Session) -> None:
    row = household(hukou_changed_on="1988-07-01")
    assert counts(session, "household", [row]) == {"new": 1}
    person = person_named(session, "方玉兰")
    assert (person.sex, person.birth_on, person.hukou, person.hukou_district) == (
        "female",
        date(1950, 1, 1),
        Hukou.SHENZHEN,
        "罗湖区",
    )
    assert (person.district, person.street, person.community) == ("罗湖区", "翠竹", "水贝")
    assert (person.resident, person.hukou_changed_on) == (True, date(1988, 7, 1))
    assert (person.income_class, person.ability_level, person.has_card, person.died_on) == (None,) * 4
    assert not person.is_demonstration
    assert phone_of(session, person.id) == row["phone"]
    assert find_people_by_phone(session, row["phone"]) == (person,)


def test_somebody_with_neither_phone_nor_home_here_can_still_book_a_meal(session: Session) -> None:
    nowhere = dict.fromkeys(("phone", "address", "district", "street", "community", "resident", "alive"), "")
    assert counts(session, "household", [household(**nowhere)]) == {"new": 1}
    person = person_named(session, "方玉兰")
    assert (person.masked_phone, person.district, person.resident) == (None, None, None)
    assert phone_of(session, person.id) is None
    day, meal = local_day(NOW), Meal.LUNCH
    her = Actor.senior(person.id, Channel.VOICE)
    menu = suggest_menu(session, her, person_id=person.id, day=day, meal=meal, delivery=False, quantity=1, now=NOW)
    quote = quote_meal(session, her, person_id=person.id, menu_id=menu.id, quantity=1, delivery=False, now=NOW)
    booking = book_meal(
        session,
        her,
        person_id=person.id,
        menu_id=menu.id,
        quantity=1,
        delivery=False,
        agreed_to_pay_fen=quote.split.to_pay_fen,
        request_id=new_id(),
        now=NOW,
    )
    assert booking.status == "booked"
    session.flush()
    assert session.scalar(select(func.count()).select_from(OutgoingMessage)) == 0


def test_each_register_adds_what_it_knows(session: Session) -> None:
    counts(session, "household", [household(alive="")])
    assert counts(session, "deaths", [other(died_on="2026-10-02")]) == {"changed": 1}
    cells = {"has_card": "yes", "card_last_four": "0018", "card_holder_matches": "yes"}
    assert counts(session, "accounts", [other(**cells)]) == {"changed": 1}
    cells = {"income_class": "低保边缘", "three_withouts": "no", "special_care": "是", "lives_alone": "yes"}
    assert counts(session, "hardship", [other(**cells)]) == {"changed": 1}
    cells = {"ability_assessed_on": "20260520", "ability_level": "3", "can_look_after_self": "否"}
    assert counts(session, "ability", [other(**cells)]) == {"changed": 1}
    person = person_named(session, "方玉兰")
    assert person.died_on == date(2026, 10, 2)
    assert (person.has_card, person.card_last_four, person.card_holder_matches) == (True, "0018", True)
    assert (person.income_class, person.three_withouts) == (IncomeClass.MINIMUM_LIVING_MARGIN, False)
    assert (person.special_care, person.lives_alone, person.bereaved_single_child_family) == (True, True, None)
    assert (person.ability_level, person.can_look_after_self) == (3, False)
    assert person.ability_assessed_on == date(2026, 5, 20)


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    content = extract("household", [household(), household(701, "谭秀英", sex="")]).getvalue()
    first = take(session, io.BytesIO(content))
    before = everything(session)
    again = take(session, io.BytesIO(content))
    assert again.imported_before_at == NOW
    assert again.counts == first.counts
    assert everything(session) == before


def test_the_same_rows_in_another_file_change_nothing_either(session: Session) -> None:
    rows = [household(), household(701, "谭秀英")]
    assert counts(session, "household", rows) == {"new": 2}
    before = everything(session)
    assert counts(session, "household", rows[::-1]) == {"unchanged": 2}
    assert counts(session, "household", rows, encoding="gb18030") == {"unchanged": 2}
    assert everything(session) == before


def test_a_row_that_stands_twice_in_a_file_counts_once(session: Session) -> None:
    assert counts(session, "household", [household(), household()]) == {"new": 1, "unchanged": 1}


def test_a_later_extract_wins_and_an_earlier_one_imported_late_does_not(session: Session) -> None:
    assert counts(session, "household", [household(community="水贝")], on="2026-09-30") == {"new": 1}
    assert counts(session, "household", [household(community="民新")], on="2026-10-31") == {"changed": 1}
    assert counts(session, "household", [household(community="翠平")], on="2026-10-15") == {"unchanged": 1}
    assert person_named(session, "方玉兰").community == "民新"


def test_what_a_later_extract_repeats_is_as_new_as_that_extract(session: Session) -> None:
    """Else an address between two sayings of the same one would win."""
    for community, day in (("水贝", "2026-08-31"), ("水贝", "2026-10-31"), ("民新", "2026-09-30")):
        counts(session, "household", [household(community=community)], on=day, source=f"来源{community}")
    assert person_named(session, "方玉兰").community == "水贝"


def test_an_empty_cell_leaves_what_was_known_and_its_origin(session: Session) -> None:
    counts(session, "household", [household()], on="2026-09-30", source="公安人口库")
    later = household(phone="", community="民新")
    assert counts(session, "household", [later], on="2026-10-31", source="公安人口库") == {"changed": 1}
    person = person_named(session, "方玉兰")
    assert person.masked_phone == "154****0700"
    origins = origins_of(session, OPERATOR, person_id=person.id)
    assert (origins["phone"].stated_on, origins["community"].stated_on) == (date(2026, 9, 30), date(2026, 10, 31))
    assert {origin.source for origin in origins.values()} == {"公安人口库"}
    assert {"birth_on", "sex", "hukou", "address"} <= set(origins)
    assert not {"alive", "phone_index", "birth_fits_number"} & set(origins)


def test_whoever_gives_up_card_or_registration_keeps_nothing_of_it(session: Session) -> None:
    counts(session, "household", [household()], on="2026-09-30")
    counts(session, "accounts", [other(has_card="yes", card_last_four="0018")], on="2026-09-30")
    moved = household(hukou="elsewhere", hukou_district="", hukou_changed_on="2026-10-08")
    assert counts(session, "household", [moved]) == {"changed": 1}
    assert counts(session, "accounts", [other(has_card="no", card_last_four="")]) == {"changed": 1}
    person = person_named(session, "方玉兰")
    assert (person.hukou, person.hukou_district) == (Hukou.ELSEWHERE, None)
    assert (person.has_card, person.card_last_four) == (False, None)


def test_what_comes_before_the_household_register_waits_for_it(session: Session) -> None:
    assert counts(session, "ability", [other(ability_assessed_on="2026-05-20", ability_level="2")]) == {"waiting": 1}
    assert find_people_by_name(session, OPERATOR, name="方玉兰") == ()
    assert counts(session, "household", [household()]) == {"new": 1}
    assert person_named(session, "方玉兰").ability_level == 2


def test_the_order_of_imports_makes_no_difference(session: Session) -> None:
    """Extracts of two registers and three sources, in every order."""
    extracts = (
        ("household", household(alive="", phone="15400020001"), "甲", "2026-08-31"),
        ("household", household(alive="", community="民新", phone=""), "乙", "2026-09-30"),
        ("household", household(alive="yes", community="愉天", address=""), "甲", "2026-10-31"),
        ("deaths", other(died_on="2026-09-15", birth_on="1950-01-02"), "丙", "2026-10-10"),
    )
    outcomes = set()
    for order in permutations(extracts):
        with session.begin_nested() as attempt:
            for kind, row, source, day in order:
                counts(session, kind, [row], source=source, on=day)
            session.expire_all()
            person = replace(person_named(session, "方玉兰"), id=NOBODY)
            found = session.execute(text("SELECT kind FROM registry_findings ORDER BY kind")).scalars()
            outcomes.add((person, tuple(found)))
            attempt.rollback()
    ((person, findings),) = outcomes
    assert (person.community, person.died_on, person.masked_phone) == ("愉天", None, "154****0700")
    assert findings == ("birth_on_differs", "dead_and_alive")


def test_a_person_who_was_entered_otherwise_is_brought_up_to_date_too(session: Session, wang: Person) -> None:
    number = session.info["vault"].open(
        session.get_one(PersonRow, wang.id).id_number_sealed, context="persons.id_number"
    )
    cells = {"id_number": number, "name": wang.name, "has_card": "no"}
    assert counts(session, "accounts", [cells]) == {"changed": 1}
    session.expire_all()
    assert person_named(session, "王秀珍").has_card is False
    assert set(origins_of(session, OPERATOR, person_id=wang.id)) == {
        "has_card",
        "card_last_four",
        "card_holder_matches",
    }


def test_bad_rows_do_not_keep_good_ones_out(session: Session) -> None:
    rows = [household(), household(701, "谭秀英", phone="12"), household(702, "梁少芬", address="=1")]
    report = take(session, extract("household", rows))
    assert (report.counts.new, report.counts.rejected) == (1, 2)
    assert [(each.line, each.column, each.code) for each in report.rejections] == [
        (4, "phone", "phone_number_wrong"),
        (5, "address", "formula"),
    ]


def test_the_counts_add_up_to_the_rows(session: Session) -> None:
    counts(session, "household", [household(), household(701, "谭秀英")], on="2026-09-30")
    rows = [
        household(),
        household(),
        household(701, "谭秀英", community="民新"),
        household(702, "梁少芬"),
        household(703, "梁少芬", sex=""),
        household(704, "梁少芬", sex="male"),
        household(704, "梁少芬", sex="female"),
    ]
    found = counts(session, "household", rows)
    assert found == {"new": 1, "changed": 1, "unchanged": 2, "rejected": 3, "findings": 1}
    assert sum(found.values()) - found["findings"] == len(rows)


@pytest.mark.parametrize(
    "file",
    [
        extract("household", [household()], on="2026-11-25"),
        extract("household", [household()], header="id_number,name"),
        io.BytesIO(extract("household", [household()] * 5).getvalue() + b"\0"),
    ],
    ids=["of tomorrow", "without columns", "with a NUL at the end"],
)
def test_a_file_that_cannot_be_used_changes_nothing(session: Session, file: io.BytesIO) -> None:
    before = everything(session)
    with pytest.raises(ExtractUnusable):
        take(session, file)
    assert everything(session) == before
    assert session.scalar(select(func.count()).select_from(RegistryImportRow)) == 0


def test_an_import_is_on_record_and_only_the_system_imports(session: Session, wang: Person) -> None:
    report = take(session, extract("household", [household()]))
    assert report.kind is Kind.HOUSEHOLD
    entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "registry_imported")).one()
    assert entry.facts["new"] == 1
    senior = Actor.senior(wang.id, Channel.SCREEN)
    with pytest.raises(NotAllowed):
        import_extract(session, senior, extract("household", [household()]), city="shenzhen", now=NOW)


def test_nothing_that_is_sealed_stands_open_in_the_tables(session: Session) -> None:
    row = household()
    counts(session, "household", [row])
    stored = session.scalars(select(RegistryRecordRow)).one()
    seen = str(stored.facts) + stored.name
    assert not [cell for cell in (row["id_number"], row["phone"], row["address"]) if cell in seen]
