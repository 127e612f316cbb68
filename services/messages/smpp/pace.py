"""How fast we may go: so many parts a second, in small even portions, and not at all while the SMS centre is full."""

from __future__ import annotations

import time
from collections.abc import Callable

PORTIONS_A_SECOND = 10
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


class Pace:
    """Counts what may go now. Only the thread that sends uses it."""

    def __init__(self, per_second: int, window: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second / PORTIONS_A_SECOND)
        self._portion = min(self._most, window)
        self._clock = clock
        self._free = self._most
        self._counted_at = clock()
        self._paused_until = 0.0
        self._pause = FIRST_PAUSE_SECONDS

    def seconds_to_wait(self) -> float:
        """How long until a portion may go."""
        self._count()
        return max((self._portion - self._free) / self._per_second, self._paused_until - self._clock(), 0.0)

    def may_go(self) -> int:
        """How many parts may go now."""
        self._count()
        return 0 if self._clock() < self._paused_until else int(self._free)

    def went(self, parts: int) -> None:
        """So many parts go now. A long message may take more than there is; the next ones wait the longer."""
        self._count()
        self._free -= parts

    def throttled(self) -> None:
        """The SMS centre asked to wait; each time in a row for twice as long."""
        self._paused_until = self._clock() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def accepted(self) -> None:
        """The SMS centre took a whole round."""
        self._pause = FIRST_PAUSE_SECONDS

    def _count(self) -> None:
        now = self._clock()
        self._free = min(self._most, self._free + (now - self._counted_at) * self._per_second)
        self._counted_at = now
