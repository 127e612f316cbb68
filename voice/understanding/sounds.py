"""What words sound like: toneless pinyin, and a coarser sound for accents.

Half of a recogniser's errors are homophones (measured: character errors are twice the syllable errors), so words are
compared by sound too. Southern speakers and recognisers alike mix zh/z, ch/c, sh/s, n/l, f/h and the endings n/ng;
`coarse` folds those together.
"""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_FOLDED_INITIALS = {"n": "l", "h": "f"}
_VOWEL = re.compile("[aeiouv]")


@lru_cache(maxsize=20_000)
def syllable(character: str) -> str:
    """The commonest toneless reading of one Chinese character; anything else is its own sound."""
    return str(lazy_pinyin(character)[0])


@lru_cache(maxsize=20_000)
def coarse(character: str) -> str:
    """The sound of one character with the differences folded away that accents do not make.

    >>> coarse("是") == coarse("四"), coarse("明") == coarse("民"), coarse("难") == coarse("蓝")
    (True, True, True)
    """
    sound = syllable(character)
    for retroflex, flat in _INITIALS:
        if sound.startswith(retroflex):
            sound = flat + sound[2:]
    # 胡 and 福, but not 黄 and 房: folding h before every vowel joins too many common words.
    if sound[:1] == "n" or (sound[:2] == "hu" and len(sound) == 2):
        sound = _FOLDED_INITIALS[sound[0]] + sound[1:]
    if sound.endswith("ng") and _VOWEL.search(sound):
        sound = sound[:-1]
    return sound
