"""Calling family and the community by talking: read back, then the number large and a text to whoever is called."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.emergency_contacts import note_contact
from services.family import Relation
from services.people import Person
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about
from tests.delegating import herself, texts_at
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation

DAUGHTER, SON, OTHER_SON = "15400000301", "15400000302", "15400000303"
NOTHING = {"action": "none"}


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, who has noted a daughter and two sons."""
    for phone, relation in ((DAUGHTER, Relation.DAUGHTER), (SON, Relation.SON), (OTHER_SON, Relation.SON)):
        note_contact(session, herself(wang), person_id=wang.id, phone=phone, relation=relation, now=now)
    return Talking(Conversation(words_folder), session, wang, now)


def test_her_daughter_is_read_back_then_shown_and_texted(talking: Talking) -> None:
    asked = talking.say("给我女儿打电话")
    assert (asked.text, asked.effect, asked.phones) == ("打电话给您女儿，尾号0 3 0 1，对吗？", NOTHING, ())
    called = talking.say("对")
    assert called.effect == {"action": "call_family", "relation": "daughter"}
    assert [phone.number for phone in called.phones] == [DAUGHTER]
    assert texts_at(talking.session, DAUGHTER)[-1] == "call_back_asked"
    # The number is on the screen and nowhere in what is kept.
    assert DAUGHTER not in str(called.state)
    assert talking.say("对").effect == NOTHING


def test_nobody_is_called_after_a_no(talking: Talking) -> None:
    assert talking.say("给我女儿打电话", "不用了").effect == NOTHING
    assert "call_back_asked" not in texts_at(talking.session, DAUGHTER)


def test_of_two_sons_she_chooses_and_without_a_name_it_is_the_first_of_all(talking: Talking) -> None:
    assert "第二个" in talking.say("打给我儿子").text
    assert "0 3 0 3" in talking.say("第二个").text
    assert [phone.number for phone in talking.say("对").phones] == [OTHER_SON]
    assert "0 3 0 1" in talking.say("给家里人打个电话").text
    assert talking.say("对").effect == {"action": "call_family"}


def test_whose_number_is_not_known_is_said(talking: Talking) -> None:
    assert "我没有您老伴的号码" in talking.say("给我老伴打电话").text
    assert talking.replies[-1].effect == NOTHING


@pytest.mark.parametrize("said", ["我要找社区的人", "转人工"])
def test_her_community_is_asked_to_call_after_a_yes(talking: Talking, said: str) -> None:
    asked = talking.say(said)
    assert ([phone.number for phone in asked.phones], asked.effect) == (["12345"], NOTHING)
    assert TaskKind.HELP_WANTED not in tasks_about(talking.session, talking.person)
    assert talking.say("对").effect == {"action": "call_staff"}
    assert TaskKind.HELP_WANTED in tasks_about(talking.session, talking.person)
