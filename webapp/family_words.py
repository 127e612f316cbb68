"""Family who may act, in words: what somebody is to a senior, what she may do, what she did."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import gettext as _

from services.actor import Scope
from services.delegation import DelegateDeed, Delegation, Evidence
from services.family import DelegationState, Relation


def install(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        relation=relation_words,
        scope=scope_words,
        scopes=scopes_words,
        who_of_family=who_words,
        deed_of_family=deed_words,
        who_did=who_did_words,
        evidence=evidence_words,
        delegation_state=state_words,
    )


def ticked_scopes() -> frozenset[Scope]:
    """What was ticked on the form that this request sent."""
    known = set(Scope)
    return frozenset(Scope(each) for each in request.form.getlist("scope") if each in known)


def relation_words(relation: Relation) -> str:
    """What the family member is to the senior."""
    return {
        Relation.DAUGHTER: _("daughter"),
        Relation.SON: _("son"),
        Relation.SPOUSE: _("husband or wife"),
        Relation.GRANDCHILD: _("grandchild"),
        Relation.OTHER: _("other family"),
    }[relation]


def scope_words(scope: Scope) -> str:
    """One thing that can be ticked."""
    return {
        Scope.SEE_BENEFITS: _("See the benefits and payments"),
        Scope.BOOK_AND_CANCEL: _("Book and cancel meals and help at home"),
        Scope.ANSWER_OFFERS: _("Answer offers of allowances, and apply"),
        Scope.CERTIFY: _("See to the yearly check"),
        Scope.RECEIVE_MESSAGES: _("Get a copy of the text messages"),
        Scope.EMERGENCIES: _("Be called in an emergency"),
    }[scope]


def scopes_words(scopes: frozenset[Scope]) -> tuple[str, ...]:
    """Everything that was ticked, in the order of the page."""
    return tuple(scope_words(scope) for scope in Scope if scope in scopes)


def who_words(delegation: Delegation) -> str:
    """Who it is: relation, masked name where it is known, and the end of the telephone number."""
    if delegation.family_name is None:
        return _("%(relation)s, telephone ending in %(digits)s",
                 relation=relation_words(delegation.relation), digits=delegation.phone_ends)  # fmt: skip
    return _("%(relation)s %(name)s, telephone ending in %(digits)s", relation=relation_words(delegation.relation),
             name=delegation.family_name, digits=delegation.phone_ends)  # fmt: skip


def who_did_words(deed: DelegateDeed) -> str:
    """Whose deed it was."""
    if deed.worker_name is not None:
        return _("at the desk %(name)s of your community", name=deed.worker_name)
    if deed.relation is None:
        return deed.family_name or _("somebody of your family")
    return _("%(relation)s %(name)s", relation=relation_words(deed.relation), name=deed.family_name or "").strip()


def deed_words(deed: DelegateDeed) -> str:
    """What was done for her, or that somebody only looked."""
    if deed.word is None:
        return _("looked at your pages")
    return {
        "did_meal_booked": _("booked a meal for you"),
        "did_meal_changed": _("changed a meal of yours"),
        "did_meal_cancelled": _("cancelled a meal of yours"),
        "did_meal_line": _("waited in line for a meal for you"),
        "did_standing_order": _("made a standing order for you"),
        "did_standing_order_ended": _("ended a standing order of yours"),
        "did_diet": _("wrote down what you must not eat"),
        "did_service_booked": _("booked help at home for you"),
        "did_service_changed": _("changed help at home for you"),
        "did_service_cancelled": _("cancelled help at home for you"),
        "did_service_confirmed": _("said how a visit was"),
        "did_service_complained": _("complained about a visit"),
        "did_offer_agreed": _("applied for the allowance for you"),
        "did_offer_declined": _("declined the allowance for you"),
        "did_visit_asked": _("asked for a visit for the yearly check"),
        "did_certified": _("did the yearly check for you"),
        "did_adaptation_applied": _("applied for a safer home for you"),
        "did_adaptation_agreed": _("agreed to the quote for your home"),
        "did_adaptation_accepted": _("said that the work in your home is well done"),
        "did_adaptation_objected": _("said what is wrong with the work in your home"),
    }.get(deed.word, _("did something for you"))


def evidence_words(evidence: Evidence) -> str:
    """What a worker looked at who was the witness."""
    return {
        Evidence.ID_CARDS_SEEN: _("Both are here, and I saw the ID cards of both"),
        Evidence.SIGNED_PAPER: _("She signed a paper, which I keep in her file"),
        Evidence.HOME_VISIT: _("I visited her and asked her alone"),
    }[evidence]


def state_words(state: DelegationState) -> str:
    """Where it stands, for a worker."""
    return {
        DelegationState.ASKED: _("has asked; she has not answered"),
        DelegationState.INVITED: _("was invited by her; has not answered"),
        DelegationState.ACTIVE: _("may act for her"),
        DelegationState.FROZEN: _("paused by the community"),
        DelegationState.ENDED: _("has ended"),
    }[state]
