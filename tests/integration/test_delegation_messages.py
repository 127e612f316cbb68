"""What is texted about delegation: deeds to the senior, copies to her delegates, and words that come back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import NotAllowed, Scope
from services.allowances import agree_to_offer, decline_offer
from services.audit import AuditEntry
from services.delegation import deeds_for, delegates_of, invite_delegate, take_back, tell_of_deeds
from services.delegation.deeds import DEED_WORDS
from services.family import DelegationState, EndReason, Relation, register_family_member
from services.inbox import HandledAs
from services.meals import Meal, book_meal, quote_meal, set_dietary_marks, suggest_menu
from services.messages import Composer, OutgoingMessage, queue_message
from services.messages.copies import INSTEAD, goes_to_delegates
from services.messages.phone_notes import PhoneNote, note_phone
from services.people import Person
from services.settings import PROJECT
from services.worker_tasks import TaskKind
from tests.conftest import person_named
from tests.delegating import (
    CITY,
    DAUGHTERS_PHONE,
    NEXT_DAY,
    NOW,
    SONS_PHONE,
    acting,
    agreed_with,
    asked_for,
    family_member,
    herself,
    joined,
    row_of,
    texts_at,
)
from tests.integration.phones import offer_to, open_tasks, state_of, texts

WANGS_PHONE, COUPLES_PHONE = "15400000002", "15400000001"


@pytest.fixture
def chen(session: Session) -> Person:
    """陈丽英, who shares her phone with 林国华."""
    return person_named(session, "陈丽英")


# ---------------------------------------------------------------- she is told what was done


def test_she_is_told_who_did_what_and_how_she_undoes_it(session: Session, wang: Person) -> None:
    actor = acting(session, agreed_with(session, wang, WANGS_PHONE))
    menu = suggest_menu(
        session, actor, person_id=wang.id, day=NEXT_DAY.date() + timedelta(days=1), meal=Meal.LUNCH, delivery=None,
        now=NEXT_DAY,
    )  # fmt: skip
    about = {"person_id": wang.id, "menu_id": menu.id, "quantity": 1, "delivery": False, "now": NEXT_DAY}
    quote = quote_meal(session, actor, **about)  # type: ignore[arg-type]
    booking = book_meal(
        session,
        actor,
        agreed_to_pay_fen=quote.split.to_pay_fen,
        request_id=uuid4(),
        **about,  # type: ignore[arg-type]
    )
    assert tell_of_deeds(joined(session), now=NEXT_DAY) == 1
    assert texts_at(session, WANGS_PHONE)[-2:] == ["meal_booked", "delegate_did"]
    assert tell_of_deeds(joined(session), now=NEXT_DAY) == 0
    session.expire_all()
    deeds = deeds_for(session, herself(wang), person_id=wang.id)
    assert [(deed.word, deed.family_name, deed.relation) for deed in deeds if deed.word] == [
        ("did_meal_booked", "林*红", Relation.DAUGHTER)
    ]
    assert next(deed.subject_id for deed in deeds if deed.word) == booking.id


def test_what_one_delegate_did_in_a_moment_is_one_text_and_looks_are_none(session: Session, wang: Person) -> None:
    actor = acting(session, agreed_with(session, wang, WANGS_PHONE))
    case = offer_to(session, wang, WANGS_PHONE, now=NOW)
    agree_to_offer(session, actor, case_id=case.id, now=NEXT_DAY)
    for _ in range(2):
        set_dietary_marks(session, actor, person_id=wang.id, diets=[], allergies=[], now=NEXT_DAY)
    assert tell_of_deeds(joined(session), now=NEXT_DAY) == 1
    assert texts_at(session, WANGS_PHONE)[-1] == "delegate_did_several"
    # Nobody is told a week later of what was missed then.
    set_dietary_marks(session, actor, person_id=wang.id, diets=[], allergies=[], now=NEXT_DAY)
    assert tell_of_deeds(joined(session), now=NEXT_DAY + timedelta(days=7)) == 0


def test_what_she_does_herself_is_told_by_nobody(session: Session, wang: Person) -> None:
    agreed_with(session, wang, WANGS_PHONE)
    set_dietary_marks(session, herself(wang), person_id=wang.id, diets=[], allergies=[], now=NEXT_DAY)
    assert tell_of_deeds(joined(session), now=NEXT_DAY) == 0


def test_every_deed_has_a_word_in_every_locale() -> None:
    composer = Composer(PROJECT / "locales")
    for locale in composer.locales:
        for word in {*DEED_WORDS.values(), "did_other"}:
            text = composer.compose(
                "delegate_did", {"name": "王*珍", "relation": "son", "who": "周*", "deed": word}, locale=locale
            )
            assert word not in text


# ---------------------------------------------------------------- copies


def test_her_messages_go_to_the_delegate_too_where_she_said_so(session: Session, wang: Person) -> None:
    agreed_with(session, wang, WANGS_PHONE, scopes={Scope.RECEIVE_MESSAGES})
    son = family_member(session, phone=SONS_PHONE, name="周明")
    agreed_with(session, wang, WANGS_PHONE, member=son, relation=Relation.SON, scopes={Scope.BOOK_AND_CANCEL})
    about = {"city": CITY, "phone": WANGS_PHONE, "locale": "zh_Hans", "now": NEXT_DAY, "person_id": wang.id}
    queue_message(session, "certification_done", name=wang.masked_name, **about)  # type: ignore[arg-type]
    assert texts_at(session, DAUGHTERS_PHONE)[-1] == "certification_done"
    assert "certification_done" not in texts_at(session, SONS_PHONE)
    # A code to sign in, and what is about delegates, go to her alone.
    queue_message(session, "sign_in_code", code="012345", **about)  # type: ignore[arg-type]
    assert texts_at(session, DAUGHTERS_PHONE)[-1] == "certification_done"


def test_a_text_that_asks_for_an_answer_becomes_another_one(session: Session, wang: Person) -> None:
    agreed_with(session, wang, WANGS_PHONE, scopes={Scope.RECEIVE_MESSAGES, Scope.ANSWER_OFFERS})
    son = family_member(session, phone=SONS_PHONE, name="周明")
    agreed_with(session, wang, WANGS_PHONE, member=son, relation=Relation.SON, scopes={Scope.RECEIVE_MESSAGES})
    queue_message(
        session, "allowance_offer", city=CITY, phone=WANGS_PHONE, locale="zh_Hans", now=NEXT_DAY, person_id=wang.id,
        name=wang.masked_name, turn="turning", age=70, amount=20000,
    )  # fmt: skip
    assert texts_at(session, DAUGHTERS_PHONE)[-1] == "delegate_copy_offer"
    # Who cannot answer it has nothing to do about it.
    assert texts_at(session, SONS_PHONE)[-1] == "delegation_agreed_family"


def test_every_template_that_invites_a_reply_is_copied_as_another_one_or_not_at_all() -> None:
    composer = Composer(PROJECT / "locales")
    wording = composer._wordings["zh_Hans"].templates
    inviting = {name for name, text in wording.items() if "回“" in text}
    assert {name for name in inviting if goes_to_delegates(name)} == set(INSTEAD)
    assert set(INSTEAD.values()) <= set(composer.templates)


def test_her_stopped_phone_does_not_stop_the_copy_and_theirs_does(session: Session, wang: Person) -> None:
    agreed_with(session, wang, WANGS_PHONE, scopes={Scope.RECEIVE_MESSAGES})
    about = {"city": CITY, "phone": WANGS_PHONE, "locale": "zh_Hans", "now": NEXT_DAY, "person_id": wang.id}
    note_phone(session, PhoneNote.STOPPED, city=CITY, phone=WANGS_PHONE, now=NOW)
    queue_message(session, "certification_done", name=wang.masked_name, **about)  # type: ignore[arg-type]
    assert texts_at(session, DAUGHTERS_PHONE).count("certification_done") == 1
    note_phone(session, PhoneNote.STOPPED, city=CITY, phone=DAUGHTERS_PHONE, now=NOW)
    queue_message(session, "certification_done", name=wang.masked_name, **about)  # type: ignore[arg-type]
    assert texts_at(session, DAUGHTERS_PHONE).count("certification_done") == 1


def test_after_the_end_nothing_is_copied(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    take_back(session, herself(wang), delegation_id=agreed.id, now=NOW)
    queue_message(
        session, "certification_done", city=CITY, phone=WANGS_PHONE, locale="zh_Hans", now=NEXT_DAY,
        person_id=wang.id, name=wang.masked_name,
    )  # fmt: skip
    assert "certification_done" not in texts_at(session, DAUGHTERS_PHONE)


# ---------------------------------------------------------------- her words by text message


@pytest.mark.parametrize("words", ["同意{}", "同意 {}", "我同意{}。谢谢", "{}同意"])
def test_a_yes_with_the_code_agrees(session: Session, wang: Person, words: str) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    assert texts(session, WANGS_PHONE, words.format(asked.code), at=NOW) is HandledAs.DELEGATE_AGREED
    row = row_of(session, asked)
    assert (row.state, row.agreed_through) == (DelegationState.ACTIVE, "text_message")
    assert texts(session, WANGS_PHONE, f"同意{asked.code}", at=NOW) is HandledAs.ALREADY_ANSWERED


def test_a_bare_yes_gives_nobody_a_right(session: Session, wang: Person) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    assert texts(session, WANGS_PHONE, "同意", at=NOW) is HandledAs.ASKED_WHICH
    assert texts_at(session, WANGS_PHONE)[-1] == "reply_delegate_which"
    assert row_of(session, asked).state == DelegationState.ASKED
    assert texts(session, WANGS_PHONE, f"同意{asked.code}", at=NOW) is HandledAs.DELEGATE_AGREED


def test_twice_not_understood_and_somebody_calls(session: Session, wang: Person) -> None:
    asked_for(session, wang, WANGS_PHONE)
    texts(session, WANGS_PHONE, "同意", at=NOW)
    assert texts(session, WANGS_PHONE, "好的", at=NOW) is HandledAs.UNCLEAR_AGAIN
    assert (TaskKind.UNCLEAR_REPLY, wang.id) in open_tasks(session)


@pytest.mark.parametrize("words", ["不同意{}", "不同意", "不要"])
def test_a_no_needs_no_code_where_nothing_else_waits(session: Session, wang: Person, words: str) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    assert texts(session, WANGS_PHONE, words.format(asked.code), at=NOW) is HandledAs.DELEGATE_DECLINED
    assert row_of(session, asked).end_reason == EndReason.DECLINED
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_declined"


def test_an_offer_and_a_request_are_told_apart_by_their_codes(session: Session, wang: Person) -> None:
    case = offer_to(session, wang, WANGS_PHONE, now=NOW, code="21")
    asked = asked_for(session, wang, WANGS_PHONE)
    assert texts(session, WANGS_PHONE, "同意", at=NOW) is HandledAs.ASKED_WHICH
    assert texts_at(session, WANGS_PHONE)[-1] == "reply_delegate_or_offer"
    assert (state_of(session, case), row_of(session, asked).state) == ("offered", "asked")
    assert texts(session, WANGS_PHONE, f"不同意{asked.code}", at=NOW) is HandledAs.DELEGATE_DECLINED
    assert state_of(session, case) == "offered"
    assert texts(session, WANGS_PHONE, "同意21", at=NOW) is HandledAs.AGREED
    assert state_of(session, case) == "applied"


def test_a_code_of_an_offer_agrees_to_no_request_and_the_other_way_round(session: Session, wang: Person) -> None:
    case = offer_to(session, wang, WANGS_PHONE, now=NOW, code="21")
    asked = asked_for(session, wang, WANGS_PHONE)
    assert texts(session, WANGS_PHONE, "同意21", at=NOW) is HandledAs.AGREED
    assert row_of(session, asked).state == DelegationState.ASKED
    assert texts(session, WANGS_PHONE, f"同意{asked.code}", at=NOW) is HandledAs.DELEGATE_AGREED
    assert state_of(session, case) == "applied"


def test_a_request_that_came_after_her_word_is_not_meant_by_it(session: Session, wang: Person) -> None:
    case = offer_to(session, wang, WANGS_PHONE, now=NOW, code="21")
    asked = asked_for(session, wang, WANGS_PHONE)
    # Sent an hour before, read now.
    assert texts(session, WANGS_PHONE, "同意", at=NOW - timedelta(hours=1), now=NOW) is HandledAs.AGREED
    assert (state_of(session, case), row_of(session, asked).state) == ("applied", "asked")


def test_of_a_couple_with_one_phone_the_code_says_for_whom(session: Session, chen: Person) -> None:
    lin = person_named(session, "林国华")
    daughter = family_member(session)
    of_chen = asked_for(session, chen, COUPLES_PHONE, member=daughter)
    of_lin = asked_for(session, lin, COUPLES_PHONE, member=daughter)
    assert of_chen.code != of_lin.code
    assert texts(session, COUPLES_PHONE, "同意", at=NOW) is HandledAs.ASKED_WHICH
    assert texts(session, COUPLES_PHONE, f"同意{of_lin.code}", at=NOW) is HandledAs.DELEGATE_AGREED
    assert (row_of(session, of_chen).state, row_of(session, of_lin).state) == ("asked", "active")


def test_the_code_from_another_phone_is_no_consent(session: Session, wang: Person) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    # An offer elsewhere that ends in the same two digits has nothing to do with it either.
    huang = person_named(session, "黄婉仪")
    other = offer_to(session, huang, "15400000003", now=NOW, code=asked.code[-2:])
    assert texts(session, DAUGHTERS_PHONE, f"同意{asked.code}", at=NOW) is HandledAs.OTHER_PHONE
    assert row_of(session, asked).state == DelegationState.ASKED
    assert not [kind for kind, person_id in open_tasks(session) if person_id == huang.id]
    assert state_of(session, other) == "offered"


def test_an_old_code_says_that_it_is_over(session: Session, wang: Person) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    later = NOW + timedelta(days=15)
    assert texts(session, WANGS_PHONE, f"同意{asked.code}", at=later) is HandledAs.ALREADY_ANSWERED
    assert texts_at(session, WANGS_PHONE)[-1] == "reply_delegate_over"


@pytest.mark.parametrize(
    "words",
    [
        "取消代办",
        "取消代办。",
        "不让女儿帮我办了",
        "解除委托",
        "不要代办了",
        "我要取消授权",
        "取消代辦",
        "全部取消代办",
    ],
)
def test_she_takes_it_back_with_a_word(session: Session, wang: Person, words: str) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    assert texts(session, WANGS_PHONE, words, at=NEXT_DAY) is HandledAs.DELEGATES_TAKEN_BACK
    assert row_of(session, agreed).end_reason == EndReason.TAKEN_BACK
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_ended"


def test_a_no_with_the_code_takes_it_back_too(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    assert texts(session, WANGS_PHONE, f"不同意{agreed.code}", at=NEXT_DAY) is HandledAs.DELEGATES_TAKEN_BACK
    assert row_of(session, agreed).state == DelegationState.ENDED


def test_of_two_she_names_one_by_what_he_is_or_by_the_code(session: Session, wang: Person) -> None:
    hers = agreed_with(session, wang, WANGS_PHONE)
    son = family_member(session, phone=SONS_PHONE, name="周明")
    his = agreed_with(session, wang, WANGS_PHONE, member=son, relation=Relation.SON)
    assert texts(session, WANGS_PHONE, "取消儿子代办", at=NEXT_DAY) is HandledAs.DELEGATES_TAKEN_BACK
    assert (row_of(session, hers).state, row_of(session, his).state) == ("active", "ended")
    his = agreed_with(session, wang, WANGS_PHONE, member=son, relation=Relation.SON)
    assert texts(session, WANGS_PHONE, "取消代办", at=NEXT_DAY) is HandledAs.ASKED_WHICH
    assert texts_at(session, WANGS_PHONE)[-1] == "reply_take_back_which"
    assert texts(session, WANGS_PHONE, f"取消代办{his.code}", at=NEXT_DAY) is HandledAs.DELEGATES_TAKEN_BACK
    assert (row_of(session, hers).state, row_of(session, his).state) == ("active", "ended")


def test_who_says_it_twice_without_saying_whom_wants_nobody_any_more(session: Session, wang: Person) -> None:
    hers = agreed_with(session, wang, WANGS_PHONE)
    son = family_member(session, phone=SONS_PHONE, name="周明")
    his = agreed_with(session, wang, WANGS_PHONE, member=son, relation=Relation.SON)
    texts(session, WANGS_PHONE, "取消代办", at=NEXT_DAY)
    assert texts(session, WANGS_PHONE, "取消代办", at=NEXT_DAY) is HandledAs.DELEGATES_TAKEN_BACK
    assert {row_of(session, each).state for each in (hers, his)} == {"ended"}


def test_where_nobody_acts_she_is_told_so(session: Session, wang: Person) -> None:
    assert texts(session, WANGS_PHONE, "取消代办", at=NOW) is HandledAs.NOTHING_OPEN
    assert texts_at(session, WANGS_PHONE) == ["reply_no_delegates"]


def test_a_stranger_takes_back_nothing(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    assert texts(session, SONS_PHONE, "取消代办", at=NEXT_DAY) is not HandledAs.DELEGATES_TAKEN_BACK
    assert row_of(session, agreed).state == DelegationState.ACTIVE


@pytest.mark.parametrize(("word", "state"), [("同意", "active"), ("不同意", "ended")])
def test_who_was_invited_answers_by_text_from_his_own_phone(
    session: Session, wang: Person, word: str, state: str
) -> None:
    invited = invite_delegate(
        session, herself(wang), person_id=wang.id, phone=SONS_PHONE, relation=Relation.SON, now=NOW
    )
    texts(session, SONS_PHONE, f"{word}{invited.code}", at=NOW)
    assert row_of(session, invited).state == state
    assert register_family_member(session, phone=SONS_PHONE, city=CITY, now=NOW).name is None


def test_every_text_about_it_is_written_in_the_record(session: Session, wang: Person) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    texts(session, WANGS_PHONE, f"同意{asked.code}", at=NOW)
    deeds = session.scalars(
        select(AuditEntry.deed).where(AuditEntry.person_id == wang.id, AuditEntry.subject_id == asked.id)
    ).all()
    assert "delegation_agreed" in deeds
    assert session.scalars(
        select(OutgoingMessage.person_id).where(OutgoingMessage.template == "delegation_agreed")
    ).all()


def test_a_delegate_declines_no_benefit_that_she_has(session: Session, wang: Person) -> None:
    actor = acting(session, agreed_with(session, wang, WANGS_PHONE))
    case = offer_to(session, wang, WANGS_PHONE, now=NOW)
    agree_to_offer(session, herself(wang), case_id=case.id, now=NEXT_DAY)
    with pytest.raises(NotAllowed):
        decline_offer(session, actor, case_id=case.id, now=NEXT_DAY)
    assert state_of(session, case) == "applied"


def test_delegates_of_shows_what_waits_first(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    son = family_member(session, phone=SONS_PHONE, name="周明")
    asked = asked_for(session, wang, WANGS_PHONE, member=son, relation=Relation.SON)
    shown = delegates_of(session, herself(wang), person_id=wang.id, now=NOW)
    assert [each.id for each in shown] == [asked.id, agreed.id]
