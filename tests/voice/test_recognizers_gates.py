"""The gates against words heard in noise, rule by rule: what each refuses, and what it must let through."""

from __future__ import annotations

import doctest

import pytest

from voice.recognizers import gates, grammar, prompts
from voice.recognizers.gates import Evidence, refusal
from voice.recognizers.prompts import told_words

ASKED = ("取消", "早餐", "午餐", "晚餐", "一份", "送到家里")


def heard(text: str, **facts) -> Evidence:
    """Clear speech of two seconds, but for the facts given."""
    return Evidence(**({"text": text, "voice_seconds": 2.0, "no_speech": 0.1, "log_probability": -0.3} | facts))


@pytest.mark.parametrize(
    ("evidence", "rule"),
    [
        (heard("好", voice_seconds=0.06), "too_little_voice"),  # a knock
        (heard("对", voice_seconds=0.0), "too_little_voice"),
        (heard("对", voice_seconds=0.2, no_speech=None), "too_little_voice"),  # no second witness
        (heard(""), "empty"),
        (heard("。，…"), "empty"),
        (heard("同意申请", no_speech=0.31, log_probability=-0.5), "no_speech"),
        (heard("同意申请", no_speech=0.46), "no_speech"),  # however sure it is of the words
        (heard("对", voice_seconds=0.3, no_speech=0.51), "no_speech"),  # a short answer is allowed more, not all
        (heard("宣传", log_probability=-1.01), "unlikely"),
        (heard("是", voice_seconds=0.4, no_speech=None, confidence=0.86), "unsure"),  # a door falling shut
        (heard("明天中午订午餐" * 8, voice_seconds=9.0), "compressible"),
        (heard("Thank you"), "not_chinese"),
        (heard("감사합니다"), "not_chinese"),
        (heard("OK 好 thank"), "not_chinese"),
        (heard("作词作曲：李"), "phantom_line"),
        (heard("请不吝点赞订阅"), "phantom_line"),
        (heard("谢谢大家的收看"), "phantom_line"),
        (heard("试试试"), "repeated"),
        (heard("宣传。宣传。"), "repeated"),
        (heard("早餐、午餐、晚餐。", prompt_words=ASKED), "prompt"),
        (heard("普通话。", prompt_lead=prompts.LEAD), "prompt"),
        (heard("查询高龄津贴养老补贴", voice_seconds=0.5), "too_many_words"),
    ],
)
def test_each_rule_refuses_what_it_is_for(evidence: Evidence, rule: str) -> None:
    assert refusal(evidence) == rule


@pytest.mark.parametrize(
    "evidence",
    [
        heard("明天中午帮我订一份午餐送到家里。", no_speech=0.3, log_probability=-1.0),  # on every threshold
        heard("对。", voice_seconds=0.1, no_speech=0.5),  # the shortest answer
        heard("对对对", voice_seconds=0.6),  # people do answer so
        heard("不要不要", voice_seconds=0.9),
        heard("是", voice_seconds=0.3, prompt_lead=prompts.LEAD),  # although the lead has the character
        heard("取消", prompt_words=ASKED),  # one word of the prompt is what the prompt is for
        heard("午餐一份", prompt_words=ASKED),
        heard("早餐午餐", prompt_words=ASKED),
        heard("设定32度"),
        heard("1300259848", voice_seconds=4.0, no_speech=0.34, log_probability=-0.28),
        heard("6x218688", voice_seconds=2.5),
        heard("我要WiFi密码"),
        heard("네", chinese=False),
        Evidence(text="明天", voice_seconds=0.5),  # an engine without probabilities
    ],
)
def test_what_people_say_passes(evidence: Evidence) -> None:
    assert refusal(evidence) is None


@pytest.mark.parametrize(
    "word",
    [
        "对",
        "对的",
        "是",
        "是的",
        "好",
        "好的",
        "行",
        "可以",
        "要",
        "同意",
        "同意申请",
        "不同意",
        "确认",
        "确认申请",
        "救命",
        "打120",
        "我摔倒了",
        "报警",
    ],
)
def test_no_word_that_agrees_or_calls_for_help_is_ever_told_to_an_engine(word: str) -> None:
    assert told_words([word, "不对", "取消"]) == ("不对", "取消")


def test_at_most_fifteen_words_are_told() -> None:
    assert len(told_words([f"第{number}个" for number in range(40)])) == 15


def test_no_words_of_the_dialogue_are_lost_on_the_way_to_the_engine() -> None:
    assert told_words(ASKED) == ASKED


@pytest.mark.parametrize("module", [gates, grammar, prompts])
def test_the_examples_in_the_documentation_are_true(module) -> None:
    assert doctest.testmod(module).failed == 0
