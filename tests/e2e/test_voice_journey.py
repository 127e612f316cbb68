"""By voice in the browser: a real microphone path, the real recognizer, the real voice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from playwright.sync_api import Browser, Page, Playwright, WebSocketRoute, expect

from services.settings import Settings
from tests.e2e.conftest import TABLET, LiveSite, assert_quiet, launch, newest_text, sign_in, watched_page
from voice.models import ModelStore
from voice.speakers import Speaker, open_speaker

RATE = 16_000
LEAD_SECONDS, FIRST_PAUSE_SECONDS, PAUSE_SECONDS = 1.0, 8.0, 4.0
# Chromium's stand-in for a microphone plays its file from the moment the page opens it. How long the read-back takes
# differs from machine to machine, so she says her yes again and again until the page listens.
YESES = 12
HEARING_MS = 90_000


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a person says: the wish, and then yes until it is heard."""
    speaker = open_speaker(ModelStore(Settings.model_fields["var_dir"].default / "models"), "neural")
    parts = [silence(LEAD_SECONDS), said(speaker, "明天中午帮我订一份午餐送到家里"), silence(FIRST_PAUSE_SECONDS)]
    parts += [said(speaker, "对，是的"), silence(PAUSE_SECONDS)] * YESES
    file = tmp_path_factory.mktemp("speech") / "microphone.wav"
    soundfile.write(file, np.concatenate(parts), RATE, subtype="PCM_16")
    return file


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def said(speaker: Speaker, text: str) -> np.ndarray:
    speech = speaker.say(text)
    return soxr.resample(speech.samples, speech.rate, RATE)


@pytest.fixture(scope="module")
def talking_chromium(playwright_driver: Playwright, microphone: Path) -> Iterator[Browser]:
    """A Chromium whose microphone is the recording."""
    browser = launch(
        playwright_driver,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    )
    yield browser
    browser.close()


@pytest.fixture
def talk_page(talking_chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A signed-in tablet on the talk page."""
    context = talking_chromium.new_context(viewport=TABLET, base_url=live_site.url)
    page = watched_page(context)
    yield page
    context.close()
    assert_quiet(page)


def open_talk(page: Page, phone: str, name: str) -> None:
    sign_in(page, phone, name)
    page.get_by_role("main").get_by_role("link", name="说话").click()
    page.locator("#talk[data-ready]").wait_for()


def test_she_books_by_talking_and_hears_the_result(talk_page: Page) -> None:
    open_talk(talk_page, "15400000008", "吴桂芳")
    talk_page.get_by_role("button", name="按这里说话").click()
    talk_page.locator("#talk[data-state=listening]").wait_for()
    expect(talk_page.get_by_role("button", name="说完了")).to_be_visible()

    said, answered = talk_page.locator(".line-you"), talk_page.locator(".line-assistant")
    expect(said.first).to_contain_text("午餐", timeout=HEARING_MS)
    expect(answered.last).to_contain_text("元", timeout=HEARING_MS)
    expect(talk_page.get_by_role("button", name="对", exact=True)).to_be_visible()
    talk_page.locator("#talk[data-state=speaking]").wait_for()
    talk_page.locator("#talk[data-state=listening]").wait_for(timeout=HEARING_MS)

    see_it = talk_page.get_by_role("link", name="看这次预订")
    see_it.wait_for(timeout=HEARING_MS)
    see_it.click()
    expect(talk_page.locator(".ticket")).to_be_visible()
    assert "送到家" in talk_page.get_by_role("main").inner_text()
    assert "午餐" in newest_text(talk_page, "吴桂芳", "午餐")


def test_a_pressed_yes_goes_on_with_what_was_said(talk_page: Page) -> None:
    open_talk(talk_page, "15400000009", "赵玉梅")
    talk_page.get_by_label("打字也可以").fill("明天中午订一份午餐，到饭堂吃")
    talk_page.get_by_role("button", name="发送").click()
    yes = talk_page.get_by_role("button", name="对", exact=True)
    yes.wait_for()
    talk_page.wait_for_timeout(1000)
    yes.click()
    talk_page.get_by_role("link", name="看这次预订").click()
    expect(talk_page.locator(".ticket-number")).to_be_visible()


def test_a_line_that_was_cut_says_so_and_leaves_the_box(talk_page: Page) -> None:
    lines: list[WebSocketRoute] = []
    talk_page.route_web_socket("**/talk/socket", lambda line: lines.append(line))
    open_talk(talk_page, "15400000010", "孙福生")
    talk_page.get_by_role("button", name="按这里说话").click()
    talk_page.locator("#talk[data-state=opening]").wait_for()
    talk_page.wait_for_timeout(300)
    lines[0].close()
    expect(talk_page.get_by_role("alert").filter(has_text="刚才断线了")).to_be_visible()
    expect(talk_page.get_by_label("打字也可以")).to_be_visible()
    expect(talk_page.get_by_role("button", name="按这里说话")).to_be_visible()


def test_a_refused_microphone_says_so_and_leaves_the_box(tablet: Page) -> None:
    open_talk(tablet, "15400000011", "周月娥")
    tablet.get_by_role("button", name="按这里说话").click()
    expect(tablet.get_by_role("alert").filter(has_text="话筒没有打开权限")).to_be_visible()
    expect(tablet.get_by_label("打字也可以")).to_be_visible()


def test_a_device_without_microphone_says_so(chromium: Browser, live_site: LiveSite) -> None:
    context = chromium.new_context(viewport=TABLET, base_url=live_site.url, permissions=["microphone"])
    page = watched_page(context)
    open_talk(page, "15400000012", "欧阳建国")
    page.get_by_role("button", name="按这里说话").click()
    expect(page.get_by_role("alert").filter(has_text="没有能用的话筒")).to_be_visible()
    context.close()
    assert_quiet(page)


def test_an_address_without_https_says_that_the_microphone_cannot_be_used(
    playwright_driver: Playwright, live_site: LiveSite
) -> None:
    browser = launch(playwright_driver, "--host-resolver-rules=MAP yinian.test 127.0.0.1")
    context = browser.new_context(viewport=TABLET, base_url=live_site.url.replace("127.0.0.1", "yinian.test"))
    page = context.new_page()
    open_talk(page, "15400000010", "孙福生")
    page.get_by_role("button", name="按这里说话").click()
    expect(page.get_by_role("alert").filter(has_text="这个网址不能用话筒")).to_be_visible()
    browser.close()
