"""Whoever has just seen her vouches for her: family and others at a worker's desk, a delegate on line too."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, NotAllowed, Scope, TooSoonForThis
from services.allowances.errors import OnlyByPeople, ReasonMissing
from services.certification import (
    EvidenceKind,
    HelperRelation,
    NothingToCertify,
    SeenDayWrong,
    ask_for_visit,
    certification_of,
    export_proofs,
    open_campaign,
    proofs_of,
    record_helper,
    vouch_for,
)
from services.clock import local_day
from services.delegation import tell_of_deeds
from services.family import Relation
from services.people import Person
from tests.certifying import (
    CITY,
    HALFWAY,
    OPENING,
    SYSTEM,
    begin_empty,
    paid_case,
    speaking,
    tasks_about,
    texts_to,
    worker_of,
)
from tests.delegating import acting, agreed_with, joined

WANGS_PHONE = "15400000002"
TODAY = local_day(HALFWAY)
A_WEEK_AGO = TODAY - timedelta(days=7)


@pytest.fixture(autouse=True)
def due(session: Session, wang: Person) -> UUID:
    """王秀珍 is paid, and must be certified."""
    begin_empty(session)
    case_id = paid_case(session, wang)
    open_campaign(session, SYSTEM, city=CITY, now=OPENING)
    return case_id


def delegate(session: Session, person: Person, *, hours: int = 48, **about: object) -> Actor:
    """Somebody of her family who may see to it, agreed to so many hours ago."""
    agreed_at = HALFWAY - timedelta(hours=hours)
    return acting(session, agreed_with(session, person, WANGS_PHONE, now=agreed_at, **about), now=HALFWAY)


@pytest.mark.parametrize(
    ("relation", "evidence"),
    [(HelperRelation.RELATIVE, EvidenceKind.FAMILY), (HelperRelation.OTHER, EvidenceKind.OTHER)],
)
def test_at_the_desk_it_stays_who_vouched_and_when_she_was_seen(
    session: Session, wang: Person, relation: HelperRelation, evidence: EvidenceKind
) -> None:
    ask_for_visit(session, speaking(wang), person_id=wang.id, now=HALFWAY)
    worker = worker_of(wang)
    status = record_helper(
        session,
        worker,
        person_id=wang.id,
        relation=relation,
        seen_on=A_WEEK_AGO,
        reason="侄女带身份证",
        now=HALFWAY,
    )
    assert (status.due, status.evidence, status.done_on) == (False, evidence, TODAY)
    (proof,) = proofs_of(session, worker, person_id=wang.id)
    assert (proof.kind, proof.relation, proof.seen_on, proof.note, proof.staff_id) == (
        evidence,
        relation,
        A_WEEK_AGO,
        "侄女带身份证",
        worker.id,
    )
    assert tasks_about(session, wang, HALFWAY) == []
    # Social insurance is told the day on which she was seen, and not the day on which somebody came to say so.
    told = export_proofs(session, SYSTEM, city=CITY, partner="social_insurance", now=HALFWAY).content
    assert f",{evidence},{A_WEEK_AGO}," in told


def test_on_line_a_delegate_says_when_she_saw_her_and_she_is_told_who_said_it(session: Session, wang: Person) -> None:
    daughter = delegate(session, wang, scopes={Scope.CERTIFY})
    status = vouch_for(session, daughter, person_id=wang.id, seen_on=TODAY, now=HALFWAY)
    assert (status.due, status.evidence) == (False, EvidenceKind.FAMILY)
    (proof,) = proofs_of(session, SYSTEM, person_id=wang.id)
    assert (proof.on_line, proof.relation, proof.seen_on) == (True, HelperRelation.DAUGHTER, TODAY)
    tell_of_deeds(joined(session), now=HALFWAY)
    assert texts_to(session, wang)[-2:] == ["certification_done", "delegate_did"]
    with pytest.raises(NothingToCertify):
        vouch_for(session, daughter, person_id=wang.id, seen_on=TODAY, now=HALFWAY)


def test_what_is_no_family_counts_as_another_helper(session: Session, wang: Person) -> None:
    neighbour = delegate(session, wang, relation=Relation.OTHER)
    assert vouch_for(session, neighbour, person_id=wang.id, seen_on=TODAY, now=HALFWAY).evidence is EvidenceKind.OTHER


@pytest.mark.parametrize("seen_on", [TODAY + timedelta(days=1), A_WEEK_AGO - timedelta(days=1), date(2026, 1, 1)])
def test_nobody_vouches_for_a_day_long_ago_or_still_to_come(session: Session, wang: Person, seen_on: date) -> None:
    with pytest.raises(SeenDayWrong) as refused:
        vouch_for(session, delegate(session, wang), person_id=wang.id, seen_on=seen_on, now=HALFWAY)
    assert refused.value.facts == {"first_on": A_WEEK_AGO, "last_on": TODAY}
    with pytest.raises(SeenDayWrong):
        record_helper(
            session,
            worker_of(wang),
            person_id=wang.id,
            relation=HelperRelation.SON,
            seen_on=seen_on,
            reason="儿子",
            now=HALFWAY,
        )
    assert certification_of(session, SYSTEM, person_id=wang.id, now=HALFWAY).due


def test_a_new_delegate_waits_and_one_without_this_right_has_no_word(session: Session, wang: Person) -> None:
    new = delegate(session, wang, hours=2)
    with pytest.raises(TooSoonForThis):
        vouch_for(session, new, person_id=wang.id, seen_on=TODAY, now=HALFWAY)
    # That somebody comes can be asked for at once.
    assert ask_for_visit(session, new, person_id=wang.id, now=HALFWAY).visit_asked_on == TODAY
    others = {"relation": Relation.SON, "scopes": {Scope.BOOK_AND_CANCEL}}
    for actor, refusal in (
        (delegate(session, wang, **others), NotAllowed),
        (speaking(wang), NotAllowed),
        (worker_of(wang), NotAllowed),
        (SYSTEM, NotAllowed),
    ):
        with pytest.raises(refusal):
            vouch_for(session, actor, person_id=wang.id, seen_on=TODAY, now=HALFWAY)


def test_at_the_desk_only_a_worker_records_it_and_writes_who_it_was(session: Session, wang: Person) -> None:
    said = {"person_id": wang.id, "relation": HelperRelation.SON, "seen_on": TODAY, "now": HALFWAY}
    with pytest.raises(OnlyByPeople):
        record_helper(session, speaking(wang), reason="儿子", **said)  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        record_helper(session, worker_of(wang), reason=" ", **said)  # type: ignore[arg-type]
