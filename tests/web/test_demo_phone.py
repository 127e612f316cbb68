"""The demonstration's phone."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.database import new_id
from services.demo.phone import PHONE, TEXT, DemoPhoneMessageRow
from services.inbox.tables import IncomingMessageRow
from services.people import PHONE as PERSON_PHONE
from services.sealing import vault_of
from tests.web.conftest import page_of, words_of

ASKED_BY_HTMX = {"HX-Request": "true", "HX-Target": "messages"}


def arrives(session: Session, phone: str, text: str) -> None:
    """A text message comes in."""
    vault = vault_of(session)
    session.add(
        DemoPhoneMessageRow(
            city="shenzhen",
            message_id=new_id(),
            phone_sealed=vault.seal(phone, context=PHONE),
            text_sealed=vault.seal(text, context=TEXT),
        )
    )
    session.flush()


def hers(browser: FlaskClient) -> str:
    """The address of 王秀珍's phone."""
    links = page_of(browser.get("/demo/phone")).iter("a")
    return next(link.get("href") for link in links if "王秀珍" in "".join(link.itertext()))


def test_a_phone_shows_its_own_messages_only(browser: FlaskClient, session: Session) -> None:
    session.execute(delete(DemoPhoneMessageRow))
    arrives(session, "15400000002", "first")
    arrives(session, "15400000001", "of others")
    words = words_of(browser.get(hers(browser)))
    assert "first" in words
    assert "of others" not in words
    assert "演示" in words


def test_no_phone_number_stands_in_an_address(browser: FlaskClient) -> None:
    assert "1540" not in hers(browser)


def test_asking_again_brings_something_only_when_there_is_news(browser: FlaskClient, session: Session) -> None:
    arrives(session, "15400000002", "first")
    address = hers(browser)
    (box,) = [one for one in page_of(browser.get(address)).iter("div") if one.get("id") == "messages"]
    again = box.get("hx-get")
    assert browser.get(again, headers=ASKED_BY_HTMX).status_code == 204
    session.execute(delete(DemoPhoneMessageRow))
    arrives(session, "15400000002", "second")
    answer = browser.get(again, headers=ASKED_BY_HTMX).get_data(as_text=True)
    # Within one transaction of a test all messages have the same time, so the list may seem to have no news.
    assert answer == "" or ("second" in answer and "<html" not in answer)


def test_a_phone_that_is_not_in_the_list_is_not_there(browser: FlaskClient) -> None:
    assert browser.get("/demo/phone/0").status_code == 404
    assert browser.get("/demo/phone/999").status_code == 404


def written(browser: FlaskClient, address: str, text: str) -> dict[str, str]:
    """What the reply box would send."""
    form = next(form for form in page_of(browser.get(address)).iter("form") if form.get("action") == address)
    return {field.get("name"): field.get("value") for field in form.iter("input")} | {"text": text}


def test_what_is_written_on_a_phone_comes_to_us_once(browser: FlaskClient, session: Session) -> None:
    address = hers(browser)
    reply = written(browser, address, "同意")
    for _ in range(2):
        answer = browser.post(address, data=reply)
        assert (answer.status_code, answer.location) == (303, address)
    assert words_of(browser.get(address)).count("同意") == 1
    (message,) = session.scalars(select(IncomingMessageRow))
    assert (message.gateway, message.handled_at) == ("demo_phone", None)
    assert vault_of(session).open(message.phone_sealed, context=PERSON_PHONE) == "15400000002"


def test_nothing_is_sent_where_nothing_is_written(browser: FlaskClient, session: Session) -> None:
    address = hers(browser)
    answer = browser.post(address, data=written(browser, address, "  "))
    assert answer.status_code == 422
    assert "还没有写字" in words_of(answer)
    assert browser.post(address, data={"text": "同意"}).status_code == 400
    assert browser.post("/demo/phone/999", data={"text": "同意"}).status_code == 404
    assert not session.scalars(select(IncomingMessageRow)).all()
