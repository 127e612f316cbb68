"""Family and the desk in a real browser: a daughter asks, her mother agrees by text and takes it back; a son and his
mother come to the desk, where a worker is the witness, helps her on her own pages, and pauses what may be done."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.demo.family import DAUGHTER, SON
from tests.e2e.conftest import STEP_MS, TABLET, LiveSite, assert_quiet, newest_text, watched_page
from tests.e2e.measuring import LYING, axe_faults_of, faults_of
from tests.e2e.test_staff_pages import LIU, faults, says_why, signed_in

NAME, MASKED, PHONE = "王秀珍", "王*珍", "15400000002"


@pytest.fixture
def context(chromium: Browser, live_site: LiveSite) -> Iterator[BrowserContext]:
    """A browser of somebody of her family."""
    context = chromium.new_context(base_url=live_site.url, viewport=TABLET)
    yield context
    context.close()


@pytest.fixture
def desk(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """The desk of 刘工."""
    context = chromium.new_context(base_url=live_site.url, viewport=LYING)
    page = signed_in(context, LIU)
    yield page
    context.close()
    assert_quiet(page)


def family_page(context: BrowserContext, name: str, phone: str) -> Page:
    """Somebody of her family, signed in by the entrance of families."""
    page = watched_page(context)
    page.goto("/sign-in?as=family")
    page.get_by_label("手机号", exact=True).fill(phone)
    page.get_by_role("button", name="发登录码给我").click()
    page.get_by_role("heading", name="短信里的登录码是多少？").wait_for()
    page.get_by_label("6位登录码").fill(newest_text(page, name, "登录码"))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("heading", name="我替谁办事").wait_for()
    return page


def ask_to_act(page: Page, relation: str) -> None:
    """Ask to act for her; nothing of her is shown for it."""
    page.goto("/family/ask")
    page.get_by_label("老人的姓名").fill(NAME)
    page.get_by_label(re.compile("手机号、身份证号")).fill(PHONE)
    page.get_by_label(relation, exact=True).check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator(".notice-done")).to_contain_text("申请记下了")
    assert MASKED not in page.get_by_role("main").inner_text()


def text_back(page: Page, words: str) -> None:
    """She answers on her own telephone."""
    telephone = page.context.new_page()
    telephone.goto("/demo/phone")
    telephone.get_by_role("link", name=NAME).click()
    telephone.get_by_label("回信").fill(words)
    telephone.get_by_role("button", name="发送", exact=True).click()
    expect(telephone.locator(".message-own").first).to_contain_text(words)
    telephone.close()


def book(page: Page, day: str, meal: str) -> None:
    """The way through the questions, from the first page. Each test of this site has meals of its own."""
    page.get_by_role("main").get_by_role("link", name="订餐", exact=True).click()
    page.get_by_role("link", name=re.compile(f"^{day}")).click()
    page.get_by_role("link", name=re.compile(f"^{meal}")).click()
    page.get_by_role("link", name="选这家").first.click()
    page.get_by_role("link", name="到饭堂吃").click()
    page.get_by_role("button", name="对，订餐").click()
    expect(page.locator(".notice-done")).to_contain_text("订好了", timeout=STEP_MS)


def until_it_shows(page: Page, link: str) -> None:
    """What a worker process does in the meantime is on the page sooner or later."""
    for _ in range(40):
        if page.get_by_role("link", name=link).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("link", name=link)).to_be_visible()


def test_a_daughter_asks_acts_and_is_told_no_more(context: BrowserContext, tablet_of_hers: Page) -> None:
    hers = family_page(context, *DAUGHTER)
    ask_to_act(hers, "女儿")
    asked = newest_text(tablet_of_hers, NAME, "同意请回")
    code = re.search(r"“同意(\d{4})”", asked)
    assert code, asked
    text_back(tablet_of_hers, f"同意{code[1]}")
    hers.goto("/family")
    until_it_shows(hers, f"替{MASKED}办理")
    hers.get_by_role("link", name=f"替{MASKED}办理").click()
    expect(hers.locator(".acting-mark")).to_contain_text(f"正在为 {MASKED} 办理")
    assert [*faults_of(hers), *axe_faults_of(hers)] == []
    book(hers, "明天", "午餐")
    expect(hers.locator(".acting-mark")).to_contain_text(f"正在为 {MASKED} 办理")
    assert "订了餐" in newest_text(tablet_of_hers, NAME, "替您订了餐")

    # The mother sees who did what, undoes it, and takes the right back in two taps.
    tablet_of_hers.goto("/delegates")
    expect(tablet_of_hers.get_by_role("main")).to_contain_text("女儿 黄*玲 替您订了餐")
    assert [*faults_of(tablet_of_hers), *axe_faults_of(tablet_of_hers)] == []
    tablet_of_hers.get_by_role("link", name="不让再替我办").first.click()
    tablet_of_hers.get_by_role("button", name="是的，现在收回").click()
    expect(tablet_of_hers.locator(".notice-done")).to_contain_text("收回了")
    hers.reload()
    expect(hers.get_by_role("heading", level=1)).to_have_text("我替谁办事")
    expect(hers.get_by_role("main")).to_contain_text("不能再替")
    assert_quiet(hers)


def test_at_the_desk_a_worker_is_the_witness_and_helps_her_on_her_own_pages(
    context: BrowserContext, desk: Page, tablet_of_hers: Page
) -> None:
    sons = family_page(context, *SON)
    ask_to_act(sons, "家人")
    newest_text(tablet_of_hers, NAME, "同意请回")
    desk.goto("/staff/people")
    desk.get_by_label("姓名").fill(NAME)
    desk.get_by_role("button", name="查找").click()
    desk.get_by_role("link", name=MASKED).click()
    # The worker says why before anything is shown.
    says_why(desk)
    desk.get_by_role("link", name="谁能替她办事").click()
    assert faults(desk) == []
    request = desk.locator("section", has_text="周*")
    request.get_by_label("两人都在场").check()
    request.get_by_label("怎么知道是本人自愿的").fill("母子都在，单独问过本人")
    request.get_by_role("button", name="本人当面同意，我作见证").click()
    expect(desk.locator(".notice-done")).to_contain_text("您是见证人", timeout=STEP_MS)
    sons.goto("/family")
    expect(sons.get_by_role("link", name=f"替{MASKED}办理")).to_be_visible()

    # And now for herself: on her own pages, with the worker's name on each.
    desk.get_by_role("link", name="返回").click()
    desk.get_by_role("button", name="本人在场：在她的页面上帮她办").click()
    mark = desk.locator(".acting-mark")
    expect(mark).to_contain_text(f"正在服务台为 {MASKED} 办理，由刘工协助")
    assert [*faults_of(desk), *axe_faults_of(desk)] == []
    desk.get_by_role("main").get_by_role("link", name="订餐", exact=True).wait_for()
    book(desk, "后天", "晚餐")
    expect(mark).to_contain_text("由刘工协助")
    desk.get_by_role("button", name="办完了，回到工作台").click()
    expect(desk.locator(".notice-done")).to_contain_text("本人的页面已关上")
    assert "刘工在服务台帮您订了餐" in newest_text(tablet_of_hers, NAME, "在服务台")
    tablet_of_hers.goto("/delegates")
    expect(tablet_of_hers.get_by_role("main")).to_contain_text("刘工在服务台 替您订了餐")
    assert_quiet(sons)
