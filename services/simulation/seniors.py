"""What the people of the simulated city do themselves: answer offers by text and on the tablet, withdraw, be certified
late. Each writes down what she did."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances, certification, inbox
from services.actor import Actor, Channel
from services.database import Database, unit_of_work
from services.messages import OutgoingMessage
from services.messages.tables import VARIABLES
from services.sealing import vault_of
from services.simulation.people import Answer, Resident, Story

OFFERS = ("allowance_offer", "allowance_offer_shared")
WITHDRAWS_AFTER = timedelta(days=90)
OFFER_STAYS = timedelta(days=115)


class Seniors:
    """Everybody's phone, tablet and plans."""

    def __init__(self, database: Database, residents: list[Resident], *, city: str, start: date) -> None:
        self._database, self._city = database, city
        self._by_id = {each.person_id: each for each in residents}
        self._plans: dict[date, list[tuple[Resident, str, str]]] = defaultdict(list)
        self._seen: set[UUID] = set()
        for each in residents:
            if each.story is Story.WITHDRAWS:
                self._plans[start + WITHDRAWS_AFTER + timedelta(days=each.number % 200)].append((each, "withdraw", ""))

    def read_phones(self, session: Session, now: datetime) -> None:
        """Look at the new messages, and plan the answers to offers."""
        vault = vault_of(session)
        asked = select(OutgoingMessage.id, OutgoingMessage.person_id, OutgoingMessage.variables_sealed).where(
            OutgoingMessage.template.in_(OFFERS), OutgoingMessage.queued_at == now
        )
        for message_id, person_id, sealed in session.execute(asked).all():
            resident = self._by_id.get(person_id)
            if resident is None or message_id in self._seen:
                continue
            self._seen.add(message_id)
            code = json.loads(vault.open(sealed, context=VARIABLES)).get("code", "")
            self._plan_answer(resident, str(code), now.date())

    def _plan_answer(self, resident: Resident, code: str, day: date) -> None:
        soon = day + timedelta(days=1 + resident.patience)
        match resident.answer:
            case Answer.TEXT:
                self._plans[soon].append((resident, "text", f"同意{code}"))
            case Answer.UNCLEAR_FIRST:
                self._plans[soon].append((resident, "text", "这是什么意思"))
                self._plans[soon + timedelta(days=2)].append((resident, "text", f"我同意{code}"))
            case Answer.SCREEN:
                self._plans[soon].append((resident, "agree", ""))
            case Answer.DECLINE:
                self._plans[soon].append((resident, "text", f"不同意{code}"))
            case Answer.LATE:
                self._plans[day + OFFER_STAYS].append((resident, "late", f"同意{code}"))
            case Answer.SILENT:
                pass

    def plan_certification(self, resident: Resident, day: date) -> None:
        """She is suspended, and will be certified some weeks later."""
        self._plans[day + timedelta(days=15 + 7 * (resident.number % 12))].append((resident, "certify", ""))

    def act(self, day: date, now: datetime) -> bool:
        """Do what was planned for the day; whether text messages were sent."""
        sent = False
        for resident, deed, words in self._plans.pop(day, []):
            if not resident.is_alive(day):
                continue
            with unit_of_work(self._database.sessions) as session:
                if deed in ("text", "late"):
                    self._send(session, resident, words, now)
                    sent = True
                else:
                    getattr(self, f"_{deed}")(session, resident, day, now)
            if deed == "text" and words.startswith(("同意", "我同意")):
                resident.did.applied_on = resident.did.applied_on or day
                resident.did.approved_on = resident.did.applied_on
            elif deed == "late":
                # A worker confirms it; the day of the reply counts.
                resident.did.applied_on = day
        return sent

    def _send(self, session: Session, resident: Resident, words: str, now: datetime) -> None:
        inbox.receive(
            session,
            city=self._city,
            gateway="simulated",
            gateway_message_id=f"{resident.number}-{now.isoformat()}",
            phone=resident.phone,
            text=words,
            to="10690000",
            received_at=now,
        )

    def _agree(self, session: Session, resident: Resident, day: date, now: datetime) -> None:
        actor, person_id = _herself(resident)
        for offer in allowances.open_offers(session, actor, person_id=person_id):
            allowances.agree_to_offer(session, actor, case_id=offer.id, now=now)
            resident.did.applied_on = resident.did.approved_on = day

    def _withdraw(self, session: Session, resident: Resident, day: date, now: datetime) -> None:
        actor, person_id = _herself(resident)
        for case in allowances.list_cases(session, actor, person_id=person_id):
            if not case.is_over:
                allowances.withdraw(session, actor, case_id=case.id, now=now)
                resident.did.withdrew_on = day

    def _certify(self, session: Session, resident: Resident, day: date, now: datetime) -> None:
        actor, person_id = _herself(resident)
        challenge = certification.start_self_certification(session, actor, person_id=person_id, now=now)
        checked: Any = certification.certify_self(
            session,
            actor,
            person_id=person_id,
            challenge_id=challenge.id,
            digits_heard=challenge.digits,
            now=now,
        )
        if checked.outcome is certification.CheckOutcome.PASSED:
            resident.did.resumed_on = day


def _herself(resident: Resident) -> tuple[Actor, UUID]:
    assert resident.person_id is not None
    return Actor.senior(resident.person_id, Channel.VOICE), resident.person_id
