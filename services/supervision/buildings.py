"""Which building an address is in: enough to tell neighbours."""

from __future__ import annotations

import re
import unicodedata

# A block has its number before 栋, 幢, 座 or 号楼; where none is named, the house number in the street has to do.
BLOCK = re.compile(r".*?[0-9A-Za-z一二三四五六七八九十]+(?:栋|幢|座|号楼)")
HOUSE = re.compile(r".*?[0-9一二三四五六七八九十]+号")


def building_of(address: str) -> str:
    """What two addresses of one building have in common.

    >>> building_of("罗湖区翠竹街道翠竹社区3栋302(示例)"), building_of("翠竹路 12号 8楼A")
    ('罗湖区翠竹街道翠竹社区3栋', '翠竹路12号')
    """
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", address))
    found = BLOCK.match(compact) or HOUSE.match(compact)
    return found.group() if found else compact
