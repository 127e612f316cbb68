"""What is held about her, on her own pages: read, saved as a file, and deleted where no law keeps it."""

from __future__ import annotations

import json

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.people import Person
from services.personal_data import Basis, CorrectionField, Section
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about
from tests.web.conftest import words_of
from tests.web.staff import LIU, staff_browser
from webapp.own_data import basis_words, field_words, section_words


def test_she_reads_what_is_held_about_her_and_saves_it_as_a_file(hers: FlaskClient, wang: Person) -> None:
    assert 'href="/my-data"' in hers.get("/help").get_data(as_text=True)
    words = words_of(hers.get("/my-data"))
    for expected in ("王秀珍", "15400000002", "登记的个人情况", "保存10年"):
        assert expected in words, expected
    saved = hers.post("/my-data/file")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["Cache-Control"] == "no-store"
    (said,) = json.loads(saved.get_data(as_text=True))["held"]["identity"]["persons"]
    assert said["name"] == "王秀珍"


def test_she_is_told_what_goes_and_what_stays_and_has_it_deleted(hers: FlaskClient) -> None:
    hers.post("/emergency/contacts", data={"phone": "15400000209", "relation": "son"})
    asked = words_of(hers.get("/my-data/deletion"))
    for expected in ("这些会删掉", "求助记录和紧急联系人", "政府要知道谁住在这里", "10年"):
        assert expected in asked, expected
    done = words_of(hers.post("/my-data/deletion", follow_redirects=True))
    assert "删除了1条" in done
    assert "15400000209" not in hers.get("/emergency/contacts").get_data(as_text=True)


def test_she_says_what_is_wrong_and_her_worker_reads_it(
    site: Flask, session: Session, hers: FlaskClient, wang: Person
) -> None:
    unclear = hers.post("/my-data/correction", data={"about": "address", "words": " "})
    assert unclear.status_code == 422
    assert "请选哪里不对" in words_of(unclear)
    said = hers.post("/my-data/correction", data={"about": "address", "words": "我搬到3栋501了"}, follow_redirects=True)
    assert "社区会核对" in words_of(said)
    assert "社区正在核对" in words_of(hers.get("/my-data/correction"))
    task = tasks_about(session, wang)[TaskKind.DATA_CORRECTION]
    words = words_of(staff_browser(site, session, LIU).get(f"/staff/tasks/{task.id}"))
    for expected in ("我搬到3栋501了", "地址", "确实有错，已改正"):
        assert expected in words, expected


def test_every_part_and_every_reason_has_words(site: Flask, session: Session) -> None:
    with site.test_request_context():
        assert all(section_words(each) for each in Section)
        assert all(basis_words(each) for each in Basis)
        assert all(field_words(each) for each in CorrectionField)
