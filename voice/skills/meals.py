"""Booking, cancelling and listing meals by talking: thin clients of `services.meals`."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from services.errors import ServiceError
from services.meals import (
    Meal,
    MealBooking,
    MealDayInThePast,
    Menu,
    PriceChanged,
    TooLateToCancel,
    book_meal,
    cancel_meal,
    list_meal_bookings,
    list_menus,
    quote_meal,
    suggest_menu,
)
from services.meals.menus import NEARNESS
from voice.skills.meal_errors import explain
from voice.skills.meal_telling import booked, booking_in_full, booking_in_short, quote_read_back
from voice.skills.skill import CONFIRM, WHICH, Option, Step, Task, Turn
from voice.wording import Line

MOST_TOLD = 3


class BookMeal:
    """Asks for day, meal and delivery in that order; one portion unless she says another number."""

    intent = "book_meal"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        slots, words = task.slots, turn.words
        if "date" not in slots:
            return Step(words.line("Which day would you like?"), "date")
        if date.fromisoformat(slots["date"]) < turn.today:
            return explain(turn, task, MealDayInThePast())
        if "meal" not in slots:
            return Step(words.line("Breakfast, lunch or dinner?"), "meal")
        try:
            read_back = self._read_back(turn, task)
        except ServiceError as error:
            return explain(turn, task, error)
        if "delivery" not in slots:
            return Step(words.line("Shall it be brought to your home, or do you eat at the canteen?"), "delivery")
        return read_back

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                booking = self._book(turn, task)
        except PriceChanged:
            preface = turn.words.line("The price has changed.")
            return self._read_back(turn, task, preface)
        except ServiceError as error:
            if error.code == "meal_full":
                return self._elsewhere(turn, task)
            return explain(turn, task, error)
        effect = {
            "action": self.intent,
            "date": booking.menu.day.isoformat(),
            "meal": booking.menu.meal.value,
            "delivery": booking.delivery,
            "quantity": booking.quantity,
            "booking_id": str(booking.id),
        }
        return Step(booked(turn, booking), effect=effect)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("What shall I change: the day, the meal, or how it comes to you?")

    def _read_back(self, turn: Turn, task: Task, *preface: Line) -> Step:
        """Find a canteen and a price, and put both into words. Raises ServiceError when it cannot be had."""
        slots = task.slots
        quantity, delivery = slots.get("quantity", 1), slots.get("delivery")
        menu = suggest_menu(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            day=date.fromisoformat(slots["date"]),
            meal=Meal(slots["meal"]),
            delivery=delivery,
            quantity=quantity,
            now=turn.now,
        )
        quote = quote_meal(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            menu_id=menu.id,
            quantity=quantity,
            delivery=bool(delivery),
            now=turn.now,
        )
        task.notes["menu_id"] = str(menu.id)
        task.notes["to_pay_fen"] = quote.split.to_pay_fen
        # One id for one thing agreed to: should the yes arrive twice, the service books once.
        task.notes["request_id"] = str(uuid4())
        lines = [*preface, *_nearer_one_is_full(turn, menu)]
        return Step(quote_read_back(turn, quote, lines), CONFIRM)

    def _book(self, turn: Turn, task: Task) -> MealBooking:
        return book_meal(
            turn.session,
            turn.actor,
            person_id=turn.person_id,
            menu_id=UUID(task.notes["menu_id"]),
            quantity=task.slots.get("quantity", 1),
            delivery=task.slots["delivery"],
            agreed_to_pay_fen=task.notes["to_pay_fen"],
            request_id=UUID(task.notes["request_id"]),
            now=turn.now,
        )

    def _elsewhere(self, turn: Turn, task: Task) -> Step:
        """Somebody else was quicker: the next canteen with room is read back anew."""
        try:
            return self._read_back(turn, task)
        except ServiceError as error:
            return explain(turn, task, error)


class CancelMeal:
    """Finds the booking that she means, reads it back, cancels it."""

    intent = "cancel_meal"
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words, every = turn.words, _bookings(turn)
        if not every:
            return Step(words.line("You have no meal booked."))
        meant = [booking for booking in every if _is_meant(booking, task)]
        if not meant:
            task.slots.clear()
            task.notes.clear()
            missing = words.line("I find no such booking.")
            return self._ask_which(turn, task, every, missing)
        if len(meant) > 1:
            return self._ask_which(turn, task, meant)
        (booking,) = meant
        task.notes["booking_id"] = str(booking.id)
        if not booking.can_be_cancelled(turn.now):
            return explain(turn, task, TooLateToCancel())
        line = words.line("Cancel this: %(booking)s. Is that right?", booking=booking_in_full(turn, booking))
        return Step(line, CONFIRM)

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        try:
            with turn.all_or_nothing():
                booking = cancel_meal(turn.session, turn.actor, booking_id=UUID(task.notes["booking_id"]), now=turn.now)
        except ServiceError as error:
            return explain(turn, task, error)
        effect = {
            "action": self.intent,
            "date": booking.menu.day.isoformat(),
            "meal": booking.menu.meal.value,
            "booking_id": str(booking.id),
        }
        line = turn.words.line("Done. %(meal)s is cancelled.", meal=booking_in_short(turn, booking))
        return Step(line, effect=effect)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """There is nothing to change about a booking; see `Skill.what_is_wrong`."""
        return None

    def _ask_which(self, turn: Turn, task: Task, bookings: list[MealBooking], *preface: Line) -> Step:
        """Two are a choice; of more she names the day, of one day the meal."""
        words = turn.words
        told = turn.tell.several([booking_in_short(turn, booking) for booking in bookings[:MOST_TOLD]])
        if len(bookings) == 1:
            task.notes["booking_id"] = str(bookings[0].id)
            line = words.line("You have booked %(bookings)s. Shall I cancel that?", bookings=told)
            return Step(words.joined(*preface, line), CONFIRM)
        options = tuple(Option(_cancelling(booking)) for booking in bookings[:2])
        if len(bookings) == 2:
            line = words.line(
                "You have booked %(bookings)s. Which one shall I cancel, the first or the second?", bookings=told
            )
            return Step(words.joined(*preface, line), WHICH, options)
        line = words.line("You have booked %(bookings)s. Which day shall I cancel?", bookings=told)
        question = "meal" if len({booking.menu.day for booking in bookings}) == 1 else "date"
        return Step(words.joined(*preface, line), question)


class ListBookings:
    """Says what is booked, the next three at most."""

    intent = "list_bookings"
    asks = False

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words, tell = turn.words, turn.tell
        bookings = _bookings(turn)
        if "date" in task.slots:
            day = date.fromisoformat(task.slots["date"])
            bookings = [booking for booking in bookings if booking.menu.day == day]
            if not bookings:
                return Step(words.line("You have no meal booked for %(day)s.", day=tell.day(day)))
        if not bookings:
            return Step(words.line("You have no meal booked."))
        told = tell.several([booking_in_full(turn, booking) for booking in bookings[:MOST_TOLD]], long=True)
        line = words.line("You have booked: %(bookings)s.", bookings=told)
        if len(bookings) > MOST_TOLD:
            line = words.joined(line, words.line("There is more, the screen shows all of it."))
        return Step(line)

    def act(self, turn: Turn, task: Task) -> Step:
        """Nothing is ever confirmed here; see `Skill.act`."""
        return self.next_step(turn, task)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """Nothing is read back here; see `Skill.what_is_wrong`."""
        return None


def _bookings(turn: Turn) -> list[MealBooking]:
    """What is booked and not yet served."""
    bookings = list_meal_bookings(turn.session, turn.actor, person_id=turn.person_id, from_day=turn.today)
    return [booking for booking in bookings if booking.menu.served_until_at >= turn.now]


def _is_meant(booking: MealBooking, task: Task) -> bool:
    if "booking_id" in task.notes:
        return bool(task.notes["booking_id"] == str(booking.id))
    day, meal = task.slots.get("date"), task.slots.get("meal")
    return day in (None, booking.menu.day.isoformat()) and meal in (None, booking.menu.meal.value)


def _cancelling(booking: MealBooking) -> Task:
    slots = {"date": booking.menu.day.isoformat(), "meal": booking.menu.meal.value}
    return Task(CancelMeal.intent, slots, notes={"booking_id": str(booking.id)})


def _nearer_one_is_full(turn: Turn, chosen: Menu) -> list[Line]:
    """She may wonder why it is not her own canteen."""
    choices = list_menus(
        turn.session, turn.actor, person_id=turn.person_id, day=chosen.day, meal=chosen.meal, now=turn.now
    )
    nearness = next(NEARNESS.index(choice.nearness) for choice in choices if choice.menu.id == chosen.id)
    for choice in choices:
        if choice.why_closed == "full" and NEARNESS.index(choice.nearness) < nearness:
            return [turn.words.line("%(canteen)s is full.", canteen=turn.tell.place(choice.menu.canteen.name))]
    return []
