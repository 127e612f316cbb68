"""How written things are read aloud: times, dates, money, quantities, numbers that people dial, hidden names."""

from __future__ import annotations

import doctest
import re

import pytest
from pypinyin.constants import PINYIN_DICT

from voice import script
from voice.speakers import numerals, readable, syllables
from voice.speakers.syllables import LONGEST_CLAUSE, clauses


@pytest.mark.parametrize(
    ("written", "read"),
    [
        # clock times
        ("12:30", "十二点半"),
        ("9:00-11:30", "九点到十一点半"),
        ("9:00~11:30", "九点到十一点半"),
        ("22:05", "二十二点零五分"),
        ("2:00", "两点"),
        ("下午2:15", "下午两点十五分"),
        ("18:00:00", "十八点"),
        # dates
        ("2026-11-24", "二零二六年十一月二十四日"),
        ("2026/11/24", "二零二六年十一月二十四日"),
        ("2026年11月24日", "二零二六年十一月二十四日"),
        ("11月2日", "十一月二日"),
        # money
        ("￥300", "三百元"),
        ("¥12.50", "十二元五角"),
        ("0.50元", "五角"),
        ("0元", "零元"),
        ("8.00元", "八元"),
        ("1,500元", "一千五百元"),
        ("1500.05元", "一千五百元零五分"),
        ("¥300-500", "三百到五百元"),
        ("每份2元", "每份两元"),
        ("22元", "二十二元"),
        # quantities and ranges
        ("2份", "两份"),
        ("12份", "十二份"),
        ("第2份", "第二份"),
        ("2个小时", "两个小时"),
        ("3-5天", "三到五天"),
        ("2~3个", "两到三个"),
        ("65-69岁", "六十五到六十九岁"),
        ("2.5公里", "二点五公里"),
        ("50%", "百分之五十"),
        ("-5℃", "零下五度"),
        ("120份", "一百二十份"),
        ("120元", "一百二十元"),
        # numbers that people dial or read off a door
        ("请拨120", "请拨幺二零"),
        ("12345", "幺二三四五"),
        ("15400000001", "幺五四零零零零零零零幺"),
        ("0755-25551234", "零七五五二五五五幺二三四"),
        ("末四位3672", "末四位三六七二"),
        ("取餐号A012", "取餐号诶零幺二"),
        ("取餐号是12", "取餐号是十二"),
        ("301室", "三零幺室"),
        ("3#楼", "三号楼"),
        # letters
        ("ID", "爱弟"),
        ("A座", "诶座"),
        ("WiFi", "无线网"),
        # what is hidden
        ("陈*英", "陈某英"),
        ("王**", "王某某"),
        ("154****0001", "尾号零零零幺"),
        ("440399********1234", "尾号幺二三四"),
        # nothing to say
        ("", ""),
        ("。，！", ""),
        ("😀#", ""),
        ("好的…", "好的。"),
        ("请说“对”或者“不对”", "请说对或者不对"),
        ("食堂（田贝四路42号）", "食堂，田贝四路四十二号，"),
    ],
)
def test_it_is_read_as_people_say_it(written: str, read: str) -> None:
    assert readable.readable(written) == read


def test_a_whole_reply_is_read() -> None:
    written = "您订的是11月24日(星期二)中午的午餐，2份，送到家里，要付25.50元，12:00前送到。对吗？"
    assert readable.readable(written) == (
        "您订的是十一月二十四日，星期二，中午的午餐，两份，送到家里，要付二十五元五角，十二点前送到。对吗？"
    )


def test_nothing_but_characters_and_pauses_is_left() -> None:
    everything = "".join(map(chr, range(32, 0x3100))) + "１２３①Ⅳ㎡½ﬁ" + "中文"
    assert re.fullmatch(r"[\u3400-\u9fff\u3007，。！？；：、]*", readable.readable(everything))


def test_no_clause_is_longer_than_the_voice_can_take() -> None:
    for text in ("长" * 500, "早餐、" * 60, "一" * 41, "您好，" + "很" * 39 + "。"):
        cut = clauses(text)
        assert all(0 < len(clause.text) <= LONGEST_CLAUSE for clause in cut)
        assert "".join(clause.text for clause in cut) == re.sub("[，。]", "", text)


def test_every_syllable_of_chinese_has_its_symbols() -> None:
    known = _symbol_table()
    characters = [chr(code) for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FFF]
    silent = [character for character in characters if not syllables.symbols(character, known)]
    assert silent == []


@pytest.mark.parametrize(
    ("clause", "spoken"),
    [
        ("不对", "b u2 #0 d uei4"),  # 不 rises before a falling tone
        ("一份", "^ i2 #0 f en4"),  # 一 too
        ("一天", "^ i4 #0 t ian1"),
        ("星期一", "x ing1 #0 q i1 #0 ^ i1"),  # but not in a name
        ("十一份", "sh iii2 #0 ^ i1 #0 f en4"),
        ("你好", "n i2 #0 h ao3"),  # two low tones in a row
        ("重庆银行", "ch ong2 #0 q ing4 #0 ^ in2 #0 h ang2"),  # readings by word
        ("早餐、午餐", "z ao3 #0 c an1 #3 ^ u3 #0 c an1"),
    ],
)
def test_characters_become_the_sounds_of_speech(clause: str, spoken: str) -> None:
    assert " ".join(syllables.symbols(clause, _symbol_table())) == f"sil {spoken} sil"


def test_what_has_no_sound_gives_no_symbols() -> None:
    assert syllables.symbols("", _symbol_table()) == []
    assert syllables.symbols("、", _symbol_table()) == []


@pytest.mark.parametrize("module", [numerals, readable, syllables, script])
def test_the_examples_in_the_documentation_are_true(module) -> None:
    assert doctest.testmod(module).failed == 0


def _symbol_table() -> dict[str, int]:
    """The symbols that a voice for Mandarin has: initials, and each final in five tones."""
    initials = "^ b c ch d f g h j k l m n p q r s sh t x z zh".split()
    finals = (
        "a ai an ang ao e ei en eng er i ia ian iang iao ie ii iii in ing iong iou o ong ou u ua uai uan uang uei uen "
        "ueng uo v van ve vn"
    ).split()
    names = ["sil", "#0", "#3", *initials, *(f"{final}{tone}" for final in finals for tone in range(1, 6))]
    return {name: index for index, name in enumerate(names)}
