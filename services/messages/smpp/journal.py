"""What a line was about to write when its worker was killed, in memory that outlives the worker.

Messages are committed as handed over directly before they are written; a worker that is killed in between leaves
messages that nobody ever wrote. The journal tells them from those that may be on their way: every round stands in it
before it is committed, and gets its mark directly before it is written. Both are plain stores into a mapped file, which
the operating system keeps when the process dies. When the machine itself dies they may be missing, so a journal counts
only until the machine starts again.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from services.database.tables import new_id

Claim = tuple[UUID, int]
"""A message and the how-manieth time it is handed over: nobody else has the two together."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Many more rounds than are under way at once.
ROUNDS = 16
MOST_CLAIMS = 512
HEADER = struct.Struct(">?H")
CLAIM = struct.Struct(">16sI")
ROUND_BYTES = HEADER.size + MOST_CLAIMS * CLAIM.size
BOOT_BYTES = 64
FORGET_AFTER_SECONDS = 86_400


class Journal:
    """The journal of one line. Only the thread that sends starts rounds."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_old(folder)
        self._folder = folder
        self._path = folder / f"{new_id().hex}.journal"
        self._file = self._path.open("w+b")
        self._path.chmod(0o600)
        # As long as this process lives nobody else takes it for dead.
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.truncate(BOOT_BYTES + ROUNDS * ROUND_BYTES)
        self._map = mmap.mmap(self._file.fileno(), 0)
        self._map[: len(_boot())] = _boot()
        self._next = 0
        self._of_the_dead: dict[Path, set[Claim]] = {}

    def start(self, claims: Sequence[Claim]) -> Callable[[], None]:
        """Write a round down that is about to be committed; what marks it when it is written."""
        at = BOOT_BYTES + self._next * ROUND_BYTES
        self._next = (self._next + 1) % ROUNDS
        packed = b"".join(CLAIM.pack(message_id.bytes, attempt) for message_id, attempt in claims[:MOST_CLAIMS])
        # Without claims while they are exchanged.
        self._map[at : at + HEADER.size] = HEADER.pack(False, 0)
        self._map[at + HEADER.size : at + HEADER.size + len(packed)] = packed
        self._map[at : at + HEADER.size] = HEADER.pack(False, len(packed) // CLAIM.size)

        def mark() -> None:
            self._map[at] = True

        return mark

    def never_written(self, claim: Claim) -> bool:
        """Whether a worker on this machine died before it wrote this message; false where that isn't certain."""
        for path in self._folder.glob("*.journal"):
            if path not in self._of_the_dead and (content := _left_behind(path)):
                self._of_the_dead[path] = _unmarked(content)
        return any(claim in unmarked for unmarked in self._of_the_dead.values())

    def close(self) -> None:
        """The line has ended in good order."""
        self._map.close()
        self._file.close()
        self._path.unlink(missing_ok=True)


def _unmarked(content: bytes) -> set[Claim]:
    """The claims in a dead worker's journal that it never wrote."""
    if not content.startswith(_boot()):
        return set()
    found = set()
    for at in range(BOOT_BYTES, len(content) - ROUND_BYTES + 1, ROUND_BYTES):
        marked, count = HEADER.unpack_from(content, at)
        if not marked:
            claims = content[at + HEADER.size : at + HEADER.size + count * CLAIM.size]
            found |= {(UUID(bytes=message_id), attempt) for message_id, attempt in CLAIM.iter_unpack(claims)}
    return found


def _left_behind(path: Path) -> bytes:
    """The content of a journal whose worker is dead; nothing where it lives or has ended in good order."""
    with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return file.read()
    return b""


def _forget_old(folder: Path) -> None:
    """Remove the journals of workers that died long ago."""
    for path in folder.glob("*.journal"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - FORGET_AFTER_SECONDS and _left_behind(path):
                path.unlink()


def _boot() -> bytes:
    """Which start of the machine this is. Where nobody tells, it is never the same one twice."""
    try:
        return BOOT_ID.read_bytes().strip()[:BOOT_BYTES]
    except OSError:
        return os.urandom(BOOT_BYTES)
