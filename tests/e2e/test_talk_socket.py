"""The microphone's line on the running site: who gets one, and what happens to those who want too much."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, StorageState
from simple_websocket import Client, ConnectionClosed

from tests.e2e.conftest import LiveSite, sign_in
from webapp.talk_lines import LINES_A_PERSON, MOST_WAITING_MESSAGES

ANSWER_SECONDS = 10
FREE_SECONDS = 90
STOPPED = {"kind": "stopped"}
# The address of the site as this client says it in `Host`: without the port.
OWN_ORIGIN = "http://127.0.0.1"

Open = Callable[..., Client]


@contextmanager
def opening(live_site: LiveSite, cookies: StorageState) -> Iterator[Open]:
    """Opens lines as the browser with these cookies does; all are closed in the end."""
    opened: list[Client] = []
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in cookies["cookies"])

    def open_one(**headers: str) -> Client:
        sent = {"Origin": OWN_ORIGIN, "Cookie": cookie} | headers
        address = live_site.url.replace("http", "ws") + "/talk/socket"
        opened.append(Client(address, headers={name: value for name, value in sent.items() if value}))
        return opened[-1]

    yield open_one
    for line in opened:
        with suppress(ConnectionClosed):
            line.close()


@pytest.fixture
def open_line(live_site: LiveSite, her_cookies: StorageState) -> Iterator[Open]:
    """Opens a line of 王秀珍."""
    with opening(live_site, her_cookies) as open_one:
        yield open_one


@pytest.fixture
def open_line_of_another(tablet: Page, live_site: LiveSite) -> Iterator[Open]:
    """Opens a line of somebody who has none that the site still answers on."""
    sign_in(tablet, "15400000003", "黄婉仪")
    with opening(live_site, tablet.context.storage_state()) as open_one:
        yield open_one


def told(line: Client) -> dict[str, Any]:
    """The next thing that the server says; fails where it says nothing."""
    message = line.receive(timeout=ANSWER_SECONDS)
    assert isinstance(message, str), message
    answer: dict[str, Any] = json.loads(message)
    return answer


def answer_on(line: Client) -> dict[str, Any]:
    """What the server says to a message that changes nothing: `stopped` where the line is open."""
    line.send(json.dumps({"kind": "stop"}))
    return told(line)


def working_line(open_line: Open) -> Client:
    """A line on which the server answers. It may notice late that an earlier one was closed: it first answers, aloud,
    what had been said on that one."""
    until = time.monotonic() + FREE_SECONDS
    while answer_on(line := open_line()) != STOPPED:
        assert time.monotonic() < until
        time.sleep(0.1)
    return line


def flood(line: Client, message: str, times: int) -> None:
    for _ in range(times):
        line.send(message)


def test_a_page_of_this_site_gets_a_line(open_line: Open) -> None:
    assert working_line(open_line).connected


@pytest.mark.parametrize("origin", ["http://elsewhere.example", ""])
def test_a_page_of_another_site_gets_none(open_line: Open, origin: str) -> None:
    line = open_line(Origin=origin)
    with pytest.raises(ConnectionClosed):
        line.receive(timeout=ANSWER_SECONDS)


def test_nobody_gets_a_line_without_signing_in(live_site: LiveSite) -> None:
    handshake = {
        "Origin": live_site.url,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    }
    connection = HTTPConnection(urlsplit(live_site.url).netloc, timeout=ANSWER_SECONDS)
    connection.request("GET", "/talk/socket", headers=handshake)
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 303
    assert answer.headers["Location"] == "/sign-in"


def test_one_person_cannot_take_all_the_lines(open_line_of_another: Open) -> None:
    lines = [working_line(open_line_of_another) for _ in range(LINES_A_PERSON)]
    assert told(open_line_of_another()) == {"kind": "error", "code": "too_many"}
    assert [answer_on(line) for line in lines] == [STOPPED] * LINES_A_PERSON


def test_a_page_that_sends_faster_than_anybody_reads_is_cut_off(open_line: Open) -> None:
    line = working_line(open_line)
    wish = json.dumps({"kind": "say", "text": "明天中午订一份午餐"})
    with pytest.raises((ConnectionClosed, OSError)):
        flood(line, wish, 100 * MOST_WAITING_MESSAGES)
    assert working_line(open_line).connected


def test_a_message_larger_than_any_page_sends_ends_the_line(open_line: Open) -> None:
    line = working_line(open_line)
    line.send(bytes(128 * 1024))
    with pytest.raises(ConnectionClosed):
        line.receive(timeout=ANSWER_SECONDS)
