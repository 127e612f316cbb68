"""The two digits that tell the offers of one phone apart: which can be given out, and which a text must name.

What a text asks for has to be enough: where a plain word from the phone could mean another offer, it names the code.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.allowances.states import MEANT_AGAIN, UNANSWERABLE, CaseState
from services.allowances.tables import AllowanceCaseRow
from services.people import PersonRow

# Easy to read and to type; leading noughts get lost.
CODES = range(10, 100)


def _quoted(states: Iterable[CaseState]) -> str:
    return ", ".join(sorted(repr(str(state)) for state in states))


OPEN_CODES = f"SELECT phone_index, code FROM allowance_cases WHERE state = '{CaseState.OFFERED}' AND code IS NOT NULL"
# By these somebody at the phone can still take back or change an answer; `runs`: a word without a code may mean it.
ANSWERED_CODES = f"""
SELECT p.phone_index, c.code, c.state NOT IN ({_quoted(UNANSWERABLE)}) AS counts,
    c.state IN ({_quoted(MEANT_AGAIN)}) AND coalesce(c.offer_ends_on >= %(today)s, FALSE) AS runs
FROM allowance_cases c JOIN persons p ON p.id = c.person_id
WHERE c.code IS NOT NULL AND p.phone_index IS NOT NULL AND c.state <> '{CaseState.OFFERED}'
"""


@dataclass(frozen=True)
class PhoneCodes:
    """The codes of all phones, by their blind indexes: those of open offers, all that may not be given out, and the
    phones at which an offer whose time still runs was answered."""

    open: defaultdict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))
    taken: defaultdict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))
    answered_at: set[bytes] = field(default_factory=set)

    def is_shared(self, index: bytes) -> bool:
        """Whether a plain word from this phone could mean an offer that was made before."""
        return bool(self.open[index]) or index in self.answered_at

    def give(self, index: bytes) -> str | None:
        """A code for one more offer to this phone; None where all are taken."""
        code = free_code(self.taken[index])
        if code is not None:
            self.taken[index].add(code)
            self.open[index].add(code)
        return code


def read_codes(session: Session, *, today: date) -> PhoneCodes:
    """The codes of all phones, in two statements."""
    codes = PhoneCodes()
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        for index, code in cursor.execute(OPEN_CODES):
            codes.open[index].add(code)
            codes.taken[index].add(code)
        for index, code, counts, runs in cursor.execute(ANSWERED_CODES, {"today": today}):
            if counts:
                codes.taken[index].add(code)
            if runs:
                codes.answered_at.add(index)
    return codes


def code_to_ask_for(session: Session, row: AllowanceCaseRow, today: date) -> str:
    """Her code where another offer to the same phone is open, or was answered and could be meant again; else nothing: a
    plain yes is enough."""
    if row.phone_index is None or row.code is None:
        return ""
    answered = exists().where(
        PersonRow.id == AllowanceCaseRow.person_id,
        PersonRow.phone_index == row.phone_index,
        AllowanceCaseRow.state.in_(MEANT_AGAIN),
        AllowanceCaseRow.offer_ends_on >= today,
    )
    is_shared = len(_open_codes(session, row.phone_index)) > 1 or session.scalar(select(answered))
    return row.code if is_shared else ""


def codes_taken(session: Session, phone_index: bytes) -> set[str]:
    """Those of open offers, and those by which somebody at the phone can still take back or change an answer."""
    answered = session.scalars(
        select(AllowanceCaseRow.code)
        .join(PersonRow, PersonRow.id == AllowanceCaseRow.person_id)
        .where(PersonRow.phone_index == phone_index, AllowanceCaseRow.state.not_in(UNANSWERABLE))
    )
    return _open_codes(session, phone_index) | {code for code in answered if code}


def _open_codes(session: Session, phone_index: bytes) -> set[str]:
    used = session.scalars(
        select(AllowanceCaseRow.code).where(
            AllowanceCaseRow.phone_index == phone_index, AllowanceCaseRow.state == CaseState.OFFERED
        )
    )
    return {code for code in used if code}


def free_code(used: set[str]) -> str | None:
    """A code by which nobody at the phone can be meant yet, by chance; None where all are taken.

    It is no secret: it only tells two offers of one phone apart.
    """
    code = str(random.choice(CODES))
    if code not in used:
        return code
    free = [str(code) for code in CODES if str(code) not in used]
    return random.choice(free) if free else None
