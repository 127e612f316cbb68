"""What one process bears of open microphone lines: how many there are, and how much may wait unread in each.

Every line holds one of the server's threads for as long as it is open, and simple-websocket itself keeps whatever comes
in until somebody reads it; without these bounds one person's browser could stop the site for everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Any
from uuid import UUID

# One in her hand, and one that a closed page has left behind for a moment.
LINES_A_PERSON = 2
# Of the 32 threads, so that pages are served however many people talk.
LINES_IN_ALL = 20
# A minute of sound in pieces of a tenth of a second: the longest turn and a slow recognizer have room in it.
MOST_WAITING_MESSAGES = 600
MOST_WAITING_LENGTH = 2 * 1024 * 1024


class TooManyLines(Exception):
    """This person, or everybody together, has as many lines open as there may be."""


class OpenLines:
    """The lines that are open in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of_person: Counter[UUID] = Counter()

    @contextmanager
    def one_more(self, person_id: UUID) -> Iterator[None]:
        """Count a line for as long as it is open. Raises TooManyLines."""
        with self._lock:
            if self._of_person[person_id] >= LINES_A_PERSON or self._of_person.total() >= LINES_IN_ALL:
                raise TooManyLines
            self._of_person[person_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of_person[person_id] -= 1
                self._of_person += Counter()  # drops those who have none


class TooMuchWaiting(OSError):
    """More came in than is read; an OSError, since simple-websocket ends the line at once where its socket fails."""


class Backlog(list[str | bytes]):
    """Messages that came in and wait to be read."""

    def append(self, message: str | bytes) -> None:
        """One more. Raises TooMuchWaiting, and drops what waits: nobody is left who would hear the answer."""
        if len(self) >= MOST_WAITING_MESSAGES or sum(map(len, self)) + len(message) > MOST_WAITING_LENGTH:
            self.clear()
            raise TooMuchWaiting
        super().append(message)


def reading_thread(target: Callable[[], Any]) -> Thread:
    """The thread that reads a line into its backlog, for simple-websocket's option `thread_class`.

    It is made after the handshake and before the first message is read: the one moment to put a bounded list in the
    place of the unbounded one.
    """
    target.__self__.input_buffer = Backlog()  # type: ignore[attr-defined]
    return Thread(target=target)
