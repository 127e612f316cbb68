"""What something costs her and what is left of her vouchers: answers, in the middle of a booking, too."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.errors import ServiceError
from services.home_care import Service, ServiceChoice, list_services
from services.meals import Meal, MenuChoice, list_days, list_menus
from services.vouchers import Voucher, VoucherKind, see_vouchers
from voice.skills.meal_errors import explain
from voice.skills.meal_telling import price
from voice.skills.skill import CONFIRM, IN_BETWEEN, Answers, Step, Task, Turn
from voice.skills.visit_plans import service_meant
from voice.skills.visit_telling import duration, name_of_service, visit_price
from voice.wording import Line

_NOTHING = Line("", "")


class AskPrice(Answers):
    """The price of what she names, or of what she is about to book."""

    intent = "ask_price"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        waits: dict[str, Any] = task.notes.get(IN_BETWEEN) or {}
        slots = (waits.get("slots") or {}) | task.slots
        if waits.get("question") == CONFIRM and not task.slots:
            # The read-back that is said once more tells it.
            return Step(_NOTHING)
        if "service" in slots and "meal" not in task.slots:
            return Step(self._of_a_visit(turn, service_meant(turn, slots)))
        if "meal" in slots or waits.get("intent") in ("book_meal", "book_days", "book_week"):
            return self._of_a_meal(turn, task, slots)
        return Step(turn.words.line("A lunch, or which service? Say for example: what does help with bathing cost?"))

    def _of_a_visit(self, turn: Turn, wanted: Service) -> Line:
        words = turn.words
        choices = list_services(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        choice = next(each for each in choices if each.service.code == wanted.code)
        return words.joined(_once(turn, choice), visit_price(turn, choice.split))

    def _of_a_meal(self, turn: Turn, task: Task, slots: dict[str, Any]) -> Step:
        meal = Meal(slots.get("meal", Meal.LUNCH))
        try:
            choice = self._nearest(turn, meal, slots.get("date"))
        except ServiceError as error:
            about = Task(task.intent, {"date": turn.today.isoformat(), "meal": meal.value, **slots})
            return Step(explain(turn, about, error).line)
        if choice is None:
            return Step(turn.words.line("There is no menu for that yet."))
        values = {
            "meal": turn.tell.day_and_meal(choice.menu.day, meal.value),
            "canteen": turn.tell.place(choice.menu.canteen.name),
        }
        line = turn.words.line("%(meal)s at %(canteen)s, one portion.", **values)
        return Step(turn.words.joined(line, price(turn, choice.split)))

    def _nearest(self, turn: Turn, meal: Meal, said: str | None) -> MenuChoice | None:
        """The nearest of the day that she named, else of the next one that can be ordered. Raises ServiceError."""
        days = list_days(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        open_days = [day.day for day in days for choice in day.meals if choice.meal is meal and choice.is_open]
        day = date.fromisoformat(said) if said else next(iter(open_days), None)
        if day is None:
            return None
        choices = list_menus(turn.session, turn.actor, person_id=turn.person_id, day=day, meal=meal, now=turn.now)
        return choices[0] if choices else None


class SeeVouchers(Answers):
    """What is left of this month's vouchers, and until when."""

    intent = "see_vouchers"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        vouchers = see_vouchers(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        this_month = [each for each in vouchers if not each.is_foreseen]
        if not this_month:
            phone = turn.tell.help_line
            return Step(
                turn.words.line("You have no vouchers this month. Ask your community, or %(phone)s.", phone=phone)
            )
        return Step(turn.words.joined(*(_left(turn, voucher) for voucher in this_month)))


def voucher_name(turn: Turn, kind: VoucherKind) -> Line:
    """A voucher by the name that she knows."""
    words = turn.words
    return Line.same(
        {
            VoucherKind.HOME_CARE_SUBSIDY: words.say("the home care subsidy"),
            VoucherKind.CARE_CONSUMPTION_VOUCHER: words.say("the care voucher"),
        }[kind]
    )


def _left(turn: Turn, voucher: Voucher) -> Line:
    values = {
        "voucher": voucher_name(turn, voucher.kind),
        "left": turn.tell.money(voucher.left_fen),
        "granted": turn.tell.money(voucher.granted_fen),
        "day": turn.tell.day(voucher.usable_until),
    }
    return turn.words.line("%(voucher)s: %(left)s of %(granted)s are left. They can be used until %(day)s.", **values)


def _once(turn: Turn, choice: ServiceChoice) -> Line:
    return turn.words.line(
        "%(service)s, once, %(duration)s.",
        service=name_of_service(turn, choice.service),
        duration=duration(turn, choice.service.minutes),
    )
