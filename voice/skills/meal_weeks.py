"""Many meals in one go by talking: a week, the same as last week, or once and for all. Thin clients of
`services.meals`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.meals import BookedWeek, Meal, MealWish, WeekQuote, book_week, quote_week, repeat_week, suggest_week
from voice.skills.meal_days import as_notes, nothing_to_book, week_read_back
from voice.skills.skill import CONFIRM, WHICH, Option, Step, Task, Turn
from voice.skills.standing_orders import PlaceStandingOrder
from voice.wording import Line

_A_WEEK = 7
COMING = "coming"


class _BooksWeek:
    """What a week of wishes and a repeated week have in common: booked as it was read back, as far as it can be had."""

    intent: str
    asks = True

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        wishes = [
            MealWish(UUID(str(each["menu_id"])), each["quantity"], each["delivery"], each["agreed_to_pay_fen"])
            for each in task.notes["wishes"]
        ]
        with turn.all_or_nothing():
            booked = book_week(
                turn.session,
                turn.actor,
                person_id=turn.person_id,
                wishes=wishes,
                request_id=UUID(task.notes["request_id"]),
                now=turn.now,
            )
        return _told(turn, booked)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("What shall I change: the days, the meal, or how it comes to you?")

    def _read_back(self, turn: Turn, task: Task, quote: WeekQuote, *preface: Line) -> Step:
        if not quote.bookable:
            return Step(nothing_to_book(turn, quote))
        task.notes = {"wishes": as_notes(each.wish for each in quote.bookable), "request_id": str(uuid4())}
        return Step(week_read_back(turn, quote, *preface), CONFIRM)


class BookWeek(_BooksWeek):
    """A meal for many days of one week."""

    intent = "book_week"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        slots, words = task.slots, turn.words
        if "meal" not in slots:
            return Step(words.line("Breakfast, lunch or dinner?"), "meal")
        if "delivery" not in slots:
            return Step(words.line("Shall it be brought to your home, or do you eat at the canteen?"), "delivery")
        return self._read_back(turn, task, self._quote(turn, slots))

    def _quote(self, turn: Turn, slots: dict[str, Any]) -> WeekQuote:
        suggested = suggest_week(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            meals=(Meal(slots["meal"]),),
            delivery=slots["delivery"],
            quantity=slots.get("quantity", 1),
            now=turn.now,
        )
        wanted = [each for each in suggested.meals if each.day in _days(turn.today, slots)]
        # What she has already costs nothing more; the rest is priced anew, without the days that she does not want.
        wishes = [each.wish for each in wanted if each.can_be_booked and each.wish is not None]
        quoted = quote_week(turn.session, turn.actor, person_id=turn.person_id, wishes=wishes, now=turn.now)
        others = [each for each in wanted if not each.can_be_booked]
        return WeekQuote(tuple(sorted([*quoted.meals, *others], key=lambda each: each.day)))


class RepeatWeek(_BooksWeek):
    """跟上周一样: what she ate in the past seven days, each seven days later."""

    intent = "repeat_week"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words = turn.words
        quote = repeat_week(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        if not quote.meals:
            task.intent = "book_meal"
            nothing = words.line("You had no meals booked last week.")
            return Step(words.joined(nothing, words.line("Which day would you like?")), "date")
        return self._read_back(turn, task, quote, words.line("The same as last week."))


class BookDays:
    """每天中午都订: for one week, or from now on for good. Where she does not say which, she is asked."""

    intent = "book_days"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        if task.slots.pop("from_now_on", False):
            task.intent = PlaceStandingOrder.intent
            return PlaceStandingOrder().next_step(turn, task)
        if "week" in task.slots:
            task.intent = BookWeek.intent
            return BookWeek().next_step(turn, task)
        once = Task(BookWeek.intent, task.slots | {"week": COMING})
        line = turn.words.line(
            "First: only for the coming seven days. Second: from now on, every week. Which one would you like?"
        )
        return Step(line, WHICH, (Option(once), Option(Task(PlaceStandingOrder.intent, dict(task.slots)))))

    def act(self, turn: Turn, task: Task) -> Step:
        """Nothing is confirmed before it is known which of the two it is; see `Skill.act`."""
        return self.next_step(turn, task)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """Nothing is read back here; see `Skill.what_is_wrong`."""
        return None


def _days(today: date, slots: dict[str, Any]) -> set[date]:
    """The days that she means, of those that can be booked."""
    monday = today - timedelta(days=today.weekday())
    week = slots.get("week", COMING)
    first = {"this": today, "next": monday + timedelta(days=_A_WEEK), COMING: today}[week]
    last = {"this": monday + timedelta(days=_A_WEEK - 1), "next": first + timedelta(days=_A_WEEK - 1)}.get(
        week, today + timedelta(days=_A_WEEK - 1)
    )
    days = {first + timedelta(days=ahead) for ahead in range((last - first).days + 1)}
    weekdays = slots.get("weekdays")
    return {day for day in days if weekdays is None or str(day.isoweekday()) in weekdays}


def _told(turn: Turn, booked: BookedWeek) -> Step:
    words, tell = turn.words, turn.tell
    if not booked.bookings:
        return Step(words.line("None of these can be booked any more. Say it once more, and I look again."))
    number = sum(booking.quantity for booking in booked.bookings)
    done = words.line("Done. %(portions)s are booked.", portions=tell.portions(number))
    lost = (
        (words.line("%(number)s could not be booked any more.", number=tell.portions(len(booked.not_booked))),)
        if booked.not_booked
        else ()
    )
    return Step(words.joined(done, *lost), effect=_in_common(booked))


def _in_common(booked: BookedWeek) -> dict[str, Any]:
    """The deed by what all its meals share."""
    each = [
        {"meal": booking.menu.meal.value, "delivery": booking.delivery, "quantity": booking.quantity}
        for booking in booked.bookings
    ]
    shared = {name: value for name, value in each[0].items() if all(one[name] == value for one in each)}
    return {"action": "book_meal", **shared}
