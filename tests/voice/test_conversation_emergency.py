"""Calling for help by talking: at once, honest, called off with a word within a minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.emergencies import EmergencyState, latest_emergency, open_emergency
from services.emergency_contacts import note_contact
from services.family import Relation
from services.people import Person
from tests.delegating import herself
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.commands.large_digits import large
from voice.conversation import Conversation, Heard

EFFECT = {"action": "emergency"}


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍 at six in the morning."""
    return Talking(Conversation(words_folder), session, wang, now)


def test_help_is_called_without_a_question_and_she_hears_nothing_but_the_truth(
    session: Session, wang: Person, talking: Talking
) -> None:
    note_contact(
        session,
        herself(wang),
        person_id=wang.id,
        phone="15400000202",
        relation=Relation.DAUGHTER,
        now=talking.now,
    )
    reply = talking.say("哎呀我起不来了")
    assert reply.effect == EFFECT
    assert "社区那边在响警报" in reply.text
    assert "您女儿会收到短信" in reply.text
    assert "我不能替您打" in reply.text
    assert [phone.number for phone in reply.phones] == ["120", "119", "110"]
    assert reply.listens
    assert open_emergency(session, herself(wang), person_id=wang.id) is not None


def test_she_calls_it_off_with_a_word_and_not_with_anything_else(
    session: Session, wang: Person, talking: Talking
) -> None:
    talking.say("哎呀我起不来了", "好的", Heard("没事，按错了", confidence=0.3, spoken=True))
    assert open_emergency(session, herself(wang), person_id=wang.id) is not None
    assert "没有听清楚" in talking.replies[-1].text
    assert "警报取消了" in talking.say(Heard("没事，按错了", confidence=0.9, spoken=True)).text
    last = latest_emergency(session, herself(wang), person_id=wang.id, now=talking.now)
    assert last is not None
    assert last.state is EmergencyState.CALLED_OFF


def test_after_a_minute_her_word_is_written_down_and_a_person_makes_sure(
    session: Session, wang: Person, talking: Talking
) -> None:
    talking.say("快叫救护车")
    talking.now += timedelta(seconds=61)
    assert "社区的人核实" in talking.say("没事，按错了").text
    assert open_emergency(session, herself(wang), person_id=wang.id) is not None


def test_calling_again_is_the_same_alarm_and_the_open_question_waits(talking: Talking) -> None:
    talking.say("明天中午订一份午餐送到家里", "哎呀我摔倒了起不来了")
    assert "已经求助了" in talking.say("救命啊").text
    assert talking.done() == EFFECT
    assert talking.say("没事，按错了").effect == {"action": "none"}
    # What was said in between leaves a late yes without its question: it is asked once more.
    assert "明天" in talking.say("对").text


def test_the_words_mean_nothing_where_nobody_called_for_help(talking: Talking) -> None:
    assert "警报" not in talking.say("没事，按错了").text


def test_a_number_is_drawn_large_for_a_kiosk() -> None:
    rows = large("120").splitlines()
    assert len(rows) == 5
    assert all(len(row) > 20 for row in rows[1:4:2])
    assert set("".join(rows)) == {"█", " "}
