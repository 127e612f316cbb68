"""What should have been paid, told by a plain loop over people and months, from what happened and what was done.

Written to share nothing with the ledger: no rules, no parameters, no tables, another order of thought. The amounts are
those of 深民规〔2019〕2号, in figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from services.simulation.people import Did, Happens, Resident, Story
from services.simulation.registers import known_birth

YUAN = 100
LISTED_ON, PAID_ON = 8, 19


@dataclass
class Reckoned:
    """One person's payments: by month what she has, and what she owes back in the end."""

    has: dict[date, int] = field(default_factory=dict)
    owes_back: int = 0
    # For how much of a month a worker let her keep what was too much.
    let_keep: dict[date, int] = field(default_factory=dict)

    @property
    def fen(self) -> int:
        """Everything that she has been paid and that was not sent back."""
        return sum(self.has.values())


def recount(resident: Resident, start: date, months: list[date]) -> Reckoned:
    """What she should have been paid by the runs of these months, the first of which is that of `start`."""
    reckoned = Reckoned()
    known_excess: set[date] = set()
    for run in months:
        list_day, pay_day = run.replace(day=LISTED_ON), run.replace(day=PAID_ON)
        due = _due(resident, start, run, list_day)
        _let_keep(resident, reckoned, due, list_day)
        excess = {
            month: paid - due.get(month, 0) - reckoned.let_keep.get(month, 0)
            for month, paid in reckoned.has.items()
            if paid > due.get(month, 0) + reckoned.let_keep.get(month, 0)
        }
        held = _held(resident, list_day) | _held(resident, pay_day, only_ended=True)
        paying = {}
        for month, fen in due.items():
            missing = fen - reckoned.has.get(month, 0)
            if missing > 0 and not _is_held(resident, month, held, list_day):
                paying[month] = missing
        # Kept back: what a worker has approved, out of half of what is paid now. She was asked by the list before, or,
        # about a gap, before it counted as too much.
        budget = sum(paying.values()) // 2
        for month in sorted(excess):
            is_approved = month in known_excess or resident.story is Story.GAP
            if is_approved and _still_paid(resident, list_day):
                taken = min(excess[month], budget)
                budget -= taken
                paying[month] = paying.get(month, 0) - taken
        known_excess |= set(excess)
        if run not in resident.did.returned:
            for month, fen in paying.items():
                reckoned.has[month] = reckoned.has.get(month, 0) + fen
    return reckoned


def _due(resident: Resident, start: date, run: date, day: date) -> dict[date, int]:
    """Fen by month that are hers, as the city sees it on a day."""
    did, life = resident.did, resident.happens
    applied = start if resident.paid_before else did.applied_on
    approved = start if resident.paid_before else did.approved_on
    if applied is None or approved is None or approved > day:
        return {}
    born = known_birth(resident, day)
    due = {}
    month = start.replace(day=1)
    while month <= run:
        if month >= applied.replace(day=1) and not _is_off(resident, did, life, month, day):
            age = _age_at_end(born, month, life.died_on if did.stopped_on and did.stopped_on <= day else None)
            for years, yuan in ((100, 1000), (90, 500), (80, 300), (70, 200)):
                if age >= years:
                    due[month] = yuan * YUAN
                    break
        month = (month + timedelta(days=31)).replace(day=1)
    return due


def _is_off(resident: Resident, did: Did, life: Happens, month: date, day: date) -> bool:
    """Whether a month is not hers: ended, suspended, or in the gap between two districts."""
    if did.stopped_on and did.stopped_on <= day:
        ended = life.died_on or life.moved_on or did.withdrew_on
        if ended and month > ended:
            return True
    if did.suspended_on and did.suspended_on <= day and not (did.resumed_on and did.resumed_on <= day):
        if month >= did.suspended_on.replace(day=1):
            return True
    if resident.story is Story.GAP and any(approved and on <= day for on, approved in did.corrections):
        return _in_gap(life, month)
    return False


def _in_gap(life: Happens, month: date) -> bool:
    assert life.moved_on
    assert life.back_on
    return life.moved_on < month <= life.back_on


def _age_at_end(born: date, month: date, died: date | None) -> int:
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    day = min(last, died) if died else last
    birthday = (born.month, born.day)
    if birthday == (2, 29) and day.month == 2 and day.day == 28 and (day + timedelta(days=1)).month == 3:
        birthday = (2, 28)
    return day.year - born.year - (1 if (day.month, day.day) < birthday else 0)


def _held(resident: Resident, day: date, *, only_ended: bool = False) -> set[str]:
    """Why nothing, or nothing of the months after an end, is paid on a day."""
    did, life = resident.did, resident.happens
    why = set()
    if life.death_known_on and life.death_known_on <= day and not (did.kept_on and did.kept_on <= day):
        why.add("ended")
    left = life.move_known_on if resident.story in (Story.MOVES_OUT, Story.GAP) else None
    if left and left <= day and not (life.back_known_on and life.back_known_on <= day):
        why.add("ended")
    if did.withdrew_on and did.withdrew_on <= day:
        why.add("ended")
    if only_ended:
        return why
    if life.card_from is None or life.card_from > day:
        why.add("no card")
    settled = did.doubt_settled_on and did.doubt_settled_on <= day
    if life.correction_known_on and life.correction_known_on <= day and not settled:
        why.add("doubt")
    return why


def _is_held(resident: Resident, month: date, held: set[str], list_day: date) -> bool:
    life, did = resident.happens, resident.did
    if held & {"no card", "doubt"}:
        return True
    if "ended" in held:
        # A wrong signal names a death three days before it came.
        told_death = life.death_known_on - timedelta(days=3) if life.death_known_on else None
        ended = life.died_on or (told_death if resident.story is Story.WRONG_DEATH else None)
        ended = ended or life.moved_on or did.withdrew_on
        if ended and month > ended:
            return True
    # The gap is known once she is registered again; a worker decides about it after the first list that sees it.
    waits = resident.story is Story.GAP and life.back_known_on is not None and life.back_known_on <= list_day
    if waits and not any(on <= list_day for on, _ in did.corrections):
        return _in_gap(life, month)
    return False


def _still_paid(resident: Resident, day: date) -> bool:
    did = resident.did
    return not (did.stopped_on and did.stopped_on <= day) and not (
        did.suspended_on and did.suspended_on <= day and not (did.resumed_on and did.resumed_on <= day)
    )


def _let_keep(resident: Resident, reckoned: Reckoned, due: dict[date, int], day: date) -> None:
    """What a worker left with her: as much as was too much when she was asked."""
    left = any(on <= day and not approved for on, approved in resident.did.corrections)
    if left and not reckoned.let_keep:
        for month, paid in reckoned.has.items():
            if paid > due.get(month, 0):
                reckoned.let_keep[month] = paid - due.get(month, 0)
