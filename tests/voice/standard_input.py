"""Standard input as a process gets it: bytes, read as text by whoever wants text."""

from __future__ import annotations

import io


def stdin_of(content: str | bytes) -> io.TextIOWrapper:
    """Something to put in the place of `sys.stdin`. On this terminal, text is not UTF-8."""
    return io.TextIOWrapper(io.BytesIO(content if isinstance(content, bytes) else content.encode()), encoding="latin-1")
