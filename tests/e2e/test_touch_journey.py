"""By touch from the phone number to the text message and back: what the senior of the first issue does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import TABLET, LiveSite, assert_quiet, newest_text, sign_in, watched_page


@pytest.fixture(params=["with scripts", "without scripts"])
def hand(request: pytest.FixtureRequest, chromium: Browser, live_site: LiveSite) -> Iterator[tuple[Page, str, str]]:
    """A tablet with and one without JavaScript, each for a person of its own."""
    scripts = request.param == "with scripts"
    phone, name = ("15400000003", "黄婉仪") if scripts else ("15400000004", "李德全")
    context = chromium.new_context(viewport=TABLET, base_url=live_site.url, java_script_enabled=scripts)
    page = watched_page(context)
    yield page, phone, name
    context.close()
    assert_quiet(page)


def test_from_the_phone_number_to_the_text_message_to_cancelling(hand: tuple[Page, str, str]) -> None:
    page, phone, name = hand
    page.goto("/")
    expect(page.locator(".demo-mark")).to_be_visible()
    page.get_by_role("link", name="用手机号登录").click()
    sign_in(page, phone, name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)

    page.get_by_role("main").get_by_role("link", name="订餐", exact=True).click()
    page.get_by_role("link", name=re.compile("^明天")).click()
    page.get_by_role("link", name=re.compile("^午餐")).click()
    page.locator(".card", has_text="可以送到家").first.get_by_role("link", name="选这家").click()
    page.get_by_role("link", name="送到我家").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("请您看看，都对吗？")
    review = page.get_by_role("main").inner_text()
    for part in ("明天", "午餐", "送到家", "1份", "原价", "政府补贴", "送餐费", "您付", "以前可以取消"):
        assert part in review
    to_pay = page.locator(".price-total dd").inner_text()
    page.get_by_role("button", name="对，订餐").click()

    expect(page.locator(".notice-done")).to_contain_text("订好了")
    expect(page.locator(".ticket")).to_contain_text("送到您家")
    text = newest_text(page, name, "午餐")
    assert "送" in text
    assert to_pay in text

    page.get_by_role("link", name="首页").click()
    expect(page.get_by_role("region", name="您的下一餐")).to_contain_text("午餐")
    page.get_by_role("link", name="我的预订").click()
    page.get_by_role("link", name="午餐").click()
    page.get_by_role("link", name="取消这一餐").click()
    page.get_by_role("button", name="对，取消").click()
    expect(page.locator(".notice-done")).to_contain_text("已经取消")
    expect(page.get_by_role("link", name="重新订这一餐")).to_be_visible()
    assert "取消" in newest_text(page, name, "取消")


def test_a_swap_moves_the_focus_to_the_new_heading_and_announces_once(tablet: Page) -> None:
    tablet.get_by_role("main").get_by_role("link", name="帮助").click()
    heading = tablet.get_by_role("heading", level=1)
    expect(heading).to_have_text("我们怎么帮您？")
    expect(heading).to_be_focused()
    expect(tablet.locator("#announcement")).to_have_text("帮助 · 颐年助手")
    expect(tablet).to_have_title("帮助 · 颐年助手")
    assert tablet.url.endswith("/help")
    tablet.go_back()
    expect(tablet.get_by_role("heading", level=1)).to_contain_text("这里是颐年助手")


def test_a_mistake_moves_the_focus_to_its_words(tablet: Page) -> None:
    tablet.goto("/sign-in")
    tablet.get_by_label("手机号", exact=True).fill("1540000000")
    tablet.get_by_role("button", name="发登录码给我").click()
    expect(tablet.locator("#problem")).to_be_focused()
    expect(tablet.get_by_label("手机号", exact=True)).to_have_value("1540000000")


def test_a_trembling_double_tap_books_once(chromium: Browser, live_site: LiveSite) -> None:
    context = chromium.new_context(viewport=TABLET, base_url=live_site.url)
    page = watched_page(context)
    sign_in(page, "15400000005", "张秀兰")
    page.get_by_role("heading", name="张秀兰").wait_for()
    page.goto("/meals/book")
    page.get_by_role("link", name=re.compile("^明天")).click()
    page.get_by_role("link", name="晚餐").click()
    page.locator(".card", has_text="可以送到家").first.get_by_role("link", name="选这家").click()
    page.get_by_role("link", name="到饭堂吃").click()
    page.get_by_role("button", name="对，订餐").dblclick()
    expect(page.locator(".notice-done")).to_contain_text("订好了")
    page.goto("/meals/bookings")
    expect(page.locator("a.choice")).to_have_count(1)
    context.close()
    assert_quiet(page)


def test_when_the_server_is_gone_the_page_says_so_and_stays(tablet: Page) -> None:
    tablet.route("**/help", lambda route: route.abort())
    tablet.get_by_role("main").get_by_role("link", name="帮助").click()
    expect(tablet.locator("#trouble")).to_contain_text("现在连不上网")
    expect(tablet.get_by_role("heading", level=1)).to_contain_text("这里是颐年助手")
    tablet.get_by_role("button", name="知道了").click()
    expect(tablet.locator("#trouble")).to_be_hidden()
    tablet.unroute("**/help")
    tablet.wait_for_timeout(1000)  # the second tap of a trembling hand is not heard for a second
    tablet.get_by_role("main").get_by_role("link", name="帮助").click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("我们怎么帮您？")
    tablet.troubles.clear()  # type: ignore[attr-defined] - the browser reports the request that was cut off


def test_while_the_server_thinks_the_page_says_so(tablet: Page) -> None:
    waiting: list[Route] = []
    tablet.route("**/help", lambda route: waiting.append(route))  # playwright needs a function of ours
    tablet.get_by_role("main").get_by_role("link", name="帮助").click()
    expect(tablet.locator("#progress")).to_have_text("请稍等…")
    expect(tablet.locator("#progress")).to_be_visible()
    waiting[0].continue_()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("我们怎么帮您？")
    expect(tablet.locator("#progress")).to_be_hidden()


def test_the_whole_way_to_a_canteen_by_keyboard(tablet: Page) -> None:
    tablet.keyboard.press("Tab")
    expect(tablet.get_by_role("link", name="跳到正文")).to_be_focused()
    tablet.keyboard.press("Enter")
    tablet.keyboard.press("Tab")
    expect(tablet.get_by_role("link", name="用手机号登录")).to_be_focused()
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_role("heading", level=1)).to_be_focused()
    tablet.keyboard.press("Tab")
    tablet.keyboard.type("15400000006")
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_role("heading", level=1)).to_have_text("短信里的登录码是多少？")


def test_type_size_is_one_tap_away_on_every_page_and_leads_back(tablet: Page) -> None:
    tablet.goto("/help")
    tablet.get_by_role("link", name="字号").click()
    tablet.get_by_role("button", name="最大").click()
    tablet.get_by_role("link", name="这样就好").click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text("我们怎么帮您？")
    assert tablet.evaluate("getComputedStyle(document.body).fontSize") == "36px"
