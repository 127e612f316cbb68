"""Keeps a connection to the SMS centre whole when the worker that uses it is killed.

A killed process cannot say good-bye: what it had not read yet makes the operating system reset its connections, and
then the other side drops what it had not read yet. Messages that were written would be lost so, and nobody would know
which. Therefore a second, small process holds each connection too. It does nothing until the worker is gone; then it
ends the sending half in good order, so that the SMS centre reads everything to the end, and drops what comes back:
receipts tell the next worker what became of the messages, and people's replies come again, since nobody acknowledged
them.

This file is also that process's program, so it imports nothing of ours: it must be there at once and stay small.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import suppress

RELEASED = b"released"
LONGEST_SECONDS = 10.0
"""How long an SMS centre may take to read what a killed worker had written."""
END_SECONDS = 5.0
PIECE = 65_536


class Keeper:
    """Holds one connection until it is released, or until this process dies."""

    def __init__(self, descriptor: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(descriptor)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[descriptor],
            # Ctrl-C is for the worker, which then says good-bye itself.
            start_new_session=True,
        )

    def release(self) -> None:
        """The connection ends in good order: let go of it."""
        try:
            self._process.communicate(RELEASED, timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def keep(descriptor: int) -> None:
    """Hold a connection until told to let go, or until nobody is left to tell."""
    with socket.socket(fileno=descriptor) as line:
        if sys.stdin.buffer.read() == RELEASED:
            return
        with suppress(OSError):
            line.settimeout(LONGEST_SECONDS)
            line.shutdown(socket.SHUT_WR)
            until = time.monotonic() + LONGEST_SECONDS
            while time.monotonic() < until and line.recv(PIECE):
                pass


if __name__ == "__main__":
    keep(int(sys.argv[1]))
