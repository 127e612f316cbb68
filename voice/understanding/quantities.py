"""How many portions a sentence asks for: 两份, 三个人的, 我跟老伴一人一份. 订个饭 states no number.

Measure words decide: 份 and its kin count portions, 个 only before food, people only from two on (我一个人 is about
living alone, not about portions).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voice.understanding.numbers import NUMBER, read_number

# 分 and 粉 are what recognisers write for 份 after a number.
_PORTION = re.compile(
    rf"(?<!第)(?<!\d)(?P<count>{NUMBER}|双|俩|仨)(?:份儿?|客|盒|套|[分粉](?!钟|之|半)|人份)(?![荤素])"
)
_OF_FOOD = r"(?=的?(?:饭|餐|盒饭|便当|午|晚|早|中饭|中餐|套餐|夜饭|快餐|饭盒|lunch|dinner|breakfast))"
_PIECES = re.compile(
    rf"(?<!第)(?P<count>{NUMBER})个{_OF_FOOD}"
    # 两个听晚嘅饭: other words between, but no people, weeks or hours.
    r"|(?P<many>[两二三四五六七八九十]|\d)个(?=[^，人星礼月小]{1,5}[饭餐])"
    rf"|(?P<short>[俩仨]){_OF_FOOD}|(?:来|要|整|搞|弄|订|拿)(?P<bare>[俩仨])(?![人口])"
)
_PEOPLE = re.compile(rf"(?P<count>{NUMBER}|俩)(?:个人|位|口人|人)(?=的?(?:吃|饭|餐|份|都|要|用|午|晚|早)|的|$|，)")
_EACH = re.compile(r"(?:一人|每人|每个人|一个人|各)(?:要|来|订|给)?(?:一|1)(?:份|个|盒|客)")
_COMPANION = (
    "老伴儿?|老头子?|老头儿|老太婆|老太太|老婆子?|老公|爱人|堂客|先生|太太"
    "|儿子|女儿|闺女|孙子|孙女|姐姐|妹妹|哥哥|弟弟|邻居|隔壁老?[张王李赵刘陈杨黄吴周]?"
)
_TWO_OF_US = re.compile(
    r"(?:我们|咱们|我|俺|咱|俺们|我哋)老?(?:两口子?|俩|两个人?|两公婆|两老|两人)|老两口|两公婆"
    rf"|[我俺咱][和跟同与][我俺]?(?:{_COMPANION})"
)
_N_OF_US = re.compile(rf"(?:我们|咱们|俺们|我哋|咱|俺)(?P<count>{NUMBER})个?人?")
MOST_SAID = 999


@dataclass(frozen=True)
class QuantityMention:
    """A number of portions and where it was said, as character positions."""

    start: int
    end: int
    quantity: int


def find_quantities(text: str) -> Iterator[QuantityMention]:
    """Every number of portions in normalised text, overlapping ones included."""
    for match in _PORTION.finditer(text):
        yield from _mention(match, 2 if match["count"] == "双" else read_number(match["count"]))
    for match in _PIECES.finditer(text):
        if match["bare"]:
            yield QuantityMention(match.start("bare"), match.end("bare"), read_number(match["bare"]) or 0)
        else:
            yield from _mention(match, read_number(match["count"] or match["many"] or match["short"]))
    for match in _PEOPLE.finditer(text):
        count = read_number(match["count"])
        if count and (count > 1 or text.startswith("的", match.end())):
            yield from _mention(match, count)
    yield from _for_us(text)


def _for_us(text: str) -> Iterator[QuantityMention]:
    """一人一份 counts the people named before it; without them it states no number."""
    each = _EACH.search(text)
    ours = _N_OF_US.search(text)
    two = _TWO_OF_US.search(text)
    count = (read_number(ours["count"]) if ours else None) or (2 if two else None)
    if each:
        if count:
            yield QuantityMention(each.start(), each.end(), count)
    elif two and re.search(
        "都要|都吃|也要|也吃|一起吃|两个都|都订|吃饭|的饭|的午饭|的晚饭|的早饭", text[two.end() : two.end() + 8]
    ):
        yield QuantityMention(two.start(), two.end(), 2)


def _mention(match: re.Match[str], quantity: int | None) -> Iterator[QuantityMention]:
    if quantity is not None and quantity <= MOST_SAID:
        yield QuantityMention(match.start(), match.end(), quantity)
