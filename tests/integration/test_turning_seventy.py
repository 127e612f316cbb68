"""Whole journeys of somebody who is about to turn 70, from the register to the last month, each seen through the text
messages that she gets and the money that arrives (domain 3 and 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from services import certification
from services.actor import Channel
from services.allowances import CaseState, agree_to_offer, apply_for
from services.benefits import Benefit
from services.certification import HelperRelation
from services.clock import local_moment
from services.database import Database
from services.decisions import Choice
from services.messages.phone_notes import PhoneNote, note_phone
from services.people import get_person
from services.registry import Settlement
from services.settings import Settings
from services.worker_tasks import TaskKind
from services.working_days import working_days_after
from tests.extracts import other
from tests.integration.lived_city import CITY, MORNING, NOON, SYSTEM, WORKER, LivedCity, Resident, lived_city
from tests.voice.conversation_words import compile_words
from tests.voice.conversing import Talking
from voice.conversation import Conversation

BORN = date(1956, 4, 15)
KNOWN, ASKED = date(2026, 2, 2), date(2026, 2, 3)
OFFER = "陈*英：您将满70周岁，可领高龄津贴200元/月。同意申请请回“同意”，不需要回“不同意”。不收费，可打12345核实"
APPROVED = "陈*英：高龄津贴已核准，从4月起每月200元。第一笔最晚4月20号星期一发到颐年卡尾号1234。有疑问请打12345"
PAID_APRIL = "陈*英：4月高龄津贴200元已发到颐年卡尾号1234。没收到请打12345"
NOTHING_MORE: list[str] = []


@pytest.fixture
def city(database: Database, settings: Settings) -> Iterator[LivedCity]:
    with lived_city(database, settings) as city:
        yield city


@pytest.fixture
def chen(city: LivedCity) -> Resident:
    """陈丽英, who will be 70 in April, has a card, and has got her offer."""
    chen = city.registered(BORN, KNOWN)
    city.morning(ASKED)
    assert city.told(chen.phone) == [OFFER]
    return chen


@pytest.fixture
def paid(city: LivedCity, chen: Resident) -> Resident:
    """The same, who agreed and was paid for April."""
    city.texts(chen.phone, "同意", date(2026, 2, 4))
    city.pays(date(2026, 4, 1))
    city.told(chen.phone)
    return chen


def accepted(city: LivedCity, who: Resident) -> str:
    """What she is told once her yes has become an application."""
    number = city.case(who).application_number
    return f"陈*英：已收到您的同意，受理号{number}。核对后每月20日前发到颐年卡尾号1234。如非本人意愿请打12345"


def test_one_yes_by_text_is_all_she_does_until_the_money_comes(city: LivedCity, chen: Resident) -> None:
    city.texts(chen.phone, "同意", date(2026, 2, 4))
    assert city.told(chen.phone) == [accepted(city, chen), APPROVED]
    city.morning(date(2026, 3, 3))
    assert city.told(chen.phone) == NOTHING_MORE
    # March is not hers yet; April is the month of her birthday.
    assert city.pays(date(2026, 3, 1)).payments == 0
    file = city.pays(date(2026, 4, 1))
    assert (file.payments, file.fen_by_district) == (1, {"罗湖区": 200_00})
    assert "陈*英,1234,20000,深圳市2026年4月高龄老人津贴" in file.lines[1]
    assert city.told(chen.phone) == [PAID_APRIL]
    assert city.paid(chen) == {4: 200}
    assert city.tasks(chen) == {}


def test_she_is_reminded_to_certify_and_does_it_by_saying_four_digits(city: LivedCity, paid: Resident) -> None:
    for day in (1, 2, 16, 28):
        city.morning(date(2026, 5, day))
    first, *reminders = city.told(paid.phone)
    assert first.startswith("陈*英：最晚5月31号星期日要做津贴资格认证。打开颐年说四个数字就行")
    assert [each[:24] for each in reminders] == ["陈*英：津贴资格认证还没做，最晚5月31号星期日"] * 2
    says(city, paid, date(2026, 5, 29))
    city.morning(date(2026, 6, 1))
    assert city.told(paid.phone) == ["陈*英：您的津贴资格认证做好了，津贴照常发。祝您健康长寿"]
    assert city.tasks(paid) == {}


def test_a_missed_certification_waits_for_a_worker_and_comes_back_with_the_money(
    city: LivedCity, paid: Resident
) -> None:
    city.morning(date(2026, 5, 1))
    city.pays(date(2026, 5, 1))
    city.morning(date(2026, 6, 1))
    city.told(paid.phone)
    # Held, not lost, while nobody has decided.
    city.decides(paid, TaskKind.MISSED_CERTIFICATION, Choice.SUSPEND, date(2026, 6, 3))
    assert city.told(paid.phone) == [
        "陈*英：因未完成资格认证，高龄津贴从6月起暂停。补做认证后照发，并补发暂停的钱。办理请找社区或打12345"
    ]
    assert city.pays(date(2026, 6, 1)).payments == 0
    # Her daughter comes to the community.
    with city.session() as session:
        certification.record_helper(
            session,
            WORKER,
            person_id=paid.person_id,
            relation=HelperRelation.DAUGHTER,
            seen_on=date(2026, 7, 2),
            reason="女儿带身份证来",
            now=local_moment(date(2026, 7, 3), NOON),
        )
    assert city.told(paid.phone) == ["陈*英：高龄津贴恢复发放，暂停的钱一起补发。有疑问请打12345"]
    city.pays(date(2026, 7, 1))
    assert city.told(paid.phone) == [
        "陈*英：7月高龄津贴共发400元，含补发或扣回的钱，已发到颐年卡尾号1234。没收到请打12345"
    ]
    assert city.paid(paid) == {4: 200, 5: 200, 6: 200, 7: 200}
    assert city.tasks(paid) == {}


def test_at_eighty_she_is_told_and_paid_more_without_asking(city: LivedCity) -> None:
    lin = city.registered(date(1946, 9, 30), KNOWN, name="林国华")
    city.morning(ASKED)
    city.texts(lin.phone, "同意", ASKED)
    city.pays(date(2026, 8, 1))
    city.morning(date(2026, 8, 20))
    assert not any("80周岁" in words for words in city.told(lin.phone))
    for _ in range(2):
        city.morning(date(2026, 8, 21))
    assert city.told(lin.phone) == ["林*华：您满80周岁，高龄津贴从9月起自动调为300元/月，不用申请。祝您健康长寿"]
    city.pays(date(2026, 9, 1))
    assert city.told(lin.phone) == ["林*华：9月高龄津贴300元已发到颐年卡尾号1234。没收到请打12345"]
    assert city.paid(lin) == dict.fromkeys(range(2, 9), 200) | {9: 300}


def test_her_no_ends_it_and_a_wish_of_hers_begins_it_again(city: LivedCity, chen: Resident) -> None:
    city.texts(chen.phone, "不同意", date(2026, 2, 4))
    assert city.told(chen.phone) == [
        "陈*英：您不申请高龄津贴，我们记下了。以后想申请，随时找社区或打12345。如果回错了，也请打12345"
    ]
    for day in (date(2026, 4, 10), date(2026, 5, 4)):
        city.morning(day)
    assert city.pays(date(2026, 4, 1)).payments == 0
    assert (city.told(chen.phone), city.tasks(chen)) == (NOTHING_MORE, {})
    with city.session() as session:
        apply_for(
            session,
            chen.acts(Channel.SCREEN),
            person_id=chen.person_id,
            benefit=Benefit.OLD_AGE_ALLOWANCE,
            now=local_moment(date(2026, 5, 5), NOON),
        )
    city.checks(date(2026, 5, 5))
    city.pays(date(2026, 5, 1))
    # What was let pass is not paid back.
    assert city.paid(chen) == {5: 200}


def test_who_agrees_after_this_months_list_is_told_when_her_first_money_comes(city: LivedCity, chen: Resident) -> None:
    city.pays(date(2026, 4, 1))
    city.texts(chen.phone, "同意", date(2026, 4, 25))
    assert city.told(chen.phone)[1] == (
        "陈*英：高龄津贴已核准，从4月起每月200元。第一笔最晚5月20号星期三发到颐年卡尾号1234。有疑问请打12345"
    )
    city.pays(date(2026, 5, 1))
    assert city.paid(chen) == {4: 200, 5: 200}


def test_doubt_whether_it_is_real_costs_her_nothing(city: LivedCity, chen: Resident) -> None:
    city.texts(chen.phone, "这是真的吗", date(2026, 2, 4))
    (answer,) = city.told(chen.phone)
    assert answer.startswith("短信是我们发的，可以打12345核实")
    assert city.case(chen).state is CaseState.OFFERED
    city.texts(chen.phone, "我同意", date(2026, 3, 9))
    assert city.told(chen.phone) == [accepted(city, chen), APPROVED]


def test_silence_is_reminded_once_and_then_somebody_calls(city: LivedCity, chen: Resident) -> None:
    for day in (date(2026, 4, 9), date(2026, 4, 10), date(2026, 4, 11), date(2026, 4, 30)):
        city.morning(day)
    assert city.told(chen.phone) == [
        "陈*英：高龄津贴200元/月还没有申请。同意申请请回“同意”，逾期不补发。不会办可找社区，或打12345"
    ]
    assert city.tasks(chen) == {}
    city.morning(date(2026, 5, 1))
    task = city.decides(chen, TaskKind.NO_ANSWER, Choice.AGREE, date(2026, 5, 6))
    assert task.due_on == working_days_after(date(2026, 5, 1), 5)
    assert city.told(chen.phone)[0] == accepted(city, chen)
    city.pays(date(2026, 5, 1))
    assert city.paid(chen) == {5: 200}


def test_her_daughters_yes_counts_from_its_day_once_she_was_asked(city: LivedCity, chen: Resident) -> None:
    daughter = "15477770001"
    with city.session() as session:
        note_phone(
            session,
            PhoneNote.CONTACT,
            city=CITY,
            phone=daughter,
            now=local_moment(KNOWN, MORNING),
            person_id=chen.person_id,
            relation="daughter",
        )
    city.texts(daughter, "同意", date(2026, 4, 29))
    assert city.told(daughter) == ["请用本人登记的号码回复，或打12345，也可以到社区办理"]
    assert city.told(chen.phone) == NOTHING_MORE
    assert city.case(chen).state is CaseState.OFFERED
    city.morning(date(2026, 5, 1))
    assert set(city.tasks(chen)) == {TaskKind.OTHER_PHONE}
    task = city.decides(chen, TaskKind.OTHER_PHONE, Choice.AGREE, date(2026, 5, 6))
    assert task.due_on == working_days_after(date(2026, 4, 29), 5)
    city.pays(date(2026, 5, 1))
    assert city.told(chen.phone)[0] == accepted(city, chen)
    # The day of the reply is the day of the application: April is hers.
    assert city.paid(chen) == {4: 200, 5: 200}


def test_a_yes_after_the_end_is_not_lost(city: LivedCity, chen: Resident) -> None:
    city.morning(date(2026, 5, 1))
    city.texts(chen.phone, "同意", date(2026, 5, 5))
    assert city.told(chen.phone) == [
        "陈*英：您的回复收到了，这次申请邀请4月30号星期四已经结束。您仍可申请，社区会联系您，也可打12345"
    ]
    assert set(city.tasks(chen)) == {TaskKind.LATE_REPLY}
    # The worker needs until June; the month of the reply counts.
    city.decides(chen, TaskKind.LATE_REPLY, Choice.AGREE, date(2026, 6, 1))
    city.pays(date(2026, 6, 1))
    assert city.paid(chen) == {5: 200, 6: 200}


def test_she_can_say_yes_on_her_tablet(city: LivedCity, chen: Resident) -> None:
    with city.session() as session:
        agree_to_offer(
            session,
            chen.acts(Channel.SCREEN),
            case_id=city.case(chen).id,
            now=local_moment(date(2026, 2, 4), NOON),
        )
    city.checks(date(2026, 2, 4))
    assert city.told(chen.phone) == [accepted(city, chen), APPROVED]


def test_she_can_say_yes_aloud(city: LivedCity, chen: Resident, tmp_path: Path) -> None:
    conversation = Conversation(compile_words(tmp_path / "locales"))
    with city.session() as session:
        person = get_person(session, SYSTEM, person_id=chen.person_id)
        talking = Talking(conversation, session, person, local_moment(date(2026, 2, 4), NOON))
        assert talking.say("我同意申请").text == "申请高龄津贴，每月200元。打到您的卡上，尾号1 2 3 4。对吗？"
        assert talking.say("对").effect["action"] == "confirm_application"
    city.checks(date(2026, 2, 4))
    assert city.told(chen.phone) == [accepted(city, chen), APPROVED]


def test_where_the_registers_disagree_a_worker_decides_and_she_hears_of_it(city: LivedCity, chen: Resident) -> None:
    name, born = chen.row["name"], "1957-04-15"
    city.learns("hardship", other(0, name, id_number=chen.row["id_number"], birth_on=born), date(2026, 2, 4))
    city.texts(chen.phone, "同意", date(2026, 2, 5))
    assert city.told(chen.phone) == [accepted(city, chen)]
    task = city.decides(chen, TaskKind.REVIEW, Choice.APPROVE, date(2026, 2, 9))
    assert task.due_on == working_days_after(date(2026, 2, 5), 5)
    assert city.told(chen.phone) == [APPROVED]
    # What the registers say is another question; until it is settled the money waits.
    assert city.pays(date(2026, 4, 1)).payments == 0
    city.decides(chen, TaskKind.DOUBTFUL_MATCH, Settlement.NOTHING_TO_CHANGE, date(2026, 4, 21))
    city.pays(date(2026, 5, 1))
    assert city.paid(chen) == {4: 200, 5: 200}


def test_who_moved_away_after_the_offer_is_refused_by_a_worker_who_says_why(city: LivedCity, chen: Resident) -> None:
    moved = {"hukou": "elsewhere", "hukou_district": "", "hukou_changed_on": "2026-02-04"}
    city.learns("household", chen.row | moved, date(2026, 2, 5))
    city.texts(chen.phone, "同意", date(2026, 2, 6))
    city.decides(chen, TaskKind.REVIEW, Choice.REFUSE, date(2026, 2, 9))
    assert city.told(chen.phone) == [
        accepted(city, chen),
        "陈*英：您的高龄津贴申请没有通过，社区会向您说明原因和依据。有不同意见请找社区或打12345",
    ]
    assert city.pays(date(2026, 4, 1)).payments == 0


def says(city: LivedCity, who: Resident, day: date) -> None:
    """She says the digits that she is shown."""
    now, actor = local_moment(day, NOON), who.acts(Channel.VOICE)
    with city.session() as session:
        shown = certification.start_self_certification(session, actor, person_id=who.person_id, now=now)
        certification.certify_self(
            session, actor, person_id=who.person_id, challenge_id=shown.id, digits_heard=shown.digits, now=now
        )
