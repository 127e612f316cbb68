"""The look at person and home: what it needs, and which firm makes a quote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.clock import local_day
from services.home_adaptation.applying import entitlement, keep_entitlement
from services.home_adaptation.errors import FirmUnknown, NeedsMissing
from services.home_adaptation.parameters import rules_on
from services.home_adaptation.reading import adaptation_view, firm_view
from services.home_adaptation.states import AdaptationState, EventKind
from services.home_adaptation.steps import (
    checked_note,
    held_case,
    move,
    note,
    person_of,
    refuse_the_machine,
    settle_task,
    tell,
)
from services.home_adaptation.tables import AdaptationRow, FirmRow
from services.home_adaptation.views import Adaptation, Firm
from services.worker_tasks import TaskKind

ASSESSED = "assessed"


def list_firms(session: Session, actor: Actor, *, city: str, district: str) -> tuple[Firm, ...]:
    """The firms that work in a district, by name. Raises NotAllowed."""
    require(actor, Capability.SEE_TASKS, person_id=None, community=actor.community, district=actor.district)
    rows = session.scalars(
        select(FirmRow).where(FirmRow.city == city, FirmRow.districts.contains([district])).order_by(FirmRow.name)
    )
    return tuple(firm_view(row) for row in rows)


def assess_home(
    session: Session,
    actor: Actor,
    *,
    adaptation_id: UUID,
    needs: Sequence[str],
    firm_id: UUID,
    words: str,
    now: datetime,
) -> Adaptation:
    """What a worker saw: what the home needs, in codes of the parameters, and the firm that she sends there.

    Until it is approved it can be assessed once more; a quote and what was agreed to it are void then. Only a worker of
    the community may. Raises AdaptationUnknown, NotAllowed, OnlyByPeople, NeedsMissing, FirmUnknown, NoteTooLong,
    AdaptationStepNotPossible.
    """
    row = held_case(session, actor, adaptation_id, Capability.DECIDE_CASES)
    refuse_the_machine(actor)
    words = checked_note(words)
    known = rules_on(local_day(now)).items
    if not needs or len(set(needs)) != len(needs) or not set(needs) <= set(known):
        raise NeedsMissing()
    firm = session.get(FirmRow, firm_id)
    if firm is None or firm.city != row.city or row.district not in firm.districts:
        raise FirmUnknown()
    move(row, AdaptationState.ASSESSED)
    forget_quote(row)
    row.needs, row.firm_id = [code for code in known if code in needs], firm.id
    person = person_of(session, row)
    keep_entitlement(row, person, entitlement(person, now), now)
    note(session, actor, row, EventKind.ASSESSED, now=now, words=words, firm=str(firm.id), needs=" ".join(row.needs))
    settle_task(session, actor, row, TaskKind.ADAPTATION_ASSESSMENT, ASSESSED, words or None, now)
    settle_task(session, actor, row, TaskKind.ADAPTATION_DECISION, ASSESSED, words or None, now)
    tell(session, row, "adaptation_assessed", now=now, firm=firm.name)
    return adaptation_view(session, row)


def forget_quote(row: AdaptationRow) -> None:
    """What was quoted and agreed to holds no more; its lines stay stored."""
    row.quoted_fen = row.quoted_aids_fen = row.quote_valid_until = None
    row.subsidy_fen = row.self_paid_fen = None
    row.agreed_at = row.owner_agreed_at = None
