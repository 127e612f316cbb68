"""Killed with -9 anywhere between press and page: the booking is there once or not at all, and she is told which."""

from __future__ import annotations

import contextlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from services.settings import Settings
from tests.e2e.conftest import STEP_MS, TABLET, sign_in
from tests.installation import PATIENCE_SECONDS, Installation, child_of
from tests.web.catalogues import with_compiled_words

PHONE, NAME = "15400000002", "王秀珍"
FREE_MENUS = """
SELECT menus.id, menus.day::text, menus.meal, canteens.name FROM menus
JOIN slots ON slots.id = slot_id AND taken < places - 2
JOIN canteens ON canteens.id = canteen_id JOIN persons ON persons.name = %s
WHERE canteens.community = persons.community AND canteens.kind = 'senior_canteen' AND order_until_at > now() + '1 hour'
AND NOT EXISTS (SELECT FROM meal_bookings WHERE person_id = persons.id AND meal_bookings.day = menus.day
    AND meal_bookings.meal = menus.meal AND status <> 'cancelled')
ORDER BY order_until_at
"""
HERS = """
SELECT {} FROM meal_bookings JOIN persons ON persons.id = person_id
WHERE persons.name = %s AND menu_id = %s AND status <> 'cancelled'
"""


@dataclass
class Kitchen:
    """An installation, the tablet in front of it, and the database behind it."""

    installation: Installation
    page: Page
    environment: dict[str, str]

    def site(self) -> psutil.Process:
        """The process that answers, whose parent starts it again."""
        gunicorn = child_of(self.installation.runs[-1], "gunicorn")
        assert gunicorn is not None
        (site,) = gunicorn.children()
        return site

    def worker(self) -> psutil.Process:
        worker = child_of(self.installation.runs[-1], "services")
        assert worker is not None
        return worker

    def wait_until_it_serves(self) -> None:
        wait_for(lambda: self.installation.health() == 200)

    def rows(self, query: str, *values: str) -> list[tuple[str, ...]]:
        with self.installation.database() as database:
            return database.execute(query, values or None).fetchall()  # type: ignore[arg-type, return-value]

    def bookings_of(self, menu_id: str) -> int:
        ((count,),) = self.rows(HERS.format("count(*)"), NAME, menu_id)
        return int(count)

    def address_of(self, menu_id: str) -> str:
        ((booking_id,),) = self.rows(HERS.format("meal_bookings.id::text"), NAME, menu_id)
        return f"/meals/bookings/{booking_id}"

    def review_some_meal(self) -> str:
        """The last page before booking, of a meal that she does not have; the menu."""
        menu_id, day, meal, canteen = self.rows(FREE_MENUS, NAME)[0]
        self.page.goto(f"/meals/book/canteen?day={day}&meal={meal}")
        self.page.locator(".card", has_text=canteen).get_by_role("link", name="选这家").click()
        self.page.get_by_role("link", name="到饭堂吃").click()
        self.press = self.page.get_by_role("button", name="对，订餐")
        expect(self.press).to_be_visible()
        return menu_id

    def look_again(self, menu_id: str) -> None:
        """She loads the page once more: she is told that she has the meal, or asked as before."""
        self.page.reload()
        if self.bookings_of(menu_id):
            expect(self.page.get_by_role("heading", level=1)).to_have_text("这一餐您已经订过了")
            self.page.get_by_role("link", name="看我订的餐").click()
        else:
            self.press.click()

    def press_again(self, _menu_id: str) -> None:
        self.press.click()

    def goes_on(self, menu_id: str, then: Callable[[Kitchen, str], None]) -> None:
        """She reads what she is told, and does something about it. A browser whose line was cut may have pressed again
        by itself; then she has her number already."""
        number, understood = self.page.locator(".ticket-number"), self.page.get_by_role("button", name="知道了")
        expect(number.or_(understood)).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
        self.wait_until_it_serves()
        if understood.is_visible():
            # The one sentence that is true whatever has happened.
            expect(self.page.locator("#trouble")).to_contain_text("不会订重的")
            understood.click()
            then(self, menu_id)
        self.is_told_that_it_is_booked(menu_id)

    def is_told_that_it_is_booked(self, menu_id: str) -> None:
        """However it went, in the end she sees it, and it is there once."""
        expect(self.page.locator(".ticket-number")).to_be_visible()
        assert "/meals/bookings/" in self.page.url
        assert self.bookings_of(menu_id) == 1


def wait_for(something: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not something():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module")
def kitchen(chromium: Browser, settings: Settings) -> Iterator[Kitchen]:
    environment = {"YINIAN_LOCALES_DIR": str(with_compiled_words(settings).locales_dir)}
    # Not in pytest's own folder, which every other run of pytest that begins closes to the user who runs the server.
    folder = tempfile.TemporaryDirectory(prefix="yinian-killed-", ignore_cleanup_errors=True)
    with folder as path, Installation(Path(path)) as installation:
        installation.start_and_wait(**environment)
        context = chromium.new_context(viewport=TABLET, base_url=f"http://127.0.0.1:{installation.port}")
        page = context.new_page()
        page.set_default_timeout(STEP_MS)
        sign_in(page, PHONE, NAME)
        yield Kitchen(installation, page, environment)
        context.close()


@contextmanager
def undecided(kitchen: Kitchen) -> Iterator[Callable[[], bool]]:
    """Nobody gets a portion until the block ends; whether somebody waits for one."""
    with kitchen.installation.database() as database, database.transaction():
        database.execute("SELECT id FROM slots FOR UPDATE")
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE slots%'"
        yield lambda: int(kitchen.rows(waits)[0][0]) > 0


@contextmanager
def untold(kitchen: Kitchen) -> Iterator[Callable[[], bool]]:
    """What is committed is kept, and nobody is told so until the block ends: the database waits for a second one that
    there is not. Whether somebody waits to be told."""

    def waiting() -> set[int]:
        return {int(row[0]) for row in kitchen.rows("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")}

    worker = kitchen.worker()
    worker.suspend()
    with kitchen.installation.database() as first:
        first.execute("CREATE TABLE IF NOT EXISTS first_to_wait (at timestamptz)")

        def the_first_waits() -> bool:
            first.pgconn.consume_input()
            if not first.pgconn.is_busy():
                while first.pgconn.get_result():
                    pass
                first.pgconn.send_query(b"INSERT INTO first_to_wait VALUES (now())")
            return first.info.backend_pid in waiting()

        try:
            # The server takes the setting up at a moment of its own, so somebody goes ahead until he has to wait.
            _wait_for_a_second_database(kitchen, "nobody")
            wait_for(the_first_waits)
            # The worker may have been in the middle of something when it was stopped.
            before = waiting()
            yield lambda: bool(waiting() - before)
        finally:
            _wait_for_a_second_database(kitchen, "")
            while first.pgconn.get_result():
                pass
            worker.resume()


def _wait_for_a_second_database(kitchen: Kitchen, name: str) -> None:
    with kitchen.installation.database() as database:
        database.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")  # type: ignore[arg-type]
        database.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize("then", [Kitchen.press_again, Kitchen.look_again])
@pytest.mark.parametrize(("moment", "booked"), [(undecided, 0), (untold, 1)])
def test_she_is_told_whether_the_press_counted(kitchen: Kitchen, moment, booked: int, then) -> None:  # type: ignore[no-untyped-def]
    menu_id = kitchen.review_some_meal()
    with moment(kitchen) as somebody_waits:
        kitchen.press.click()
        wait_for(somebody_waits)
        kitchen.site().kill()
    wait_for(lambda: kitchen.bookings_of(menu_id) == booked)
    kitchen.goes_on(menu_id, then)


def test_at_whatever_moment_it_comes_to_the_same(kitchen: Kitchen) -> None:
    for then in (Kitchen.look_again, Kitchen.press_again, Kitchen.look_again):
        menu_id = kitchen.review_some_meal()
        kitchen.press.click(no_wait_after=True)
        # A booking takes about this long.
        time.sleep(random.uniform(0, 0.1))
        kitchen.site().kill()
        kitchen.goes_on(menu_id, then)


def test_after_a_power_cut_what_was_booked_is_there_and_said(kitchen: Kitchen) -> None:
    menu_id, run = kitchen.review_some_meal(), kitchen.installation.runs[-1]
    kitchen.press.click(no_wait_after=True)
    wait_for(lambda: kitchen.bookings_of(menu_id) == 1)
    server = psutil.Process(int((kitchen.installation.folder / "postgres" / "postmaster.pid").read_text().split()[0]))
    everything = [*psutil.Process(run.pid).children(recursive=True), server, *server.children()]
    run.kill()
    for process in everything:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    run.wait(PATIENCE_SECONDS)
    kitchen.installation.start_and_wait(**kitchen.environment)
    kitchen.page.goto("/meals/bookings")
    kitchen.page.get_by_role("main").locator(f"a[href='{kitchen.address_of(menu_id)}']").click()
    kitchen.is_told_that_it_is_booked(menu_id)
