"""What an incoming text message is taken for. Pure: text and situation in, decision out, nothing happens here.

An application needs a clear agreement to exactly that offer. So a reply without a code counts only where one offer
alone can be meant; a reply with a code counts only for the offer of that code on that phone; and where a careful clerk
would ring back, a question goes out or a worker gets a task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.allowances.states import CaseState
from services.allowances.views import AllowanceCase
from services.delegation import Delegation
from services.emergencies import says_all_well
from services.inbox.deciding_delegates import answered, taken_back
from services.inbox.situation import Situation
from services.inbox.tables import HandledAs
from services.inbox.words import inbox_words
from services.replies import Kind, Label, Reply, read_reply
from services.replies.normalising import joined, plain

LONGEST_COMMAND = 20


@dataclass(frozen=True)
class Decision:
    """What a message is taken for and why. `cases` and `delegations` are those that it concerns; `code` is the short
    code in it."""

    handled_as: HandledAs
    reason: str
    cases: tuple[AllowanceCase, ...] = ()
    code: str | None = None
    delegations: tuple[Delegation, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """A reply and whom it names: by a code, or signed with a name."""

    reply: Reply
    person_id: UUID | None
    row: str

    @property
    def reason(self) -> str:
        return self.reply.kind.value

    @property
    def points_somewhere(self) -> bool:
        return self.reply.code is not None or self.person_id is not None

    def among(self, cases: Sequence[AllowanceCase]) -> tuple[AllowanceCase, ...]:
        """The cases that the reply can mean."""
        return tuple(
            case
            for case in cases
            if (self.reply.code is None or _fits(self.reply.code, case.code))
            and (self.person_id is None or case.person_id == self.person_id)
        )


def decide(text: str, situation: Situation) -> Decision:
    """What this text is taken for in this situation. Never raises, whatever the text is."""
    if command := _command(text, situation):
        return command
    reading = _read(text, situation)
    if reading is not None and (about := answered(reading.reply, situation)):
        return Decision(about[0], about[1], code=reading.reply.code, delegations=about[2])
    if reading is None:
        return _unclear(Kind.UNKNOWN, situation)
    match reading.reply.label:
        case Label.AGREE:
            return _in_order(_agreement(reading, situation), situation)
        case Label.DECLINE:
            return _in_order(_refusal(reading, situation), situation)
        case Label.STOP:
            return Decision(HandledAs.STOPPED, reading.reason)
    if any(sign in plain(text) for sign in inbox_words().automatic):
        return Decision(HandledAs.AUTOMATIC, "automatic")
    return _unclear(reading.reply.kind, situation)


def _command(text: str, situation: Situation) -> Decision | None:
    row = joined(plain(text[:LONGEST_COMMAND]))
    words = inbox_words()
    if len(text) > LONGEST_COMMAND:
        return None
    if row in words.emergency and situation.is_known:
        return Decision(HandledAs.EMERGENCY_RAISED, "emergency")
    if situation.has_emergency and says_all_well(text):
        return Decision(HandledAs.SAID_ALL_WELL, "all_well")
    if row in words.resume:
        return Decision(HandledAs.RESUMED, "resume")
    if row in words.visit and situation.is_known:
        return Decision(HandledAs.VISIT_ASKED, "visit")
    if about := taken_back(row, situation):
        return Decision(about[0], about[1], delegations=about[2])
    if row in words.help and situation.is_known:
        return Decision(HandledAs.HELP_WANTED, "help", situation.offers)
    return None


def _read(text: str, situation: Situation) -> _Reading | None:
    """The reply, read with the names of those who may be answering; None where it names several."""
    whose = situation.offers or situation.cases or situation.contact_cases
    names = {case.person_id: situation.names[case.person_id] for case in whose if case.person_id in situation.names}
    row = joined(plain(text[:LONGEST_COMMAND]))
    reply = read_reply(text)
    if reply.label is not Label.UNCLEAR or not names:
        return _Reading(reply, None, row)
    signed = [(person_id, read_reply(text, [name])) for person_id, name in names.items()]
    clear = [(person_id, by_name) for person_id, by_name in signed if by_name.label is not Label.UNCLEAR]
    if len(clear) > 1:
        return None
    return _Reading(clear[0][1], clear[0][0], row) if clear else _Reading(reply, None, row)


def _agreement(reading: _Reading, situation: Situation) -> Decision:
    reason, offers = reading.reason, situation.offers
    meant = reading.among(offers)
    if reading.points_somewhere:
        return _pointed(reading, situation, HandledAs.AGREED, HandledAs.AGREED_LATE, HandledAs.ALREADY_ANSWERED)
    if len(offers) == 1:
        decided = HandledAs.ASKED_WHICH if situation.siblings(offers[0]) else HandledAs.AGREED
        return _which(Decision(decided, reason, offers), situation)
    if len(offers) > 1:
        for_all = reading.reply.kind is Kind.AGREEMENT_FOR_ALL and situation.asked_for_all
        return _which(Decision(HandledAs.AGREED if for_all else HandledAs.ASKED_WHICH, reason, meant), situation)
    if any(situation.was_running(case) for case in situation.in_progress):
        return Decision(HandledAs.ALREADY_ANSWERED, reason, situation.in_progress)
    if declined := situation.declined:
        decided = HandledAs.AGREED if len(declined) == 1 else HandledAs.ASKED_WHICH
        return _which(Decision(decided, reason, declined), situation)
    if ended := situation.ended:
        return Decision(HandledAs.AGREED_LATE, reason, ended)
    if in_progress := situation.in_progress:
        return Decision(HandledAs.ALREADY_ANSWERED, reason, in_progress)
    return _nowhere(reading, situation)


def _refusal(reading: _Reading, situation: Situation) -> Decision:
    reason, offers = reading.reason, situation.offers
    if reading.points_somewhere:
        return _pointed(reading, situation, HandledAs.DECLINED, HandledAs.ALREADY_ANSWERED, HandledAs.WITHDRAWAL_ASKED)
    if len(offers) == 1:
        decided = HandledAs.ASKED_WHICH if situation.siblings(offers[0]) else HandledAs.DECLINED
        return _which(Decision(decided, reason, offers), situation)
    if len(offers) > 1:
        none = any(sign in reading.row for sign in inbox_words().none_of_them)
        return _which(Decision(HandledAs.DECLINED if none else HandledAs.ASKED_WHICH, reason, offers), situation)
    if in_progress := situation.in_progress:
        return _withdrawal(reading, in_progress, situation)
    if past := situation.declined + situation.ended:
        return Decision(HandledAs.ALREADY_ANSWERED, reason, past)
    return _nowhere(reading, situation)


def _pointed(
    reading: _Reading, situation: Situation, of_offer: HandledAs, of_ended: HandledAs, of_running: HandledAs
) -> Decision:
    """A reply that says by code or name which offer it means."""
    reason, code = reading.reason, reading.reply.code
    if meant := reading.among(situation.offers):
        decided = of_offer if len(meant) == 1 else HandledAs.ASKED_WHICH
        return _which(Decision(decided, reason, meant, code), situation)
    for cases, decided in (
        (situation.in_progress, of_running),
        (situation.declined, HandledAs.AGREED if of_offer is HandledAs.AGREED else HandledAs.ALREADY_ANSWERED),
        (situation.ended, of_ended),
    ):
        if meant := reading.among(cases):
            return Decision(decided if len(meant) == 1 else HandledAs.UNCLEAR_AGAIN, reason, meant, code)
    if meant := reading.among(situation.contact_cases):
        return Decision(HandledAs.OTHER_PHONE, reason, meant, code)
    if situation.offers:
        return _which(Decision(HandledAs.ASKED_WHICH, reason, situation.offers, code), situation)
    return Decision(HandledAs.OTHER_PHONE, reason, (), code)


def _withdrawal(reading: _Reading, in_progress: tuple[AllowanceCase, ...], situation: Situation) -> Decision:
    """不同意 after 同意. A mere no counts while the offer would still run; to take back what runs for long she has to
    say so, since the no may be an answer to something else."""
    recent = tuple(case for case in in_progress if situation.was_running(case) or case.state is not CaseState.ACTIVE)
    meant = in_progress if reading.reply.kind is Kind.WITHDRAWAL else recent
    if len(meant) == 1:
        return Decision(HandledAs.WITHDRAWAL_ASKED, reading.reason, meant)
    if meant:
        return Decision(HandledAs.UNCLEAR_AGAIN, reading.reason, meant)
    return _unclear(reading.reply.kind, situation)


def _nowhere(reading: _Reading, situation: Situation) -> Decision:
    """A clear answer while nothing waits for one."""
    if situation.contact_cases:
        offered = tuple(case for case in situation.contact_cases if case.state is CaseState.OFFERED)
        return Decision(HandledAs.OTHER_PHONE, reading.reason, offered)
    return Decision(HandledAs.KEPT if situation.is_known else HandledAs.OTHER_PHONE, reading.reason)


def _which(decision: Decision, situation: Situation) -> Decision:
    """The question which offer is meant goes out once; then a worker calls."""
    if decision.handled_as is HandledAs.ASKED_WHICH and situation.asked_which:
        return Decision(HandledAs.UNCLEAR_AGAIN, decision.reason, decision.cases, decision.code)
    return decision


def _in_order(decision: Decision, situation: Situation) -> Decision:
    """An answer that was sent before one that was acted on already changes nothing."""
    acts = {HandledAs.AGREED, HandledAs.DECLINED, HandledAs.WITHDRAWAL_ASKED, HandledAs.AGREED_LATE}
    newer = any(situation.answered_at.get(case.id, situation.sent_at) > situation.sent_at for case in decision.cases)
    if newer and decision.handled_as in acts:
        return Decision(HandledAs.OVERTAKEN, decision.reason, decision.cases, decision.code)
    return decision


_OF_ITS_KIND: dict[Kind, HandledAs] = {
    Kind.SUSPICION: HandledAs.REASSURED,
    Kind.DEATH: HandledAs.DEATH_REPORTED,
    Kind.WRONG_PERSON: HandledAs.WRONG_PERSON,
    Kind.HELP: HandledAs.HELP_WANTED,
}


def _unclear(kind: Kind, situation: Situation) -> Decision:
    offers, reason = situation.offers, kind.value
    if kind is Kind.SUSPICION or (kind in _OF_ITS_KIND and (situation.is_known or situation.contact_cases)):
        return Decision(_OF_ITS_KIND[kind], reason, offers or situation.in_progress)
    if kind is Kind.LATER and offers:
        return Decision(HandledAs.GIVEN_TIME, reason, offers)
    if not offers and kind in {Kind.COPY, Kind.EMPTY}:
        return Decision(HandledAs.AUTOMATIC, reason)
    if kind is Kind.RECEIVED and (not offers or situation.asked_again or situation.asked_which):
        return Decision(HandledAs.THANKS, reason, offers)
    if not offers and not situation.is_known:
        return Decision(HandledAs.NOTHING_OPEN, reason)
    asked = situation.asked_again or situation.asked_which
    return Decision(HandledAs.UNCLEAR_AGAIN if asked else HandledAs.ASKED_AGAIN, reason, offers)


def _fits(said: str, code: str | None) -> bool:
    """Whether a code in a reply is the code of an offer: two digits, or the same after two noughts as in 尾号0021."""
    return code is not None and said in {code, f"00{code}"}
