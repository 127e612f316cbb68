"""Running other programs quietly: what they print goes to the log, and only a failure shows its end."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# A person who sees nothing for longer than this thinks that it hangs.
SIGN_OF_LIFE_SECONDS = 20
LINES_SHOWN = 15


class SetupFailed(Exception):
    """A step could not be done. The text says to a person what happened and what to do."""


@dataclass(frozen=True)
class Log:
    """The file that holds what the programs printed, from the newest set-up that had something to do."""

    path: Path

    def begin(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(f"# set-up of {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")

    def last_lines(self) -> str:
        lines = self.path.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
        return "\n".join(f"    {line}" for line in lines[-LINES_SHOWN:])

    def run(
        self,
        command: Sequence[str | Path],
        *,
        sorry: str,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run `command` to its end without standard input. Raises SetupFailed with `sorry` and the log's last lines."""
        words = [str(word) for word in command]
        with self.path.open("a", encoding="utf-8") as log:
            print("\n$", *words, file=log, flush=True)
            try:
                program = subprocess.Popen(
                    words,
                    cwd=folder,
                    env={**os.environ, **(environment or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            except OSError as error:
                raise SetupFailed(f"{sorry} {words[0]} could not be started: {error.strerror}.") from error
            code = _wait(program)
        if code:
            raise SetupFailed(
                f"{self.last_lines()}\n\n{sorry} ({Path(words[0]).name} ended with code {code}; all that it said:"
                f" {self.path})\nFinished steps are kept: when the cause is gone, give the same command again."
            )


def _wait(program: subprocess.Popen[bytes]) -> int:
    """The exit code, with a sign of life on the terminal now and then. Ctrl-C ends the program too."""
    started = time.monotonic()
    while True:
        try:
            return program.wait(SIGN_OF_LIFE_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"    still at it, {time.monotonic() - started:.0f} s", flush=True)
        except KeyboardInterrupt:
            program.terminate()
            program.wait()
            raise
