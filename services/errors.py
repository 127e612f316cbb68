"""The one shape of every refusal: a stable code and the facts that a front room needs to explain it."""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """A use case could not do what was asked, for a reason that the person can act on.

    `code` is stable and is what the tables of words are keyed by; `facts` are plain values (ids, fen, dates) and never
    hold a name, a phone number or anything else that may not be logged.
    """

    code: ClassVar[str] = "service_error"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.code)

    def __str__(self) -> str:
        if not self.facts:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.facts.items())})"
