"""A daughter and her mother on the pages: asking, agreeing, acting below an address of its own, taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.actor import Actor, Scope
from services.certification import open_campaign
from services.delegation import Delegation, delegates_of, look_up_requests
from services.emergency_contacts import note_contact
from services.family import Relation
from services.people import Person
from services.sign_in import open_family_session
from tests.certifying import begin_empty, paid_case
from tests.conftest import person_named
from tests.delegating import (
    CITY,
    DAUGHTERS_PHONE,
    SONS_PHONE,
    agreed_with,
    asked_for,
    family_member,
    herself,
    joined,
    texts_at,
)
from tests.web.conftest import TestClock, page_of, signed_in_browser, words_of
from tests.web.journeys import book_lunch, confirmation
from tests.web.staff import LIU, MA, open_records, staff_browser

WANGS_PHONE = "15400000002"


def family_browser(site: Flask, session: Session, clock: TestClock, phone: str = DAUGHTERS_PHONE) -> FlaskClient:
    """A browser in which the family member of this phone has signed in."""
    client = site.test_client()
    token = open_family_session(session, phone=phone, city=CITY, now=clock.at)
    with client.session_transaction() as kept:
        kept["token"] = token
    return client


@pytest.fixture
def daughters(site: Flask, session: Session, clock: TestClock) -> FlaskClient:
    """The browser of 林小红, who has written her name."""
    family_member(session, now=clock.at)
    return family_browser(site, session, clock)


@pytest.fixture
def agreed(session: Session, wang: Person, clock: TestClock) -> Delegation:
    """林小红 may do everything for 王秀珍 that can be ticked, since two days."""
    return agreed_with(session, wang, WANGS_PHONE, now=clock.at - timedelta(days=2))


def below(delegation: Delegation, address: str = "/") -> str:
    return f"/for/{delegation.id}{address}"


def ask_form(**changed: object) -> dict[str, object]:
    form = {"senior": "王秀珍", "number": WANGS_PHONE, "relation": "daughter", "scope": ["book_and_cancel", "certify"]}
    return form | changed


def test_who_comes_for_the_first_time_writes_her_name(site: Flask, session: Session, clock: TestClock) -> None:
    browser = family_browser(site, session, clock)
    assert browser.get("/").location == "/family"
    assert browser.get("/family").location == "/family/name"
    assert browser.get("/family/ask").location == "/family/name"
    assert browser.post("/family/name", data={"name": " "}).status_code == 422
    assert browser.post("/family/name", data={"name": "林小红"}).location == "/family"
    assert browser.get("/family").status_code == 200
    # Pages of seniors are not hers.
    assert browser.get("/meals/bookings").location == "/family"


def test_the_answer_to_a_request_is_the_same_whoever_is_named(daughters: FlaskClient, session: Session) -> None:
    pages = []
    for name, number in (("王秀珍", WANGS_PHONE), ("王不在", "15499990002")):
        answer = daughters.post("/family/ask", data=ask_form(senior=name, number=number), follow_redirects=True)
        assert answer.status_code == 200
        pages.append(words_of(answer))
    assert "申请记下了" in pages[0]
    assert "申请记下了" in pages[1]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"senior": ""}, "姓名"),
        ({"number": "123"}, "号码"),
        ({"relation": "neighbour"}, "什么人"),
        ({"scope": []}, "至少选一项"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(
    daughters: FlaskClient, changed: dict[str, object], words: str
) -> None:
    answer = daughters.post("/family/ask", data=ask_form(**changed))
    assert answer.status_code == 422
    assert words in words_of(answer)


def test_she_sees_who_asks_and_agrees(
    daughters: FlaskClient, hers: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    daughters.post("/family/ask", data=ask_form())
    assert "有人想替您办事" not in words_of(hers.get("/"))
    look_up_requests(joined(session), now=clock.at)
    session.expire_all()
    assert "女儿林*红" in words_of(hers.get("/"))
    (asked,) = delegates_of(session, herself(wang), person_id=wang.id, now=clock.at)
    assert "订餐" in words_of(hers.get(f"/delegates/{asked.id}"))
    assert "王*珍" not in words_of(daughters.get("/family"))
    assert hers.post(f"/delegates/{asked.id}/agree").status_code == 303
    assert "王*珍" in words_of(daughters.get("/family"))


def test_every_page_while_she_acts_says_for_whom_and_leads_back(daughters: FlaskClient, agreed: Delegation) -> None:
    for address in ("/", "/meals/book", "/meals/bookings", "/benefits", "/certification", "/help", "/display"):
        answer = daughters.get(below(agreed, address))
        assert answer.status_code == 200, address
        page = page_of(answer)
        mark = next(each for each in page.iter("p") if each.get("class") == "acting-mark")
        assert "正在为 王*珍 办理" in "".join(mark.itertext()), address
        assert next(link.get("href") for link in mark.iter("a")) == "/"
        # Whatever leads on from here stays with her, and files are those of everybody.
        own = {link.get("href") for link in page.find(".//main").iter("a")} - {"/"}
        assert all(href.startswith((below(agreed, "/"), "tel:", "#", "/demo")) for href in own), (address, own)
        assert all("/for/" not in script.get("src", "") for script in page.iter("script"))


def test_she_books_for_her_mother_once_and_the_mother_undoes_it(
    daughters: FlaskClient, hers: FlaskClient, agreed: Delegation
) -> None:
    canteens = page_of(daughters.get(below(agreed, "/meals/book/canteen?day=2026-11-25&meal=lunch")))
    way = next(link.get("href") for link in canteens.iter("a") if "/way?" in link.get("href", ""))
    address = f"{way.replace('/way?', '/review?')}&delivery=no&quantity=1"
    assert address.startswith(below(agreed, "/"))
    form = confirmation(daughters, address)
    first, second = daughters.post(address, data=form), daughters.post(address, data=form)
    assert first.location == second.location
    booking = first.location.removeprefix(below(agreed, ""))
    assert hers.get(booking).status_code == 200
    words = words_of(hers.get("/delegates"))
    assert "女儿 林*红 替您订了餐" in words
    assert hers.post(f"{booking}/cancel").status_code == 303


def test_she_takes_it_back_in_two_taps_and_the_daughter_can_do_nothing(
    daughters: FlaskClient, hers: FlaskClient, agreed: Delegation
) -> None:
    first = next(
        link.get("href")
        for link in page_of(hers.get("/delegates")).find(".//main").iter("a")
        if link.get("href", "").endswith("/end")
    )
    assert hers.get(first).status_code == 200
    assert hers.post(first).status_code == 303
    answer = daughters.get(below(agreed, "/meals/bookings"))
    assert (answer.status_code, answer.location) == (303, "/family")
    assert "不能再替" in words_of(daughters.get("/family"))
    assert daughters.post(below(agreed, "/meals/diet"), data={}).status_code == 303


def test_she_asks_somebody_of_her_family_herself_and_takes_it_back_in_two_taps(
    site: Flask, hers: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    note_contact(session, herself(wang), person_id=wang.id, phone=SONS_PHONE, relation=Relation.SON, now=clock.at)
    form = page_of(hers.get("/delegates/invite"))
    who = next(each.get("value") for each in form.iter("input") if each.get("name") == "who" and each.get("value"))
    ticked = [
        each.get("value") for each in form.iter("input") if each.get("name") == "scope" and "checked" in each.attrib
    ]
    assert "certify" not in ticked
    assert hers.post("/delegates/invite", data={"who": who, "scope": ticked}).location == "/delegates"
    assert "还没有回答" in words_of(hers.get("/delegates"))
    assert "delegation_invited" in texts_at(session, SONS_PHONE)
    (invited,) = delegates_of(session, herself(wang), person_id=wang.id, now=clock.at)
    assert invited.relation is Relation.SON
    sons = family_browser(site, session, clock, SONS_PHONE)
    sons.post("/family/name", data={"name": "王大明"})
    assert sons.post(f"/family/invitations/{invited.id}/agree").status_code == 303
    assert sons.get(below(invited, "/meals/bookings")).status_code == 200
    assert hers.get(f"/delegates/{invited.id}/end").status_code == 200
    hers.post(f"/delegates/{invited.id}/end")
    assert sons.get(below(invited, "/meals/bookings")).location == "/family"


def test_an_invitation_says_what_is_missing(hers: FlaskClient) -> None:
    for changed, words in (
        ({"phone": ""}, "请说明是谁"),
        ({"relation": "neighbour"}, "请说明是谁"),
        ({"phone": "123"}, "11位"),
        ({"phone": WANGS_PHONE}, "您自己的号码"),
        ({"scope": []}, "至少选一项"),
    ):
        form = {"relation": "son", "phone": SONS_PHONE, "scope": ["certify"]} | changed
        answer = hers.post("/delegates/invite", data=form)
        assert answer.status_code == 422, changed
        assert words in words_of(answer), changed


def test_at_the_desk_the_worker_is_the_witness_and_says_how(
    site: Flask, daughters: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    desk = open_records(session, staff_browser(site, session, LIU), wang)
    asked = asked_for(session, wang, WANGS_PHONE, now=clock.at)
    address = f"/staff/people/{wang.id}/family"
    assert "女儿林*红" in words_of(desk.get(address))
    assert desk.post(f"{address}/{asked.id}/agree", data={"evidence": "id_cards_seen", "note": ""}).status_code == 422
    seen = {"evidence": "id_cards_seen", "note": "母女都在，单独问过本人"}
    assert desk.post(f"{address}/{asked.id}/agree", data=seen).location == address
    assert daughters.get(below(asked, "/services")).status_code == 200  # nothing waits where a worker knows both
    for step, still in (("freeze", False), ("release", True), ("end", False)):
        assert desk.post(f"{address}/{asked.id}/{step}", data={"reason": " "}).status_code == 422
        assert desk.post(f"{address}/{asked.id}/{step}", data={"reason": "电话问过本人"}).status_code == 303
        assert (daughters.get(below(asked, "/meals/bookings")).status_code == 200) is still
    assert "已结束" in words_of(desk.get(address))


def test_a_worker_hears_whom_she_wants_or_that_she_wants_nobody(
    site: Flask, session: Session, wang: Person, clock: TestClock
) -> None:
    desk = open_records(session, staff_browser(site, session, LIU), wang)
    address = f"/staff/people/{wang.id}/family"
    asked = asked_for(session, wang, WANGS_PHONE, now=clock.at)
    desk.post(f"{address}/{asked.id}/decline", data={"reason": "本人说不认识"})
    form = {"relation": "son", "phone": SONS_PHONE, "scope": ["certify"]}
    assert desk.post(f"{address}/invite", data=form).status_code == 422
    attested = {"evidence": "signed_paper", "note": "本人签字"}
    assert desk.post(f"{address}/invite", data=form | attested).location == address
    (invited,) = delegates_of(session, herself(wang), person_id=wang.id, now=clock.at)
    assert (invited.witnessed, invited.scopes) == (True, frozenset({Scope.CERTIFY}))


def test_a_worker_of_another_community_sees_and_changes_nothing(
    site: Flask, session: Session, wang: Person, agreed: Delegation
) -> None:
    elsewhere = staff_browser(site, session, MA)
    address = f"/staff/people/{wang.id}/family"
    assert elsewhere.get(address).status_code == 403
    assert elsewhere.post(f"{address}/{agreed.id}/end", data={"reason": "x"}).status_code == 403
    ours, hers_alone = open_records(session, staff_browser(site, session, LIU), wang), person_named(session, "黄婉仪")
    assert ours.post(f"/staff/people/{hers_alone.id}/family/{agreed.id}/end", data={"reason": "x"}).status_code == 404


def test_nobody_acts_by_an_address_alone(
    site: Flask, session: Session, clock: TestClock, browser: FlaskClient, agreed: Delegation
) -> None:
    family_member(session, phone=SONS_PHONE, name="陌生人", now=clock.at)
    stranger = family_browser(site, session, clock, SONS_PHONE)
    huang = signed_in_browser(site, session, person_named(session, "黄婉仪"), "15400000003", clock.at)
    for client in (stranger, huang):
        assert client.get(below(agreed, "/benefits")).status_code == 404
    signed_out = browser.get(below(agreed, "/benefits"))
    assert signed_out.status_code == 303
    assert signed_out.location.startswith("/sign-in?next=/for/")


def test_what_was_not_ticked_is_refused_and_not_shown(
    daughters: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE, now=clock.at - timedelta(days=2), scopes={Scope.BOOK_AND_CANCEL})
    home = words_of(daughters.get(below(agreed)))
    assert "订餐" in home
    assert "我的待遇" not in home
    refused = daughters.get(below(agreed, "/benefits"))
    assert refused.status_code == 403
    assert "不能替她办" in words_of(refused)


def test_pages_that_are_not_about_her_do_not_exist_while_acting(daughters: FlaskClient, agreed: Delegation) -> None:
    for address in ("/staff", "/family", "/sign-in", "/demo/phone", "/health", "/talk"):
        assert daughters.get(below(agreed, address)).status_code == 404, address
    # Who may act for her is hers alone to say.
    assert daughters.get(below(agreed, "/delegates")).status_code == 403
    assert daughters.post(below(agreed, f"/delegates/{agreed.id}/extend")).status_code == 403


def test_a_new_delegate_is_told_from_when_on(
    daughters: FlaskClient, session: Session, wang: Person, clock: TestClock
) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE, now=clock.at)
    assert "答复津贴要到" in words_of(daughters.get(below(agreed)))
    assert daughters.get(below(agreed, "/meals/book")).status_code == 200


def test_she_says_on_which_day_she_saw_her_mother_and_that_certifies_her(
    daughters: FlaskClient, session: Session, wang: Person, agreed: Delegation, clock: TestClock
) -> None:
    begin_empty(session)
    paid_case(session, wang)
    open_campaign(session, Actor.system(), city=CITY, now=clock.at)
    address = below(agreed, "/certification")
    page = daughters.get(address)
    assert "王*珍的津贴资格认证" in words_of(page)
    assert "四个数字" not in words_of(page)
    days = [each.get("value") for each in page_of(page).iter("input") if each.get("name") == "seen_on"]
    unsaid = daughters.post(f"{address}/seen")
    assert unsaid.status_code == 422
    assert "请选最后见到" in words_of(unsaid)
    assert daughters.post(f"{address}/seen", data={"seen_on": days[1]}).location == address
    assert "已办好" in words_of(daughters.get(address))


def test_her_own_booking_stays_her_own(hers: FlaskClient, daughters: FlaskClient, agreed: Delegation) -> None:
    booking = book_lunch(hers)
    assert daughters.get(booking).location == "/family"
    assert daughters.get(below(agreed, booking)).status_code == 200


def test_the_entrance_of_families_sends_a_code_to_any_phone(site: Flask, session: Session) -> None:
    client = site.test_client()
    assert "家人登录" in words_of(client.get("/"))
    assert "家人登录" in words_of(client.get("/sign-in?as=family"))
    assert client.post("/sign-in", data={"phone": SONS_PHONE}).location == "/sign-in/code"
    assert texts_at(session, SONS_PHONE) == ["sign_in_code"]
