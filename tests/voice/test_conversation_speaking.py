"""说慢点, 大声点, 再说一遍: from then on, kept for her, in every front door."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.orm import Session

from services.people import Person
from services.speaking import AT_FIRST, LOUDNESSES, PACES, SpeakingWish, change_manner, manner_of
from tests.delegating import herself
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation
from voice.speakers import Speech


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, to whom it speaks as it does to everybody at first."""
    return Talking(Conversation(words_folder), session, wang, now)


def test_it_speaks_slower_and_louder_from_then_on_and_the_question_stays_open(talking: Talking) -> None:
    asked = talking.say("订明天的午饭")
    assert asked.manner == AT_FIRST
    slower = talking.say("说慢点")
    assert slower.text == f"好，我说慢一点。{asked.text}"
    assert (slower.manner.pace, slower.manner.loudness) == (PACES[1], 1.0)
    assert talking.say("再说一遍").text == asked.text
    assert talking.say("大声点").manner.loudness == LOUDNESSES[1]
    assert talking.say("送到家里", "对").effect["action"] == "book_meal"
    assert talking.replies[-1].manner.pace == PACES[1]


def test_there_is_an_end_to_it_and_it_says_so(talking: Talking) -> None:
    for _ in PACES:
        talking.say("说慢点")
    assert "不能说得更慢" in talking.replies[-1].text
    for _ in LOUDNESSES:
        talking.say("大声点")
    assert "音量调大" in talking.replies[-1].text


def test_it_is_kept_for_her_and_for_nobody_else(session: Session, wang: Person, now: datetime) -> None:
    about = {"person_id": wang.id, "now": now}
    change_manner(session, herself(wang), wish=SpeakingWish.SLOWER, **about)
    assert manner_of(session, herself(wang), person_id=wang.id).pace == PACES[1]
    assert change_manner(session, herself(wang), wish=SpeakingWish.AS_AT_FIRST, **about) == AT_FIRST


def test_louder_speech_is_louder_and_never_rattles() -> None:
    speech = Speech((np.sin(np.linspace(0, 60, 2_400)) * 12_000).astype(np.int16), 24_000)
    louder = speech.louder(2.25)
    assert np.abs(louder.samples).mean() > 1.5 * np.abs(speech.samples).mean()
    assert np.abs(louder.samples.astype(int)).max() <= 32_767
    assert speech.louder(1.0) is speech
