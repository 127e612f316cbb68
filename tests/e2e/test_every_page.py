"""Every page, upright and lying, at the default and the largest type, in every theme: measured, and checked by
axe-core."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.e2e.conftest import LiveSite, watched_page
from tests.e2e.measuring import LARGEST, UPRIGHT, faults_at

VISITOR_PAGES = ("/", "/sign-in", "/sign-in/code", "/help", "/display", "/demo/phone", "/demo/phone/1", "/nothing")


@pytest.fixture(scope="module")
def addresses(chromium: Browser, live_site: LiveSite, her_cookies: StorageState) -> list[str]:
    """Every page that 王秀珍 can see, found by going the whole way once and booking a meal at its end."""
    context = chromium.new_context(base_url=live_site.url, storage_state=her_cookies)
    page = watched_page(context)
    found = ["/", "/meals/book"]
    page.goto("/meals/book")
    for words in ("明天", "晚餐", "选这家", "送到我家"):
        # Not the usual meal, which has the day's name in it, too.
        page.get_by_role("link", name=re.compile(f"^{words}")).first.click()
        page.wait_for_function("before => !location.href.endsWith(before)", arg=found[-1])
        found.append(page.url.removeprefix(live_site.url))
    page.get_by_role("link", name="修改 几份").click()
    page.get_by_role("heading", name="订几份").wait_for()
    found.append(page.url.removeprefix(live_site.url))
    page.go_back()
    page.get_by_role("button", name="对，订餐").click()
    page.locator(".ticket").wait_for()
    booking = page.url.removeprefix(live_site.url)
    # The talk page with everything on it: a read-back that waits for its answer.
    page.goto("/talk")
    page.get_by_label("打字也可以").fill("后天订一份午餐送到家里")
    page.get_by_role("button", name="发送").click()
    page.get_by_role("button", name="不对").wait_for()
    context.close()
    return [
        *found,
        booking,
        f"{booking}/cancel",
        "/meals/bookings",
        "/benefits",
        "/benefits/old-age-allowance",
        "/benefits/payments",
        "/certification",
        "/talk",
        "/meals/book/meal?day=2020-01-01",
        "/help",
        "/devices",
        "/emergency",
        "/calls",
    ]


@pytest.fixture
def hers(chromium: Browser, live_site: LiveSite, her_cookies: StorageState) -> Iterator[Page]:
    """Her browser, with the largest type."""
    context = chromium.new_context(base_url=live_site.url, storage_state=her_cookies)
    context.add_cookies([{"name": "type", "value": LARGEST, "url": live_site.url}])
    yield watched_page(context)
    context.close()


@pytest.fixture
def visitors(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A visitor's browser, with a code on its way so that the code page opens."""
    context = chromium.new_context(base_url=live_site.url)
    page = watched_page(context)
    page.goto("/sign-in")
    page.get_by_label("手机号", exact=True).fill("15400000007")
    page.get_by_role("button", name="发登录码给我").click()
    page.get_by_role("heading", name="短信里的登录码是多少？").wait_for()
    yield page
    context.close()


def test_her_pages_meet_the_numbers(hers: Page, addresses: list[str]) -> None:
    assert [fault for address in addresses for fault in faults_at(hers, address)] == []


def test_visitors_pages_meet_the_numbers(visitors: Page) -> None:
    assert [fault for address in VISITOR_PAGES for fault in faults_at(visitors, address)] == []


def test_help_is_in_the_same_place_on_every_page(hers: Page, addresses: list[str]) -> None:
    hers.set_viewport_size(UPRIGHT)
    places = set()
    for address in addresses:
        hers.goto(address)
        bar = hers.locator(".bar-help a")
        places.add(
            tuple((one.inner_text(), *(round(v) for v in (one.bounding_box() or {}).values())) for one in bar.all())
        )
    assert len(places) == 1, places


def test_the_focus_is_seen_and_not_covered(hers: Page) -> None:
    hers.goto("/meals/book")
    hers.set_viewport_size(UPRIGHT)
    for _ in range(12):
        hers.keyboard.press("Tab")
        style = hers.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
            const on_top = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2);
            return { width: parseFloat(s.outlineWidth), style: s.outlineStyle, seen: e.contains(on_top) }; }"""
        )
        assert style["style"] == "solid"
        assert style["width"] >= 3
        assert style["seen"]
