"""A connection to the SMS centre whose worker is killed with something unread."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import suppress

import pytest

from services.messages.smpp import keeper
from services.settings import PROJECT

MESSAGES = b"m" * 10_000
# A worker that writes messages, reads nothing, and waits for its end.
WORKER = f"""
import socket, sys
from {keeper.__name__} import Keeper
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
if sys.argv[2] == "kept":
    Keeper(line.fileno())
line.sendall(b"m" * {len(MESSAGES)})
print("written", flush=True)
sys.stdin.read()
"""


def all_that_is_read(line: socket.socket) -> bytes:
    """What an SMS centre reads that is just about to answer: whoever can't write has lost the connection."""
    content = b""
    with suppress(ConnectionError):
        line.sendall(b"answer")
        while piece := line.recv(1000):
            content += piece
            line.sendall(b"answer")
    return content


@pytest.mark.parametrize(("kept", "read"), [("kept", MESSAGES), ("alone", b"")])
def test_what_a_killed_worker_wrote_is_read_to_the_end_where_its_connection_is_kept(kept: str, read: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(server.getsockname()[1]), kept],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        line, _ = server.accept()
        with line, worker:
            line.settimeout(keeper.LONGEST_SECONDS)
            line.sendall(b"never read")
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"written\n"
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            assert all_that_is_read(line) == read


def test_a_released_connection_ends_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        with theirs:
            theirs.settimeout(keeper.LONGEST_SECONDS)
            kept = keeper.Keeper(ours.fileno())
            ours.close()
            kept.release()
            assert theirs.recv(1) == b""
