"""A canteen's day in a real browser: cook list, rounds, the till with and without a line, who did not come, the
month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from services.actor import Actor, Channel
from services.clock import local_day
from services.database import Database, unit_of_work
from services.meals import book_meal, quote_meal
from services.meals.tables import CanteenRow, MealBookingRow, MenuRow
from services.settings import Settings
from tests.conftest import NOW, person_named
from tests.e2e.conftest import assert_quiet
from tests.e2e.measuring import LYING, axe_faults_of
from tests.e2e.own_site import OwnSite, own_site
from tests.e2e.test_staff_pages import faults, signed_in
from tests.web.staff import WU

NOON, AFTERNOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
# One has hers brought, the others eat there: pick-up numbers 1 to 4 in this order.
GUESTS = ("王秀珍", "黄婉仪", "李德全", "张秀兰")
BROUGHT_TO = "黄婉仪"
TOLD_WITHIN_MS = 20_000


@pytest.fixture
def canteen_site(database: Database, settings: Settings) -> Iterator[OwnSite]:
    """A site of its own, where four people have booked today's lunch."""
    with own_site(database, settings, "canteen") as site:
        book_lunches(site.database)
        yield site


def book_lunches(database: Database) -> None:
    """Today's lunch in the canteen of 翠竹, for each guest."""
    for name in GUESTS:
        with unit_of_work(database.sessions) as session:
            person = person_named(session, name)
            menu_id = session.scalars(
                select(MenuRow.id)
                .join(CanteenRow)
                .where(CanteenRow.community == "翠竹", MenuRow.meal == "lunch", MenuRow.day == local_day(NOW))
            ).one()
            wish = {"person_id": person.id, "menu_id": menu_id, "quantity": 1, "delivery": name == BROUGHT_TO}
            actor = Actor.senior(person.id, Channel.SCREEN)
            to_pay = quote_meal(session, actor, **wish, now=NOW).split.to_pay_fen
            book_meal(session, actor, **wish, agreed_to_pay_fen=to_pay, request_id=uuid4(), now=NOW)


@pytest.fixture
def context(chromium: Browser, canteen_site: OwnSite) -> Iterator[BrowserContext]:
    """A browser at the counter."""
    context = chromium.new_context(base_url=canteen_site.url, viewport=LYING, accept_downloads=True)
    yield context
    context.close()


def counter_at(context: BrowserContext, site: OwnSite, moment: datetime) -> Page:
    """The counter of 吴师傅, signed in at this moment, which the tablet's own clock shows, too."""
    site.clock.at = moment
    context.clock.set_fixed_time(moment)
    return signed_in(context, WU)


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.locator(f".pad-key[data-key='{key}']").click()


def served(site: OwnSite) -> int:
    """How many bookings count as served."""
    with unit_of_work(site.database.sessions) as session:
        return session.scalar(select(func.count()).where(MealBookingRow.status == "served")) or 0


def test_from_the_cook_list_to_the_settlement(context: BrowserContext, canteen_site: OwnSite, tmp_path: Path) -> None:
    page = counter_at(context, canteen_site, NOW)

    # The morning: what to cook, where to bring it, and both on paper.
    lunch = page.locator("section.meal", has=page.get_by_role("heading", name="午餐"))
    expect(lunch.locator(".figure-main strong")).to_have_text("4")
    assert faults(page) == []
    with page.expect_download() as paper:
        page.get_by_role("button", name="全部存成PDF").click()
    paper.value.save_as(tmp_path / "day.pdf")
    assert (tmp_path / "day.pdf").read_bytes().startswith(b"%PDF-")
    lunch.get_by_role("link", name="送餐路线").click()
    expect(page.get_by_role("heading", name="翠竹街道")).to_be_visible()
    expect(page.locator(".stop", has_text="黄*仪")).to_be_visible()
    assert faults(page) == []

    # Noon: one by number, with the line.
    context.clear_cookies()
    page = counter_at(context, canteen_site, NOON)
    page.goto("/staff/canteen/till")
    page.locator("#till[data-ready]").wait_for()
    expect(page.locator("[data-line-is=well]")).to_contain_text("0 / 3")
    assert faults(page) == []
    press(page, "1")
    expect(page.locator(".till-card")).to_contain_text("王*珍")
    assert axe_faults_of(page) == []
    page.get_by_role("button", name="发餐").click()
    expect(page.locator("[data-line-is=well]")).to_contain_text("1 / 3")

    # The line is lost; the page is even loaded again meanwhile. Nothing of what is handed out is lost or doubled.
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.open('till-1'))")
    page.wait_for_function("async () => (await (await caches.open('till-1')).keys()).length > 4")
    context.set_offline(True)
    page.reload()
    page.locator("#till[data-ready]").wait_for()
    expect(page.locator("[data-line-is=gone]")).to_be_visible()
    page.get_by_label("取餐号、卡号后四位或姓名").fill("李德全")
    expect(page.locator(".till-card")).to_contain_text("李*全")
    page.get_by_role("button", name="发餐").click()
    expect(page.locator("[data-part=untold]")).to_be_visible()
    press(page, "3")
    expect(page.locator(".till-card")).to_contain_text("已经领了")
    expect(page.get_by_role("button", name="发餐")).to_have_count(0)
    context.set_offline(False)
    expect(page.locator("[data-part=untold]")).to_be_hidden(timeout=TOLD_WITHIN_MS)
    expect(page.locator("[data-line-is=well]")).to_contain_text("2 / 3")
    assert served(canteen_site) == 2

    # The afternoon: the meal is closed, and the month adds up.
    page.troubles.clear()  # type: ignore[attr-defined] - the browser reports each request that found no line
    context.clear_cookies()
    page = counter_at(context, canteen_site, AFTERNOON)
    lunch = page.locator("section.meal", has=page.get_by_role("heading", name="午餐"))
    lunch.get_by_role("button", name="这一餐收工").click()
    expect(page.locator(".notice-done")).to_contain_text("有2份没来取")
    expect(page.locator("tr", has_text="张*兰")).to_contain_text("没来取")
    assert faults(page) == []
    page.get_by_role("link", name="结算").click()
    expect(page.locator(".figure-main")).to_contain_text("元")
    assert faults(page) == []
    with page.expect_download() as table:
        page.get_by_role("button", name="下载CSV表格").click()
    table.value.save_as(tmp_path / "month.csv")
    assert "2026-11-24,2,2,30.00," in (tmp_path / "month.csv").read_text(encoding="utf-8-sig")
    assert_quiet(page)


def test_a_slip_at_the_till_is_taken_back_before_anybody_is_told(
    context: BrowserContext, canteen_site: OwnSite
) -> None:
    page = counter_at(context, canteen_site, NOON)
    page.goto("/staff/canteen/till")
    page.locator("#till[data-ready]").wait_for()
    press(page, "4")
    page.get_by_role("button", name="发餐").click()
    expect(page.locator("[data-part=last-number]")).to_have_text("4")
    page.get_by_role("button", name="发错了，撤回").click()
    press(page, "4")
    expect(page.get_by_role("button", name="发餐")).to_be_visible()
    assert_quiet(page)


def test_the_till_needs_no_script(chromium: Browser, canteen_site: OwnSite) -> None:
    context = chromium.new_context(base_url=canteen_site.url, viewport=LYING, java_script_enabled=False)
    page = counter_at(context, canteen_site, NOON)
    page.goto("/staff/canteen/till")
    page.get_by_label("取餐号、卡号后四位或姓名").fill("张秀兰")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".till-card")).to_contain_text("张*兰")
    context.close()
