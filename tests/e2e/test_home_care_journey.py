"""Care at home in a real browser, from the booking to the settlement, with everybody who has a part in it: she, the
office, the care worker on her phone, the community worker."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from services.database import Database, unit_of_work
from services.home_care import ServiceState
from services.home_care.tables import ServiceBookingRow
from services.settings import Settings
from services.sign_in import open_session
from tests.conftest import person_named
from tests.e2e.conftest import assert_quiet, watched_page
from tests.e2e.measuring import LARGEST, LYING, UPRIGHT, axe_faults_of, colour_faults_in_every_theme, faults_at
from tests.e2e.own_site import OwnSite, own_site
from tests.e2e.test_staff_pages import faults, signed_in
from tests.visits import TOMORROW, visit
from tests.web.staff import HE, LIU, MEI

PHONE = {"width": 360, "height": 740}
SHENZHEN = {"latitude": 22.571, "longitude": 114.13, "accuracy": 12}


@pytest.fixture
def care_site(database: Database, settings: Settings) -> Iterator[OwnSite]:
    """A site of its own with the demonstration in it."""
    with own_site(database, settings, "care") as site:
        yield site


def newest_booking(site: OwnSite) -> ServiceBookingRow:
    """The booking that was made last."""
    with site.database.sessions() as session:
        return session.scalars(select(ServiceBookingRow).order_by(ServiceBookingRow.id.desc()).limit(1)).one()


PHONES = {"李德全": "15400000004", "王秀珍": "15400000002"}


class Browsers:
    """A browser for everybody, each with a profile of its own."""

    def __init__(self, chromium: Browser, site: OwnSite) -> None:
        self._chromium = chromium
        self._site = site
        self._contexts: list[BrowserContext] = []

    def hers(self, name: str = "李德全") -> Page:
        """A senior's tablet, signed in."""
        context = self._context(viewport=UPRIGHT)
        with unit_of_work(self._site.database.sessions) as session:
            person = person_named(session, name)
            token = open_session(
                session, person_id=person.id, phone=PHONES[name], city=person.city, now=self._site.clock.at
            )
        signing = SecureCookieSessionInterface().get_signing_serializer(self._site.app)
        assert signing is not None
        name, token = self._site.app.config["SESSION_COOKIE_NAME"], signing.dumps({"token": token})
        context.add_cookies([{"name": name, "value": token, "url": self._site.url}])
        return watched_page(context)

    def staff(self, login_name: str, viewport: dict[str, int] = LYING, **about: object) -> Page:
        """The browser of one of the staff, signed in with what the demonstration's page shows."""
        return signed_in(self._context(viewport=viewport, **about), login_name)

    def close(self) -> None:
        """Close them all."""
        for context in self._contexts:
            context.close()

    def _context(self, **about: object) -> BrowserContext:
        context = self._chromium.new_context(base_url=self._site.url, accept_downloads=True, **about)  # type: ignore[arg-type]
        self._contexts.append(context)
        return context


@pytest.fixture
def browsers(chromium: Browser, care_site: OwnSite) -> Iterator[Browsers]:
    """Everybody's browsers."""
    browsers = Browsers(chromium, care_site)
    yield browsers
    browsers.close()


def test_from_the_booking_to_the_settlement(browsers: Browsers, care_site: OwnSite, tmp_path: Path) -> None:
    # Tuesday, six in the morning: 李德全 books a bath for tomorrow; his voucher pays it.
    hers = browsers.hers()
    hers.goto("/")
    hers.get_by_role("link", name="上门服务", exact=True).click()
    hers.get_by_role("link", name="帮您洗澡").click()
    expect(hers.get_by_role("heading", name="哪一天上门？")).to_be_visible()
    hers.get_by_role("link", name="明天").click()
    expect(hers.get_by_role("heading", name="几点来？")).to_be_visible()
    hers.locator("a[href*='T09:00']").first.click()
    price = hers.locator(".price")
    expect(price).to_contain_text("150元")
    expect(price.locator(".price-total")).to_contain_text("0元")
    hers.get_by_role("button", name="对，预约").click()
    expect(hers.locator(".notice-done").first).to_contain_text("预约好了")
    expect(hers.locator("main")).to_contain_text("等机构答复")

    # The office sends 阿梅 with a colleague who is free and may do it; who is not cannot be ticked.
    office = browsers.staff(HE)
    office.locator("tr", has_text="帮您洗澡").get_by_role("link").first.click()
    expect(office.locator("label", has_text="孔令珊")).to_contain_text("健康证")
    expect(office.get_by_role("checkbox", name=re.compile("孔令珊"))).to_be_disabled()
    assert faults(office) == []
    for box in office.get_by_role("checkbox").all():
        box.uncheck()
    for name in ("阿梅", "周建平"):
        office.get_by_role("checkbox", name=re.compile(name)).check()
    office.get_by_role("button", name="接受，派他们去").click()
    expect(office.locator(".notice-done").first).to_contain_text("已答复")
    hers.reload()
    expect(hers.locator("main")).to_contain_text("定好了")
    expect(hers.locator("main")).to_contain_text("阿梅")

    # Wednesday at nine: 阿梅 begins it on her phone with its place, and ends it with a note.
    care_site.at(TOMORROW, 8, 50)
    phone = browsers.staff(MEI, PHONE, geolocation=SHENZHEN, permissions=["geolocation"])
    phone.get_by_role("link", name=re.compile("打开这次服务")).first.click()
    expect(phone.locator("main")).to_contain_text("李德全")
    phone.get_by_role("button", name="附上我现在的位置").click()
    expect(phone.get_by_text("位置会一起上报")).to_be_visible()
    phone.get_by_role("button", name="我到了，开始服务").click()
    care_site.at(TOMORROW, 9, 55)
    phone.reload()
    phone.get_by_label("给机构的备注（可以不写）").fill("水温合适，血压正常")
    assert axe_faults_of(phone) == []
    phone.get_by_role("button", name="做完了，结束服务").click()
    expect(phone.locator(".notice-done").first).to_be_visible()
    assert newest_booking(care_site).start_place_sealed is not None

    # He says how it was, on his first page.
    hers.goto("/")
    hers.get_by_role("link", name="说说怎么样").click()
    hers.get_by_role("button", name="很好").click()
    expect(hers.locator(".notice-done").filter(has_text="谢谢您")).to_be_visible()
    expect(hers.locator("main")).to_contain_text("很好")
    assert newest_booking(care_site).state == ServiceState.CONFIRMED

    # The office signs in anew after the night, sees the month, and its file adds up.
    office = browsers.staff(HE)
    office.goto("/staff/provider/settlement")
    expect(office.locator("main")).to_contain_text("150元")
    assert faults(office) == []
    with office.expect_download() as table:
        office.get_by_role("button", name="下载文件（CSV）").click()
    table.value.save_as(tmp_path / "month.csv")
    rows = list(csv.DictReader((tmp_path / "month.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["事项"], row["原价"], row["居家养老补助"], row["本人自付"]) for row in rows] == [
        ("帮您洗澡", "150.00", "150.00", "0.00"),
        ("", "150.00", "150.00", "0.00"),
    ]
    for page in (hers, office, phone):
        assert_quiet(page)


def test_a_complaint_in_one_press_is_decided_by_a_community_worker(browsers: Browsers, care_site: OwnSite) -> None:
    with unit_of_work(care_site.database.sessions) as session:
        booked = visit(session, person_named(session, "王秀珍"), ServiceState.DONE)
    care_site.at(TOMORROW, 15)
    hers = browsers.hers("王秀珍")
    hers.goto(f"/services/bookings/{booked.id}")
    hers.get_by_role("link", name="有问题，我要投诉").click()
    hers.get_by_text("想多写几句（可以不写）").click()
    hers.get_by_label("是怎么回事？").fill("只来了半小时")
    hers.get_by_role("button", name="来晚了，或走早了").click()
    expect(hers.locator(".notice-done").first).to_be_visible()

    desk = browsers.staff(LIU)
    desk.locator("tr", has_text="王*珍").get_by_role("link").first.click()
    expect(desk.locator("main")).to_contain_text("只来了半小时")
    assert faults(desk) == []
    desk.get_by_role("radio", name=re.compile("投诉属实")).check()
    desk.get_by_label("理由：您看到、听到了什么？").fill("护理员说当天提前走了")
    desk.get_by_role("button", name="确定").click()
    expect(desk.locator("main")).to_contain_text("投诉属实")

    hers.reload()
    expect(hers.locator("main")).to_contain_text("您不用付钱")
    assert newest_booking(care_site).state == ServiceState.NOT_CHARGED
    for page in (hers, desk):
        assert_quiet(page)


def test_a_closed_door_is_reported_from_the_phone(browsers: Browsers, care_site: OwnSite) -> None:
    with unit_of_work(care_site.database.sessions) as session:
        booked = visit(session, person_named(session, "王秀珍"), ServiceState.ACCEPTED)
    care_site.at(TOMORROW, 9, 20)
    phone = browsers.staff(MEI, PHONE)
    phone.goto(f"/staff/visits/{booked.id}")
    assert axe_faults_of(phone) == []
    phone.get_by_role("link", name="没人开门").click()
    assert axe_faults_of(phone) == []
    phone.get_by_role("button", name="上报：没人在家").click()
    expect(phone.locator(".notice-done").first).to_be_visible()
    assert newest_booking(care_site).state == ServiceState.NOT_AT_HOME
    assert_quiet(phone)


def test_her_pages_meet_the_numbers(browsers: Browsers, care_site: OwnSite) -> None:
    with unit_of_work(care_site.database.sessions) as session:
        person = person_named(session, "李德全")
        booked = visit(session, person, ServiceState.REQUESTED, service="BATH", worker="周建平")
        done = visit(session, person, ServiceState.DONE, service="CARE", at=time(15))
    care_site.at(TOMORROW, 5)
    hers = browsers.hers()
    found = []
    for address in (
        *("/services", "/services/more", "/services/about?service=BATH", "/services/day?service=BATH"),
        "/services/time?service=CARE&day=2026-11-27",
        *("/services/bookings", f"/services/bookings/{booked.id}", f"/services/bookings/{booked.id}/cancel"),
        *(f"/services/bookings/{done.id}{question}" for question in ("", "/rating", "/complaint")),
        "/services/time?service=REHAB&day=2026-11-29",
    ):
        found += faults_at(hers, address)
    hers.goto("/services/time?service=BATH&day=2026-11-27")
    review = hers.locator("a[href*='/services/review']").first.get_attribute("href")
    assert review is not None
    found += faults_at(hers, review) + faults_at(hers, review.replace("/review?", "/who?"))
    assert found == []


def test_the_pages_of_office_and_phone_meet_the_numbers(browsers: Browsers, care_site: OwnSite) -> None:
    with unit_of_work(care_site.database.sessions) as session:
        person = person_named(session, "王秀珍")
        asked = visit(session, person, ServiceState.REQUESTED, service="TALK", at=time(15))
        booked = visit(session, person, ServiceState.ACCEPTED)
    care_site.at(TOMORROW, 8, 50)
    found = []
    for login_name, addresses in (
        (HE, [f"/staff/provider{page}" for page in ("", "/day", f"/visits/{asked.id}", "/settlement")]),
        (MEI, [f"/staff/visits{page}" for page in ("", f"/{booked.id}", f"/{booked.id}/not-at-home")]),
    ):
        page = browsers.staff(login_name)
        page.context.add_cookies([{"name": "type", "value": LARGEST, "url": care_site.url}])
        for address in addresses:
            page.goto(address)
            found += [*faults(page), *colour_faults_in_every_theme(page)]
    assert found == []
