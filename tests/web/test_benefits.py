"""我的待遇 on the screen: what she has, why, what she can do about it, what was paid; and an offer in two taps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.actor import Actor
from services.allowances import CaseState, check_applications, list_cases, screen
from services.benefits import Benefit
from services.clock import local_day
from services.my_benefits import next_birthday
from services.people import Person
from tests.conftest import person_named
from tests.web.conftest import TestClock, page_of, queued_templates, signed_in_browser, words_of


@pytest.fixture
def chen(session: Session, clock: TestClock) -> Person:
    """陈丽英, who turns 70 in two months and has just been offered the allowance."""
    person = person_named(session, "陈丽英")
    screen(session, Actor.system(), city=person.city, as_of=local_day(clock.at), now=clock.at)
    return person


@pytest.fixture
def hers_chen(site: Flask, session: Session, chen: Person, clock: TestClock) -> FlaskClient:
    """The browser of 陈丽英."""
    return signed_in_browser(site, session, chen, "15400000001", clock.at)


def _case_of(session: Session, person: Person) -> str:
    (case,) = list_cases(session, Actor.system(), person_id=person.id)
    return f"/offers/{case.id}"


def test_she_sees_what_she_has_and_why(hers: FlaskClient) -> None:
    listed = words_of(hers.get("/benefits"))
    assert "高龄津贴" in listed
    assert "免费坐车、逛公园" in listed
    assert "每年保10万元" in listed
    assert "您下个生日" in listed
    one = words_of(hers.get("/benefits/old-age-allowance"))
    assert "每月300元" in one
    assert "您已满81岁。" in one
    assert "您的户籍在深圳。" in one


def test_what_the_next_birthday_brings_is_told(site: Flask, session: Session, clock: TestClock) -> None:
    zhou = person_named(session, "周月娥")  # turned 79 ten days ago
    clock.at += timedelta(days=300)
    browser = signed_in_browser(site, session, zhou, "15400000011", clock.at)
    assert "高龄津贴：每月300元，原来是200元。" in words_of(browser.get("/benefits"))


def test_a_programme_that_ends_before_the_birthday_is_no_change_of_the_birthday(
    site: Flask, session: Session, clock: TestClock
) -> None:
    wu = person_named(session, "吴桂芳")  # her voucher is one of 2026, and her birthday is in January
    browser = signed_in_browser(site, session, wu, "15400000008", clock.at)
    shown = words_of(browser.get("/benefits"))
    assert "您下个生日（1月28号 星期四），待遇不变。" in shown
    assert "结束" not in shown


def test_she_applies_for_what_nobody_offered_her(hers: FlaskClient, session: Session, wang: Person) -> None:
    assert "我要申请" in words_of(hers.get("/benefits/old-age-allowance"))
    response = hers.post("/benefits/old-age-allowance/apply")
    assert response.status_code == 303
    assert "您同意了，已经替您申请。" in words_of(hers.get(response.location))
    hers.post("/benefits/old-age-allowance/apply")
    assert len(list_cases(session, Actor.system(), person_id=wang.id)) == 1
    assert queued_templates(session).count("allowance_accepted") <= 1


def test_an_offer_waits_on_top_of_the_first_page_and_is_agreed_to_in_two_taps(
    hers_chen: FlaskClient, session: Session, chen: Person
) -> None:
    address = _case_of(session, chen)
    home = page_of(hers_chen.get("/"))
    assert home.find(f".//main//section//a[@href='{address}']") is not None
    offer = words_of(hers_chen.get(address))
    assert "您要不要领高龄津贴？" in offer
    assert "200元" in offer
    assert "同意，我要领" in offer
    assert hers_chen.post(f"{address}/agree").status_code == 303
    after = words_of(hers_chen.get(address))
    assert "您同意了，已经替您申请。" in after
    assert "受理号" in after
    assert "这件事等您确认" not in words_of(hers_chen.get("/"))


def test_agreeing_twice_is_one_application(hers_chen: FlaskClient, session: Session, chen: Person) -> None:
    address = _case_of(session, chen)
    for _ in range(2):
        assert hers_chen.post(f"{address}/agree").status_code == 303
    (case,) = list_cases(session, Actor.system(), person_id=chen.id)
    assert case.state is CaseState.APPLIED
    assert queued_templates(session).count("allowance_accepted") == 1


def test_a_no_can_be_taken_back(hers_chen: FlaskClient, session: Session, chen: Person) -> None:
    address = _case_of(session, chen)
    hers_chen.post(f"{address}/decline")
    assert "您说不要，没有申请。" in words_of(hers_chen.get(address))
    response = hers_chen.post("/benefits/old-age-allowance/apply")
    assert "您同意了，已经替您申请。" in words_of(hers_chen.get(response.location))


def test_a_yes_can_be_taken_back(hers_chen: FlaskClient, session: Session, chen: Person) -> None:
    address = _case_of(session, chen)
    hers_chen.post(f"{address}/agree")
    assert hers_chen.post(f"{address}/withdraw").status_code == 303
    assert "社区" in words_of(hers_chen.get(address))


def test_what_was_granted_says_from_when(
    hers_chen: FlaskClient, session: Session, chen: Person, clock: TestClock
) -> None:
    address = _case_of(session, chen)
    hers_chen.post(f"{address}/agree")
    check_applications(session, Actor.system(), now=clock.at)
    granted = words_of(hers_chen.get(address))
    assert "已经批准了。" in granted
    first = next_birthday(chen.birth_on, local_day(clock.at))
    assert f"{first.year}年{first.month}月" in granted
    # Her birthday is still to come, but nobody tells her that she is too young for what she has.
    one = words_of(hers_chen.get("/benefits/old-age-allowance"))
    assert "年纪还没到" not in one
    assert f"从{first.year}年{first.month}月起发。" in one


def test_a_yes_can_be_taken_back_after_the_machine_has_granted_it(
    hers_chen: FlaskClient, session: Session, chen: Person, clock: TestClock
) -> None:
    address = _case_of(session, chen)
    hers_chen.post(f"{address}/agree")
    check_applications(session, Actor.system(), now=clock.at)
    assert "我改主意了" in words_of(hers_chen.get(address))
    hers_chen.post(f"{address}/withdraw")
    assert "我改主意了" not in words_of(hers_chen.get(address))


def test_nobody_sees_or_answers_the_offer_of_another(hers: FlaskClient, session: Session, chen: Person) -> None:
    address = _case_of(session, chen)
    assert "陈" not in words_of(hers.get(address))
    hers.post(f"{address}/agree")
    (case,) = list_cases(session, Actor.system(), person_id=chen.id)
    assert case.state is CaseState.OFFERED


def test_an_address_without_a_benefit_is_no_page(hers: FlaskClient) -> None:
    assert hers.get("/benefits/lottery").status_code == 404


def test_nothing_paid_yet_is_said(hers: FlaskClient) -> None:
    assert "还没有发过钱。" in words_of(hers.get("/benefits/payments"))


@pytest.mark.parametrize("benefit", list(Benefit))
def test_every_benefit_has_a_page(hers: FlaskClient, benefit: Benefit) -> None:
    assert hers.get(f"/benefits/{benefit.value.replace('_', '-')}").status_code == 200
