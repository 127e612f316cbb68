"""What follows from a text message: the state of the offer, the answer, the worker's task, the record of deeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.audit import AuditEntry
from services.inbox import HandledAs, list_incoming
from services.inbox.tables import IncomingMessageRow
from services.messages import OutgoingMessage, queue_asked_for_message, queue_message
from services.messages.phone_notes import PhoneNote, note_phone
from services.people import Person, PersonRow
from services.replies import Kind, Label, read_reply
from services.worker_tasks.tables import WorkerTaskRow
from tests.conftest import person_named
from tests.integration.phones import CITY, answers, offer_to, open_tasks, state_of, texts
from tests.opened import EVERY_RECORD

SHARED, HERS, UNKNOWN = "15400000001", "15400000003", "15400009999"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def chen(session: Session) -> Person:
    """陈丽英, about to turn 70; shares a phone with her husband."""
    return person_named(session, "陈丽英")


@pytest.fixture
def lin(session: Session) -> Person:
    """林国华, her husband."""
    return person_named(session, "林国华")


@pytest.fixture
def huang(session: Session) -> Person:
    """黄婉仪, with a phone of her own."""
    return person_named(session, "黄婉仪")


def test_a_clear_yes_is_an_application_with_the_message_as_its_evidence(
    session: Session, huang: Person, now: datetime
) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "同意", at=now) is HandledAs.AGREED
    assert state_of(session, offer) == "applied"
    assert answers(session) == ["allowance_accepted"]
    message = session.scalars(select(IncomingMessageRow)).one()
    event = session.scalars(select(AllowanceEventRow).where(AllowanceEventRow.kind == "agreed")).one()
    assert (event.message_id, event.channel) == (message.id, "text_message")
    assert (message.person_id, message.case_ids, message.reason) == (huang.id, [offer.id], "agreement")
    deed = session.scalars(select(AuditEntry).where(AuditEntry.deed == "text_message_read")).one()
    assert deed.facts == {"handled_as": "agreed", "reason": "agreement", "answer": None}
    assert not open_tasks(session)


def test_the_same_yes_again_changes_nothing_and_sends_nothing(session: Session, huang: Person, now: datetime) -> None:
    offer_to(session, huang, HERS, now=now)
    texts(session, HERS, "同意", at=now)
    assert texts(session, HERS, "同意", at=now + MINUTE) is HandledAs.ALREADY_ANSWERED
    assert answers(session) == ["allowance_accepted"]


def test_a_yes_with_two_offers_open_applies_for_nobody_but_asks_with_their_codes(
    session: Session, chen: Person, lin: Person, now: datetime
) -> None:
    hers = offer_to(session, chen, SHARED, now=now, code="21")
    his = offer_to(session, lin, SHARED, now=now, code="35")
    assert texts(session, SHARED, "同意", at=now) is HandledAs.ASKED_WHICH
    assert {state_of(session, hers), state_of(session, his)} == {"offered"}
    assert answers(session) == ["reply_which_of_two"]
    assert texts(session, SHARED, "同意35", at=now + MINUTE) is HandledAs.AGREED
    assert (state_of(session, hers), state_of(session, his)) == ("offered", "applied")
    # A bare word may be the same answer again; the code makes it clear.
    assert texts(session, SHARED, "同意", at=now + 2 * MINUTE) is HandledAs.ASKED_WHICH
    assert state_of(session, hers) == "offered"
    assert texts(session, SHARED, "不同意21", at=now + 3 * MINUTE) is HandledAs.DECLINED
    assert (state_of(session, hers), state_of(session, his)) == ("declined", "applied")


def test_both_agree_only_where_the_question_named_that_answer(
    session: Session, chen: Person, lin: Person, now: datetime
) -> None:
    hers = offer_to(session, chen, SHARED, now=now, code="21")
    his = offer_to(session, lin, SHARED, now=now, code="35")
    assert texts(session, SHARED, "都同意", at=now) is HandledAs.ASKED_WHICH
    assert {state_of(session, hers), state_of(session, his)} == {"offered"}
    assert texts(session, SHARED, "都同意", at=now + MINUTE) is HandledAs.AGREED
    assert {state_of(session, hers), state_of(session, his)} == {"applied"}


def test_who_answers_the_question_unclearly_is_called(
    session: Session, chen: Person, lin: Person, now: datetime
) -> None:
    offer_to(session, chen, SHARED, now=now, code="21")
    offer_to(session, lin, SHARED, now=now, code="35")
    texts(session, SHARED, "同意", at=now)
    assert texts(session, SHARED, "同意", at=now + MINUTE) is HandledAs.UNCLEAR_AGAIN
    assert open_tasks(session) == {("unclear_reply", chen.id), ("unclear_reply", lin.id)}
    texts(session, SHARED, "同意21", at=now + 2 * MINUTE)
    assert open_tasks(session) == {("unclear_reply", lin.id)}


def test_no_is_taken_at_her_word_and_a_later_yes_still_counts(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "不同意", at=now) is HandledAs.DECLINED
    assert state_of(session, offer) == "declined"
    assert texts(session, HERS, "同意", at=now + HOUR) is HandledAs.AGREED
    cases = allowances.list_cases(session, Actor.system(), person_id=huang.id)
    assert [case.state.value for case in cases] == ["applied", "declined"]


def test_a_no_after_a_yes_is_put_to_a_worker(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    texts(session, HERS, "同意", at=now)
    assert texts(session, HERS, "不同意", at=now + MINUTE) is HandledAs.WITHDRAWAL_ASKED
    assert state_of(session, offer) == "applied"
    assert open_tasks(session) == {("stop_decision", huang.id)}
    assert texts(session, HERS, "同意", at=now + 2 * MINUTE) is HandledAs.ALREADY_ANSWERED
    task = session.scalars(select(WorkerTaskRow)).one()
    assert task.facts["agreed_again"] == 1


def test_answers_that_overtake_each_other_count_in_the_order_in_which_they_were_sent(
    session: Session, huang: Person, now: datetime
) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "不同意", at=now) is HandledAs.DECLINED
    assert texts(session, HERS, "同意", at=now - MINUTE, now=now) is HandledAs.OVERTAKEN
    assert state_of(session, offer) == "declined"


def test_a_late_yes_is_kept_for_a_worker(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now, days=-1)
    assert texts(session, HERS, "同意", at=now) is HandledAs.AGREED_LATE
    assert state_of(session, offer) == "offer_ended"
    assert open_tasks(session) == {("late_reply", huang.id)}
    assert answers(session) == ["allowance_late_reply"]


def test_an_answer_while_nothing_is_open_is_told_so_once_a_day_and_kept_for_one(
    session: Session, huang: Person, now: datetime
) -> None:
    assert texts(session, HERS, "同意", at=now) is HandledAs.KEPT
    assert texts(session, HERS, "同意", at=now + HOUR) is HandledAs.KEPT
    assert answers(session) == ["reply_nothing_open"]
    texts(session, HERS, "同意", at=now + 25 * HOUR)
    assert len(answers(session)) == 2


def test_a_code_from_somebody_elses_phone_is_no_consent_but_a_worker_asks(
    session: Session, huang: Person, now: datetime
) -> None:
    offer = offer_to(session, huang, HERS, now=now, code="47")
    assert texts(session, UNKNOWN, "同意47", at=now) is HandledAs.OTHER_PHONE
    assert state_of(session, offer) == "offered"
    assert open_tasks(session) == {("other_phone", huang.id)}
    assert answers(session) == ["reply_other_phone"]


def test_a_code_that_many_offers_have_needs_the_name(
    session: Session, huang: Person, chen: Person, now: datetime
) -> None:
    offer_to(session, huang, HERS, now=now, code="47")
    offer_to(session, chen, SHARED, now=now, code="47")
    texts(session, UNKNOWN, "同意47", at=now)
    assert not open_tasks(session)
    texts(session, UNKNOWN, "黄婉仪同意47", at=now + MINUTE)
    texts(session, UNKNOWN, "我替黄婉仪回复，同意47", at=now + MINUTE)
    assert open_tasks(session) <= {("other_phone", huang.id)}


def test_a_contacts_phone_does_not_agree_for_her(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    for phone in (HERS, UNKNOWN):
        note_phone(session, PhoneNote.CONTACT, city=CITY, phone=phone, now=now, person_id=huang.id, relation="daughter")
    assert texts(session, UNKNOWN, "同意", at=now) is HandledAs.OTHER_PHONE
    # The daughter's phone may also be the one that the registers have for her mother.
    assert texts(session, HERS, "同意", at=now) is HandledAs.OTHER_PHONE
    assert state_of(session, offer) == "offered"
    assert open_tasks(session) == {("other_phone", huang.id)}


def test_who_doubts_is_reassured_and_the_offer_stays_open(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "这是真的吗？", at=now) is HandledAs.REASSURED
    assert texts(session, HERS, "骗子！", at=now + MINUTE) is HandledAs.REASSURED
    assert answers(session) == ["reply_genuine"]
    texts(session, HERS, "同意", at=now + HOUR)
    assert state_of(session, offer) == "applied"


def test_nobody_claims_that_a_message_is_ours_where_none_was_sent(session: Session, now: datetime) -> None:
    texts(session, UNKNOWN, "这是真的吗", at=now)
    assert answers(session) == ["reply_check"]


def test_the_gentle_question_comes_once_and_then_somebody_calls(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "哎呀这个", at=now) is HandledAs.ASKED_AGAIN
    assert not open_tasks(session)
    assert texts(session, HERS, "什么东西", at=now + MINUTE) is HandledAs.UNCLEAR_AGAIN
    assert texts(session, HERS, "搞不清", at=now + 2 * MINUTE) is HandledAs.UNCLEAR_AGAIN
    assert open_tasks(session) == {("unclear_reply", huang.id)}
    assert answers(session) == ["reply_unclear", "reply_somebody_calls"]
    assert state_of(session, offer) == "offered"


def test_help_is_one_task_however_often_she_asks(session: Session, huang: Person, now: datetime) -> None:
    offer_to(session, huang, HERS, now=now)
    texts(session, HERS, "帮忙", at=now)
    texts(session, HERS, "我不会，请打电话给我", at=now + HOUR)
    assert len(session.scalars(select(WorkerTaskRow)).all()) == 1
    assert open_tasks(session) == {("help_wanted", huang.id)}
    assert answers(session) == ["reply_help"]


def test_help_from_a_shared_phone_says_how_many_share_it(session: Session, chen: Person, now: datetime) -> None:
    offer_to(session, chen, SHARED, now=now)
    texts(session, SHARED, "帮忙", at=now)
    task = session.scalars(select(WorkerTaskRow)).one()
    assert (task.person_id, task.facts["people_at_phone"]) == (chen.id, 2)


def test_asking_for_a_visit_with_nothing_to_certify_is_asking_for_help(
    session: Session, huang: Person, now: datetime
) -> None:
    assert texts(session, HERS, "上门", at=now) is HandledAs.HELP_WANTED
    assert open_tasks(session) == {("help_wanted", huang.id)}


def test_a_death_notice_is_answered_kindly_and_decides_nothing(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "老人上个月去世了", at=now) is HandledAs.DEATH_REPORTED
    assert state_of(session, offer) == "offered"
    assert open_tasks(session) == {("help_wanted", huang.id)}
    assert answers(session) == ["reply_condolence"]
    queue_message(session, "meal_cancelled", city=CITY, phone=HERS, locale="zh_Hans", now=now, person_id=huang.id)
    assert answers(session) == ["reply_condolence"], "no reminder reaches a family in mourning"


def test_a_number_of_somebody_else_gets_nothing_more(session: Session, huang: Person, now: datetime) -> None:
    offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "你们发错人了，我不认识她", at=now) is HandledAs.WRONG_PERSON
    assert answers(session) == ["reply_wrong_person"]
    queue_message(session, "meal_cancelled", city=CITY, phone=HERS, locale="zh_Hans", now=now, person_id=huang.id)
    assert answers(session) == ["reply_wrong_person"]
    assert open_tasks(session) == {("undelivered", huang.id)}


def test_stop_ends_the_messages_and_not_the_benefit(session: Session, huang: Person, now: datetime) -> None:
    offer = offer_to(session, huang, HERS, now=now)
    assert texts(session, HERS, "TD", at=now) is HandledAs.STOPPED
    assert state_of(session, offer) == "offered"
    assert open_tasks(session) == {("stopped_messages", huang.id)}
    # Whatever would be sent now is a worker's to tell; a code that she asks for herself still comes.
    assert texts(session, HERS, "同意", at=now + HOUR) is HandledAs.AGREED
    assert state_of(session, offer) == "applied"
    queue_asked_for_message(session, "sign_in_code", city=CITY, phone=HERS, locale="zh_Hans", now=now, code="1")
    assert answers(session) == ["reply_stopped", "sign_in_code"]
    withheld = session.scalars(select(OutgoingMessage).where(OutgoingMessage.template == "allowance_accepted")).all()
    assert all((message.status, message.failure) == ("failed", "phone_stopped") for message in withheld)
    assert texts(session, HERS, "恢复", at=now + 2 * HOUR) is HandledAs.RESUMED
    assert ("stopped_messages", huang.id) not in open_tasks(session)
    queue_message(session, "meal_cancelled", city=CITY, phone=HERS, locale="zh_Hans", now=now, person_id=huang.id)
    assert answers(session)[-2:] == ["reply_resumed", "meal_cancelled"]


def test_two_machines_that_answer_each_other_come_to_rest(session: Session, huang: Person, now: datetime) -> None:
    offer_to(session, huang, HERS, now=now)
    for minute in range(60):
        texts(session, HERS, f"您的消息已收到，编号{minute}，我们会尽快处理这是什么", at=now + minute * MINUTE)
    assert len(answers(session)) <= 3
    assert texts(session, HERS, "【自动回复】本人正在开会", at=now + 2 * HOUR) is HandledAs.AUTOMATIC


@pytest.mark.parametrize("phone", ["10086", "106900001234", "+852 5123 4567", ""])
def test_service_numbers_are_never_answered(session: Session, now: datetime, phone: str) -> None:
    for words in ("同意", "退订", "这是真的吗", "恢复"):
        texts(session, phone, words, at=now)
    assert not answers(session)


def test_the_answer_is_in_her_language(session: Session, huang: Person, now: datetime) -> None:
    session.get_one(PersonRow, huang.id).locale = "zh_Hant_HK"
    session.flush()
    texts(session, HERS, "同意", at=now)
    assert session.scalars(select(OutgoingMessage.locale)).all() == ["zh_Hant_HK"]


def test_a_worker_sees_what_came_and_what_it_was_taken_for(session: Session, huang: Person, now: datetime) -> None:
    offer_to(session, huang, HERS, now=now)
    texts(session, HERS, "这是真的吗", at=now)
    texts(session, HERS, "同意", at=now + MINUTE)
    worker = Actor.staff(
        ActorKind.COMMUNITY_WORKER, UUID(int=7), Channel.SCREEN, "木头龙", "罗湖区", open_records=EVERY_RECORD
    )
    newest, oldest = list_incoming(session, worker, person_id=huang.id)
    assert (newest.text, newest.handled_as, newest.answer) == ("同意", HandledAs.AGREED, None)
    assert (oldest.handled_as, oldest.answer, oldest.masked_phone) == (
        HandledAs.REASSURED,
        "reply_genuine",
        "154****0003",
    )
    assert "同意" not in repr(newest)
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.actor_staff_id == UUID(int=7))).all()
    assert "incoming_messages_seen" in deeds
    elsewhere = Actor.staff(
        ActorKind.COMMUNITY_WORKER, UUID(int=8), Channel.SCREEN, "麻岭", "南山区", open_records=EVERY_RECORD
    )
    with pytest.raises(NotAllowed):
        list_incoming(session, elsewhere, person_id=huang.id)


def test_what_surely_concerns_her_husband_alone_is_not_shown_with_her(
    session: Session, chen: Person, lin: Person, now: datetime
) -> None:
    offer_to(session, chen, SHARED, now=now, code="21")
    offer_to(session, lin, SHARED, now=now, code="35")
    texts(session, SHARED, "同意35", at=now)
    texts(session, SHARED, "你好吗", at=now + MINUTE)
    system = Actor.system()
    assert [it.text for it in list_incoming(session, system, person_id=chen.id)] == ["你好吗"]
    assert [it.text for it in list_incoming(session, system, person_id=lin.id)] == ["你好吗", "同意35"]


def test_an_offer_that_went_to_her_old_number_is_not_answered_from_a_new_one(
    session: Session, huang: Person, now: datetime
) -> None:
    offer = offer_to(session, huang, UNKNOWN, now=now)
    assert texts(session, HERS, "同意", at=now) is HandledAs.KEPT
    assert texts(session, UNKNOWN, "同意", at=now) is HandledAs.OTHER_PHONE
    assert session.get_one(AllowanceCaseRow, offer.id).state == "offered"


REPLIES = st.sampled_from(
    (
        *(
            "同意",
            "不同意",
            "都同意",
            "同意21",
            "同意35",
            "不同意21",
            "同意 21",
            "陈丽英同意",
            "林国华同意",
            "同意99",
            "好的",
            "1",
        ),
        *(
            "👍",
            "取消",
            "收到",
            "TD",
            "恢复",
            "帮忙",
            "上门",
            "这是真的吗",
            "去世了",
            "发错了",
            "我女儿同意",
            "同意吗",
            "同意21 35",
            "",
        ),
    )
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(REPLIES, st.text(max_size=8)), max_size=7))
def test_no_row_of_replies_makes_an_application_without_a_clear_agreement_to_that_offer(
    session: Session, chen: Person, lin: Person, now: datetime, written: list[str]
) -> None:
    with session.begin_nested() as attempt:
        offers = {
            "21": (offer_to(session, chen, SHARED, now=now, code="21"), chen.name),
            "35": (offer_to(session, lin, SHARED, now=now, code="35"), lin.name),
        }
        for minute, text in enumerate(written):
            texts(session, SHARED, text, at=now + minute * MINUTE)
        for code, (offer, name) in offers.items():
            replies = [read_reply(text, [name] if name in text else ()) for text in written]
            clear = [
                reply
                for reply, text in zip(replies, written, strict=True)
                if reply.label is Label.AGREE
                and (reply.code == code or name in text or reply.kind is Kind.AGREEMENT_FOR_ALL)
            ]
            cases = allowances.list_cases(session, Actor.system(), person_id=offer.person_id)
            assert clear or not any(case.applied_on for case in cases), written
        unread = session.scalars(select(IncomingMessageRow).where(IncomingMessageRow.handled_as.is_(None)))
        assert not unread.all(), "every text ends in a known state"
        attempt.rollback()
