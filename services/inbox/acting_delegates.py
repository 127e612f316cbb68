"""Doing what a text message says about family who may act: one step for each way in which it can be handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import delegation
from services.actor import Actor, Channel
from services.delegation import Delegation, DelegationOver, DelegationStepNotPossible, NeedsWitness
from services.family import DelegationState
from services.inbox import answering
from services.inbox.deciding_delegates import TAKE_BACK
from services.inbox.tables import HandledAs
from services.worker_tasks import TaskKind

if TYPE_CHECKING:
    from services.inbox.acting import Reading

SEVERAL = "、"


def agree(reading: Reading) -> HandledAs | None:
    """Her yes to the one that the code means, or the yes of a family member whom she invited."""
    (about,) = reading.decision.delegations
    session, row = reading.session, reading.row
    try:
        with session.begin_nested():
            if about.state is DelegationState.INVITED:
                herself = Actor.family_member(about.family_member_id, Channel.TEXT_MESSAGE)
                delegation.confirm_invitation(
                    session, herself, delegation_id=about.id, now=reading.now, message_id=row.id
                )
            else:
                senior = Actor.senior(about.person_id, Channel.TEXT_MESSAGE)
                delegation.agree_to_delegate(
                    session, senior, delegation_id=about.id, now=reading.now, message_id=row.id
                )
    except NeedsWitness:
        reading.have_a_worker_look(TaskKind.DELEGATION_REQUEST, about.id, about.person_id, because="shared_phone")
        return HandledAs.UNCLEAR_AGAIN
    except (DelegationOver, DelegationStepNotPossible):
        reading.answer(answering.DELEGATE_OVER)
        return HandledAs.ALREADY_ANSWERED
    return None


def decline(reading: Reading) -> None:
    """A no, to each that is meant."""
    for about in reading.decision.delegations:
        if about.state is DelegationState.INVITED:
            herself = Actor.family_member(about.family_member_id, Channel.TEXT_MESSAGE)
            delegation.decline_invitation(reading.session, herself, delegation_id=about.id, now=reading.now)
        else:
            senior = Actor.senior(about.person_id, Channel.TEXT_MESSAGE)
            delegation.decline_delegate(
                reading.session, senior, delegation_id=about.id, now=reading.now, message_id=reading.row.id
            )


def take_back(reading: Reading) -> None:
    """Her word ends it at once; she is told by `services.delegation`."""
    for about in reading.decision.delegations:
        senior = Actor.senior(about.person_id, Channel.TEXT_MESSAGE)
        delegation.take_back(
            reading.session, senior, delegation_id=about.id, now=reading.now, message_id=reading.row.id
        )


def ask_which(reading: Reading) -> None:
    """The question, with the codes: whom she takes back, or what her word answers."""
    meant = reading.decision.delegations
    newest = meant[0]
    if reading.decision.reason == TAKE_BACK:
        listed = SEVERAL.join(f"{_named(each)}{each.code}" for each in meant)
        reading.answer(answering.TAKE_BACK_WHICH, who=listed, code=newest.code)
        return
    offer = next((case for case in reading.situation.offers if case.code), None)
    if offer is not None and newest.state is DelegationState.ASKED:
        reading.answer(answering.DELEGATE_OR_OFFER, who=_named(newest), code=newest.code, offer_code=offer.code or "")
    else:
        reading.answer(answering.DELEGATE_WHICH, who=_named(newest), code=newest.code)


def _named(about: Delegation) -> str:
    return about.family_name or about.phone_ends
