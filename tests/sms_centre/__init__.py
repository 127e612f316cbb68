"""A real SMS centre on this machine, for tests and benchmarks: the npm package smpp in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PEER = Path(__file__).parent / "peer.js"


class SmsCentre:
    """Takes orders, and tells what happened. See peer.js for both."""

    def __init__(self, program: subprocess.Popen[str], record: Path) -> None:
        assert program.stdout is not None
        self._program = program
        self._record = record
        self.port = int(program.stdout.readline())

    def order(self, what: str, **details: object) -> None:
        """Have it do something."""
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps({"do": what} | details) + "\n")
        self._program.stdin.flush()

    def mood(self, **mood: object) -> None:
        """Have it behave in some way from now on."""
        moods = len(self.events("mood"))
        self.order("mood", mood=mood)
        self.wait_for("mood", moods + 1)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """All that happened of one kind, in order."""
        with self._record.open(encoding="utf-8") as lines:
            # The last line may be half written.
            happened = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in happened if event["kind"] == kind]

    def wait_for(self, kind: str, count: int = 1, *, seconds: float = 20) -> list[dict[str, Any]]:
        """The same, as soon as so much happened."""
        wait_until(lambda: len(self.events(kind)) >= count, seconds=seconds)
        return self.events(kind)


@contextmanager
def sms_centre(folder: Path, **options: object) -> Iterator[SmsCentre]:
    """An SMS centre that listens on 127.0.0.1 as long as the block lasts."""
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    record = folder / "sms-centre.jsonl"
    record.touch()
    program = subprocess.Popen(
        [node, str(PEER), str(record), json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield SmsCentre(program, record)
    finally:
        program.kill()
        program.communicate()


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Look again and again; fail after so long."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
