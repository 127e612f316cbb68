"""The words of text messages: complete in every locale, short, and unlike what swindlers write (domain section 4.2)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from services.allowances.stopping import HOW_IT_GOES_ON
from services.messages import Composer, WordingWrong
from services.settings import PROJECT

# What every text about a visit may name.
VISIT = {
    "name": "欧**国",
    "service": "BATH",
    "starts_at": "2026-11-25T01:30:00+00:00",
    "worker": "梁秋月",
    "to_pay": 12250,
}
ABOUT_DELEGATE = {"name": "欧**国", "relation": "daughter", "who": "林*红"}
SAMPLES = {
    "sign_in_code": {"code": "012345"},
    "meal_booked": {
        "name": "王*珍",
        "day": "2026-11-24",
        "meal": "lunch",
        "canteen": "翠竹社区长者饭堂(示例)",
        "how": "delivered",
        "to_pay": 1250,
        "number": 120,
        "until": "2026-11-24T01:30:00+00:00",
    },
    "meal_complaint_received": {
        "name": "王*珍",
        "day": "2026-11-24",
        "meal": "lunch",
        "canteen": "翠竹社区长者饭堂(示例)",
    },
    "meal_cancelled": {"name": "王*珍", "day": "2026-11-24", "meal": "lunch", "canteen": "翠竹社区长者饭堂(示例)"},
    "meal_changed": {
        "name": "王*珍",
        "day": "2026-11-24",
        "meal": "lunch",
        "canteen": "翠竹社区长者饭堂(示例)",
        "how": "eat_there",
        "to_pay": 1250,
        "number": 120,
        "until": "2026-11-24T01:30:00+00:00",
    },
    "meal_turn_came": {
        "name": "王*珍",
        "day": "2026-11-24",
        "meal": "lunch",
        "canteen": "翠竹社区长者饭堂(示例)",
        "how": "take_out",
        "to_pay": 1250,
        "number": 120,
        "until": "2026-11-24T01:30:00+00:00",
    },
    "meal_turn_not_come": {"name": "欧**国", "day": "2026-11-24", "meal": "lunch", "canteen": "翠竹社区长者饭堂(示例)"},
    "meal_turn_dearer": {"name": "欧**国", "day": "2026-11-24", "meal": "lunch"},
    "meal_week_booked": {"name": "欧**国", "first": "2026-11-24", "last": "2026-11-30", "count": 7, "to_pay": 10050},
    "meal_standing_booked": {
        "name": "欧**国",
        "meal": "lunch",
        "first": "2026-11-24",
        "last": "2026-11-30",
        "count": 5,
        "to_pay": 6050,
    },
    "meal_standing_partly": {
        "name": "欧**国",
        "meal": "lunch",
        "first": "2026-11-24",
        "count": 3,
        "missed": 2,
        "to_pay": 3050,
    },
    "meal_standing_ended": {"name": "欧**国", "meal": "lunch", "count": 5},
    "reply_unclear": {},
    "reply_question": {},
    "reply_somebody_calls": {},
    "reply_check": {},
    "reply_genuine": {},
    "reply_visit": {},
    "reply_condolence": {},
    "reply_wrong_person": {},
    "reply_stopped": {},
    "reply_resumed": {},
    "reply_nothing_open": {},
    "reply_other_phone": {},
    "reply_which_one": {"name": "陈*英", "code": "21"},
    "reply_which_of_two": {"name": "陈*英", "code": "21", "other_name": "欧**国", "other_code": "35"},
    "reply_which_code": {"code": "21"},
    "reply_take_your_time": {"until": "2026-12-23"},
    "reply_help": {"until": "2026-12-23"},
    "allowance_offer": {"name": "欧**国", "turn": "turning", "age": 70, "amount": 20000},
    "allowance_offer_shared": {"name": "陈*英", "turn": "turned", "age": 70, "amount": 20000, "code": "21"},
    "allowance_reminder": {"name": "欧**国", "amount": 20000, "code": "21"},
    "allowance_accepted": {"name": "陈*英", "number": "SZ2611-000017", "pay_day": 20, "card": "1234"},
    "allowance_accepted_no_card": {"name": "欧**国", "number": "SZ2611-000017"},
    "allowance_approved": {
        "name": "欧**国",
        "month": 12,
        "amount": 100000,
        "paid_by": "2026-12-20",
        "card": "1234",
    },
    "allowance_approved_no_card": {"name": "欧**国", "year": 2026, "month": 12, "amount": 100000},
    "allowance_declined": {"name": "欧**国"},
    "allowance_late_reply": {"name": "欧**国", "until": "2026-12-31"},
    "allowance_withdrawal_noted": {"name": "欧**国"},
    "allowance_withdrawn": {"name": "欧**国"},
    "allowance_kept": {"name": "欧**国", "how": "goes_on_paid"},
    "allowance_refused": {"name": "欧**国"},
    "allowance_stopped": {"name": "欧**国", "year": 2026, "month": 12, "why": "moved_out"},
    "allowance_reinstated": {"name": "欧**国"},
    "allowance_suspended": {"name": "欧**国", "month": 12},
    "allowance_resumed": {"name": "欧**国", "paid": "with_back_pay"},
    "allowance_paid": {"name": "欧**国", "month": 12, "amount": 100000, "card": "9012"},
    "allowance_paid_with_others": {"name": "欧**国", "month": 12, "amount": 1200000, "card": "9012"},
    "allowance_tier": {"name": "欧**国", "age": 100, "month": 12, "amount": 100000},
    "certification_due": {"name": "欧**国", "until": "2026-11-30"},
    "certification_reminder": {"name": "欧**国", "until": "2026-11-30"},
    "certification_matched": {"name": "欧**国"},
    "certification_shared": {"name": "欧**国"},
    "correction_done": {"name": "欧**国", "field": "field_household"},
    "correction_not_done": {"name": "欧**国", "field": "field_household"},
    "certification_done": {"name": "欧**国"},
    "certification_visit": {"name": "欧**国"},
    "voucher_granted": {"name": "欧**国", "month": 12, "amount": 50000, "voucher": "home_care_subsidy"},
    "voucher_changed": {
        "name": "欧**国",
        "month": 12,
        "amount": 30000,
        "before": 50000,
        "voucher": "care_consumption_voucher",
    },
    "voucher_ended": {"name": "欧**国", "month": 12, "voucher": "care_consumption_voucher"},
    "voucher_expires": {
        "name": "欧**国",
        "month": 11,
        "left": 30000,
        "until": "2026-11-30",
        "voucher": "home_care_subsidy",
    },
    "adaptation_applied": {"name": "欧**国"},
    "adaptation_assessed": {"name": "欧**国", "firm": "安居适老改造(示例)"},
    "adaptation_quoted": {"name": "欧**国", "price": 1250000, "subsidy": 1000000, "self_paid": 250000},
    "adaptation_approved": {"name": "欧**国", "firm": "安居适老改造(示例)", "subsidy": 1000000, "self_paid": 250000},
    "adaptation_refused": {"name": "欧**国"},
    "adaptation_withdrawn": {"name": "欧**国"},
    "adaptation_built": {"name": "欧**国", "firm": "安居适老改造(示例)"},
    "adaptation_objected": {"name": "欧**国", "firm": "安居适老改造(示例)"},
    "adaptation_paid": {"name": "欧**国", "firm": "安居适老改造(示例)", "subsidy": 1000000},
    "service_booked": VISIT | {"until": "2026-11-24T22:30:00+00:00"},
    "service_changed": VISIT | {"until": "2026-11-24T22:30:00+00:00"},
    "service_accepted": VISIT,
    "service_assigned": VISIT,
    "service_cancelled": VISIT,
    "service_declined": VISIT | {"why": "no_answer"},
    "service_declined_other": VISIT | {"why": "nobody_free", "other_at": "2026-11-26T01:30:00+00:00"},
    "service_price_asked": VISIT | {"asked": 22000, "until": "2026-11-24T22:30:00+00:00"},
    "service_reminder": VISIT,
    "service_done": VISIT | {"until": "2026-12-02"},
    "service_not_at_home": VISIT,
    "service_missed": VISIT,
    "service_complaint_received": VISIT,
    "service_complaint_upheld": VISIT,
    "service_complaint_not_upheld": VISIT,
    "service_complaint_not_upheld_free": VISIT,
    "reply_delegate_which": {"who": "周*", "code": "3921"},
    "reply_delegate_or_offer": {"who": "林*红", "code": "3921", "offer_code": "21"},
    "reply_delegate_over": {},
    "reply_take_back_which": {"who": "林*红3921、周*4711", "code": "3921"},
    "reply_no_delegates": {},
    "emergency_raised": {"name": "欧**国", "at": "2026-11-24T01:05:00+00:00"},
    "emergency_called_off": {"name": "欧**国", "at": "2026-11-24T01:05:00+00:00"},
    "call_back_asked": {"name": "欧**国", "at": "2026-11-24T01:05:00+00:00"},
    "emergency_contact_noted": {"name": "欧**国"},
    "reply_help_called": {},
    "reply_called_off": {},
    "reply_somebody_looks": {},
    "delegation_asked": ABOUT_DELEGATE
    | {
        "phone_ends": "0021",
        "what": "book_and_cancel、see_benefits、receive_messages",
        "until": "2027-11-24",
        "code": "3921",
    },
    "delegation_agreed": ABOUT_DELEGATE | {"what": "book_and_cancel、see_benefits", "until": "2027-11-24"},
    "delegation_agreed_family": {"name": "欧**国", "what": "all_scopes", "until": "2027-11-24"},
    "delegation_invited": {"name": "欧**国", "what": "book_and_cancel", "until": "2027-11-24", "code": "3921"},
    "delegation_invitation_declined": ABOUT_DELEGATE,
    "delegation_declined": ABOUT_DELEGATE,
    "delegation_ended": ABOUT_DELEGATE,
    "delegation_ended_family": {"name": "欧**国"},
    "delegation_given_up": ABOUT_DELEGATE,
    "delegation_expired": ABOUT_DELEGATE,
    "delegation_frozen": ABOUT_DELEGATE,
    "delegate_did": ABOUT_DELEGATE | {"deed": "did_service_cancelled"},
    "delegate_did_several": ABOUT_DELEGATE | {"deeds": "did_service_confirmed、did_meal_booked"},
    "desk_did": {"name": "欧**国", "worker": "刘翠竹", "deed": "did_service_cancelled"},
    "desk_did_several": {"name": "欧**国", "worker": "刘翠竹", "deeds": "did_service_confirmed、did_meal_booked"},
    "delegate_copy_offer": {"name": "欧**国"},
    "delegate_copy_certification": {"name": "欧**国", "until": "2026-11-30"},
}
# 限时, 过期不候 and the like are the words of swindlers; a link or a request for a code must never be in a message.
SCAM = re.compile(r"限时|過期不候|过期不候|点击|點擊|链接|鏈結|登记费|验证码|驗證碼|屏幕共享|扫码|掃碼|https?:|www\.")
# Only these ask for a yes; one that comes as an answer to something else would be taken for it (domain 3.7, 8).
ASKING = {"allowance_offer", "allowance_offer_shared", "allowance_reminder"}
ONE_PART, A_PART_OF_SEVERAL = 70, 67


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer(PROJECT / "locales")


def test_every_template_has_a_sample_here(composer: Composer) -> None:
    assert set(composer.templates) == set(SAMPLES)
    assert set(composer.locales) == {"zh_Hans", "zh_Hant_HK", "en"}


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant_HK", "en"])
@pytest.mark.parametrize("template", SAMPLES)
def test_every_template_can_be_written_and_is_no_scam(composer: Composer, template: str, locale: str) -> None:
    text = composer.compose(template, SAMPLES[template], locale=locale)
    assert not SCAM.search(text)
    assert "{" not in text
    parts = 1 if len(text) <= ONE_PART else -(-len(text) // A_PART_OF_SEVERAL)
    assert parts <= (2 if locale.startswith("zh") else 3), f"{len(text)} characters: {text}"


def test_days_amounts_and_words_are_as_people_say_them(composer: Composer) -> None:
    text = composer.compose("meal_booked", SAMPLES["meal_booked"], locale="zh_Hans")
    assert "11月24号星期二午餐" in text
    assert "12.5元" in text
    assert "11月24号 9:30前" in text


@pytest.mark.parametrize("how", HOW_IT_GOES_ON.values())
@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant_HK", "en"])
def test_who_keeps_the_allowance_reads_how_it_goes_on(composer: Composer, how: str, locale: str) -> None:
    text = composer.compose("allowance_kept", {"name": "欧**国", "how": how}, locale=locale)
    assert how not in text
    assert locale == "en" or len(text) <= ONE_PART, text


def test_a_missing_variable_or_template_is_named(composer: Composer) -> None:
    with pytest.raises(WordingWrong, match="sign_in_code: variable 'code'"):
        composer.compose("sign_in_code", {}, locale="zh_Hans")
    with pytest.raises(WordingWrong, match="no template farewell"):
        composer.compose("farewell", {}, locale="zh_Hans")


@pytest.mark.parametrize(
    ("change", "named"),
    [(("{code}", "{coda}"), "sign_in_code"), (("lunch:", "lunsh:"), "lunsh"), (("signature:", "sign:"), "keys")],
)
def test_locales_that_differ_are_refused_at_start(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    locales = shutil.copytree(PROJECT / "locales", tmp_path / "locales")
    file = locales / "en" / "text_messages.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(WordingWrong, match=named):
        Composer(locales)


IN_ONE_PART = [template for template in SAMPLES if template.startswith(("allowance_", "service_"))]


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant_HK"])
@pytest.mark.parametrize("template", IN_ONE_PART)
def test_what_is_told_of_allowances_and_visits_fits_into_one_part(
    composer: Composer, template: str, locale: str
) -> None:
    text = composer.compose(template, SAMPLES[template], locale=locale)
    assert len(text) <= ONE_PART, f"{len(text)} characters: {text}"


@pytest.mark.parametrize("template", [name for name in IN_ONE_PART if name not in ASKING])
def test_a_message_that_asks_nothing_invites_no_agreement(composer: Composer, template: str) -> None:
    assert "请回" not in composer.compose(template, SAMPLES[template], locale="zh_Hans")
