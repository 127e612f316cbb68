"""A supervisor's pages: the trail with its filters and its table, and the flags on unusual reading."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy.orm import Session

from services.actor import Actor, Channel
from services.people import Person
from services.supervision import FlagKind, ReadingFlag, find_unusual_reading, list_flags
from tests.conftest import NOW
from tests.web.conftest import words_of
from tests.web.staff import CITY, LIU, SUN, ZHAO, open_records, staff_browser
from webapp.staff.deed_words import flag_words


def test_the_trail_is_shown_by_day_and_person_and_saved_as_a_table(site: Flask, session: Session, wang: Person) -> None:
    desk = open_records(session, staff_browser(site, session, LIU), wang)
    desk.post(f"/staff/people/{wang.id}/phone")
    supervisor = staff_browser(site, session, SUN)
    assert supervisor.get("/staff").location == "/staff/supervision"
    today = words_of(supervisor.get("/staff/supervision"))
    for expected in ("打开档案：本人在窗口", "看了完整的电话号码", "刘工", "王*珍"):
        assert expected in today
    assert "王秀珍" not in today
    about_her = f"/staff/supervision?day=&about={wang.id}"
    assert "只看关于王*珍的" in words_of(supervisor.get(about_her))
    elsewhen = supervisor.post("/staff/supervision", data={"day": "2026-01-01", "who": "nobody", "about": ""})
    assert "这时没有记录" in words_of(supervisor.get(elsewhen.location))
    saved = supervisor.post("/staff/supervision/export", data={"day": "", "about": str(wang.id)})
    assert saved.mimetype == "text/csv"
    assert "王*珍" in saved.get_data(as_text=True)
    for other in (desk, staff_browser(site, session, ZHAO)):
        assert other.get("/staff/supervision").status_code == 403
    assert supervisor.get(f"/staff/people/{wang.id}").status_code == 403


def test_a_flag_is_looked_into_with_a_note(site: Flask, session: Session, wang: Person) -> None:
    open_records(session, staff_browser(site, session, LIU), wang)
    # At six in the morning.
    find_unusual_reading(session, city=CITY, day=date(2026, 11, 24), now=NOW)
    (flag,) = list_flags(session, Actor.system(Channel.SCREEN), city=CITY)
    supervisor = staff_browser(site, session, SUN)
    assert "工作时间以外看了1份档案" in words_of(supervisor.get("/staff/supervision/reading"))
    address = f"/staff/supervision/reading/{flag.id}"
    missing = supervisor.post(address, data={"note": " "})
    assert missing.status_code == 422
    assert "请写下查到的情况" in words_of(missing)
    assert supervisor.post(address, data={"note": "早班，老人来电"}).status_code == 303
    words = words_of(supervisor.get("/staff/supervision/reading"))
    for expected in ("早班，老人来电", "孙督查", "已查"):
        assert expected in words


def test_every_kind_of_flag_has_words(site: Flask) -> None:
    with site.test_request_context():
        for kind in FlagKind:
            assert "2" in flag_words(ReadingFlag(*([None] * 3), kind, 2, NOW))  # type: ignore[arg-type]
