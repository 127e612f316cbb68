"""What a text message says about family who may act: a yes or no to a request, or that it is taken back. Pure.

Nobody gets a right over her by a bare word: a yes counts with the code of the request alone, and where a bare word
could mean a request, the question goes out with the codes. A no, and taking back, take nothing but one word.
"""

from __future__ import annotations

from services.delegation import Delegation
from services.family import DelegationState
from services.inbox.delegate_words import TakingBack, read_taking_back
from services.inbox.situation import Situation
from services.inbox.tables import HandledAs
from services.replies import Kind, Label, Reply

NO_DELEGATES = "no_delegates"
TAKE_BACK = "take_back"
# With these words beside a code she wants something else than to answer.
OF_ANOTHER_KIND = frozenset({Kind.SUSPICION, Kind.DEATH, Kind.WRONG_PERSON, Kind.HELP})

About = tuple[HandledAs, str, tuple[Delegation, ...]]


def taken_back(row: str, situation: Situation) -> About | None:
    """A word that takes back what somebody may do, with the delegations that it means; None for other words."""
    said = read_taking_back(row)
    if said is None or not situation.is_known:
        return None
    living = situation.living_delegations
    meant = tuple(each for each in living if _is_meant(each, said))
    if not living:
        return HandledAs.NOTHING_OPEN, NO_DELEGATES, ()
    if len(meant) == 1 or (meant and said.is_all):
        return HandledAs.DELEGATES_TAKEN_BACK, TAKE_BACK, meant
    # Whoever says it twice wants it ended, whomever she means; it can be agreed to anew.
    if situation.asked_which:
        return HandledAs.DELEGATES_TAKEN_BACK, TAKE_BACK, meant or living
    return HandledAs.ASKED_WHICH, TAKE_BACK, meant or living


def answered(reply: Reply, situation: Situation) -> About | None:
    """A yes or no that concerns a request or an invitation; None where the message is about something else."""
    reason = reply.kind.value
    if reply.code is not None:
        for delegation in situation.delegations + situation.invitations:
            if delegation.code == reply.code:
                return _with_code(reply, delegation)
    waiting = situation.waiting_requests
    if not waiting or reply.code is not None or reply.label not in (Label.AGREE, Label.DECLINE):
        return None
    only_this = len(waiting) == 1 and not situation.offers and not situation.declined
    if reply.label is Label.DECLINE and only_this and not situation.in_progress:
        return HandledAs.DELEGATE_DECLINED, reason, waiting
    if situation.asked_which:
        return HandledAs.UNCLEAR_AGAIN, reason, waiting
    return HandledAs.ASKED_WHICH, reason, waiting


def _with_code(reply: Reply, delegation: Delegation) -> About | None:
    about, reason = (delegation,), reply.kind.value
    is_waiting = delegation.state in (DelegationState.ASKED, DelegationState.INVITED)
    if reply.label is Label.AGREE:
        return HandledAs.DELEGATE_AGREED if is_waiting else HandledAs.ALREADY_ANSWERED, reason, about
    if reply.label is Label.DECLINE:
        if is_waiting:
            return HandledAs.DELEGATE_DECLINED, reason, about
        return HandledAs.DELEGATES_TAKEN_BACK if delegation.is_in_force else HandledAs.ALREADY_ANSWERED, reason, about
    if reply.kind in OF_ANOTHER_KIND or not is_waiting:
        return None
    return HandledAs.ASKED_WHICH, reason, about


def _is_meant(delegation: Delegation, said: TakingBack) -> bool:
    return (said.code is None or delegation.code == said.code) and (
        said.relation is None or delegation.relation is said.relation
    )
