"""A home is made safe in a real browser: a worker with the senior at the desk, the firm's office, and her own tablet.

From the application to the payment of the firm, and on every step what she sees of it at home.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from services.demo.home_care import OFFICE_LOGIN
from tests.adapting import photo
from tests.e2e.conftest import STEP_MS, LiveSite, newest_text
from tests.e2e.measuring import axe_faults_of, faults_of
from tests.e2e.test_staff_pages import LIU, LYING, faults, says_why, signed_in

FIRM = "乐邻居家养老服务中心"
NAME, MASKED = "王秀珍", "王*珍"
REFERENCE = "SZ-2026-0001"
# 1,000 yuan of works and 3,500.50 of a wheelchair, of which the city's limit for aids lets 3,000 count.
CITY_PAYS, SHE_PAYS = "4,000元", "500.50元"


@pytest.fixture
def desk(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """The desk of 刘工, with her beside it."""
    context = chromium.new_context(base_url=live_site.url, viewport=LYING)
    yield signed_in(context, LIU)
    context.close()


@pytest.fixture
def office(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """The office of the firm."""
    context = chromium.new_context(base_url=live_site.url, viewport=LYING)
    yield signed_in(context, OFFICE_LOGIN)
    context.close()


def sees(tablet: Page, heading: str) -> None:
    """She opens the page of her home, and it says this."""
    tablet.goto("/home-adaptation")
    expect(tablet.get_by_role("heading", level=1)).to_have_text(heading)


def can_be_used(tablet: Page) -> None:
    """What she is asked can be read and pressed."""
    assert [*faults_of(tablet), *axe_faults_of(tablet)] == []


def says(tablet: Page, button: str, then: str) -> None:
    """She presses it, and her page has moved on."""
    tablet.get_by_role("button", name=button).click()
    expect(tablet.get_by_role("heading", level=1)).to_have_text(then, timeout=STEP_MS)


def done(page: Page, button: str, within: Locator | None = None) -> None:
    """Press it, and the next page says that it is done."""
    page.evaluate("document.querySelector('main').dataset.before = ''")
    (within or page).get_by_role("button", name=button, exact=True).click()
    # Whatever page was there before is gone.
    expect(page.locator("[data-before]")).to_have_count(0, timeout=STEP_MS)
    expect(page.locator(".notice-done").first).to_be_visible(timeout=STEP_MS)


def add_photo(page: Page, stage: str, folder: Path) -> None:
    """A photo as a telephone makes one."""
    file = folder / f"{stage}.jpg"
    file.write_bytes(photo(size=(640, 480)))
    page.get_by_label(f"照片：{stage}").set_input_files(file)
    done(page, "加照片", page.locator("form", has=page.get_by_label(f"照片：{stage}")))
    expect(page.locator(".photo-row").get_by_role("link", name=stage).last).to_be_visible()


def apply_at_the_desk(desk: Page) -> None:
    desk.goto("/staff/people")
    desk.get_by_label("姓名").fill(NAME)
    desk.get_by_role("button", name="查找").click()
    desk.get_by_role("link", name=MASKED).click()
    says_why(desk)
    desk.get_by_role("region", name="家里改造").get_by_role("link").click()
    desk.get_by_label("租的房子").check()
    done(desk, "陪她申请")


def assess(desk: Page) -> None:
    for need in ("扶手", "轮椅"):
        desk.get_by_label(need, exact=True).check()
    desk.get_by_label(FIRM).check()
    desk.get_by_label("看到了什么").fill("浴室没有扶手，出门要人扶")
    done(desk, "交给公司")


def quote(office: Page) -> None:
    office.goto("/staff/provider/adaptations")
    office.get_by_role("link", name=MASKED).click()
    office.get_by_role("button", name="提交报价").wait_for()
    assert faults(office) == []
    for what, how_many, price in (("扶手", "4", "250"), ("轮椅", "1", "3500.50")):
        office.get_by_label(f"{what}数量").fill(how_many)
        office.get_by_label(f"{what}单价（元）").fill(price)
    done(office, "提交报价")


def test_from_the_desk_to_the_payment_of_the_firm(
    desk: Page, office: Page, tablet_of_hers: Page, tmp_path: Path
) -> None:
    apply_at_the_desk(desk)
    sees(tablet_of_hers, "社区会上门看看")
    assess(desk)
    sees(tablet_of_hers, "公司正在算价钱")
    quote(office)

    # Her yes on her own tablet, where the first page leads to it; the owner's on paper at the desk.
    tablet_of_hers.goto("/")
    tablet_of_hers.locator(".next", has_text="改造我的家要多少钱").get_by_role("link").click()
    sees(tablet_of_hers, "这样改，您同意吗？")
    can_be_used(tablet_of_hers)
    says(tablet_of_hers, f"同意，我出{SHE_PAYS}", then="还要房主同意")
    desk.reload()
    add_photo(desk, "房主同意书", tmp_path)
    desk.get_by_label("房主是谁，怎样核实的").fill("房东本人到场，看过房产证")
    done(desk, "房主已书面同意")
    sees(tablet_of_hers, "社区正在审批")
    desk.get_by_role("region", name="您的决定").get_by_role("textbox").fill("上门看过，符合条件")
    done(desk, "批准改造")
    sees(tablet_of_hers, "批准了")

    office.reload()
    add_photo(office, "改造前", tmp_path)
    done(office, "我们开工")
    sees(tablet_of_hers, "正在施工")
    add_photo(office, "改造后", tmp_path)
    office.get_by_label("施工实际费用（元）").fill("1000")
    office.get_by_label("辅具和设备实际费用（元）").fill("3500.50")
    done(office, "已完工")

    # She looks at the photos and at the work, and says that all is well; only then the firm is paid, and by transfer.
    sees(tablet_of_hers, "都好吗？")
    can_be_used(tablet_of_hers)
    for stage in ("改造前", "改造后"):
        image = tablet_of_hers.get_by_role("img", name=stage)
        assert image.evaluate("image => image.naturalWidth") == 640
    says(tablet_of_hers, "都好，验收", then="您已经验收")
    desk.reload()
    assert faults(desk) == []
    pay = desk.get_by_role("region", name="付款给公司", exact=True)
    expect(pay).to_contain_text(CITY_PAYS)
    expect(pay).to_contain_text("不付现金，不付给本人")
    pay.get_by_label("转账金额（元）").fill("4000")
    pay.get_by_label("银行流水号").fill(REFERENCE)
    done(desk, "登记付款")
    expect(desk.get_by_role("heading", name="已付款给公司")).to_be_visible()
    expect(desk.locator(".history")).to_contain_text(REFERENCE)
    sees(tablet_of_hers, "您的家改造好了")
    expect(tablet_of_hers.get_by_role("main")).to_contain_text("政府付钱给公司了")
    assert "4000元" in newest_text(tablet_of_hers, NAME, "已付给")
