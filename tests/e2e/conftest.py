"""The whole of Yinian as `make run` starts it, on a free port with a database of its own, and a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, sync_playwright

from services.database import Database, new_id
from services.database.embedded import ensure_database
from services.settings import PROJECT, Settings, ensure_demo_settings
from tests.web.catalogues import with_compiled_words

# A loaded machine takes its time; a site that does not come up says so at once by ending.
READY_WITHIN_SECONDS = 180
# A loaded machine takes its time for a page, too.
STEP_MS = 60_000
TABLET = {"width": 800, "height": 1280}
# Chromium otherwise looks for its maker's hosts at every start; the last two let a root user and a small machine in.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--disable-gpu",
    "--no-sandbox",
)


@dataclass(frozen=True)
class LiveSite:
    """A running Yinian."""

    url: str
    log: Path


@pytest.fixture(scope="session")
def live_site(database: Database, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Site and worker, with the real clock."""
    assert database.server is not None
    folder = tmp_path_factory.mktemp("live")
    ensure_demo_settings(folder)
    models = Settings.model_fields["var_dir"].default / "models"
    if models.exists():
        (folder / "models").symlink_to(models)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YINIAN_")} | {
        "DATABASE_URL": ensure_database(database.server, f"live_{new_id().hex}"),
        "YINIAN_VAR_DIR": str(folder),
        "YINIAN_LOCALES_DIR": str(with_compiled_words(settings).locales_dir),
        # The worker has better to do than to live through a month of visits.
        "YINIAN_DEMO_PAST_DAYS": "0",
        "PORT": str(port),
    }
    log = folder / "run.log"
    with log.open("w") as output:
        run = subprocess.Popen(
            [sys.executable, "-m", "webapp"], cwd=PROJECT, env=environment, stdout=output, stderr=output
        )
        try:
            _wait_for_ready(run, log)
            yield LiveSite(f"http://127.0.0.1:{port}", log)
        finally:
            run.terminate()
            run.wait(timeout=30)


def _wait_for_ready(run: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    while "ready:" not in log.read_text():
        assert run.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    """Playwright itself, which holds the event loop of its thread: a test that runs one of its own must come after."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = launch(playwright_driver)
    yield browser
    browser.close()


def launch(driver: Playwright, *more_flags: str) -> Browser:
    """A Chromium that keeps to itself."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium on this machine; `make test` installs it"
    return driver.chromium.launch(executable_path=path, args=[*FLAGS, *more_flags])


@pytest.fixture
def tablet(chromium: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A tablet held upright, on the site's first page; nothing may be wrong in its console."""
    context = chromium.new_context(viewport=TABLET, base_url=live_site.url)
    page = watched_page(context)
    page.goto("/")
    yield page
    context.close()
    assert_quiet(page)


def watched_page(context: BrowserContext) -> Page:
    """A page that remembers what went wrong in it: errors of scripts, of the security policy, requests elsewhere."""
    page = context.new_page()
    page.set_default_timeout(STEP_MS)
    page.troubles = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.troubles.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console",
        # A page that refuses answers 4xx on purpose, which the console reports too.
        lambda line: line.type == "error" and "the server responded with a status of 4" not in line.text
        and page.troubles.append(line.text),  # type: ignore[attr-defined]
    )  # fmt: skip
    page.on(
        "request",
        lambda request: (
            not re.match(r"(http|ws)://127\.0\.0\.1:|data:|blob:", request.url) and page.troubles.append(request.url)
        ),  # type: ignore[attr-defined]
    )
    return page


def assert_quiet(page: Page) -> None:
    """Nothing went wrong in the page."""
    assert page.troubles == []  # type: ignore[attr-defined]


def sign_in(page: Page, phone: str, name: str) -> None:
    """From the first page to her own, with the code from the demonstration's phone."""
    page.goto("/sign-in")
    page.get_by_label("手机号", exact=True).fill(phone)
    page.get_by_role("button", name="发登录码给我").click()
    page.get_by_role("heading", name="短信里的登录码是多少？").wait_for()
    code = newest_text(page, name, "登录码")
    page.get_by_label("6位登录码").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("heading", name=name).wait_for()


def newest_text(page: Page, name: str, part: str) -> str:
    """What the newest message on her demonstration phone with `part` in it says: its six digits, or else all of it."""
    phone = page.context.new_page()
    phone.goto("/demo/phone")
    phone.get_by_role("link", name=name).click()
    # The worker sends after the site has committed; the page looks for news by itself, or is loaded again.
    message = phone.locator(".message", has_text=part).first
    for _ in range(20):
        if message.count():
            break
        phone.wait_for_timeout(500)
        phone.reload()
    text = message.inner_text()
    phone.close()
    digits = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    return digits.group() if digits and part == "登录码" else text


@pytest.fixture(scope="module")
def her_cookies(chromium: Browser, live_site: LiveSite) -> StorageState:
    """王秀珍, signed in once for all the tests of a file that are about something else."""
    context = chromium.new_context(viewport=TABLET, base_url=live_site.url)
    page = watched_page(context)
    sign_in(page, "15400000002", "王秀珍")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def tablet_of_hers(chromium: Browser, live_site: LiveSite, her_cookies: StorageState) -> Iterator[Page]:
    """The tablet of 王秀珍 at home; nothing may be wrong in its console."""
    context = chromium.new_context(base_url=live_site.url, viewport=TABLET, storage_state=her_cookies)
    page = watched_page(context)
    yield page
    context.close()
    assert_quiet(page)
