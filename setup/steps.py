"""Steps that are done once: each leaves a stamp with the fingerprint of what went into it.

A step is done when its stamp carries today's fingerprint and what it made is still there. Nothing else is remembered:
deleting `var/setup` or anything that a step made simply makes it happen again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from setup.commands import Log
from setup.paths import VAR

Part = str | Path
STAMPS = VAR / "setup"


@dataclass(frozen=True)
class Step:
    """One thing to do. `work` gets the log and raises SetupFailed; `is_done` must be quick."""

    title: str
    usually: str
    is_done: Callable[[], bool]
    work: Callable[[Log], None]


def stamped(
    name: str,
    *,
    title: str,
    usually: str,
    made_from: Callable[[], Iterable[Part]],
    makes: Callable[[], Iterable[Path]],
    work: Callable[[Log], None],
    stamps: Path = STAMPS,
) -> Step:
    """A step that is done when its stamp matches the texts and files it is made from and all that it makes exists."""
    stamp = stamps / f"{name}.done"

    def is_done() -> bool:
        return (
            stamp.exists()
            and stamp.read_text(encoding="ascii") == fingerprint(made_from())
            and all(path.exists() for path in makes())
        )

    def work_and_stamp(log: Log) -> None:
        stamp.unlink(missing_ok=True)
        work(log)
        stamp.write_text(fingerprint(made_from()), encoding="ascii")

    return Step(title, usually, is_done, work_and_stamp)


def fingerprint(parts: Iterable[Part]) -> str:
    """A digest of texts and of the names and contents of files; a missing file counts as such."""
    digest = sha256()
    for part in parts:
        digest.update(str(part).encode() + b"\0")
        if isinstance(part, Path):
            digest.update(part.read_bytes() if part.exists() else b"missing")
        digest.update(b"\0")
    return digest.hexdigest()


def work_off(steps: Sequence[Step], log: Log) -> None:
    """Do what is not done yet, in order, and tell the person at the terminal. Raises SetupFailed."""
    ahead = [step for step in steps if not step.is_done()]
    if not ahead:
        return
    log.begin()
    started = time.monotonic()
    for number, step in enumerate(ahead, 1):
        print(f"step {number} of {len(ahead)}: {step.title} ({step.usually})", flush=True)
        began = time.monotonic()
        step.work(log)
        print(f"    done in {time.monotonic() - began:.0f} s", flush=True)
    print(f"set-up finished in {time.monotonic() - started:.0f} s", flush=True)
