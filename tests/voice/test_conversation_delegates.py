"""Who may act for her, by talking: letting somebody, agreeing to somebody who asked, taking it back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.delegation import delegates_of
from services.emergency_contacts import note_contact
from services.family import DelegationState, Relation
from services.family.tables import FamilyMemberRow
from services.people import Person, PersonRow
from tests.delegating import DAUGHTERS_PHONE, agreed_with, asked_for, herself, texts_at
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation

HERS = "15400000002"
NOTHING = {"action": "none"}
ADDED, REMOVED = ({"action": action, "relation": "daughter"} for action in ("add_delegate", "remove_delegate"))


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def talking(words_folder: Path, session: Session, wang: Person, now: datetime) -> Talking:
    """王秀珍, for whom nobody acts."""
    return Talking(Conversation(words_folder), session, wang, now)


def states(talking: Talking) -> list[DelegationState]:
    person = talking.person
    found = delegates_of(talking.session, herself(person), person_id=person.id, now=talking.now)
    return [each.state for each in found]


def test_a_request_that_waits_is_read_back_and_agreed_to(talking: Talking) -> None:
    asked_for(talking.session, talking.person, HERS, now=talking.now)
    for said in ("让我女儿帮我办事", "我女儿要帮我办事，我同意"):
        read_back = talking.say(said)
        assert read_back.text.startswith("您女儿，尾号0 2 0 1想替您办这些事：看津贴、")
        assert states(talking) == [DelegationState.ASKED]
        talking.say(*(["算了"] if said == "让我女儿帮我办事" else []))
    assert talking.say("对").effect == ADDED
    assert states(talking) == [DelegationState.ACTIVE]


def test_somebody_whose_number_is_noted_is_asked_by_text(talking: Talking) -> None:
    note_contact(
        talking.session,
        herself(talking.person),
        person_id=talking.person.id,
        phone=DAUGHTERS_PHONE,
        relation=Relation.DAUGHTER,
        now=talking.now,
    )
    assert "让谁替您办事" in talking.say("让家里人帮我办事").text
    assert "我发短信请您女儿，尾号0 2 0 1" in talking.say("女儿").text
    assert talking.say("对").effect == ADDED
    assert states(talking) == [DelegationState.INVITED]
    assert texts_at(talking.session, DAUGHTERS_PHONE)[-1] == "delegation_invited"


def test_without_a_number_nothing_is_pretended(talking: Talking) -> None:
    assert "我没有您儿子的号码" in talking.say("让我儿子帮我办事").text
    assert talking.say("对").effect == NOTHING


def test_what_is_taken_back_is_read_back_and_over(talking: Talking) -> None:
    agreed_with(talking.session, talking.person, HERS, now=talking.now)
    assert talking.say("别让我女儿管了").text == "以后不让您女儿，尾号0 2 0 1替您办事了，对吗？"
    assert talking.say("不对，算了").effect == NOTHING
    assert talking.say("别让我女儿管了", "对").effect == REMOVED
    assert states(talking) == [DelegationState.ENDED]
    assert "没有家人在替您办事" in talking.say("别让我女儿管了").text


def test_who_may_already_act_may_longer(talking: Talking) -> None:
    agreed_with(talking.session, talking.person, HERS, now=talking.now)
    assert "再延一年" in talking.say("让我女儿帮我办事").text
    assert talking.say("对").effect == ADDED


def test_where_both_have_one_phone_the_community_must_ask_her(talking: Talking, session: Session) -> None:
    asked_for(session, talking.person, HERS, now=talking.now)
    member = session.scalars(select(FamilyMemberRow)).one()
    senior = session.get_one(PersonRow, talking.person.id)
    member.phone_sealed, member.phone_index = senior.phone_sealed, senior.phone_index
    session.flush()
    assert "当面问您" in talking.say("让我女儿帮我办事", "对").text
    assert states(talking) == [DelegationState.ASKED]


def test_her_no_to_a_request_is_read_back_and_ends_it(talking: Talking) -> None:
    asked_for(talking.session, talking.person, HERS, now=talking.now)
    assert talking.say("我女儿要帮我办事，我不同意").text == "以后不让您女儿，尾号0 2 0 1替您办事了，对吗？"
    assert talking.say("对").effect == REMOVED
    assert states(talking) == []
