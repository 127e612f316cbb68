"""Writing offers, many thousands at once: cases, events, messages, and tasks for those whom no message reaches."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.actor import Actor
from services.allowances.offer_codes import PhoneCodes, read_codes
from services.allowances.rules import ALLOWANCE, figure, offer_ends_on
from services.allowances.screening_reading import Candidates
from services.allowances.states import FINAL, CaseState, EventKind
from services.allowances.tables import AllowanceCaseRow, AllowanceEventRow
from services.benefits import tiers_on
from services.clock import local_day
from services.database.columns import Column, day, ids, integers, json_text, moment, new_ids, truth, write_rows
from services.messages.phone_notes import unreachable_phones
from services.messages.queueing_many import NewMessage, queue_messages
from services.people import masked_name
from services.worker_tasks import NewTask, TaskKind, open_tasks
from services.working_days import working_days_after

# How many are written in one go: few enough to tell of progress and to keep memory small.
AT_ONCE = 20_000

# One pass over the people for everybody who is wanted; asked for part by part, it would be one for each part.
PREPARE = (
    "DROP TABLE IF EXISTS screening_wanted",
    "CREATE TEMPORARY TABLE screening_wanted (place integer, id uuid) ON COMMIT DROP",
    "SET LOCAL cursor_tuple_fraction = 1",
)
# Those who began a case since they were looked at. Not part of the query below: what is written while that one is
# being read would be looked through for each of its rows.
LEAVE_OUT = text(f"""
DELETE FROM screening_wanted wanted USING allowance_cases c
WHERE c.person_id = wanted.id AND c.benefit = :benefit AND c.state NOT IN ({", ".join(repr(str(s)) for s in FINAL)})
""")
PEOPLE = """
SELECT wanted.place, uuid_send(p.id), p.name, p.phone_sealed, p.phone_index, p.locale, coalesce(p.has_card, FALSE)
FROM screening_wanted wanted JOIN persons p USING (id)
"""


class _Candidate(NamedTuple):
    """Somebody who gets an offer, as she is stored; `place`: which of the candidates."""

    place: int
    id: bytes
    name: str
    phone_sealed: bytes | None
    phone_index: bytes | None
    locale: str
    has_card: bool


class _Offer(NamedTuple):
    """One offer to be written; `why_no_message` where a worker has to bring it."""

    person: _Candidate
    case_id: bytes
    amount_fen: int
    age: int
    code: str | None
    needs_code: bool
    why_no_message: str | None


@dataclass(frozen=True)
class Written:
    """How many offers were made, to how many without a card, and how many a worker has to bring."""

    offers: int = 0
    card_first: int = 0
    by_worker: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.offers + other.offers, self.card_first + other.card_first, self.by_worker + other.by_worker)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Offers are made of a million small tuples, none of which refers back to itself; looking whether one does takes a
    fifth of the time."""
    was_searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_searching:
            gc.enable()


class Writer:
    """Writes the offers of one screening in the session's transaction."""

    def __init__(self, session: Session, actor: Actor, *, city: str, as_of: date, now: datetime, rule: str) -> None:
        self._session, self._actor, self._city, self._now, self._rule = session, actor, city, now, rule
        self._ends_on = offer_ends_on(as_of)
        self._lowest_age = tiers_on(as_of, ALLOWANCE)[0].from_age
        self._unreachable = unreachable_phones(session, city=city)

    def write(self, candidates: Candidates, tell: Callable[[int], None]) -> Written:
        """Make the offers. Meanwhile nobody begins or changes a case; `tell` hears how many are done."""
        # Of two at once each would give out the same codes.
        self._session.execute(text("SELECT pg_advisory_xact_lock(hashtext('allowance_offers'))"))
        # Somebody who applies in this moment would have two cases. Locking the people instead would write to the page
        # of each of them. Reading goes on.
        self._session.execute(text("LOCK TABLE allowance_cases IN SHARE ROW EXCLUSIVE MODE"))
        with _no_search_for_cycles():
            return self._write_all(candidates, tell)

    def _write_all(self, candidates: Candidates, tell: Callable[[int], None]) -> Written:
        codes = read_codes(self._session, today=local_day(self._now))
        amounts, ages = candidates.amounts.tolist(), candidates.ages.tolist()
        done, looked_at = Written(), 0
        for people in self._people(candidates.ids):
            offers = self._offers(people, codes, amounts, ages)
            done += self._write(offers)
            looked_at += len(people)
            tell(looked_at)
        return done

    def _driver(self) -> Any:
        return self._session.connection().connection.driver_connection

    def _people(self, wanted: Sequence[bytes]) -> Iterator[list[_Candidate]]:
        """Those who have no case in this moment, part by part."""
        for statement in PREPARE:
            self._session.execute(text(statement))
        write_rows(self._session, "screening_wanted", {"place": integers(range(len(wanted))), "id": ids(wanted)})
        self._session.execute(LEAVE_OUT, {"benefit": ALLOWANCE})
        self._session.execute(text("ANALYZE screening_wanted"))
        with self._driver().cursor(name="screening_people", binary=True) as cursor:
            cursor.execute(PEOPLE)
            while rows := cursor.fetchmany(AT_ONCE):
                yield [_Candidate(*row) for row in rows]

    def _offers(
        self,
        people: Sequence[_Candidate],
        codes: PhoneCodes,
        amounts: Sequence[int],
        ages: Sequence[int],
    ) -> list[_Offer]:
        sharing = Counter(person.phone_index for person in people)
        offers = []
        for person, case_id in zip(people, new_ids(len(people), self._now), strict=True):
            index, code, is_shared = person.phone_index, None, False
            if index is not None:
                is_shared = sharing[index] > 1 or codes.is_shared(index)
                code = codes.give(index)
            offers.append(
                _Offer(
                    person=person,
                    case_id=case_id,
                    amount_fen=amounts[person.place],
                    age=ages[person.place],
                    code=code,
                    needs_code=is_shared,
                    why_no_message=self._why_no_message(index, code),
                )
            )
        return offers

    def _why_no_message(self, index: bytes | None, code: str | None) -> str | None:
        if index is None:
            return "no_phone"
        if code is None:
            return "phone_of_many"
        return "phone_unreachable" if index in self._unreachable else None

    def _write(self, offers: list[_Offer]) -> Written:
        by_message = [offer for offer in offers if offer.why_no_message is None]
        self._write_cases(offers)
        messages = queue_messages(
            self._session, [self._message(offer) for offer in by_message], city=self._city, now=self._now
        )
        self._write_events(offers, dict(zip((offer.case_id for offer in by_message), messages, strict=True)))
        self._ask_workers(offers)
        return Written(
            offers=len(offers),
            card_first=sum(not offer.person.has_card for offer in offers),
            by_worker=len(offers) - len(by_message),
        )

    def _write_cases(self, offers: list[_Offer]) -> None:
        at = moment(self._now)
        columns: dict[str, Column] = {
            "id": ids(offer.case_id for offer in offers),
            "person_id": ids(offer.person.id for offer in offers),
            "code": (offer.code.encode() if offer.code else None for offer in offers),
            "phone_index": (offer.person.phone_index if offer.code else None for offer in offers),
            "amount_fen": integers(offer.amount_fen for offer in offers),
            "city": self._city.encode(),
            "benefit": ALLOWANCE.encode(),
            "state": CaseState.OFFERED.encode(),
            "offered_at": at,
            "offer_ends_on": day(self._ends_on),
            "in_doubt": truth(False),
            "rule_version": self._rule.encode(),
            "created_at": at,
        }
        write_rows(self._session, AllowanceCaseRow.__tablename__, columns)

    def _write_events(self, offers: list[_Offer], messages: dict[bytes, bytes]) -> None:
        ends_on = self._ends_on.isoformat()
        facts = {
            amount: json_text(json.dumps({"amount_fen": amount, "offer_ends_on": ends_on}))
            for amount in {offer.amount_fen for offer in offers}
        }
        columns: dict[str, Column] = {
            "id": ids(new_ids(len(offers), self._now)),
            "case_id": ids(offer.case_id for offer in offers),
            "person_id": ids(offer.person.id for offer in offers),
            "message_id": (messages.get(offer.case_id) for offer in offers),
            "facts": (facts[offer.amount_fen] for offer in offers),
            "city": self._city.encode(),
            "at": moment(self._now),
            "actor_kind": self._actor.kind.encode(),
            "actor_id": self._actor.id.bytes if self._actor.id else None,
            "channel": self._actor.channel.encode(),
            "kind": EventKind.OFFERED.encode(),
            "rule_version": self._rule.encode(),
        }
        write_rows(self._session, AllowanceEventRow.__tablename__, columns)

    def _message(self, offer: _Offer) -> NewMessage:
        person = offer.person
        assert person.phone_sealed is not None
        assert person.phone_index is not None
        variables: dict[str, str | int] = {"name": masked_name(person.name), "amount": offer.amount_fen}
        is_there = offer.age >= self._lowest_age
        variables |= {"turn": "turned" if is_there else "turning", "age": max(offer.age, self._lowest_age)}
        if offer.needs_code and offer.code:
            variables["code"] = offer.code
        return NewMessage(
            template="allowance_offer_shared" if offer.needs_code else "allowance_offer",
            person_id=person.id,
            phone_sealed=person.phone_sealed,
            phone_index=person.phone_index,
            locale=person.locale,
            variables=variables,
        )

    def _ask_workers(self, offers: list[_Offer]) -> None:
        without_card = [
            NewTask(
                UUID(bytes=offer.person.id), UUID(bytes=offer.person.id), {"case_id": str(UUID(bytes=offer.case_id))}
            )
            for offer in offers
            if not offer.person.has_card
        ]
        open_tasks(self._session, kind=TaskKind.NO_CARD, city=self._city, tasks=without_card, now=self._now)
        unreached = [
            NewTask(
                UUID(bytes=offer.person.id),
                UUID(bytes=offer.case_id),
                {
                    "case_id": str(UUID(bytes=offer.case_id)),
                    "template": "allowance_offer",
                    "reason": offer.why_no_message,
                    "amount_fen": offer.amount_fen,
                    "offer_ends_on": self._ends_on.isoformat(),
                },
            )
            for offer in offers
            if offer.why_no_message
        ]
        today = local_day(self._now)
        due_on = working_days_after(today, figure(today, "notify_working_days"))
        open_tasks(
            self._session, kind=TaskKind.UNDELIVERED, city=self._city, tasks=unreached, now=self._now, due_on=due_on
        )
