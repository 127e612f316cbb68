"""Who may do what: the matrix, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.actor import (
    AT_A_WORKPLACE,
    AT_THE_DESK,
    MAY,
    STAFF,
    WITHIN,
    WITHOUT_OPENING,
    Actor,
    ActorKind,
    Capability,
    Channel,
    NotAllowed,
    RecordClosed,
    Scope,
    TooSoonForThis,
    require,
)

HER, OTHER = UUID(int=1), UUID(int=2)
SENIOR = Actor.senior(HER, Channel.SCREEN)
WORKER = Actor.staff(
    ActorKind.COMMUNITY_WORKER, UUID(int=3), Channel.SCREEN, "翠竹", "罗湖区", open_records=frozenset({UUID(int=1)})
)
OPERATOR = Actor.staff(ActorKind.OPERATOR, UUID(int=4), Channel.SCREEN)
HERE, ELSEWHERE = UUID(int=5), UUID(int=6)
OF_ONE_PERSON = {
    Capability.SEE_PERSON,
    Capability.SEE_BENEFITS,
    Capability.ANSWER_OFFERS,
    Capability.CERTIFY,
    Capability.DECIDE_CASES,
}


FAMILY = UUID(int=8)


def acting(*scopes: Scope) -> Actor:
    """Somebody of her family, who may act for her within these scopes."""
    return Actor.delegate(FAMILY, Channel.SCREEN, on_behalf_of=HER, delegation_id=UUID(int=9), scopes=frozenset(scopes))


def may(actor: Actor, capability: Capability, **of: object) -> bool:
    try:
        require(actor, capability, **{"person_id": HER, **of})  # type: ignore[arg-type]
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize("capability", Capability)
def test_a_senior_does_for_herself_only_what_seniors_may(capability: Capability) -> None:
    assert may(SENIOR, capability) is (capability in MAY[ActorKind.SENIOR])
    assert not may(SENIOR, capability, person_id=OTHER)
    assert not may(SENIOR, capability, person_id=None)


@pytest.mark.parametrize("capability", Capability)
def test_a_worker_acts_in_her_own_community_only(capability: Capability) -> None:
    allowed = capability in MAY[ActorKind.COMMUNITY_WORKER]
    assert may(WORKER, capability, community="翠竹", district="罗湖区") is allowed
    assert may(WORKER, capability, community="翠竹") is allowed
    # another community, one of the same name in another district, and one that is not known
    assert not may(WORKER, capability, community="景田", district="罗湖区")
    assert not may(WORKER, capability, community="翠竹", district="福田区")
    assert not may(WORKER, capability)


@pytest.mark.parametrize("capability", sorted(MAY[ActorKind.COMMUNITY_WORKER]))
def test_a_record_that_a_worker_did_not_open_is_closed_to_her(capability: Capability) -> None:
    of_other = {"person_id": OTHER, "community": "翠竹", "district": "罗湖区"}
    if capability in WITHOUT_OPENING:
        require(WORKER, capability, **of_other)  # type: ignore[arg-type]
        return
    with pytest.raises(RecordClosed) as refused:
        require(WORKER, capability, **of_other)  # type: ignore[arg-type]
    assert refused.value.facts["person_id"] == OTHER
    # Of another community she does not even learn that there is one to be opened.
    with pytest.raises(NotAllowed) as elsewhere:
        require(WORKER, capability, **of_other | {"community": "景田"})  # type: ignore[arg-type]
    assert not isinstance(elsewhere.value, RecordClosed)


@pytest.mark.parametrize("capability", Capability)
def test_an_operator_has_registers_and_runs_but_nobodys_affairs(capability: Capability) -> None:
    allowed = capability in MAY[ActorKind.OPERATOR]
    assert may(OPERATOR, capability, person_id=None) is allowed
    if capability in OF_ONE_PERSON:
        assert not allowed


@pytest.mark.parametrize("kind", sorted(AT_A_WORKPLACE))
@pytest.mark.parametrize("capability", Capability)
def test_a_workplace_has_only_what_was_booked_with_it(kind: ActorKind, capability: Capability) -> None:
    at_work = Actor.staff(kind, UUID(int=7), Channel.SCREEN, workplace_id=HERE)
    assert may(at_work, capability, workplace_id=HERE) is (capability in MAY[kind])
    assert not may(at_work, capability, workplace_id=ELSEWHERE)
    assert not may(at_work, capability, community="翠竹", district="罗湖区")
    assert not may(Actor.staff(kind, UUID(int=7), Channel.SCREEN), capability)


@pytest.mark.parametrize("capability", Capability)
def test_at_the_desk_a_worker_does_for_one_senior_what_is_hers_and_decides_nothing(capability: Capability) -> None:
    assisting = Actor.at_the_desk(replace(WORKER, open_records=frozenset({HER, OTHER})), on_behalf_of=HER)
    assert may(assisting, capability, community="翠竹", district="罗湖区") is (capability in AT_THE_DESK)
    assert not may(assisting, capability, person_id=OTHER, community="翠竹", district="罗湖区")
    assert not may(assisting, capability, person_id=None)
    assert AT_THE_DESK <= MAY[ActorKind.SENIOR] & MAY[ActorKind.COMMUNITY_WORKER]


def test_only_workers_decide_about_cases() -> None:
    deciding = {kind for kind, may_do in MAY.items() if Capability.DECIDE_CASES in may_do}
    assert deciding == {ActorKind.COMMUNITY_WORKER, ActorKind.SYSTEM}


@pytest.mark.parametrize("capability", Capability)
def test_the_system_may_do_everything(capability: Capability) -> None:
    assert may(Actor.system(), capability)


def test_the_matrix_names_every_kind_of_actor() -> None:
    assert set(MAY) == set(ActorKind)
    family = {ActorKind.FAMILY_MEMBER, ActorKind.DELEGATE}
    assert set(ActorKind) - STAFF == {ActorKind.SENIOR, ActorKind.SYSTEM} | family


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("capability", Capability)
def test_a_delegate_does_for_one_senior_what_that_senior_ticked(scope: Scope, capability: Capability) -> None:
    delegate = acting(scope)
    assert may(delegate, capability) is (capability in WITHIN[scope])
    assert not may(delegate, capability, person_id=OTHER)
    assert not may(delegate, capability, person_id=None)
    # Neither a place nor a workplace opens anything to her.
    assert not may(delegate, capability, person_id=OTHER, community="翠竹", district="罗湖区", workplace_id=HERE)


def test_scopes_add_up_and_nothing_else_does() -> None:
    both = acting(Scope.SEE_BENEFITS, Scope.CERTIFY)
    assert both.may == WITHIN[Scope.SEE_BENEFITS] | WITHIN[Scope.CERTIFY]
    assert acting().may == frozenset()
    assert acting(*Scope).may == MAY[ActorKind.DELEGATE]


def test_some_things_no_delegate_ever_does() -> None:
    never = {Capability.MANAGE_DELEGATION, Capability.WITHDRAW_BENEFIT, Capability.DECIDE_CASES, Capability.ASK_TO_ACT}
    assert not never & MAY[ActorKind.DELEGATE]
    # Whatever a delegate may, the senior herself may: she can give away only what she has.
    assert MAY[ActorKind.DELEGATE] <= MAY[ActorKind.SENIOR]


def test_a_new_delegate_waits_for_some_things_and_is_told_until_when() -> None:
    until = datetime(2026, 11, 25, tzinfo=UTC)
    waiting = replace(acting(*Scope), waits_for=frozenset({Capability.ANSWER_OFFERS}), waits_until=until)
    assert may(waiting, Capability.BOOK_MEALS)
    with pytest.raises(TooSoonForThis) as refused:
        require(waiting, Capability.ANSWER_OFFERS, person_id=HER)
    assert refused.value.facts["from_at"] == until
    # Of somebody else she does not even learn that.
    with pytest.raises(NotAllowed) as of_other:
        require(waiting, Capability.ANSWER_OFFERS, person_id=OTHER)
    assert not isinstance(of_other.value, TooSoonForThis)


@pytest.mark.parametrize("capability", Capability)
def test_a_family_member_who_acts_for_nobody_has_her_own_matters_only(capability: Capability) -> None:
    daughter = Actor.family_member(FAMILY, Channel.SCREEN)
    assert may(daughter, capability, person_id=None) is (
        capability in {Capability.ASK_TO_ACT, Capability.ASK_ABOUT_OWN_DATA}
    )
    assert not may(daughter, capability)


def test_an_actor_is_told_by_her_own_id() -> None:
    assert (SENIOR.id, WORKER.id, Actor.system().id) == (HER, UUID(int=3), None)
    assert WORKER.is_staff
    assert not SENIOR.is_staff
    delegate = acting(Scope.CERTIFY)
    assert (delegate.id, delegate.person_id, delegate.on_behalf_of, delegate.is_staff) == (FAMILY, None, HER, False)
