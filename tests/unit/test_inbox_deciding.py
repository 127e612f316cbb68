"""What a text message is taken for, in every situation of the domain's list of edge cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.allowances import AllowanceCase, CaseState
from services.benefits import Benefit
from services.inbox import HandledAs
from services.inbox.deciding import decide
from services.inbox.situation import Situation
from services.replies import Label, read_reply

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CHEN, LIN = UUID(int=1), UUID(int=2)
NAMES = {CHEN: "陈丽英", LIN: "林国华"}


def case(
    number: int, person_id: UUID, code: str, state: CaseState = CaseState.OFFERED, **changed: object
) -> AllowanceCase:
    """A case whose offer was made a week ago and runs for a month."""
    return replace(
        AllowanceCase(
            id=UUID(int=100 + number),
            city="shenzhen",
            person_id=person_id,
            benefit=Benefit.OLD_AGE_ALLOWANCE,
            state=state,
            code=code,
            amount_fen=20000,
            offered_at=NOW - timedelta(days=7),
            offer_ends_on=date(2026, 12, 24),
            replied_on=None,
            applied_on=None,
            application_number=None,
            first_month=None,
            suspended_from=None,
            stop_proposed_from=None,
            stopped_from=None,
            stop_reason=None,
            in_doubt=False,
            rule_version="1",
        ),
        **changed,  # type: ignore[arg-type]
    )


HERS, HIS = case(1, CHEN, "21"), case(2, LIN, "35")
LONG_AGO = {"offered_at": NOW - timedelta(days=400), "offer_ends_on": date(2025, 12, 24)}


def at_phone(*cases: AllowanceCase, **known: object) -> Situation:
    """A phone of the two, with these cases."""
    return Situation(NOW, cases, NAMES, is_known=True, **known)  # type: ignore[arg-type]


ONE = at_phone(HERS)
TWO = at_phone(HERS, HIS)
APPLIED = at_phone(replace(HERS, state=CaseState.APPLIED))
PAID_FOR_LONG = at_phone(case(1, CHEN, "21", CaseState.ACTIVE, **LONG_AGO))
DECLINED = at_phone(replace(HERS, state=CaseState.DECLINED))
ENDED = at_phone(case(1, CHEN, "21", CaseState.OFFER_ENDED, **LONG_AGO))
HE_AGREED = at_phone(HERS, replace(HIS, state=CaseState.APPLIED))
NOTHING = at_phone()
STRANGER = Situation(NOW)
DAUGHTER = Situation(NOW, contact_cases=(HERS,))


@pytest.mark.parametrize(
    ("text", "situation", "handled_as"),
    [
        # one offer
        ("同意", ONE, HandledAs.AGREED),
        ("同意21", ONE, HandledAs.AGREED),
        ("同意0021", ONE, HandledAs.AGREED),
        ("陈丽英同意", ONE, HandledAs.AGREED),
        ("都同意", ONE, HandledAs.AGREED),
        ("不同意", ONE, HandledAs.DECLINED),
        ("不同意21", ONE, HandledAs.DECLINED),
        ("同意35", ONE, HandledAs.ASKED_WHICH),
        ("林国华同意", ONE, HandledAs.ASKED_AGAIN),
        ("同意吗？", ONE, HandledAs.ASKED_AGAIN),
        # 1, 8: two offers on one phone
        ("同意", TWO, HandledAs.ASKED_WHICH),
        ("都同意", TWO, HandledAs.ASKED_WHICH),
        ("不同意", TWO, HandledAs.ASKED_WHICH),
        ("同意35", TWO, HandledAs.AGREED),
        ("不同意35", TWO, HandledAs.DECLINED),
        ("林国华同意", TWO, HandledAs.AGREED),
        ("都不同意", TWO, HandledAs.DECLINED),
        ("同意21 35", TWO, HandledAs.ASKED_AGAIN),
        ("陈丽英林国华同意", TWO, HandledAs.ASKED_AGAIN),
        ("都同意", at_phone(HERS, HIS, asked_which=True, asked_for_all=True), HandledAs.AGREED),
        ("都同意", at_phone(HERS, HIS, asked_which=True), HandledAs.UNCLEAR_AGAIN),
        ("同意", at_phone(HERS, HIS, asked_which=True, asked_for_all=True), HandledAs.UNCLEAR_AGAIN),
        # one of the two is answered: a bare word may be the same answer again
        ("同意", HE_AGREED, HandledAs.ASKED_WHICH),
        ("不同意", HE_AGREED, HandledAs.ASKED_WHICH),
        ("同意35", HE_AGREED, HandledAs.ALREADY_ANSWERED),
        ("不同意35", HE_AGREED, HandledAs.WITHDRAWAL_ASKED),
        ("同意21", HE_AGREED, HandledAs.AGREED),
        # 7: again, and then another answer
        ("同意", APPLIED, HandledAs.ALREADY_ANSWERED),
        ("不同意", APPLIED, HandledAs.WITHDRAWAL_ASKED),
        ("撤回", APPLIED, HandledAs.WITHDRAWAL_ASKED),
        ("撤回申请", PAID_FOR_LONG, HandledAs.WITHDRAWAL_ASKED),
        ("不用了", PAID_FOR_LONG, HandledAs.ASKED_AGAIN),
        ("同意", PAID_FOR_LONG, HandledAs.ALREADY_ANSWERED),
        ("不同意", DECLINED, HandledAs.ALREADY_ANSWERED),
        ("同意", DECLINED, HandledAs.AGREED),
        # 5: late
        ("同意", ENDED, HandledAs.AGREED_LATE),
        ("不同意", ENDED, HandledAs.ALREADY_ANSWERED),
        # 6: nothing is open
        ("同意", NOTHING, HandledAs.KEPT),
        ("谢谢", NOTHING, HandledAs.THANKS),
        ("钱怎么没到", NOTHING, HandledAs.ASKED_AGAIN),
        ("钱怎么没到", at_phone(asked_again=True), HandledAs.UNCLEAR_AGAIN),
        # 2, 4: another phone
        ("同意", STRANGER, HandledAs.OTHER_PHONE),
        ("同意21", STRANGER, HandledAs.OTHER_PHONE),
        ("同意21", DAUGHTER, HandledAs.OTHER_PHONE),
        ("同意", DAUGHTER, HandledAs.OTHER_PHONE),
        ("你是谁", STRANGER, HandledAs.NOTHING_OPEN),
        ("帮忙", STRANGER, HandledAs.NOTHING_OPEN),
        # 24: doubt, and the other things that people say
        ("这是真的吗", ONE, HandledAs.REASSURED),
        ("骗子", ONE, HandledAs.REASSURED),
        ("骗子", STRANGER, HandledAs.REASSURED),
        ("帮忙", ONE, HandledAs.HELP_WANTED),
        ("我不会弄", ONE, HandledAs.HELP_WANTED),
        ("上门", NOTHING, HandledAs.VISIT_ASKED),
        ("幫忙", NOTHING, HandledAs.HELP_WANTED),
        ("老人已经去世了", ONE, HandledAs.DEATH_REPORTED),
        ("你发错人了，我不认识她", ONE, HandledAs.WRONG_PERSON),
        ("我再考虑考虑", ONE, HandledAs.GIVEN_TIME),
        ("TD", ONE, HandledAs.STOPPED),
        ("退订", STRANGER, HandledAs.STOPPED),
        ("恢復", NOTHING, HandledAs.RESUMED),
        ("收到", ONE, HandledAs.ASKED_AGAIN),
        ("收到", at_phone(HERS, asked_again=True), HandledAs.THANKS),
        ("哈", at_phone(HERS, asked_again=True), HandledAs.UNCLEAR_AGAIN),
        # machines, and our own words
        ("您好，我正在开会，稍后联系您【自动回复】", ONE, HandledAs.AUTOMATIC),
        ("", NOTHING, HandledAs.AUTOMATIC),
        ("【颐年演示】陈*英：高龄津贴，同意请回“同意”，可打12345核实", NOTHING, HandledAs.AUTOMATIC),
    ],
)
def test_a_message_is_taken_for_what_it_is(text: str, situation: Situation, handled_as: HandledAs) -> None:
    assert decide(text, situation).handled_as is handled_as


def test_an_agreement_is_to_the_offer_that_was_named() -> None:
    assert decide("同意35", TWO).cases == (HIS,)
    assert decide("陈丽英同意", TWO).cases == (HERS,)
    both = decide("都同意", at_phone(HERS, HIS, asked_which=True, asked_for_all=True))
    assert set(both.cases) == {HERS, HIS}


def test_a_reply_that_was_sent_before_the_offer_is_no_answer_to_it() -> None:
    later = replace(HERS, offered_at=NOW + timedelta(hours=1))
    assert decide("同意", at_phone(later)).handled_as is HandledAs.KEPT


def test_a_reply_sent_in_time_counts_although_it_was_long_on_its_way() -> None:
    ended_meanwhile = replace(HERS, state=CaseState.OFFER_ENDED)
    assert decide("同意", at_phone(ended_meanwhile)).handled_as is HandledAs.AGREED


def test_the_last_day_of_an_offer_is_its_own() -> None:
    last, past = replace(HERS, offer_ends_on=date(2026, 11, 24)), replace(HERS, offer_ends_on=date(2026, 11, 23))
    assert decide("同意", at_phone(last)).handled_as is HandledAs.AGREED
    assert decide("同意", at_phone(past)).handled_as is HandledAs.AGREED_LATE


def test_an_answer_sent_before_one_that_was_acted_on_changes_nothing() -> None:
    declined = at_phone(replace(HERS, state=CaseState.DECLINED), answered_at={HERS.id: NOW + timedelta(minutes=1)})
    assert decide("同意", declined).handled_as is HandledAs.OVERTAKEN


STATES = st.sampled_from(list(CaseState))
CODES = st.sampled_from(["21", "35", "10"])
DAYS_AGO = st.integers(-2, 500)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Phones of one or two people with any cases."""
    cases = []
    for number in range(draw(st.integers(0, 4))):
        offered_at = NOW - timedelta(days=draw(DAYS_AGO))
        cases.append(
            case(
                number,
                draw(st.sampled_from([CHEN, LIN])),
                draw(CODES),
                draw(STATES),
                offered_at=offered_at,
                offer_ends_on=offered_at.date() + timedelta(days=draw(st.integers(1, 90))),
            )
        )
    contacts = draw(st.booleans())
    return Situation(
        NOW,
        () if contacts else tuple(cases),
        {} if contacts else NAMES,
        contact_cases=tuple(cases) if contacts else (),
        is_known=not contacts,
        asked_again=draw(st.booleans()),
        asked_which=draw(st.booleans()),
        asked_for_all=draw(st.booleans()),
    )


PIECES = st.sampled_from(
    (
        *"同意不好是的了吗我你都要别没问题行对１２35 ，。？!【】\n",
        *(
            "同意",
            "不同意",
            "都同意",
            "好的",
            "21",
            "35",
            "0021",
            "陈丽英",
            "林国华",
            "儿子",
            "agree",
            "no",
            "ok",
            "👍",
        ),
        *("TD", "取消", "骗子", "帮忙", "上门", "恢复", "考虑一下", "收到", "谢谢"),
    )
)
TEXTS = st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=6).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS, situations())
def test_only_a_clear_agreement_to_exactly_that_offer_makes_an_application(text: str, situation: Situation) -> None:
    decision = decide(text, situation)
    if decision.handled_as is not HandledAs.AGREED:
        return
    running = [it for it in situation.cases if situation.was_running(it)]
    waiting = [it for it in running if it.state in {CaseState.OFFERED, CaseState.OFFER_ENDED, CaseState.DECLINED}]
    assert decision.cases
    for agreed in decision.cases:
        assert agreed in waiting
        by_name = read_reply(text, [NAMES[agreed.person_id]])
        plain = read_reply(text)
        assert Label.AGREE in {plain.label, by_name.label}
        said = plain.code or by_name.code
        if said is not None:
            assert said in {agreed.code, f"00{agreed.code}"}
        elif plain.label is Label.AGREE:
            # Without a code or a name it could mean this one alone, or our own question allowed it.
            open_now = [it for it in waiting if it.state is not CaseState.DECLINED]
            assert len(open_now or waiting) == 1 or situation.asked_for_all
        for other in waiting:
            if other not in decision.cases and said is None and plain.label is not Label.AGREE:
                assert other.person_id != agreed.person_id or other.state is CaseState.DECLINED
