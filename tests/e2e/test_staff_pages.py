"""The staff's pages in a real browser: measured, checked by axe-core, and used from a senior's text to a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from services.settings import PROJECT
from tests.e2e.conftest import LiveSite, assert_quiet, watched_page
from tests.e2e.measuring import LYING, NARROW, UPRIGHT, axe_faults_of

TARGET_PIXELS = 44
WORK_MS = 60_000
LIU, ZHAO = "liu.cuizhu", "zhao.shi"

TOO_SMALL = """least => [...document.querySelectorAll("a, button, summary, select, textarea, label.decision, input")]
    .filter((one) => !one.closest(".skip") && !["hidden", "radio", "checkbox"].includes(one.type))
    .filter((one) => { const box = one.getBoundingClientRect();
        return box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5); })
    .map((one) => one.outerHTML.slice(0, 100))"""


def signed_in(context: BrowserContext, login_name: str) -> Page:
    """A page on which this account has signed in, with what the demonstration's page shows."""
    page = watched_page(context)
    page.goto("/demo/staff")
    card = page.locator("li.card", has_text=login_name)
    password = card.locator("dd code").nth(1).inner_text()
    code = card.locator(".code-now").inner_text()
    page.goto("/staff/sign-in")
    page.get_by_label("登录名").fill(login_name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="继续").click()
    page.get_by_label("六位数字").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("button", name="退出登录").wait_for()
    return page


@pytest.fixture(scope="module")
def desk(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """The desk of 刘工."""
    context = chromium.new_context(base_url=live_site.url, viewport=LYING)
    page = signed_in(context, LIU)
    yield page
    context.close()


@pytest.fixture(scope="module")
def office(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """The desk of 赵科."""
    context = chromium.new_context(base_url=live_site.url, viewport=LYING)
    page = signed_in(context, ZHAO)
    yield page
    context.close()


def says_why(desk: Page) -> None:
    """Open the record that she was led to, where it is not open any more from before."""
    desk.wait_for_url(re.compile("/staff/people/."))
    if desk.url.split("?")[0].endswith("/open"):
        assert faults(desk) == []
        desk.get_by_label("本人在窗口").check()
        desk.get_by_role("button", name="打开档案").click()


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open, upright, lying and narrow."""
    found = []
    for size in (UPRIGHT, LYING, NARROW):
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} {size}: sideways scrolling")
        found += [f"{page.url} {size}: too small {one}" for one in page.evaluate(TOO_SMALL, TARGET_PIXELS)]
    page.set_viewport_size(LYING)
    return found + [f"{page.url}: {fault}" for fault in axe_faults_of(page)]


def test_a_call_for_help_by_text_becomes_a_task_that_is_decided_with_a_reason(desk: Page) -> None:
    phone = desk.context.new_page()
    phone.goto("/demo/phone")
    phone.get_by_role("link", name="王秀珍").click()
    phone.locator("textarea, input[type=text]").first.fill("帮忙")
    phone.locator("main form button").first.click()
    for _ in range(30):
        desk.goto("/staff?kind=help_wanted")
        if desk.locator("td a.table-link").count():
            break
        desk.wait_for_timeout(500)
    assert faults(desk) == []
    desk.locator("td a.table-link").first.click()
    desk.get_by_text("帮忙", exact=True).wait_for()
    assert faults(desk) == []
    desk.get_by_role("button", name="确定").click()
    desk.get_by_text("请写明理由").first.wait_for()
    desk.get_by_label("理由").fill("打电话问过，本人要人陪同办卡")
    desk.get_by_role("button", name="确定").click()
    desk.get_by_role("heading", name="决定：已办妥").wait_for()
    assert faults(desk) == []
    phone.close()
    assert_quiet(desk)


def test_a_worker_finds_somebody_and_her_pages_meet_the_numbers(desk: Page) -> None:
    desk.goto("/staff/people")
    desk.get_by_label("姓名").fill("王")
    desk.get_by_role("button", name="查找").click()
    desk.get_by_role("link", name="王*珍").wait_for()
    assert faults(desk) == []
    desk.get_by_role("link", name="王*珍").click()
    says_why(desk)
    desk.get_by_role("button", name="显示154****0002的完整号码").click()
    desk.get_by_role("link", name="15400000002").wait_for()
    assert faults(desk) == []


def test_an_operator_takes_in_a_register_and_watches_it(office: Page) -> None:
    office.goto("/staff/registers")
    assert faults(office) == []
    office.locator("#file").set_input_files(PROJECT / "docs/examples/registry/household-with-mistakes.csv")
    office.get_by_role("button", name="导入").click()
    office.get_by_text("未采用的行").first.wait_for(timeout=WORK_MS)
    assert faults(office) == []
    assert_quiet(office)


def test_an_operator_screens_and_sees_the_months(office: Page) -> None:
    office.goto("/staff/screening")
    assert faults(office) == []
    office.get_by_role("button", name="开始筛查").click()
    office.get_by_text("发出邀请").first.wait_for(timeout=WORK_MS)
    assert faults(office) == []
    for address in ("/staff", "/staff/runs"):
        office.goto(address)
        assert faults(office) == []


@pytest.mark.parametrize("theme", ["dark", "yellow"])
def test_larger_type_and_other_colours_serve_staff_too(
    chromium: Browser, live_site: LiveSite, desk: Page, theme: str
) -> None:
    context = chromium.new_context(base_url=live_site.url, storage_state=desk.context.storage_state())
    context.add_cookies([{"name": "type", "value": "36", "url": live_site.url},
                         {"name": "theme", "value": theme, "url": live_site.url}])  # fmt: skip
    page = watched_page(context)
    found = []
    for address in ("/staff", "/staff/people", "/demo/staff"):
        page.goto(address)
        found += faults(page)
    context.close()
    assert found == []


def test_the_sign_in_pages_meet_the_numbers(chromium: Browser, live_site: LiveSite) -> None:
    context = chromium.new_context(base_url=live_site.url)
    page = watched_page(context)
    found = []
    for address in ("/staff/sign-in", "/demo/staff", "/staff/nothing"):
        page.goto(address)
        found += faults(page)
    context.close()
    assert found == []
