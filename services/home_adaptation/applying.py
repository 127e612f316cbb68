"""Applying for the adaptation of a home, by herself or with a worker, and taking it back before anything is built."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import people
from services.actor import Actor, Capability
from services.allowances.errors import NotEntitled
from services.benefits import Answer, Benefit, Status, assess_one, facts_of
from services.clock import local_day
from services.database.tables import constraint_of, new_id
from services.home_adaptation.errors import (
    AdaptationAppliedFor,
    AddressNotKnown,
    HomeAdaptedAlready,
    HouseholdAdaptedAlready,
)
from services.home_adaptation.household import enter_household, release_household
from services.home_adaptation.parameters import rules_on
from services.home_adaptation.reading import adaptation_view
from services.home_adaptation.states import WITHOUT_WORK, AdaptationState, EventKind, Owner
from services.home_adaptation.steps import ask_a_worker, held_case, move, note, settle_task, tell
from services.home_adaptation.tables import DWELLING, ONE_DWELLING, ONE_HOUSEHOLD, ONE_PERSON, AdaptationRow
from services.home_adaptation.views import Adaptation
from services.people import Person
from services.sealing import vault_of
from services.worker_tasks import TaskKind

TASKS = (TaskKind.ADAPTATION_ASSESSMENT, TaskKind.ADAPTATION_DECISION)


def apply_for_adaptation(
    session: Session, actor: Actor, *, person_id: UUID, owner: Owner, now: datetime, address: str | None = None
) -> Adaptation:
    """Begin the case of her home and ask a worker of her community to look at it.

    `address` is only for somebody whose address nobody knows; where one is known, that home is meant. Raises
    NotAllowed, NotEntitled where the rules say no, AddressNotKnown, AdaptationAppliedFor, HomeAdaptedAlready: each home
    once, whoever lives there, HouseholdAdaptedAlready: each household once, wherever it lives. Facts that are missing
    do not keep her from applying, only from being approved.
    """
    people.require_for(session, actor, Capability.ANSWER_OFFERS, person_id=person_id)
    people.hold(session, person_id)
    person = people.get_person(session, actor, person_id=person_id)
    answer = entitlement(person, now)
    if answer.status is Status.NOT_ELIGIBLE:
        raise NotEntitled(reasons=answer.reasons)
    living = session.scalar(
        select(AdaptationRow.id).where(AdaptationRow.person_id == person_id, AdaptationRow.state.not_in(WITHOUT_WORK))
    )
    if living is not None:
        raise AdaptationAppliedFor(adaptation_id=living)
    where = people.address_of(session, person_id) or (address or "").strip()
    if not where or not person.community or not person.district:
        raise AddressNotKnown()
    row = _new_row(session, person, owner, where, answer, now)
    note(session, actor, row, EventKind.APPLIED, now=now, owner=owner.value, cap_fen=row.cap_fen)
    ask_a_worker(session, row, TaskKind.ADAPTATION_ASSESSMENT, now=now)
    tell(session, row, "adaptation_applied", now=now)
    return adaptation_view(session, row)


def withdraw_adaptation(session: Session, actor: Actor, *, adaptation_id: UUID, now: datetime) -> Adaptation:
    """She does not want it after all; she may apply again. Once withdrawn, nothing happens. Raises AdaptationUnknown,
    NotAllowed, AdaptationStepNotPossible once the firm has begun."""
    row = held_case(session, actor, adaptation_id, Capability.WITHDRAW_BENEFIT)
    if row.state == AdaptationState.WITHDRAWN:
        return adaptation_view(session, row)
    move(row, AdaptationState.WITHDRAWN)
    release_household(session, row)
    note(session, actor, row, EventKind.WITHDRAWN, now=now)
    for kind in TASKS:
        settle_task(session, actor, row, kind, "withdrawn", None, now)
    tell(session, row, "adaptation_withdrawn", now=now)
    return adaptation_view(session, row)


def entitlement(person: Person, now: datetime) -> Answer:
    """What the rules say of her today."""
    return assess_one(facts_of(person, as_of=local_day(now)), Benefit.HOME_ADAPTATION)


def keep_entitlement(row: AdaptationRow, person: Person, answer: Answer, now: datetime) -> None:
    """Write down the caps by the rules of today; until she agrees to a quote they follow what becomes known."""
    row.cap_fen = answer.at_least_fen
    row.aids_cap_fen = rules_on(local_day(now)).aids_cap_fen(person.hukou_district)
    row.rule_version = answer.rule
    row.facts_missing = list(answer.missing)


def dwelling_index(session: Session, address: str) -> bytes:
    """By what a home is found again, however its address is spaced and punctuated."""
    plain = re.sub(r"[\s\-－—#,.，。、()（）]", "", unicodedata.normalize("NFKC", address)).casefold()
    return vault_of(session).index(plain, context=DWELLING)


def _new_row(
    session: Session, person: Person, owner: Owner, address: str, answer: Answer, now: datetime
) -> AdaptationRow:
    row = AdaptationRow(
        id=new_id(),
        city=person.city,
        person_id=person.id,
        state=AdaptationState.APPLIED,
        owner=owner,
        dwelling_sealed=vault_of(session).seal(address, context=DWELLING),
        dwelling_index=dwelling_index(session, address),
        district=person.district,
        community=person.community,
        needs=[],
        applied_on=local_day(now),
        created_at=now,
    )
    keep_entitlement(row, person, answer, now)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
            enter_household(session, row)
    except IntegrityError as error:
        if constraint_of(error) in (ONE_DWELLING, ONE_PERSON):
            raise HomeAdaptedAlready() from error
        if constraint_of(error) == ONE_HOUSEHOLD:
            raise HouseholdAdaptedAlready() from error
        raise
    return row
