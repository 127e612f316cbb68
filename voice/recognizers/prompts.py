"""What an engine may be told to expect, made from the words that the dialogue expects.

Telling Whisper the words of a dialogue state halves its errors. But noise comes back as the very words it was told,
and an unclear 不 becomes 对 where 对 was expected. So no word that agrees, consents or calls for help is ever told to
an engine: she must have said it, not we.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAD = "以下是老年人说的普通话"
# Longer lists cost time and help less than the words of this state alone.
MOST_WORDS = 15

_YES = "对|对的|对呀|对啊|是|是的|是呀|是啊|好|好的|好呀|好啊|行|行的|可以|要|要的|嗯|没错|没问题|就这样|就它|订|订吧"
_CONSENT = "同意|确认|确定|答应|接受|愿意|授权|批准|申请"
_EMERGENCY = (
    "救命|救护|急救|急症|报警|着火|火警|起火|呼救|紧急|摔倒|跌倒|晕倒|中风|心脏病|胸口|喘不|出血|不行了|120|119|110"
)
_NEVER_TOLD = re.compile(f"(?:{_YES})|.*(?:{_CONSENT}|{_EMERGENCY}).*")


def told_words(expected: Sequence[str]) -> tuple[str, ...]:
    """Those of the expected words that an engine may be told, without doubles, at most fifteen.

    >>> told_words(["对", "不对", "取消", "同意申请", "救命", "取消"])
    ('不对', '取消')
    """
    allowed = dict.fromkeys(word.strip() for word in expected)
    return tuple(word for word in allowed if word and not _NEVER_TOLD.fullmatch(word))[:MOST_WORDS]


def whisper_prompt(words: Sequence[str]) -> str:
    """The text that stands before Whisper's own: it sets script and register, then the words.

    >>> whisper_prompt(["早餐", "午餐"])
    '以下是老年人说的普通话：早餐、午餐。'
    """
    return f"{LEAD}：{'、'.join(words)}。" if words else f"{LEAD}。"
