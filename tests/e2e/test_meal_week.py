"""A senior's week by touch: four taps to seven lunches, one of them changed, the same every week, marks, the map."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import TABLET, LiveSite, assert_quiet, newest_text, sign_in, watched_page
from tests.e2e.measuring import faults_at


@pytest.fixture(params=["with scripts", "without scripts"])
def hand(request: pytest.FixtureRequest, chromium: Browser, live_site: LiveSite) -> Iterator[tuple[Page, str]]:
    """A tablet with and one without JavaScript, each for a person of its own."""
    scripts = request.param == "with scripts"
    phone, name = ("15400000006", "郭志强") if scripts else ("15400000011", "周月娥")
    context = chromium.new_context(viewport=TABLET, base_url=live_site.url, java_script_enabled=scripts)
    page = watched_page(context)
    sign_in(page, phone, name)
    page.get_by_role("heading", name=name).wait_for()
    yield page, name
    context.close()
    assert_quiet(page)


def press(page: Page, words: str) -> None:
    """Press the link of the page's own part that says this."""
    page.get_by_role("main").get_by_role("link", name=words).first.click()


def test_a_week_in_four_taps_one_meal_changed_and_the_same_from_then_on(hand: tuple[Page, str]) -> None:
    page, name = hand
    press(page, "订餐")
    press(page, "一次订一个星期")
    press(page, "送到我家")
    button = page.get_by_role("button", name="对，订这")
    to_pay = page.locator(".price-total dd").inner_text()
    button.click()
    expect(page.locator(".notice-done")).to_contain_text(to_pay)
    meals = page.locator("a.choice", has_text="午餐")
    expect(meals.first).to_contain_text("送到家")
    booked = meals.count()
    assert booked in (6, 7), "today's lunch, too, where it is early"
    assert f"{booked}餐" in newest_text(page, name, "餐")

    # One of them for two, eaten there; the rest of it stays as it is.
    meals.last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("午餐")
    day = page.get_by_role("heading", level=1).inner_text()
    expect(page.get_by_role("main")).not_to_contain_text("取餐号")
    press(page, "修改 几份")
    press(page, "2份")
    page.get_by_role("button", name="对，改").click()
    expect(page.locator(".notice-done")).to_contain_text("改好了")
    press(page, "修改 在哪里吃")
    press(page, "到饭堂吃")
    page.get_by_role("button", name="对，改").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(day)
    expect(page.locator(".ticket-number")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("2份")

    # The same from then on, and stopped again with what it booked.
    page.goto("/meals/standing")
    press(page, "星期一到星期五")
    press(page, "到饭堂吃")
    page.get_by_role("link", name="修改 哪一餐").click()
    press(page, "晚餐")
    page.get_by_role("button", name="对，每周都订").click()
    expect(page.locator(".notice-done")).to_contain_text("以后到时候就替您订好")
    press(page, "不再每周自动订")
    page.get_by_role("button", name="已经订好的也取消").click()
    expect(page.locator(".notice-done")).to_contain_text("以后不再自动订餐")


def test_a_usual_meal_takes_three_taps_from_the_first_page(chromium: Browser, live_site: LiveSite) -> None:
    context = chromium.new_context(viewport=TABLET, base_url=live_site.url)
    page = watched_page(context)
    sign_in(page, "15400000012", "欧阳建国")
    for usual in ("最近的一餐", "照平常订"):
        page.goto("/")
        press(page, "订餐")
        press(page, usual)
        page.get_by_role("button", name="对，订餐").click()
        expect(page.locator(".ticket-number")).to_be_visible()
    context.close()
    assert_quiet(page)


@pytest.fixture
def hers(chromium: Browser, live_site: LiveSite, her_cookies: StorageState) -> Iterator[Page]:
    """Her browser, with everything marked that can be."""
    context = chromium.new_context(base_url=live_site.url, storage_state=her_cookies)
    page = watched_page(context)
    page.goto("/meals/diet")
    for box in page.locator(".tick-box").all():
        box.check()
    page.get_by_role("button", name="就这样记下").click()
    page.locator(".notice-done").wait_for()
    yield page
    context.close()
    assert_quiet(page)


def test_the_pages_of_a_week_meet_the_numbers(hers: Page) -> None:
    week = "/meals/week/review?delivery=yes"
    order = "/meals/standing/review?delivery=no&days=1,3"
    faults = []
    for address in (
        "/meals/book", "/meals/week", week, "/meals/week/change?delivery=yes",
        "/meals/week/change/canteen?delivery=yes", "/meals/diet", "/meals/canteens",
        "/meals/standing", "/meals/standing/days", order,
    ):  # fmt: skip
        faults += faults_at(hers, address)
    assert faults == []
