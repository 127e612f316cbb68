"""A family member asks to act for a senior, whom she names.

Nothing in the answer depends on whether there is such a senior: who was named is looked up by a job, after the answer.
Until the senior agrees, the family member sees what she wrote herself and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from services import people
from services.actor import Actor, Capability, Scope, require
from services.clock import local_day
from services.database import unit_of_work
from services.database.tables import new_id
from services.delegation import telling
from services.delegation.agreeing import needs_witness
from services.delegation.errors import (
    FamilyNameMissing,
    NameOfSeniorMissing,
    NumberOfSeniorWrong,
    TooManyRequests,
)
from services.delegation.parameters import rules_on
from services.delegation.steps import (
    SYSTEM,
    answer_until,
    ask_a_worker,
    checked_scopes,
    end,
    free_code,
    held,
    last_day_after,
    require_own,
    write,
)
from services.delegation.views import LAST_DIGITS, Request, opened, request_view, sealed
from services.family import DelegationState, EndReason, Relation, get_family_member
from services.family.states import DelegationEventKind
from services.family.tables import DelegationRow
from services.job_queue import LOOK_UP_REQUESTS, defer_once
from services.people import ID_NUMBER, PHONE, IdNumberWrong, PersonRow, PhoneNumberWrong
from services.rate_limits import RateLimit, seconds_to_wait
from services.sealing import vault_of
from services.worker_tasks import TaskKind

A_WEEK = timedelta(days=7)
ID_DIGITS = 18


@dataclass(frozen=True)
class Named:
    """Whom a family member wants to act for: the senior's name, and a number of hers: of her mobile phone, of her ID
    card, or the last four digits of her Yinian card."""

    name: str = field(repr=False)
    number: str = field(repr=False)


def named_senior(name: str, number: str) -> Named:
    """What was written, as it is compared. Raises NameOfSeniorMissing, NumberOfSeniorWrong.

    >>> named_senior(" 陈丽英 ", "154 0000 0001") == Named("陈丽英", "15400000001")
    True
    """
    name = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    if not name:
        raise NameOfSeniorMissing()
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", number))
    if re.fullmatch(f"[0-9]{{{LAST_DIGITS}}}", digits):
        return Named(name, digits)
    try:
        return Named(name, people.normal_id_number(digits) if len(digits) == ID_DIGITS else people.normal_phone(digits))
    except (IdNumberWrong, PhoneNumberWrong) as error:
        raise NumberOfSeniorWrong() from error


def ask_to_act(
    session: Session,
    actor: Actor,
    *,
    name: str,
    number: str,
    relation: Relation,
    scopes: frozenset[Scope],
    months: int | None = None,
    now: datetime,
) -> Request:
    """Ask to act for the senior of this name and number; `months` as in the parameters without one. The senior is asked
    once a job has looked her up. Raises NotAllowed, FamilyNameMissing, NameOfSeniorMissing, NumberOfSeniorWrong,
    NoScopes, TermWrong, TooManyRequests."""
    require(actor, Capability.ASK_TO_ACT, person_id=None)
    assert actor.family_member_id is not None
    member = get_family_member(session, actor.family_member_id)
    if member.name is None:
        raise FamilyNameMissing()
    named = named_senior(name, number)
    rules = rules_on(local_day(now))
    limit = RateLimit("delegation_requests", rules.requests_a_day, timedelta(days=1))
    if wait := seconds_to_wait(session, limit, subject=str(member.id), city=member.city, now=now):
        raise TooManyRequests(wait_seconds=wait)
    row = DelegationRow(
        id=new_id(),
        city=member.city,
        family_member_id=member.id,
        relation=relation,
        scopes=checked_scopes(scopes),
        state=DelegationState.ASKED,
        named_sealed=sealed(session, name=named.name, number=named.number),
        code=free_code(session, person_ids=[], family_member_id=member.id),
        until_on=last_day_after(months, now),
        asked_at=now,
        answer_until_on=answer_until(now),
    )
    session.add(row)
    session.flush()
    write(session, actor, row, DelegationEventKind.ASKED, now=now)
    defer_once(session, LOOK_UP_REQUESTS)
    return request_view(session, row, asked_on=local_day(now), today=local_day(now))


def call_off_request(session: Session, actor: Actor, *, delegation_id: UUID, now: datetime) -> None:
    """She does not want to act after all. Where the senior has answered already, nothing happens and nothing shows.
    Raises DelegationUnknown, NotAllowed."""
    row = held(session, delegation_id)
    require_own(actor, row)
    if row.state == DelegationState.ASKED:
        end(session, actor, row, EndReason.CALLED_OFF, now=now)


def look_up_requests(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Find out whom the waiting requests name, and ask them; how many requests. Each in a transaction of its own, and
    safe to run twice or at the same time: one after the other, so that of two of one pair the second sees the first."""
    looked_up = 0
    while True:
        with unit_of_work(sessions) as session:
            session.execute(text("SELECT pg_advisory_xact_lock(hashtext('delegation_requests'))"))
            row = session.scalar(
                select(DelegationRow)
                .where(DelegationRow.looked_up_at.is_(None), DelegationRow.state == DelegationState.ASKED)
                .order_by(DelegationRow.asked_at, DelegationRow.id)
                .limit(1)
                .with_for_update()
            )
            if row is None:
                return looked_up
            look_up(session, row, now=now)
        looked_up += 1


def look_up(session: Session, row: DelegationRow, *, now: datetime) -> None:
    """Find the senior of one held request, and ask her by text message or through a worker; where nobody is meant, or
    she has said no to the same a short while ago, the request stays as it is until its time is over."""
    row.looked_up_at = now
    senior = _senior_named(session, row)
    if senior is not None and not _has_said_no(session, row, senior, now):
        row.person_id = senior.id
        row.code = free_code(session, person_ids=_reached_with(session, senior), family_member_id=row.family_member_id)
        _take_place_of_earlier(session, row, now)
        session.flush()
        _ask_her(session, row, now)
    session.flush()


def _senior_named(session: Session, row: DelegationRow) -> PersonRow | None:
    """The one living senior of this name and number; None for several, and for the family member herself."""
    named, vault = opened(session, row), vault_of(session)
    number = named["number"]
    if len(number) == LAST_DIGITS:
        of_number = PersonRow.card_last_four == number
    elif len(number) == ID_DIGITS:
        of_number = PersonRow.id_number_index == vault.index(number, context=ID_NUMBER)
    else:
        of_number = PersonRow.phone_index == vault.index(number, context=PHONE)
    found = session.scalars(
        select(PersonRow)
        .where(PersonRow.city == row.city, of_number, PersonRow.name == named["name"], PersonRow.died_on.is_(None))
        .limit(2)
    ).all()
    own_id = get_family_member(session, row.family_member_id).person_id
    return found[0] if len(found) == 1 and found[0].id != own_id else None


def _has_said_no(session: Session, row: DelegationRow, senior: PersonRow, now: datetime) -> bool:
    rests = timedelta(days=rules_on(local_day(now)).rests_days)
    declined = select(DelegationRow.id).where(
        DelegationRow.family_member_id == row.family_member_id,
        DelegationRow.person_id == senior.id,
        DelegationRow.end_reason == EndReason.DECLINED,
        DelegationRow.ended_at > now - rests,
    )
    return session.scalar(declined.limit(1)) is not None


def _reached_with(session: Session, senior: PersonRow) -> list[UUID]:
    """Everybody who is reached by the senior's phone: a code from there must mean one of them only."""
    if senior.phone_index is None:
        return [senior.id]
    return list(session.scalars(select(PersonRow.id).where(PersonRow.phone_index == senior.phone_index)))


def _take_place_of_earlier(session: Session, row: DelegationRow, now: datetime) -> None:
    """Asked twice, the senior answers the newer one."""
    earlier = session.scalars(
        select(DelegationRow.id).where(
            DelegationRow.family_member_id == row.family_member_id,
            DelegationRow.person_id == row.person_id,
            DelegationRow.state == DelegationState.ASKED,
            DelegationRow.id != row.id,
        )
    ).all()
    for delegation_id in earlier:
        before = held(session, delegation_id)
        if before.state == DelegationState.ASKED:
            end(session, SYSTEM, before, EndReason.REPLACED, now=now)


def _ask_her(session: Session, row: DelegationRow, now: datetime) -> None:
    because = needs_witness(session, row, today=local_day(now))
    if because is None and _was_asked_often(session, row, now):
        because = "asked_often"
    if because is None:
        telling.tell_senior(
            session,
            row,
            "delegation_asked",
            now=now,
            phone_ends=(get_family_member(session, row.family_member_id).masked_phone or "")[-LAST_DIGITS:],
            what=telling.matters(row),
            until=row.until_on,
            code=row.code,
        )
        return
    ask_a_worker(session, row, TaskKind.DELEGATION_REQUEST, now=now, because=because)
    write(session, SYSTEM, row, DelegationEventKind.PUT_TO_WORKER, now=now, because=because)


def _was_asked_often(session: Session, row: DelegationRow, now: datetime) -> bool:
    """Whether so many have asked for her lately that another text message would only frighten her."""
    asked = session.scalar(
        select(func.count()).where(
            DelegationRow.person_id == row.person_id,
            DelegationRow.looked_up_at > now - A_WEEK,
            DelegationRow.named_sealed.is_not(None),
            DelegationRow.id != row.id,
        )
    )
    return (asked or 0) >= rules_on(local_day(now)).requests_texted_a_week
