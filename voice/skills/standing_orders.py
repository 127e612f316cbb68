"""The same meal again and again by talking: 以后每个工作日中午都给我送饭, 以后不用天天送了. Thin clients of
`services.meals`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.errors import ServiceError
from services.meals import (
    Meal,
    StandingOrder,
    StandingOrderExists,
    StandingQuote,
    end_standing_order,
    list_canteens,
    list_standing_orders,
    place_standing_order,
    quote_standing_order,
)
from voice.skills.meal_errors import explain
from voice.skills.skill import CONFIRM, WHICH, Option, Step, Task, Turn
from voice.wording import Line

_ALL, _WORKING = "1234567", "12345"
_MONDAY = date(2026, 11, 23)


class PlaceStandingOrder:
    """Asks for the days, the meal and the way; says what a meal costs with and without the subsidy."""

    intent = "standing_order"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        slots, words = task.slots, turn.words
        if "weekdays" not in slots:
            return Step(words.line("On which days? You can say: every day, or Monday to Friday."), "weekdays")
        if "meal" not in slots:
            return Step(words.line("Breakfast, lunch or dinner?"), "meal")
        if "delivery" not in slots:
            return Step(words.line("Shall it be brought to your home, or do you eat at the canteen?"), "delivery")
        try:
            quote = _nearest_that_has_it(turn, slots)
        except ServiceError as error:
            return self._explain(turn, task, error)
        task.notes = {
            "canteen_id": str(quote.canteen.id),
            "highest_price_fen": quote.without.to_pay_fen,
            "request_id": str(uuid4()),
        }
        return Step(_read_back(turn, slots, quote), CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        slots, words = task.slots, turn.words
        try:
            with turn.all_or_nothing():
                order = place_standing_order(
                    turn.session,
                    turn.actor,
                    **_wanted(turn, slots),
                    canteen_id=UUID(task.notes["canteen_id"]),
                    highest_price_fen=task.notes["highest_price_fen"],
                    request_id=UUID(task.notes["request_id"]),
                )
        except ServiceError as error:
            return self._explain(turn, task, error)
        line = words.line("Done. It is booked for you every week now, and you get a text message about it.")
        shared = {"meal": order.meal.value, "delivery": order.delivery, "quantity": order.quantity}
        return Step(line, effect={"action": "book_meal", **shared})

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("What shall I change: the days, the meal, or how it comes to you?")

    def _explain(self, turn: Turn, task: Task, error: ServiceError) -> Step:
        if not isinstance(error, StandingOrderExists):
            return explain(turn, task, error)
        orders = list_standing_orders(turn.session, turn.actor, person_id=turn.person_id)
        (order,) = (each for each in orders if each.id == error.facts["order_id"])
        line = turn.words.line(
            "You have this every week already: %(order)s. If you do not want it any more, say: end it.",
            order=_order_told(turn, order),
        )
        return Step(line)


class EndStandingOrder:
    """Asks what shall become of the meals that are booked already, then ends it."""

    intent = "end_standing_order"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        orders = [each for each in self._orders(turn) if task.slots.get("meal") in (None, each.meal.value)]
        if "order_id" in task.slots:
            orders = [each for each in orders if str(each.id) == task.slots["order_id"]]
        if not orders:
            return Step(words.line("You have nothing that is booked every week."))
        if len(orders) > 1:
            return self._ask_which(turn, orders[:2])
        (order,) = orders
        about = {"order_id": str(order.id)}
        if "cancels" not in task.slots:
            line = words.line(
                "%(order)s shall end. First: what is booked already stays. Second: that is cancelled, too. "
                "Which one would you like?",
                order=_order_told(turn, order),
            )
            options = tuple(Option(Task(self.intent, about | {"cancels": cancels})) for cancels in (False, True))
            return Step(line, WHICH, options)
        task.slots |= about
        return Step(words.joined(_ends(turn, order, task.slots["cancels"]), words.line("Is that right?")), CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                order = end_standing_order(
                    turn.session,
                    turn.actor,
                    order_id=UUID(task.slots["order_id"]),
                    cancel_bookings=task.slots["cancels"],
                    now=turn.now,
                )
        except ServiceError as error:
            return explain(turn, task, error)
        line = turn.words.line("Done. Nothing more is booked by itself.")
        return Step(line, effect={"action": "cancel_meal", "meal": order.meal.value})

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """There is nothing to change; see `Skill.what_is_wrong`."""
        return None

    def _orders(self, turn: Turn) -> Iterable[StandingOrder]:
        return list_standing_orders(turn.session, turn.actor, person_id=turn.person_id)

    def _ask_which(self, turn: Turn, orders: list[StandingOrder]) -> Step:
        first, second = orders
        line = turn.words.line(
            "First: %(first)s. Second: %(second)s. Which one shall end?",
            first=_order_told(turn, first),
            second=_order_told(turn, second),
        )
        slots = ({"order_id": str(each.id), "meal": each.meal.value} for each in orders)
        return Step(line, WHICH, tuple(Option(Task(self.intent, each)) for each in slots))


def weekdays_told(turn: Turn, weekdays: Iterable[int]) -> Line:
    """Days that come again every week."""
    digits = "".join(str(day) for day in weekdays)
    if digits == _ALL:
        return turn.words.line("every day")
    if digits == _WORKING:
        return turn.words.line("every week from Monday to Friday")
    days = [turn.tell.weekday_name(_MONDAY + timedelta(days=int(day) - 1)) for day in digits]
    return turn.words.line("every %(days)s", days=turn.tell.several(days))


def _wanted(turn: Turn, slots: dict[str, Any]) -> dict[str, Any]:
    return {
        "person_id": turn.person_id,
        "meal": Meal(slots["meal"]),
        "weekdays": [int(day) for day in slots["weekdays"]],
        "quantity": slots.get("quantity", 1),
        "delivery": slots["delivery"],
        "now": turn.now,
    }


def _nearest_that_has_it(turn: Turn, slots: dict[str, Any]) -> StandingQuote:
    """The nearest canteen that has this meal and brings it, if it is to be brought. Raises the refusal of the nearest
    one where none has."""
    canteens = list_canteens(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
    refusal: ServiceError | None = None
    for choice in canteens:
        try:
            return quote_standing_order(turn.session, turn.actor, canteen_id=choice.canteen.id, **_wanted(turn, slots))
        except StandingOrderExists:
            raise
        except ServiceError as error:
            refusal = refusal or error
    raise refusal or ServiceError()


def _read_back(turn: Turn, slots: dict[str, Any], quote: StandingQuote) -> Line:
    words, tell = turn.words, turn.tell
    values = {
        "days": weekdays_told(turn, [int(day) for day in slots["weekdays"]]),
        "meal": tell.meal(slots["meal"]),
        "canteen": tell.place(quote.canteen.name),
        "portions": tell.portions(slots.get("quantity", 1)),
    }
    if slots["delivery"]:
        what = words.line("From now on %(days)s: %(meal)s, %(portions)s, brought by %(canteen)s.", **values)
    else:
        what = words.line("From now on %(days)s: %(meal)s, %(portions)s, at %(canteen)s.", **values)
    with_subsidy, without = quote.with_subsidy.to_pay_fen, quote.without.to_pay_fen
    if with_subsidy == without:
        paying = words.line("You pay %(to_pay)s each time.", to_pay=tell.money(without))
    else:
        paying = words.line(
            "You pay %(to_pay)s each time, and %(without)s on days without subsidy.",
            to_pay=tell.money(with_subsidy),
            without=tell.money(without),
        )
    free = words.line("You can cancel any of them.")
    return words.joined(what, paying, free, words.line("Is that right?"))


def _order_told(turn: Turn, order: StandingOrder) -> Line:
    return turn.words.line(
        "%(meal)s on %(day)s", meal=turn.tell.meal(order.meal.value), day=weekdays_told(turn, order.weekdays)
    )


def _ends(turn: Turn, order: StandingOrder, cancels: bool) -> Line:
    told = _order_told(turn, order)
    if cancels:
        return turn.words.line("%(order)s ends, and what is booked already is cancelled.", order=told)
    return turn.words.line("%(order)s ends, and what is booked already stays.", order=told)
