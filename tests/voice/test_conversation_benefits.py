"""Whole conversations about benefits, payments and applications, with the real services and the real database. Today is
Tuesday 24 November 2026, five past nine in the morning."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from services.allowances import (
    CaseState,
    agree_to_offer,
    audit_month,
    decline_offer,
    end_offers,
    errors,
    list_cases,
    list_month,
    open_offers,
    pay_month,
)
from services.allowances.offers import new_case
from services.benefits import Benefit
from services.clock import local_moment
from services.errors import ServiceError
from services.my_benefits import Standing, see_benefits
from services.worker_tasks import TaskKind
from tests.allowances import CITY, NOW, SYSTEM, TODAY, approved, case_of, herself, offered, senior, tasks_about
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation, Heard
from voice.skills import applications
from voice.skills.skill import CONFIRM, OFFER

NOTHING = {"action": "none"}
READ_BACK = "申请高龄津贴，每月200元。打到您的卡上，尾号1 2 3 4。对吗？"


@pytest.fixture(scope="module")
def words_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled words of the assistant."""
    return compile_words(tmp_path_factory.mktemp("locales"))


@pytest.fixture
def offered_to(words_folder: Path, session: Session) -> Talking:
    """Somebody who is about to turn 70 and has an offer."""
    person, _ = offered(session)
    return Talking(Conversation(words_folder), session, person, NOW)


@pytest.fixture
def paid_to(words_folder: Path, session: Session) -> Talking:
    """Somebody whose allowance was approved."""
    person, _ = approved(session)
    return Talking(Conversation(words_folder), session, person, NOW)


def state_of(talking: Talking) -> CaseState:
    return case_of(talking.session, talking.person).state


def test_what_she_can_get_is_told_the_most_important_first_and_two_at_a_time(offered_to: Talking) -> None:
    reply = offered_to.say("我能领多少补贴")
    assert reply.text.startswith("高龄津贴，每月200元，等您答复。想要就说：我同意申请。")
    assert reply.text.endswith("项，要听吗？")
    assert reply.state["question"] == OFFER
    assert offered_to.say("好").text != reply.text
    assert offered_to.replies[-1].effect == NOTHING


def test_the_answer_is_that_of_the_page(offered_to: Talking) -> None:
    overview = see_benefits(offered_to.session, herself(offered_to.person), person_id=offered_to.person.id, now=NOW)
    untold = {Standing.STOPPED, Standing.NOT_ELIGIBLE}
    expected = [line for line in overview.lines if line.standing not in untold]
    heard = offered_to.say("我有什么待遇").text
    while "要听吗" in offered_to.replies[-1].text:
        heard += offered_to.say("好的").text
    names = {"old_age_allowance": "高龄津贴", "meal_subsidy": "吃饭补贴", "accident_insurance": "意外保险"}
    for line in expected:
        if line.benefit in names:
            assert names[line.benefit] in heard


@pytest.mark.parametrize("said", ["好", "要", "要听", "继续", "你说吧"])
def test_the_rest_is_told_when_she_wants_to_hear_it(offered_to: Talking, said: str) -> None:
    first = offered_to.say("我能领多少补贴").text
    rest = offered_to.say(said)
    assert "我还不会" not in rest.text
    assert "没听明白" not in rest.text
    assert rest.text != first


def test_another_question_leaves_the_rest_untold(offered_to: Talking) -> None:
    assert offered_to.say("我能领多少补贴", "津贴发了没有").text.startswith("还没有发过钱给您。")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("高龄津贴我能领多少", "高龄津贴，每月200元，等您答复。想要就说：我同意申请。"),
        ("我坐公交要钱吗", "免费坐车、逛公园，还差一项情况。请告诉社区：您是不是住在深圳。"),
        ("老年卡我能办吗", "颐年卡，您已经有了。"),
    ],
)
def test_a_named_benefit_gives_that_one(offered_to: Talking, said: str, answer: str) -> None:
    assert offered_to.say(said).text == answer


def test_the_amounts_are_spoken_in_words(offered_to: Talking) -> None:
    assert "每月二百元" in offered_to.say("高龄津贴有多少").speech_text


def test_asking_in_the_middle_of_an_order_answers_and_goes_on(offered_to: Talking) -> None:
    question = offered_to.say("我要订饭").text
    reply = offered_to.say("我能领多少补贴")
    assert reply.text.endswith(question)
    assert "要听吗" not in reply.text
    assert reply.state["task"]["intent"] == "book_meal"


def test_a_yes_to_an_offer_is_read_back_with_amount_and_card_and_done_after_a_clear_yes(offered_to: Talking) -> None:
    reply = offered_to.say("我同意申请")
    assert (reply.text, reply.effect, reply.state["question"]) == (READ_BACK, NOTHING, CONFIRM)
    assert reply.speech_text.endswith("尾号幺，二，三，四。对吗？")
    assert state_of(offered_to) is CaseState.OFFERED
    assert offered_to.say("对").effect["action"] == "confirm_application"
    assert state_of(offered_to) is CaseState.APPLIED
    assert offered_to.say("对").effect == NOTHING


@pytest.mark.parametrize("said", ["算了", "不要了", "不对", "嗯那个什么", ""])
def test_anything_but_a_yes_leaves_the_offer_open(offered_to: Talking, said: str) -> None:
    assert offered_to.say("帮我申请高龄津贴", said).effect == NOTHING
    assert state_of(offered_to) is CaseState.OFFERED


def test_a_yes_that_was_badly_heard_is_asked_again(offered_to: Talking) -> None:
    offered_to.say("我同意申请", Heard("对", confidence=0.3, spoken=True))
    assert state_of(offered_to) is CaseState.OFFERED


def test_a_no_to_an_offer_is_read_back_too(offered_to: Talking) -> None:
    assert offered_to.say("那个津贴我不要了").text == "您不要高龄津贴，每月200元。对吗？"
    assert state_of(offered_to) is CaseState.OFFERED
    reply = offered_to.say("对")
    assert (reply.effect["action"], state_of(offered_to)) == ("decline_application", CaseState.DECLINED)
    assert offered_to.say("我的申请怎么样了").text == "您说过不要高龄津贴。现在还可以申请。"


def test_who_declined_may_still_apply(offered_to: Talking) -> None:
    case = case_of(offered_to.session, offered_to.person)
    decline_offer(offered_to.session, herself(offered_to.person), case_id=case.id, now=NOW)
    offered_to.now = NOW + timedelta(days=60)
    assert offered_to.say("我要申请高龄津贴").text == READ_BACK
    offered_to.say("对")
    newest = list_cases(offered_to.session, herself(offered_to.person), person_id=offered_to.person.id)[0]
    assert newest.state is CaseState.APPLIED


def test_an_offer_that_ended_between_read_back_and_yes_is_told_and_can_still_be_applied_for(
    offered_to: Talking,
) -> None:
    offered_to.say("我同意申请")
    offered_to.replies[-1].state["asked_at"] = (NOW + timedelta(days=75)).isoformat()
    offered_to.now = NOW + timedelta(days=75)
    end_offers(offered_to.session, SYSTEM, now=offered_to.now)
    assert offered_to.say("对").text == f"答复的时间过了，不过还可以申请。{READ_BACK}"
    assert offered_to.say("对").effect["action"] == "confirm_application"
    assert state_of(offered_to) is CaseState.APPLIED


def test_no_more_after_a_yes_is_a_wish_that_the_community_makes_sure_of(paid_to: Talking) -> None:
    assert paid_to.say("津贴我不领了").text == "您以后不要高龄津贴，每月200元了。对吗？"
    reply = paid_to.say("对")
    assert reply.text == "记下了。停之前，社区会先给您打电话。"
    assert (reply.effect["action"], state_of(paid_to)) == ("decline_application", CaseState.ACTIVE)
    assert TaskKind.STOP_DECISION in tasks_about(paid_to.session, paid_to.person)
    assert paid_to.say("我不要津贴了").text == "记下了。停之前，社区会先给您打电话。"
    assert paid_to.replies[-1].effect == NOTHING


def test_who_has_it_already_is_told_so(paid_to: Talking) -> None:
    assert paid_to.say("我同意申请高龄津贴").text == "高龄津贴，每月200元，已经批了，从2027年1月起发。"


def test_who_is_too_young_is_told_why(words_folder: Path, session: Session) -> None:
    talking = Talking(Conversation(words_folder), session, senior(session, born=date(1962, 5, 1)), NOW)
    assert talking.say("我要申请高龄津贴").text == "高龄津贴，您现在还不符合条件。您还没到年龄。"
    assert talking.say("我的申请批了没有").text == "您还没有申请过。"
    assert talking.say("不申请").text == "没有等您答复的事。"


@pytest.mark.parametrize(
    ("agrees", "answer"),
    [(False, "高龄津贴还没有申请，等您答复。"), (True, "高龄津贴已经申请了，正在审核。")],
)
def test_how_far_an_application_is(offered_to: Talking, agrees: bool, answer: str) -> None:
    if agrees:
        case = case_of(offered_to.session, offered_to.person)
        agree_to_offer(offered_to.session, herself(offered_to.person), case_id=case.id, now=NOW)
    assert offered_to.say("我的申请办到哪一步了").text == answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("津贴发了没有", "还没有发过钱给您。觉得不对，请打12345。"),
        ("上个月的发了吗", "10月没有要发给您的钱。"),
        ("去年九月的补贴到账了吗", "2025年9月没有要发给您的钱。"),
    ],
)
def test_what_was_never_paid_is_said(offered_to: Talking, said: str, answer: str) -> None:
    assert offered_to.say(said).text == answer


def test_asking_for_a_person_in_the_middle_is_read_back_and_nothing_else_is_done(offered_to: Talking) -> None:
    offered_to.say("我同意申请")
    assert offered_to.say("我要找社区的人").text == "请社区的人打电话给您，对吗？"
    assert offered_to.say("对").effect == {"action": "call_staff"}
    assert offered_to.say("对").effect == NOTHING


def test_every_refusal_of_the_allowances_has_words() -> None:
    told_to_workers_and_operators = {"reason_missing", "only_by_people", "too_many_in_doubt"}
    codes = {
        refusal.code
        for refusal in vars(errors).values()
        if isinstance(refusal, type) and issubclass(refusal, ServiceError) and refusal is not ServiceError
    }
    assert codes - told_to_workers_and_operators <= applications.EXPLANATIONS.keys()


def test_what_was_paid_is_told_with_its_day(paid_to: Talking) -> None:
    month, session = date(2027, 1, 1), paid_to.session
    run = list_month(session, SYSTEM, city=CITY, month=month, now=local_moment(date(2027, 1, 10), time(9)))
    audit_month(session, SYSTEM, run_id=run.id, now=local_moment(date(2027, 1, 15), time(9)))
    paid_to.now = local_moment(date(2027, 1, 16), time(9))
    assert paid_to.say("这个月的津贴发了吗").text == "1月的高龄津贴，200元，正在办理发放。"
    pay_month(session, SYSTEM, run_id=run.id, now=local_moment(date(2027, 1, 20), time(9)))
    paid_to.now = local_moment(date(2027, 2, 3), time(9))
    told = "1月的高龄津贴，200元，1月20号 星期三发的。没收到的话，请打12345，有人帮您查。"
    assert [paid_to.say(said).text for said in ("上个月的发了吗", "我的钱没到")] == [told, told]
    assert paid_to.say("这个月的发了没有").text == "2月的还没有发，正在准备。"


@pytest.mark.parametrize("said", ["这个月的钱发了吗", "去年九月的补贴到账了吗", "津贴发了没有"])
def test_before_the_first_month_she_is_told_from_which_month_it_is_paid(paid_to: Talking, said: str) -> None:
    reply = paid_to.say(said)
    assert reply.text == "高龄津贴从2027年1月起发，在那之前没有要发的钱。"
    assert "二零二七年一月" in reply.speech_text


@pytest.mark.parametrize(
    ("born", "answer"),
    [
        ("1957-01-15", "高龄津贴，每月200元，您已经有了。从2027年1月您过生日起，每月200元。"),
        ("1946-12-20", "高龄津贴，每月200元，等您答复。想要就说：我同意申请。从12月您过生日起，每月300元。"),
        ("1950-03-01", "高龄津贴，每月200元，等您答复。想要就说：我同意申请。满八十、九十、一百岁那个月会涨。"),
        ("1924-03-01", "高龄津贴，每月1,000元，等您答复。想要就说：我同意申请。以后不再按年龄涨了。"),
    ],
)
def test_when_it_rises_is_told_by_the_birthday(words_folder: Path, session: Session, born: str, answer: str) -> None:
    prepare = approved if born == "1957-01-15" else offered
    person, _ = prepare(session, born=date.fromisoformat(born))
    talking = Talking(Conversation(words_folder), session, person, NOW)
    assert [talking.say(said).text for said in ("津贴什么时候涨", "高龄津贴几时会加")] == [answer, answer]


def test_of_two_open_offers_she_chooses_one(offered_to: Talking) -> None:
    another = new_case(offered_to.person, Benefit.HOME_CARE_SUBSIDY, today=TODAY, now=NOW)
    another.amount_fen = 30_000
    offered_to.session.add(another)
    offered_to.session.flush()
    reply = offered_to.say("我同意申请")
    assert reply.text.startswith("有两项等您答复。第一个：")
    assert "高龄津贴，每月200元" in reply.text
    assert "居家养老补助，每月300元" in reply.text
    first = "高龄津贴" if reply.text.index("高龄津贴") < reply.text.index("居家养老补助") else "居家养老补助"
    assert offered_to.say("对").effect == NOTHING  # which of them is not said
    assert offered_to.say("第一个").text.startswith(f"申请{first}，每月")
    assert offered_to.say("对").effect["action"] == "confirm_application"
    assert len(open_offers(offered_to.session, herself(offered_to.person), person_id=offered_to.person.id)) == 1
