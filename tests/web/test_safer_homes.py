"""Making a home safe on the pages of the senior, the worker and the firm, from the application to the payment."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.actor import Actor, ActorKind
from services.demo.staff import add_demo_staff
from services.home_adaptation import (
    MOST_BYTES,
    AdaptationState,
    EventKind,
    Firm,
    Owner,
    PhotoStage,
    latest_adaptation,
    rules_on,
)
from services.home_adaptation.tables import FirmRow
from services.people import Person
from services.staff.accounts import NewStaff
from tests.adapting import firm as add_a_firm
from tests.adapting import live_at, photo
from tests.conftest import NOW, person_named
from tests.web.conftest import TestClock, page_of, signed_in_browser, words_of
from tests.web.staff import CITY, LIU, MA, open_records, staff_browser
from webapp.adaptation_words import event_words, item_words, owner_words, stage_words, state_words

SYSTEM = Actor.system()
FIRM = "zhou.anju"


@pytest.fixture
def desk(site: Flask, session: Session, wang: Person) -> FlaskClient:
    """The browser of 刘工, who works in 翠竹, and has opened the record of 王秀珍."""
    return open_records(session, staff_browser(site, session, LIU), wang)


@pytest.fixture
def firm(session: Session) -> Firm:
    """A firm besides those of the demonstration."""
    return add_a_firm(session, city=CITY)


@pytest.fixture
def office(site: Flask, session: Session, firm: Firm) -> FlaskClient:
    """The browser of that firm's office."""
    workplace_id = session.get_one(FirmRow, firm.id).workplace_id
    account = NewStaff(FIRM, "周师傅", ActorKind.PROVIDER, workplace_id=workplace_id)
    add_demo_staff(session, [account], city=CITY, now=NOW)
    return staff_browser(site, session, FIRM)


def form_of(response: TestResponse, ending: str) -> tuple[str, dict[str, str]]:
    """The address of the form that ends so, and what it would send."""
    form = next(form for form in page_of(response).iter("form") if form.get("action", "").endswith(ending))
    fields = {
        field.get("name"): field.get("value", "")
        for field in form.iter("input")
        if field.get("type") not in ("radio", "checkbox", "file") or field.get("checked") is not None
    }
    return form.get("action"), fields


def press(client: FlaskClient, address: str, ending: str, **typed: object) -> TestResponse:
    """Open the page, fill in and send one of its forms."""
    action, fields = form_of(client.get(address), ending)
    return client.post(action, data=fields | typed, content_type="multipart/form-data" if "photo" in typed else None)


def a_photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(photo(size=(1200, 900))), "IMG_1.jpg"


def state(session: Session, person: Person) -> AdaptationState:
    session.expire_all()
    found = latest_adaptation(session, SYSTEM, person_id=person.id)
    assert found is not None
    return found.state


def test_three_people_make_a_home_safe(
    hers: FlaskClient, desk: FlaskClient, office: FlaskClient, firm: Firm, session: Session, wang: Person
) -> None:
    assert "是我自己的房子" in words_of(hers.get("/home-adaptation"))
    assert press(hers, "/home-adaptation/application/herself", "/herself").status_code == 303
    assert "社区会上门看看" in words_of(hers.get("/home-adaptation"))

    task = next(link.get("href") for link in page_of(desk.get("/staff")).iter("a") if "/tasks/" in link.get("href", ""))
    page = desk.get(task)
    case = next(link.get("href") for link in page_of(page).iter("a") if "/staff/adaptations/" in link.get("href", ""))
    assert "住房待评估" in words_of(page)
    assert "水贝" not in words_of(desk.get(case))
    shown = press(desk, case, "/home")
    assert "15400000002" in words_of(shown)
    sent = press(desk, case, "/assessment", firm=str(firm.id), need=["grab_bars", "wheelchair"], words="浴室湿滑")
    assert sent.status_code == 303
    assert "公司正在算价钱" in words_of(hers.get("/home-adaptation"))

    hers_at_firm = case.replace("/staff/", "/staff/provider/")
    assert "王*珍" in words_of(office.get("/staff/provider/adaptations"))
    assert "扶手" in words_of(office.get(hers_at_firm))
    prices = {"price-grab_bars": "250", "quantity-grab_bars": "4", "price-wheelchair": "3500.50"}
    assert press(office, hers_at_firm, "/quote", **prices).status_code == 303
    asked = words_of(hers.get("/home-adaptation"))
    # 3,000 of the wheelchair's 3,500.50 count.
    assert "同意，我出500.50元" in asked
    assert press(hers, "/home-adaptation", "/agreement").status_code == 303

    assert press(desk, case, "/decision/approve", words="上门看过").status_code == 303
    assert press(office, hers_at_firm, "/begin").status_code == 409
    assert press(office, hers_at_firm, "/photos/before", photo=a_photo()).status_code == 303
    assert press(office, hers_at_firm, "/begin").status_code == 303
    assert press(office, hers_at_firm, "/photos/after", photo=a_photo()).status_code == 303
    assert press(office, hers_at_firm, "/finish", works="1000", aids="3500.50").status_code == 303

    looking = hers.get("/home-adaptation")
    pictures = [image.get("src") for image in page_of(looking).iter("img")]
    assert len(pictures) == 2
    picture = hers.get(pictures[0])
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert hers.post("/home-adaptation/objection", data={"words": " "}).status_code == 422
    assert press(hers, "/home-adaptation/objection", "/objection", words="扶手松了").status_code == 303
    assert "扶手松了" in words_of(office.get(hers_at_firm))
    assert press(office, hers_at_firm, "/finish", works="1000", aids="3500.50").status_code == 303
    assert press(hers, "/home-adaptation", "/acceptance").status_code == 303

    wrong = press(desk, case, "/payment", yuan="4500.50", reference="SZ-1")
    assert wrong.status_code == 409
    assert "4,000元" in words_of(wrong)
    assert press(desk, case, "/payment", yuan="4000", reference="SZ-1").status_code == 303
    assert state(session, wang) is AdaptationState.PAID
    assert "您的家改造好了" in words_of(hers.get("/home-adaptation"))
    assert "改造我的家" in words_of(hers.get("/benefits/home-adaptation"))


def test_a_worker_does_all_of_it_with_her_at_the_desk(
    desk: FlaskClient, office: FlaskClient, firm: Firm, session: Session, wang: Person
) -> None:
    new = f"/staff/adaptations/of/{wang.id}"
    assert new in desk.get(f"/staff/people/{wang.id}").get_data(as_text=True)
    assert press(desk, new, new).status_code == 303
    assert "请选择房子是谁的" in words_of(desk.get(new))
    case = press(desk, new, new, owner="landlord").location
    assert desk.get(new).location == case
    press(desk, case, "/assessment", firm=str(firm.id), need=["ramp"], words="")
    press(desk, case, "/photos/before", photo=a_photo())
    press(office, case.replace("/staff/", "/staff/provider/"), "/quote", **{"price-ramp": "800"})
    press(desk, case, "/agreement")
    assert state(session, wang) is AdaptationState.QUOTED
    assert press(desk, case, "/owner", words="房东在场").status_code == 409
    press(desk, case, "/photos/consent", photo=a_photo())
    assert press(desk, case, "/owner", words="房东在场").status_code == 303
    assert state(session, wang) is AdaptationState.AGREED
    # No text in the database can hold the character NUL.
    assert press(desk, case, "/decision/refuse", words="房子\x00要拆").status_code == 400
    assert press(desk, case, "/decision/refuse", words="房子要拆").status_code == 303
    assert state(session, wang) is AdaptationState.REFUSED
    assert "王*珍" in words_of(desk.get("/staff/adaptations"))


def test_choosing_whose_home_it_is_applies_for_nothing_yet(hers: FlaskClient, session: Session, wang: Person) -> None:
    forms = page_of(hers.get("/home-adaptation")).iter("form")
    assert not [form for form in forms if "/application" in form.get("action", "")]
    asked = words_of(hers.get("/home-adaptation/application/landlord"))
    assert "现在申请吗" in asked
    assert "房主要书面同意" in asked
    assert "房主" not in words_of(hers.get("/home-adaptation/application/herself"))
    assert latest_adaptation(session, SYSTEM, person_id=wang.id) is None


def test_her_first_page_says_when_her_word_is_waited_for(
    hers: FlaskClient, desk: FlaskClient, office: FlaskClient, firm: Firm, session: Session, wang: Person
) -> None:
    asked = "改造我的家要多少钱"
    press(hers, "/home-adaptation/application/herself", "/herself")
    found = latest_adaptation(session, SYSTEM, person_id=wang.id)
    assert found is not None
    case, at_firm = f"/staff/adaptations/{found.id}", f"/staff/provider/adaptations/{found.id}"
    assert asked not in words_of(hers.get("/"))
    press(desk, case, "/assessment", firm=str(firm.id), need=["grab_bars"], words="")
    press(office, at_firm, "/quote", **{"price-grab_bars": "250", "price-wheelchair": "4000"})
    assert asked in words_of(hers.get("/"))
    page = words_of(hers.get("/home-adaptation"))
    assert "辅具和智能设备政府最多出3,000元" in page
    assert "公司报了价" in page
    press(hers, "/home-adaptation", "/agreement")
    assert asked not in words_of(hers.get("/"))


def test_whoever_lives_with_her_reads_that_the_household_has_applied(
    site: Flask, hers: FlaskClient, desk: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    other = person_named(session, "黄婉仪")
    live_at(session, "翠竹路9号(示例)", wang, other)
    press(hers, "/home-adaptation/application/herself", "/herself")
    others = signed_in_browser(site, session, other, "15400000003", clock.at)
    assert "您家已经申请了" in words_of(others.get("/home-adaptation"))
    refused = others.post("/home-adaptation/application/herself")
    assert refused.status_code == 409
    assert "每套房子" in words_of(refused)
    found = latest_adaptation(session, SYSTEM, person_id=wang.id)
    assert found is not None
    case = f"/staff/adaptations/{found.id}"
    assert "黄*仪" in words_of(desk.get(case))
    assert press(desk, case, str(other.id), words="上门看过，是房客").status_code == 303
    assert "您家已经申请了" not in words_of(others.get("/home-adaptation"))


def test_she_takes_it_back(hers: FlaskClient, session: Session, wang: Person) -> None:
    press(hers, "/home-adaptation/application/family", "/family")
    assert "真的不做了吗" in words_of(hers.get("/home-adaptation/withdrawal"))
    assert press(hers, "/home-adaptation/withdrawal", "/withdrawal").status_code == 303
    assert state(session, wang) is AdaptationState.WITHDRAWN
    assert "是租的房子" in words_of(hers.get("/home-adaptation"))


def test_cases_and_photos_are_closed_to_others(
    site: Flask, hers: FlaskClient, desk: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    press(hers, "/home-adaptation/application/herself", "/herself")
    found = latest_adaptation(session, SYSTEM, person_id=wang.id)
    assert found is not None
    case = f"/staff/adaptations/{found.id}"
    press(desk, case, "/photos/before", photo=a_photo())
    photo_id = latest_adaptation(session, SYSTEM, person_id=wang.id).photos[0].id  # type: ignore[union-attr]
    other = staff_browser(site, session, MA)
    for address in (case, f"{case}/photos/{photo_id}"):
        assert other.get(address).status_code == 403
    stranger = signed_in_browser(site, session, person_named(session, "黄婉仪"), "15400000003", clock.at)
    assert stranger.get(f"/home-adaptation/photos/{photo_id}").status_code == 404
    assert hers.get(f"/home-adaptation/photos/{photo_id}").status_code == 200


def test_what_is_no_photo_or_too_large_is_refused(
    hers: FlaskClient, desk: FlaskClient, session: Session, wang: Person
) -> None:
    press(hers, "/home-adaptation/application/herself", "/herself")
    found = latest_adaptation(session, SYSTEM, person_id=wang.id)
    assert found is not None
    case = f"/staff/adaptations/{found.id}"
    text = (io.BytesIO(b"not a picture"), "IMG.jpg")
    refused = press(desk, case, "/photos/before", photo=text)
    assert refused.status_code == 409
    assert "照片打不开" in words_of(refused)
    action, _ = form_of(desk.get(case), "/photos/before")
    huge = desk.post(action, data=bytes(MOST_BYTES * 2), content_type="multipart/form-data; boundary=x")
    assert huge.status_code == 413


def test_every_code_has_words(site: Flask) -> None:
    with site.test_request_context():
        codes = rules_on(NOW.date()).items
        assert all(item_words(code) != code for code in codes)
        assert all(state_words(each) for each in AdaptationState)
        assert all(event_words(each) for each in EventKind)
        assert all(owner_words(each) for each in Owner)
        assert all(stage_words(each) for each in PhotoStage)
