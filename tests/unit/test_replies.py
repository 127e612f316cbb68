"""Every reply of `tests/replies/` and what must hold for replies that nobody has thought of."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
import zhconv

from services.replies import Kind, Label, Reply, read_reply
from services.replies.reading import LONGEST
from services.replies.words import FILE, words

# The library leaves its file open when it loads it by itself.
zhconv.loaddict(str(Path(zhconv.__file__).with_name("zhcdict.json")))

DIRECTORY = Path(__file__).parents[1] / "replies"
NEGATIONS = ("不", "没", "未", "别", "莫", "勿", "非", "唔", "冇", "无", "毋", "甭", "没有", "不是", "并不", "不会")
# Characters that are in no word of ours: questions, conditions, other people, marks that cross out.
STRANGE = (
    "吗",
    "么",
    "谁",
    "如",
    "若",
    "但",
    "才",
    "骗",
    "假",
    "他",
    "她",
    "儿",
    "怎",
    "哪",
    "？",
    "❌",
    "×",
    "%",
    "x",
    "\ud83d",
)
CORES = (
    "同意",
    "愿意",
    "申请",
    "需要",
    "可以",
    "办",
    "领",
    "要",
    "好",
    "是",
    "行",
    "对",
    "中",
    "成",
    "得",
    "系",
    "接受",
    "答应",
)
OFFER = (
    "【深圳民政】陈*英:您将满70周岁,可领高龄津贴200元/月。同意申请请回“同意”,不需要回“不同意”。"
    "不收费不要验证码,可打12345核实"
)


def table_of(label: Label) -> dict[str, list[str]]:
    table = yaml.safe_load((DIRECTORY / f"{label}.yaml").read_text(encoding="utf-8"))
    assert table["label"] == label
    groups: dict[str, list[str]] = table["replies"]
    return groups


GROUPS = [(label, name, replies) for label in Label for name, replies in table_of(label).items()]
TABLE = [(label, reply) for label, _, replies in GROUPS for reply in replies]
AGREEING = [reply for label, reply in TABLE if label is Label.AGREE and "【" not in reply]


@pytest.mark.parametrize(
    ("label", "name", "replies"), GROUPS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_reply_is_read_as_a_careful_clerk_would_read_it(label: Label, name: str, replies: list[str]) -> None:
    wrong = {reply: read_reply(reply) for reply in replies if read_reply(reply).label is not label}
    assert not wrong, name


def test_the_table_is_large_and_holds_nothing_twice() -> None:
    assert not [reply for reply, count in Counter(reply for _, reply in TABLE).items() if count > 1]
    assert len(TABLE) > 2000


@pytest.mark.parametrize("negation", NEGATIONS)
def test_an_agreement_with_a_negation_before_its_core_is_none(negation: str) -> None:
    for reply in AGREEING:
        for core in CORES:
            place = reply.find(core)
            while place >= 0:
                negated = reply[:place] + negation + reply[place:]
                assert read_reply(negated).label is not Label.AGREE, negated
                place = reply.find(core, place + 1)


@pytest.mark.parametrize("strange", STRANGE)
def test_an_agreement_with_anything_unknown_anywhere_in_it_is_unclear(strange: str) -> None:
    for reply in AGREEING[::5]:
        for place in range(len(reply) + 1):
            doubtful = reply[:place] + strange + reply[place:]
            assert read_reply(doubtful).label is Label.UNCLEAR, doubtful


def test_an_agreement_beside_a_refusal_is_unclear_whichever_comes_first() -> None:
    for agreeing in AGREEING[::7]:
        for refusing in ("不同意", "不要", "不用了", "算了", "N", "取消", "唔要", "不"):
            for both in (f"{agreeing}，{refusing}", f"{refusing}。{agreeing}", f"{agreeing}\n{refusing}"):
                assert read_reply(both).label is Label.UNCLEAR, both


def test_a_stop_beside_an_agreement_is_never_an_agreement() -> None:
    for agreeing in AGREEING[::5]:
        for stop in ("TD", "退订", "T", "STOP", "不要再发了"):
            assert read_reply(f"{agreeing}，{stop}").label is Label.UNCLEAR
            assert read_reply(f"{stop}，{agreeing}").label is Label.UNCLEAR


@pytest.mark.parametrize("script", ["zh-hant", "zh-hk"])
def test_traditional_characters_change_nothing(script: str) -> None:
    for label, reply in TABLE:
        if label is not Label.UNCLEAR:
            traditional = zhconv.convert(reply, script)
            assert read_reply(traditional).label is label, traditional


@pytest.mark.parametrize("script", ["zh-hant", "zh-hk", "zh-tw"])
def test_every_word_is_known_in_traditional_characters_too(script: str) -> None:
    written = FILE.read_text(encoding="utf-8").partition("\npictures:")[2]
    # 幺 is a spoken digit here, and in traditional script the second half of 什么.
    characters = {character for character in written if character.isalpha()} - {"幺"}
    simplified = words().simplified
    assert not {c for c in characters if zhconv.convert(c, script).translate(simplified) != c.translate(simplified)}


def test_full_width_letters_and_capitals_change_nothing() -> None:
    for label, reply in TABLE:
        wide = "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "z" and c.isalnum() else c for c in reply.upper())
        if label is not Label.UNCLEAR and "【" not in reply:
            assert read_reply(wide).label is label, wide


def test_politeness_around_a_plain_answer_changes_nothing() -> None:
    for core, label in (("同意", Label.AGREE), ("不同意", Label.DECLINE), ("退订", Label.STOP)):
        for before in ("", "您好，", "你好！", "嗯，", "谢谢，", "社区您好，"):
            for after in ("", "。", "！！", "谢谢", "，谢谢您", "。辛苦了", "🙏", " "):
                assert read_reply(before + core + after).label is label, before + core + after


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("同意21", "21"),
        ("同意 ２１。谢谢", "21"),
        ("同意二十一", "21"),
        ("同意三十", "30"),
        ("同意十五", "15"),
        ("同意二一", "21"),
        ("同意幺零", "10"),
        ("尾号0021同意", "0021"),
        ("35不同意", "35"),
        ("同意21，同意21", "21"),
        ("好的21", "21"),
        ("21", "21"),
        ("同意", None),
        ("同意1", None),  # the digit that says yes, not a code
        ("1", None),
        (OFFER.replace("“同意”", "“同意21”") + "\n同意", None),  # what our own message says is not her answer
    ],
)
def test_the_short_code_is_read(text: str, code: str | None) -> None:
    assert read_reply(text).code == code


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("同意", Kind.AGREEMENT),
        ("我们都同意", Kind.AGREEMENT_FOR_ALL),
        ("都同意21", Kind.UNKNOWN),
        ("不要", Kind.REFUSAL),
        ("撤回同意", Kind.WITHDRAWAL),
        ("TD", Kind.STOP),
        ("不需要，退订", Kind.STOP),
        ("", Kind.EMPTY),
        ("👍", Kind.RECEIVED),
        (OFFER, Kind.COPY),
        ("同意，不同意", Kind.CONTRADICTION),
        ("不同意不行", Kind.CONTRADICTION),
        ("同意21，同意35", Kind.SEVERAL_CODES),
        ("21", Kind.CODE_ALONE),
        ("好的，收到", Kind.RECEIVED),
        ("谢谢", Kind.RECEIVED),
        ("我妈去世了", Kind.DEATH),
        ("你打错了", Kind.WRONG_PERSON),
        ("这是真的吗", Kind.SUSPICION),
        ("騙子", Kind.SUSPICION),
        ("帮忙", Kind.HELP),
        ("同意吗", Kind.QUESTION),
        ("同意?", Kind.QUESTION),
        ("再想想", Kind.LATER),
        ("等我儿子回来再说", Kind.LATER),
        ("我女儿同意", Kind.SOMEBODY_ELSE),
        ("今天天气", Kind.UNKNOWN),
    ],
)
def test_the_worker_sees_what_a_reply_is_about(text: str, kind: Kind) -> None:
    assert read_reply(text).kind is kind


@pytest.mark.parametrize(
    "text",
    ["陈丽英同意", "我是陈丽英，我同意", "同意 陈丽英", "同意。陳麗英", "您好，我是陈丽英，同意", "本人陈丽英同意申请"],
)
def test_a_reply_signed_by_whom_the_offer_is_for_speaks_for_her_and_by_anybody_else_does_not(text: str) -> None:
    assert read_reply(text, ["陈丽英", "陳麗英"]).label is Label.AGREE
    assert read_reply(text, ["林国华"]).label is Label.UNCLEAR
    assert read_reply(text).label is Label.UNCLEAR


@pytest.mark.parametrize(
    "text",
    ["我是陈丽英的女儿，同意", "陈丽英女儿同意", "陈丽英不同意吗", "我不是陈丽英，同意", "陈丽英已经同意吗", "陈丽英"],
)
def test_a_name_alone_makes_no_consent(text: str) -> None:
    assert read_reply(text, ["陈丽英"]).label is Label.UNCLEAR


@pytest.mark.parametrize("length", range(1, len(OFFER)))
def test_half_a_copy_of_the_offer_is_never_an_answer(length: int) -> None:
    for half in (OFFER[:length], OFFER[length:], OFFER[:length] + "\n" + OFFER[length:]):
        assert read_reply(half).label is Label.UNCLEAR, half


def test_any_text_at_all_is_read_without_an_error() -> None:
    chance = random.Random(3)
    alphabet = [
        *"同意不要好是行的了吗1 2\n，。>【】[]-=",
        "\x00",
        "\u202e",
        "\ud800",
        "\udfff",
        "\U0001f468",
        "\u200d",
        "\u0336",
        "ﷺ",
    ]
    for _ in range(2000):
        text = "".join(chance.choices(alphabet, k=chance.randrange(40)))
        assert read_reply(text) == read_reply(text)
    for text in ("同意" * 5000, "\ud800" * 10_000, "好" * 10_000, "a" * LONGEST, "【" * LONGEST, "> \n" * 600):
        assert read_reply(text).label is Label.UNCLEAR


@pytest.mark.parametrize(
    "text", ["同意" * 38 + "吗", "[a]" * 600, "打 " * 900, "> [a]同意\n" * 200, "我还是就也非常" * 11]
)
def test_no_text_takes_long(text: str) -> None:
    words()
    start = time.perf_counter()
    assert read_reply(text).label is Label.UNCLEAR
    assert time.perf_counter() - start < 0.2


def test_a_reply_is_a_plain_value() -> None:
    assert read_reply("同意21") == Reply(Kind.AGREEMENT, "21")
