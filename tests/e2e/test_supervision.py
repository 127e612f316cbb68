"""A worker opens a record on a Sunday; the supervisor finds it in the trail and looks into it, in a real browser."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.database import Database, unit_of_work
from services.settings import Settings
from services.supervision import find_unusual_reading
from tests.e2e.conftest import assert_quiet
from tests.e2e.measuring import LYING
from tests.e2e.own_site import OwnSite, own_site
from tests.e2e.test_staff_pages import faults, signed_in
from tests.web.staff import CITY, LIU, SUN

SUNDAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def watched_site(database: Database, settings: Settings) -> Iterator[OwnSite]:
    """A site of its own, on a Sunday morning."""
    with own_site(database, settings, "watched") as site:
        site.at(SUNDAY, 10)
        yield site


@pytest.fixture(scope="module")
def both(chromium: Browser, watched_site: OwnSite) -> Iterator[tuple[Page, Page]]:
    """The desk of 刘工, and that of the supervisor."""
    contexts: list[BrowserContext] = []

    def desk_of(login_name: str) -> Page:
        contexts.append(chromium.new_context(base_url=watched_site.url, viewport=LYING, accept_downloads=True))
        return signed_in(contexts[-1], login_name)

    yield desk_of(LIU), desk_of(SUN)
    for context in contexts:
        context.close()


def test_the_supervisor_sees_who_read_what_and_looks_into_what_is_unusual(
    both: tuple[Page, Page], watched_site: OwnSite, tmp_path: Path
) -> None:
    desk, supervisor = both
    desk.goto("/staff/people")
    desk.get_by_label("姓名").fill("王秀珍")
    desk.get_by_role("button", name="查找").click()
    desk.get_by_role("link", name="王*珍").click()
    expect(desk.get_by_role("heading", name="为什么打开王*珍的档案？")).to_be_visible()
    assert faults(desk) == []
    desk.get_by_label("家里人替她问事").check()
    desk.get_by_role("button", name="打开档案").click()
    desk.get_by_role("button", name="显示154****0002的完整号码").click()
    desk.get_by_role("link", name="15400000002").wait_for()
    with unit_of_work(watched_site.database.sessions) as session:
        assert find_unusual_reading(session, city=CITY, day=SUNDAY, now=watched_site.clock.at) == 1

    # She reads what was done today, of 刘工 alone, and takes it away as a table.
    supervisor.goto("/staff")
    supervisor.locator("#who-did").select_option(label="刘工 · 罗湖区翠竹社区工作人员")
    supervisor.get_by_role("button", name="显示").click()
    rows = supervisor.locator("tbody tr")
    expect(rows.filter(has_text="打开档案：家里人替她问事")).to_contain_text("王*珍")
    expect(rows.filter(has_text="看了完整的电话号码")).to_contain_text("刘工")
    expect(supervisor.locator("main")).not_to_contain_text("王秀珍")
    assert faults(supervisor) == []
    with supervisor.expect_download() as saved:
        supervisor.get_by_role("button", name="存成表格").click()
    saved.value.save_as(tmp_path / "deeds.csv")
    with (tmp_path / "deeds.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["deed"] for row in csv.DictReader(file)} >= {"record_opened", "phone_read"}

    # The flag says why, and is closed with what she found out.
    supervisor.get_by_role("link", name="异常查看").click()
    flag = supervisor.get_by_role("region", name="刘工")
    expect(flag).to_contain_text("工作时间以外看了1份档案")
    assert faults(supervisor) == []
    flag.get_by_role("button", name="我查过了").click()
    expect(supervisor.get_by_text("请写下查到的情况").first).to_be_visible()
    flag.get_by_label("查到什么情况？").fill("当天值班，家属来窗口")
    flag.get_by_role("button", name="我查过了").click()
    expect(supervisor.locator(".notice-done").first).to_contain_text("已记下您查过了")
    expect(flag).to_contain_text("孙督查")
    assert_quiet(desk)

    # No record opens to her.
    assert supervisor.request.get("/staff/people").status == 403
