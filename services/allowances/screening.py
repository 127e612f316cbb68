"""Screening a city: who became entitled to the allowance, and the offers to them (无感申办).

Whoever reaches the age within the months that the rule looks ahead, or has reached it and never had a case, gets one
offer. The registers' doubts keep somebody out until a worker has settled them; missing cards and phones bring a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from services import audit
from services.actor import Actor, Capability, require
from services.allowances.errors import NoRuleOn, TooManyInDoubt
from services.allowances.rules import figure
from services.allowances.screening_reading import Candidates, find_candidates
from services.allowances.screening_writing import Writer, Written
from services.benefits import NoSuchFigure

Step = Literal["looking", "offering"]
Progress = Callable[[Step, int, int], None]
"""Told what is done of how many."""

# Of fewer candidates than this even a large share in doubt says nothing about the registers.
FEW = 100
THOUSAND = 1000


@dataclass(frozen=True)
class ScreeningReport:
    """What a screening found and did.

    `offers`: made now; `card_first`: those of them to people without a card, whom a worker helps to one; `by_worker`:
    those of them that no message could bring; `already`: people who had a case; `excluded`: the others, by reason.
    """

    as_of: date
    looked_at: int
    offers: int
    card_first: int
    by_worker: int
    already: int
    excluded: dict[str, int] = field(default_factory=dict)


def no_progress(step: Step, done: int, of: int) -> None:
    """For those whom nobody watches."""


def screen(
    session: Session,
    actor: Actor,
    *,
    city: str,
    as_of: date,
    now: datetime,
    progress: Progress | None = None,
    even_if_in_doubt: bool = False,
) -> ScreeningReport:
    """Make every offer that is due on the day `as_of`. The same day again changes nothing.

    Where so many candidates are in doubt that a register must be wrong, nobody gets an offer and TooManyInDoubt is
    raised; `even_if_in_doubt`: an operator has looked. Raises NotAllowed, NoRuleOn.
    """
    require(actor, Capability.SCREEN, person_id=None)
    tell = progress or no_progress
    try:
        most_doubtful = figure(as_of, "most_doubtful_per_thousand")
    except NoSuchFigure:
        raise NoRuleOn(day=as_of) from None
    tell("looking", 0, 0)
    candidates = find_candidates(session, city=city, as_of=as_of)
    tell("looking", candidates.looked_at, candidates.looked_at)
    if not even_if_in_doubt:
        _refuse_wrong_registers(candidates, most_doubtful)
    written = Written()
    if candidates.ids:
        writer = Writer(session, actor, city=city, as_of=as_of, now=now, rule=candidates.rule)
        written = writer.write(candidates, lambda done: tell("offering", done, len(candidates.ids)))
    report = ScreeningReport(
        as_of=as_of,
        looked_at=candidates.looked_at,
        offers=written.offers,
        card_first=written.card_first,
        by_worker=written.by_worker,
        already=candidates.already,
        excluded=candidates.excluded,
    )
    if written.offers:
        _record(session, actor, report, city=city, now=now)
    return report


def _refuse_wrong_registers(candidates: Candidates, most_doubtful: int) -> None:
    count = len(candidates.ids) + candidates.in_doubt
    if count >= FEW and candidates.in_doubt * THOUSAND > most_doubtful * count:
        raise TooManyInDoubt(candidates=count, in_doubt=candidates.in_doubt)


def _record(session: Session, actor: Actor, report: ScreeningReport, *, city: str, now: datetime) -> None:
    audit.record(
        session,
        actor,
        "screened",
        city=city,
        person_id=None,
        subject_id=None,
        now=now,
        as_of=report.as_of.isoformat(),
        looked_at=report.looked_at,
        offers=report.offers,
        card_first=report.card_first,
        by_worker=report.by_worker,
        already=report.already,
        **{f"excluded_{reason}": count for reason, count in report.excluded.items()},
    )
    session.flush()
