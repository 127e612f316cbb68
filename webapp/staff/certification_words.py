"""Proofs of life, who vouched, and what was shared with which office, in words for a worker's desk."""

from __future__ import annotations

from flask_babel import gettext as _

from services.certification import Direction, EvidenceKind, HelperRelation, Proof, Shared, SignalKind


def helper_relation_words(relation: HelperRelation) -> str:
    """What a helper is to her."""
    return {
        HelperRelation.DAUGHTER: _("daughter"),
        HelperRelation.SON: _("son"),
        HelperRelation.SPOUSE: _("husband or wife"),
        HelperRelation.GRANDCHILD: _("grandchild"),
        HelperRelation.RELATIVE: _("other family"),
        HelperRelation.OTHER: _("neighbour, friend or other helper"),
    }[relation]


def proof_words(proof: Proof) -> str:
    """What certified her."""
    if proof.relation is None:
        return evidence_words(proof.kind)
    relation = helper_relation_words(proof.relation)
    if proof.on_line:
        return _("Vouched for on line: %(relation)s", relation=relation)
    return _("Vouched for at the desk: %(relation)s", relation=relation)


def evidence_words(kind: EvidenceKind) -> str:
    """On what a certification rests."""
    return {
        EvidenceKind.SELF: _("She said the four digits herself"),
        EvidenceKind.FAMILY: _("Her family vouched for her"),
        EvidenceKind.OTHER: _("A helper vouched for her"),
        EvidenceKind.VISIT: _("A worker saw her"),
        EvidenceKind.DATA_MATCH: _("Signals of other offices, strong enough together"),
        EvidenceKind.SHARED: _("Social insurance had certified her"),
    }[kind]


def sharing_words(shared: Shared) -> str:
    """Who told whom what."""
    if shared.direction is Direction.RECEIVED:
        return _("%(office)s told us: %(what)s", office=office_words(shared.partner), what=_what(shared.what))
    return _("We told %(office)s: %(what)s", office=office_words(shared.partner), what=_what(shared.what))


def office_words(partner: str) -> str:
    """An office with which proofs are shared; one that came with newer parameters by its code."""
    return {
        "social_insurance": _("Social insurance"),
        "health_commission": _("The health commission"),
        "card_bank": _("The bank of the card"),
    }.get(partner, partner)


def _what(code: str) -> str:
    if code in set(EvidenceKind):
        return evidence_words(EvidenceKind(code))
    return {
        SignalKind.PENSION_CERTIFICATION: _("certified for her pension"),
        SignalKind.ABILITY_ASSESSMENT: _("assessed in person"),
        SignalKind.HOSPITAL_VISIT: _("was at a hospital"),
        SignalKind.VACCINATION: _("was vaccinated"),
        SignalKind.CARD_ACTIVITY: _("used her card"),
    }[SignalKind(code)]
