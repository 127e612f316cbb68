"""One script for everything that was heard: simplified characters.

Recognition drifts into traditional characters on short sound. Here and not in each user of the conversion, because the
library leaves a file open when it loads its own table.
"""

from __future__ import annotations

from pathlib import Path

import zhconv

zhconv.loaddict(str(Path(zhconv.__file__).parent / "zhcdict.json"))


def simplified(text: str) -> str:
    """The text in simplified characters.

    >>> simplified("訂午餐")
    '订午餐'
    """
    return zhconv.convert(text, "zh-hans")
