"""The words of text messages: complete in every locale, short, and unlike what swindlers write (domain section 4.2)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from services.messages import Composer, WordingWrong
from services.settings import PROJECT

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
    "meal_cancelled": {"name": "王*珍", "day": "2026-11-24", "meal": "lunch", "canteen": "翠竹社区长者饭堂(示例)"},
}
# 限时, 过期不候 and the like are the words of swindlers; a link or a request for a code must never be in a message.
SCAM = re.compile(r"限时|過期不候|过期不候|点击|點擊|链接|鏈結|登记费|验证码|驗證碼|屏幕共享|扫码|掃碼|https?:|www\.")
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
    assert "11月24号 星期二午餐" in text
    assert "12.5元" in text
    assert "11月24号 9:30前" in text


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
