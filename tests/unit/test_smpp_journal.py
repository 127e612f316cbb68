"""What a killed worker never wrote is told from what it may have written."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from services.messages.smpp import journal as journals
from services.messages.smpp.journal import ROUNDS, Journal
from services.settings import PROJECT

# A worker that starts so many rounds of three messages, writes all but the last, and waits for its end.
WORKER = f"""
import sys
from pathlib import Path
from uuid import UUID
from {journals.__name__} import Journal
journal = Journal(Path(sys.argv[1]))
rounds = int(sys.argv[2])
for number in range(rounds):
    mark = journal.start([(UUID(int=3 * number + it), 1) for it in range(3)])
    if number < rounds - 1:
        mark()
print("started", flush=True)
sys.stdin.read()
if len(sys.argv) > 3:
    journal.close()
"""


def worker(folder: Path, rounds: int, *, ends_well: bool = False) -> subprocess.Popen[bytes]:
    """A worker whose rounds are started."""
    started = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(folder), str(rounds), *(["well"] if ends_well else [])],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"started\n"
    return started


def never_written(journal: Journal, rounds: int) -> list[int]:
    return [number for number in range(3 * rounds) if journal.never_written((UUID(int=number), 1))]


@pytest.mark.parametrize("rounds", [1, 2, ROUNDS + 3])
def test_only_the_last_round_of_a_killed_worker_was_never_written(tmp_path: Path, rounds: int) -> None:
    with worker(tmp_path, rounds) as killed:
        ours = Journal(tmp_path)
        assert never_written(ours, rounds) == [], "it still lives, and may write them"
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert never_written(ours, rounds) == [3 * rounds - 3, 3 * rounds - 2, 3 * rounds - 1]
    # What another worker took up meanwhile is another matter, and so is what we ourselves are about to write.
    assert not ours.never_written((UUID(int=3 * rounds - 1), 2))
    ours.start([(UUID(int=99), 1)])
    assert not ours.never_written((UUID(int=99), 1))
    ours.close()


def test_a_journal_from_before_the_machine_started_again_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with worker(tmp_path, 1) as killed:
        killed.kill()
    another_start = tmp_path / "boot_id"
    another_start.write_text("another start", encoding="ascii")
    monkeypatch.setattr(journals, "BOOT_ID", another_start)
    ours = Journal(tmp_path)
    assert never_written(ours, 1) == []
    ours.close()


def test_journals_of_the_long_dead_and_of_those_that_ended_well_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with worker(tmp_path, 1, ends_well=True) as ended:
        ended.communicate()
    assert list(tmp_path.iterdir()) == []
    with worker(tmp_path, 1) as killed:
        killed.kill()
    monkeypatch.setattr(journals, "FORGET_AFTER_SECONDS", -1)
    ours = Journal(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    ours.close()
