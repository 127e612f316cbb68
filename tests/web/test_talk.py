"""Talking with the assistant: typed sentences, and the server's end of the microphone with engines that we play."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from simple_websocket import ConnectionClosed
from sqlalchemy.orm import Session

from services.people import Person
from services.sign_in import open_session, sign_out
from tests.web.conftest import TestClock, page_of, queued_templates, words_of
from tests.web.engines import FakeEngines, FakeSocket, heard
from voice.audio import TurnEvent
from voice.engines import EngineError
from webapp.security import same_origin
from webapp.site import Site
from webapp.talk_engines import LazyEngines
from webapp.talk_socket import Line
from webapp.talk_turns import Talking

WISH = "明天中午帮我订一份午餐送到家里"
A_TENTH = np.zeros(1600, dtype="<i2").tobytes()


@pytest.fixture
def talking(session: Session, wang: Person, clock: TestClock) -> Talking:
    """王秀珍 on her tablet."""
    token = open_session(session, person_id=wang.id, phone="15400000002", city=wang.city, now=clock.at)
    return Talking(token, "zh_Hans")


def talk(site: Flask, talking: Talking, engines: FakeEngines, *messages: dict[str, Any] | bytes) -> FakeSocket:
    """One line from the page's first message until it hangs up."""
    socket = FakeSocket(*messages)
    this: Site = replace(site.extensions["yinian"], engines=engines)
    with site.test_request_context(), pytest.raises(ConnectionClosed):
        Line(socket, this, talking).serve()
    return socket


LISTEN: dict[str, Any] = {"kind": "listen"}
SOUND = (A_TENTH, A_TENTH, A_TENTH)


# --- the microphone's line --------------------------------------------------------------------------------------------


def test_how_it_speaks_is_chosen_by_touch_too(hers: FlaskClient) -> None:
    assert "说慢一点" in words_of(hers.get("/display"))
    assert "以后就这样说" in words_of(hers.post("/talk/speaking", data={"wish": "slower"}, follow_redirects=True))
    assert hers.post("/talk/speaking", data={"wish": "faster"}).status_code == 400


def test_a_spoken_wish_is_read_back_and_booked_after_a_spoken_yes(
    site: Flask, talking: Talking, session: Session
) -> None:
    engines = FakeEngines([heard(WISH), heard("对")])
    first = talk(site, talking, engines, LISTEN, *SOUND)
    assert first.kinds == ["listening", "partial", "partial", "partial", "thinking", "heard", "reply"]
    assert "12元" in first.told[-1]["text"]
    assert first.told[-1]["asks"]
    assert first.told[-1]["open"]
    assert queued_templates(session) == []
    second = talk(site, talking, engines, LISTEN, *SOUND)
    assert second.told[-1]["booking"].startswith("/meals/bookings/")
    assert not second.told[-1]["open"]
    assert queued_templates(session) == ["meal_booked"]


def test_the_reply_is_sent_as_a_wav_file(site: Flask, talking: Talking) -> None:
    engines = FakeEngines([heard(WISH)])
    socket = talk(site, talking, engines, LISTEN, *SOUND)
    assert socket.waves[0].startswith(b"RIFF")
    assert engines.spoken


def test_the_recognizer_expects_the_words_of_the_question(site: Flask, talking: Talking) -> None:
    engines = FakeEngines([heard(WISH), heard("对")])
    talk(site, talking, engines, LISTEN, *SOUND, LISTEN, *SOUND)
    opening, confirming = engines.expected
    assert opening
    assert confirming != opening


def test_the_button_ends_the_turn_before_the_silence_does(site: Flask, talking: Talking) -> None:
    socket = talk(site, talking, FakeEngines([heard(WISH)]), LISTEN, A_TENTH, {"kind": "done"})
    assert socket.kinds[-1] == "reply"


def test_sound_that_comes_late_is_not_a_new_turn(site: Flask, talking: Talking) -> None:
    socket = talk(site, talking, FakeEngines([heard(WISH)]), LISTEN, *SOUND, A_TENTH, A_TENTH, b"\x00")
    assert socket.kinds.count("reply") == 1


def test_noise_and_silence_change_nothing_and_are_asked_about(site: Flask, talking: Talking, session: Session) -> None:
    engines = FakeEngines([heard(WISH), heard("对", speech=False), heard("")], ends_with=TurnEvent.TURN_ENDED)
    talk(site, talking, engines, LISTEN, *SOUND)
    noise = talk(site, talking, engines, LISTEN, *SOUND)
    engines.ends_with = TurnEvent.NOTHING_HEARD
    silence = talk(site, talking, engines, LISTEN, *SOUND)
    for socket in (noise, silence):
        assert "heard" not in socket.kinds
        assert "12元" in socket.told[-1]["text"], "the read-back stands"
    assert queued_templates(session) == []


def test_stopping_drops_the_turn(site: Flask, talking: Talking) -> None:
    socket = talk(
        site, talking, FakeEngines([heard(WISH)]), LISTEN, A_TENTH, {"kind": "stop"}, A_TENTH, {"kind": "done"}
    )
    assert socket.kinds == ["listening", "partial", "stopped"]


def test_a_pressed_answer_goes_down_the_same_line(site: Flask, talking: Talking, session: Session) -> None:
    engines = FakeEngines([heard(WISH)])
    talk(site, talking, engines, LISTEN, *SOUND, {"kind": "say", "text": "对"})
    assert queued_templates(session) == ["meal_booked"]


def test_without_an_engine_the_page_is_told(site: Flask, talking: Talking) -> None:
    socket = talk(site, talking, FakeEngines([], is_installed=False), LISTEN)
    assert socket.told == [{"kind": "error", "code": "not_installed"}]


def test_without_a_voice_the_answer_is_still_shown(site: Flask, talking: Talking) -> None:
    engines = FakeEngines([heard(WISH)], is_installed=False)
    socket = talk(site, talking, engines, {"kind": "say", "text": WISH})
    assert socket.kinds[-2:] == ["reply", "unspoken"]
    assert "12元" in socket.told[-2]["text"]
    assert socket.waves == []


def test_a_voice_that_fails_hides_nothing_of_what_was_done(
    site: Flask, talking: Talking, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    engines = FakeEngines([], has_a_cold=True)
    socket = talk(site, talking, engines, {"kind": "say", "text": WISH}, {"kind": "say", "text": "对"})
    assert socket.kinds == ["heard", "reply", "unspoken"] * 2
    assert socket.told[-2]["booking"].startswith("/meals/bookings/")
    assert queued_templates(session) == ["meal_booked"]
    assert "speech_broken error=RuntimeError" in caplog.text
    assert "12元" not in caplog.text


def test_a_line_on_which_nothing_is_said_is_closed_with_a_sentence(site: Flask, talking: Talking) -> None:
    socket = FakeSocket(None, LISTEN, LISTEN)
    with site.test_request_context():
        Line(socket, site.extensions["yinian"], talking).serve()
    assert socket.told == [{"kind": "error", "code": "idle"}]


def test_a_spoken_answer_is_for_the_question_that_the_page_showed(
    site: Flask, talking: Talking, session: Session
) -> None:
    engines = FakeEngines([heard(WISH), heard("对"), heard("对")])
    first = talk(site, talking, engines, LISTEN, *SOUND)
    question = first.told[-1]["question"]
    assert question
    stale = talk(site, talking, engines, LISTEN | {"question": ""}, *SOUND)
    assert "12元" in stale.told[-1]["text"], "the open question is asked again"
    assert queued_templates(session) == []
    now_open = stale.told[-1]["question"]
    talk(site, talking, engines, LISTEN | {"question": now_open}, *SOUND)
    assert queued_templates(session) == ["meal_booked"]


def test_a_pressed_answer_to_an_old_question_gets_the_open_one_again(
    site: Flask, talking: Talking, session: Session
) -> None:
    socket = talk(
        site,
        talking,
        FakeEngines([]),
        {"kind": "say", "text": WISH, "question": ""},
        {"kind": "say", "text": "对", "question": "0" * 32},
    )
    assert "12元" in socket.told[-1]["text"]
    assert queued_templates(session) == []


def test_once_signed_out_an_open_line_does_nothing_more(
    site: Flask, talking: Talking, session: Session, clock: TestClock
) -> None:
    sign_out(session, token=talking.token, now=clock.at)
    socket = talk(site, talking, FakeEngines([heard(WISH)]), LISTEN, {"kind": "say", "text": WISH})
    assert socket.kinds == ["error", "heard", "error"]
    assert socket.told[0]["code"] == socket.told[2]["code"] == "signed_out"


@pytest.mark.parametrize("message", [{"kind": "dance"}, {"kind": "say", "text": 3}, {"kind": "done"}, {}])
def test_a_message_that_no_page_sends_is_passed_over(site: Flask, talking: Talking, message: dict[str, Any]) -> None:
    assert talk(site, talking, FakeEngines([]), message).told == []


def test_a_fault_of_ours_ends_the_turn_and_not_the_line(
    site: Flask, talking: Talking, caplog: pytest.LogCaptureFixture
) -> None:
    engines = FakeEngines([])  # the first turn finds no sentence to hear
    socket = talk(site, talking, engines, LISTEN, {"kind": "say", "text": WISH})
    assert socket.told[0] == {"kind": "error", "code": "broken"}
    assert socket.kinds[-1] == "reply"
    assert WISH not in caplog.text


def test_only_pages_of_this_site_may_open_the_line(site: Flask) -> None:
    with site.test_request_context(base_url="http://127.0.0.1:8000"):
        assert same_origin("http://127.0.0.1:8000")
        assert not same_origin("http://elsewhere.example")
        assert not same_origin(None)


def test_without_models_the_engines_say_what_to_install(web_settings: Any, tmp_path: Any) -> None:
    engines = LazyEngines(web_settings.model_copy(update={"var_dir": tmp_path}))
    with pytest.raises(EngineError, match="voice models install"):
        engines.recognizer()


# --- typed sentences, without JavaScript ------------------------------------------------------------------------------


def say(browser: FlaskClient, text: str) -> str:
    """Type a sentence; what the page says then."""
    assert browser.post("/talk/say", data={"text": text}).location == "/talk"
    return words_of(browser.get("/talk"))


def test_a_typed_wish_is_read_back_with_two_large_answers(hers: FlaskClient) -> None:
    words = say(hers, WISH)
    assert WISH in words
    assert "12元" in words
    page = page_of(hers.get("/talk"))
    (answers,) = [box for box in page.iter("div") if box.get("data-part") == "asks"]
    assert answers.get("hidden") is None
    assert [field.get("value") for field in answers.iter("input") if field.get("name") == "text"] == ["对", "不对"]


def test_a_pressed_yes_books_and_leads_to_the_booking(hers: FlaskClient, session: Session) -> None:
    say(hers, WISH)
    hers.post("/talk/say", data={"text": "对"})
    page = page_of(hers.get("/talk"))
    booking = next(link.get("href") for link in page.iter("a") if link.get("data-part") == "booking")
    assert "午餐" in words_of(hers.get(booking))
    assert queued_templates(session) == ["meal_booked"]


def test_a_visit_that_is_booked_by_talking_leads_to_its_page(hers: FlaskClient) -> None:
    say(hers, "后天上午找人来打扫卫生")
    hers.post("/talk/say", data={"text": "对"})
    page = page_of(hers.get("/talk"))
    booking = next(link.get("href") for link in page.iter("a") if link.get("data-part") == "booking")
    assert booking.startswith("/services/bookings/")
    assert "打扫" in words_of(hers.get(booking))


def test_two_quick_taps_on_yes_answer_one_question(hers: FlaskClient, session: Session) -> None:
    say(hers, WISH)
    form = pressed_yes(hers)
    hers.post("/talk/say", data=form)
    done = words_of(hers.get("/talk"))
    hers.post("/talk/say", data=form)
    assert queued_templates(session) == ["meal_booked"]
    assert "订好了" in done
    assert not page_asks(hers), "the second yes answered nothing further"


def test_an_answer_to_an_old_question_gets_the_open_question_again(hers: FlaskClient, session: Session) -> None:
    say(hers, WISH)
    old = pressed_yes(hers)
    say(hers, "换成后天中午的午餐")
    hers.post("/talk/say", data=old)
    words = words_of(hers.get("/talk"))
    assert page_asks(hers)
    assert "后天" in words
    assert queued_templates(session) == []
    hers.post("/talk/say", data=pressed_yes(hers))
    assert queued_templates(session) == ["meal_booked"]


def pressed_yes(browser: FlaskClient) -> dict[str, str]:
    """What the Yes on the talk page sends."""
    form = next(form for form in page_of(browser.get("/talk")).iter("form") if form.get("data-says") is not None)
    return {field.get("name"): field.get("value") for field in form.iter("input") if field.get("name") != "csrf_token"}


def page_asks(browser: FlaskClient) -> bool:
    """Whether the talk page shows Yes and No."""
    (answers,) = [box for box in page_of(browser.get("/talk")).iter("div") if box.get("data-part") == "asks"]
    return answers.get("hidden") is None


def test_a_pressed_no_books_nothing(hers: FlaskClient, session: Session) -> None:
    say(hers, WISH)
    say(hers, "不对")
    say(hers, "算了")
    assert queued_templates(session) == []


def test_typing_and_talking_are_one_conversation(
    site: Flask, hers: FlaskClient, session: Session, talking: Talking
) -> None:
    say(hers, WISH)
    talk(site, talking, FakeEngines([heard("对")]), LISTEN, *SOUND)
    assert queued_templates(session) == ["meal_booked"]


def test_an_empty_box_is_no_turn(hers: FlaskClient) -> None:
    before = words_of(hers.get("/talk"))
    assert say(hers, "   ") == before


def test_the_page_has_a_sentence_for_every_trouble(hers: FlaskClient) -> None:
    page = page_of(hers.get("/talk"))
    codes = {box.get("data-trouble") for box in page.iter("p") if box.get("data-trouble")}
    assert codes == {
        "refused",
        "missing",
        "insecure",
        "lost",
        "not_installed",
        "idle",
        "too_many",
        "broken",
        "signed_out",
    }


def test_who_called_for_help_by_talking_calls_it_off_with_one_large_button(hers: FlaskClient) -> None:
    hers.post("/talk/say", data={"text": "哎呀我起不来了"})
    page = page_of(hers.get("/talk"))
    assert {"tel:120", "tel:119", "tel:110"} <= {link.get("href") for link in page.iter("a")}
    alarm = page.find(".//div[@data-part='alarm']")
    assert alarm.get("hidden") is None
    pressed = alarm.find(".//input[@name='text']").get("value")
    assert "警报取消了" in words_of(hers.post("/talk/say", data={"text": pressed}, follow_redirects=True))
    # Numbers to call are shown once, and kept nowhere.
    again = page_of(hers.get("/talk"))
    assert again.find(".//div[@data-part='alarm']").get("hidden") is not None
    assert "tel:119" not in {link.get("href") for link in again.iter("a")}
