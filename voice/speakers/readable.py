"""Rewrites a reply as it is read aloud: Chinese characters and pauses only, no digits, letters or signs.

The neural voice knows syllables; what it does not know it would drop without a word, and a time or a price is the worst
thing to drop. Which sounds the characters have is left to `voice.speakers.syllables`.
"""

from __future__ import annotations

import re
import unicodedata

from voice.speakers.numerals import digit_by_digit, number_read, year_read

# A letter is spoken by its Chinese name; each character here has the sound that is wanted in its first reading.
_LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "诶 必 西 弟 衣 艾弗 寄 诶尺 爱 杰 尅 艾勒 艾姆 恩 欧 批 丘 啊儿 艾斯 踢 优 微 达不溜 艾克斯 外 贼".split(),
        strict=True,
    )
)
_WORDS = {"WIFI": "无线网", "APP": "应用", "OK": "好的", "KM": "公里", "KG": "公斤", "AM": "上午", "PM": "下午"}

# Before one of these a 2 is 两 and a number counts things, however many digits it has.
COUNTED = (
    "个半小时|个小时|分钟|小时|公里|公斤|星期|份|个|位|人|次|天|元|块|斤|周|岁|年|家|张|种|道|顿|盒|瓶|件|套|条|只|间|名|"
    "点|刻|秒|两|毛|角|百|千|万|亿|米|菜|荤|素|碗|杯|餐|例|步|把|项|笔|户|遍|句|字"
)
_SPACES = re.compile(r"\s+")
_RANGE = r"\s*(?:-|–|—|~|～|至)\s*"
_CLOCK = r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：][0-5]\d)?(?!\d)"
_DATE = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMBER = r"\d+(?:\.\d+)?"
_MONEY = rf"[¥￥]\s*({_NUMBER})\s*(?:元|块)?|({_NUMBER})\s*元"
# Numbers that people dial, whatever stands around them.
_HOTLINES = "110|119|120|122|999|12345|12349|12333|12393|95598"
_SPELLED_BEFORE = (
    r"(?:尾号|末四位|后四位|四位|验证码|号码|电话|手机|热线|拨打|取餐号|编号|单号|证号|房号|门牌)(?:是|为|：|:|，)?\s*"
)
# A number this long with nothing to count behind it is a telephone, card or order number.
_LONG = 5


def readable(text: str) -> str:
    """The text as it is read aloud: Han characters and the pauses ，。！？；：、 only. Empty where nothing can be said.

    >>> readable("明天12:30取2份，共¥25.50")
    '明天十二点半取两份，共二十五元五角'
    >>> readable("陈*英的手机154****0001")
    '陈某英的手机尾号零零零幺'
    """
    text = unicodedata.normalize("NFKC", text)
    # NFKC turns Chinese punctuation into its narrow twins; they mean the same pauses.
    text = text.replace("...", "。")
    text = _SPACES.sub(" ", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    for step in (_masked, _dates, _clocks, _money, _measures, _ranges, _spelled_numbers, _counted, _letters):
        text = step(text)
    text = re.sub(_NUMBER, lambda found: number_read(found.group()), text)
    return _only_speakable(text)


def _masked(text: str) -> str:
    """Stars that hide a part: of a number only the open end is said, in a name each star is 某."""
    text = re.sub(r"\d{2,}\*{2,}(\d{2,4}[Xx]?)", r"尾号\1", text)
    return re.sub(r"(?<=[\u4e00-\u9fff某])\*+|\*+(?=[\u4e00-\u9fff])", lambda found: "某" * len(found.group()), text)


def _dates(text: str) -> str:
    text = _DATE.sub(r"\1年\2月\3日", text)
    text = re.sub(r"(?<!\d)(\d{4})(?=年)", lambda found: year_read(found.group()), text)
    return re.sub(r"(\d{1,2})月(\d{1,2})(?=日|号)", lambda found: f"{_plain(found[1])}月{_plain(found[2])}", text)


def _clocks(text: str) -> str:
    text = re.sub(rf"({_CLOCK}){_RANGE}(?=\d{{1,2}}[:：]\d\d)", r"\1到", text)
    return re.sub(_CLOCK, lambda found: _time_read(int(found[1]), int(found[2])), text)


def _time_read(hour: int, minute: int) -> str:
    spoken_hour = "两" if hour == 2 else number_read(str(hour))
    if minute == 0:
        return f"{spoken_hour}点"
    if minute == 30:
        return f"{spoken_hour}点半"
    return f"{spoken_hour}点{'零' if minute < 10 else ''}{number_read(str(minute))}分"


def _money(text: str) -> str:
    text = re.sub(rf"[¥￥]\s*({_NUMBER}){_RANGE}[¥￥]?\s*({_NUMBER})", r"\1到¥\2", text)
    return re.sub(_MONEY, lambda found: _amount_read(found[1] or found[2]), text)


def _amount_read(amount: str) -> str:
    yuan, _, cents = amount.partition(".")
    jiao, fen = f"{cents}00"[:2]
    parts = [] if yuan.strip("0") == "" and (jiao + fen) != "00" else [f"{_counted_read(yuan)}元"]
    if jiao != "0":
        parts.append(f"{number_read(jiao)}角")
    if fen != "0":
        parts.append(f"{'零' if parts and jiao == '0' else ''}{number_read(fen)}分")
    return "".join(parts)


def _measures(text: str) -> str:
    text = re.sub(
        rf"(?<!\d)(-?)({_NUMBER})\s*(?:°C|℃|摄氏度|°)",
        lambda found: ("零下" if found[1] else "") + number_read(found[2]) + "度",
        text,
    )
    text = re.sub(rf"({_NUMBER})\s*%", lambda found: f"百分之{number_read(found[1])}", text)
    text = re.sub(r"(\d)\s*#", r"\1号", text)
    return re.sub(r"第(\d+)", lambda found: f"第{number_read(found[1])}", text)


def _ranges(text: str) -> str:
    # A longer row of hyphens is a telephone number, not a range.
    text = re.sub(r"(?<!\d)(\d{3,4})-(\d{7,8})(?!\d)", r"\1\2", text)
    return re.sub(rf"(?<=[\d点半分日元号]){_RANGE}(?=[\d上下早晚中周一二三四五六七八九十两])", "到", text)


def _spelled_numbers(text: str) -> str:
    """Telephone, card and door numbers, digit by digit."""
    text = re.sub(rf"({_SPELLED_BEFORE})(\d{{3,}})", lambda found: found[1] + digit_by_digit(found[2]), text)
    text = re.sub(rf"(?<![\d.])({_HOTLINES})(?![\d.]|{COUNTED})", lambda found: digit_by_digit(found[1]), text)
    text = re.sub(r"(?<![\d.])(\d{3,})(?=号|室|房|路|栋)", lambda found: digit_by_digit(found[1]), text)
    text = re.sub(r"(?<=[A-Za-z])(\d{2,})", lambda found: digit_by_digit(found[1]), text)
    return re.sub(rf"(?<![\d.])(0\d+|\d{{{_LONG},}})(?![\d.]|{COUNTED})", lambda found: digit_by_digit(found[1]), text)


def _counted(text: str) -> str:
    text = re.sub(rf"(?<![\d.])(\d+)(?=到(?:\d+)?(?:{COUNTED}))", lambda found: _counted_read(found[1]), text)
    return re.sub(rf"(?<![\d.])(\d+)\s*(?={COUNTED})", lambda found: _counted_read(found[1]), text)


def _counted_read(digits: str) -> str:
    return "两" if digits.lstrip("0") == "2" else number_read(digits)


def _letters(text: str) -> str:
    for word, spoken in _WORDS.items():
        text = re.sub(rf"(?<![A-Za-z]){word[0]}{word[1:]}(?![A-Za-z])", spoken, text, flags=re.IGNORECASE)
    text = text.replace("Wi-Fi", "无线网").replace("&", "和").replace("+", "加").replace("=", "等于")
    return re.sub(r"[A-Za-z]", lambda found: _LETTERS[found.group().upper()], text)


def _plain(digits: str) -> str:
    return number_read(str(int(digits)))


_PAUSES = str.maketrans(
    {",": "，", ".": "。", "!": "！", "?": "？", ";": "；", ":": "：", "\n": "。", "…": "。", "—": "，", "/": "，"}
    | dict.fromkeys("()[]{}<>【】〈〉|", "，")
)


def _only_speakable(text: str) -> str:
    text = text.translate(_PAUSES)
    text = re.sub(r"[^\u3400-\u4dbf\u4e00-\u9fff\u3007，。！？；：、]", "", text)
    # Of several pauses in a row the first is kept.
    text = re.sub(r"([，。！？；：、])[，。！？；：、]+", r"\1", text)
    return text.lstrip("，。！？；：、")
