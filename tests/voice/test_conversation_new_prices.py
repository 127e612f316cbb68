"""A price that is asked anew, heard and agreed to by talking, with the real services and the real database."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor
from services.clock import local_moment
from services.home_care import ServiceState, ask_new_price
from services.people import IncomeClass
from services.vouchers import issue_vouchers
from tests.allowances import learn
from tests.conftest import person_named
from tests.visits import A_DAY, TOMORROW, Visit, visit
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation

FIRST_OF_DECEMBER = local_moment(TOMORROW + 6 * A_DAY, time(9))


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def asked(session: Session) -> Visit:
    """赵玉梅 of 低保 booked for December, and December's voucher gives her nothing: she is asked."""
    zhao = person_named(session, "赵玉梅")
    found = visit(session, zhao, ServiceState.ACCEPTED, service="CARE", day=TOMORROW + 7 * A_DAY)
    learn(session, zhao, income_class=IncomeClass.NONE)
    issue_vouchers(session, Actor.system(), person_id=zhao.id, now=FIRST_OF_DECEMBER, on_lost=ask_new_price)
    return found


@pytest.fixture
def talking(words_folder: Path, session: Session, asked: Visit) -> Talking:
    """She on the first of December."""
    return Talking(Conversation(words_folder), session, asked.her, FIRST_OF_DECEMBER)


def test_she_hears_that_a_price_is_asked_anew_and_agrees_to_it_after_a_read_back(
    talking: Talking, asked: Visit
) -> None:
    told = talking.say("看看我订了什么").text
    assert "券比预计少" in told
    assert "45元" in told
    assert "还要的话，请说：我同意这个价钱。" in told
    assert "45元" in talking.say("我同意这个价钱").text
    assert asked.now.asked_self_paid_fen == 4500, "nothing is agreed to before her yes"
    assert talking.say("可以").text.startswith("好了。")
    assert (asked.now.asked_self_paid_fen, asked.now.split.self_paid_fen) == (None, 4500)
    assert talking.done() == {"action": "agree_to_price", "to_pay_fen": 4500}
    assert "没有" in talking.say("我同意这个价钱").text


def test_a_no_leaves_the_question_open(talking: Talking, asked: Visit) -> None:
    talking.say("差价我自己出")
    talking.say("不行")
    assert asked.now.asked_self_paid_fen == 4500
