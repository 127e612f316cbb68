"""What the page for a refusal says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Facts = Mapping[str, object]


@dataclass(frozen=True)
class ErrorWords:
    """What the page says. `next_url` is where its one large button leads."""

    what: str
    why: str
    next_words: str
    next_url: str
    status: int = 409


Table = dict[str, Callable[[Facts], ErrorWords]]
