"""A price that is asked anew: a voucher gives less than was foreseen, and she says whether she still wants the visit.

A thin client of `services.home_care`. Nobody charges her the difference before her yes; without one nobody comes.
"""

from __future__ import annotations

from uuid import UUID

from services.errors import ServiceError
from services.home_care import ServiceBooking, ServicePriceChanged, agree_to_price, list_service_bookings
from voice.skills.skill import BOOKING, CONFIRM, Step, Task, Turn
from voice.skills.visit_errors import explain_visit
from voice.skills.visit_telling import visit_in_short
from voice.wording import Line


class AgreeToPrice:
    """She still wants the visit at the price that she is asked about; the soonest, where there are several."""

    intent = "agree_to_price"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        return self._asked(turn, task)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return None

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        booking_id = UUID(task.notes[BOOKING])
        try:
            with turn.all_or_nothing():
                agreed = agree_to_price(
                    turn.session,
                    turn.actor,
                    booking_id=booking_id,
                    agreed_to_pay_fen=task.notes["to_pay_fen"],
                    now=turn.now,
                )
        except ServicePriceChanged:
            return self._asked(turn, task, turn.words.line("The price has changed."))
        except ServiceError as error:
            return explain_visit(turn, task, error)
        line = turn.words.line(
            "Done. %(visit)s stays as it is, you pay %(to_pay)s.",
            visit=visit_in_short(turn, agreed),
            to_pay=turn.tell.money(agreed.split.self_paid_fen),
        )
        effect = {"action": self.intent, BOOKING: str(agreed.id), "to_pay_fen": agreed.split.self_paid_fen}
        return Step(line, effect=effect)

    def _asked(self, turn: Turn, task: Task, *preface: Line) -> Step:
        visit = next(iter(visits_asked_about(turn)), None)
        words = turn.words
        if visit is None:
            return Step(words.line("No price has changed. What you have booked stays as it is."))
        task.notes = {BOOKING: str(visit.id), "to_pay_fen": visit.asked_self_paid_fen}
        line = words.joined(*preface, what_is_asked(turn, visit), words.line("Is that all right with you?"))
        return Step(line, CONFIRM)


def visits_asked_about(turn: Turn) -> list[ServiceBooking]:
    """The visits to come whose price she is asked about, soonest first."""
    visits = list_service_bookings(
        turn.session, turn.actor, person_id=turn.person_id, from_day=turn.today, coming_only=True
    )
    return [visit for visit in visits if visit.asked_self_paid_fen is not None]


def what_is_asked(turn: Turn, visit: ServiceBooking) -> Line:
    """What she would now pay, and why."""
    assert visit.asked_self_paid_fen is not None
    return turn.words.line(
        "%(visit)s: the voucher gives less than planned, so you would pay %(to_pay)s yourself.",
        visit=visit_in_short(turn, visit),
        to_pay=turn.tell.money(visit.asked_self_paid_fen),
    )
