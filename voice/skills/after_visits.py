"""After a visit: how it was, and what was wrong with it; found, read back, and noted after a yes.

Both are thin clients of `services.home_care`: a visit that she rates counts as made as agreed and is paid; what she
complains about a community worker decides, and nothing is paid until then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.clock import local_day
from services.errors import ServiceError
from services.home_care import (
    LONGEST_WORDS,
    ComplaintAbout,
    Rating,
    ServiceBooking,
    ServiceKind,
    complain,
    confirm_visit,
    list_service_bookings,
)
from voice.skills.skill import BOOKING, CONFIRM, OFFER, WHICH, Option, Step, Task, Turn
from voice.skills.visit_errors import explain_visit
from voice.skills.visit_telling import visit_in_short
from voice.wording import Line

# Further back nobody asks her and nobody can be complained about any more; the services know the exact end.
_DAYS_BACK = timedelta(days=60)
# What says which visit she means, and nothing about how it was.
_NAME_IT = frozenset({"date", "service", "last"})
_UNHAPPY = frozenset({Rating.POOR, Rating.VERY_POOR})


class _AfterAVisit:
    """Finds the visit that she speaks of."""

    intent: str
    asks = True

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        every = _visits(turn)
        possible = [visit for visit in every if self._can_be(visit, turn)]
        if not possible:
            return Step(self._none_left(turn, every))
        if task.slots.keys() & _NAME_IT:
            # What she names now counts, not what was found before.
            task.about = {}
        meant = _those_meant(possible, task.slots | task.about)
        missing = () if meant else (turn.words.line("I find no such visit."),)
        is_last = task.slots.get("last", False)
        task.slots = {name: said for name, said in task.slots.items() if name not in _NAME_IT}
        if missing or (len(meant) > 1 and not is_last):
            return self._ask_which(turn, task, meant or possible, *missing)
        task.about = {BOOKING: str(meant[0].id)}
        return self._about(turn, task, meant[0])

    def _ask_which(self, turn: Turn, task: Task, visits: Sequence[ServiceBooking], *preface: Line) -> Step:
        """The two latest are a choice; one alone is offered."""
        words, latest = turn.words, visits[:2]
        options = tuple(Option(Task(self.intent, dict(task.slots), about=_naming(visit))) for visit in latest)
        told = [visit_in_short(turn, visit) for visit in latest]
        if len(latest) == 1:
            line = words.line("Do you mean %(visit)s?", visit=told[0])
            return Step(words.joined(*preface, line), OFFER, options)
        line = words.line("First: %(first)s. Second: %(second)s. Which one do you mean?", first=told[0], second=told[1])
        return Step(words.joined(*preface, line), WHICH, options)

    def _can_be(self, visit: ServiceBooking, turn: Turn) -> bool:
        raise NotImplementedError

    def _none_left(self, turn: Turn, every: Sequence[ServiceBooking]) -> Line:
        raise NotImplementedError

    def _about(self, turn: Turn, task: Task, visit: ServiceBooking) -> Step:
        raise NotImplementedError


class RateVisit(_AfterAVisit):
    """How it was. With her yes the visit counts as made as agreed; who was not content is asked what was wrong."""

    intent = "rate_visit"

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        rating = Rating(task.slots["rating"])
        booking_id = UUID(task.about[BOOKING])
        try:
            with turn.all_or_nothing():
                confirm_visit(turn.session, turn.actor, booking_id=booking_id, rating=rating, now=turn.now)
        except ServiceError as error:
            return explain_visit(turn, task, error)
        effect = {"action": self.intent, BOOKING: str(booking_id), "rating": rating.value}
        if rating not in _UNHAPPY:
            return Step(turn.words.line("Thank you, it is noted."), effect=effect)
        line = turn.words.line("It is noted. Shall somebody look into what was wrong?")
        return Step(line, OFFER, (Option(Task("complain", about=dict(task.about))),), effect)

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return turn.words.line("How was it then: very good, good, so-so, or not good?")

    def _can_be(self, visit: ServiceBooking, turn: Turn) -> bool:
        return visit.can_be_confirmed(turn.now)

    def _none_left(self, turn: Turn, every: Sequence[ServiceBooking]) -> Line:
        if any(visit.rating is not None for visit in every):
            return turn.words.line("You have already said how the last visits were. Thank you.")
        return turn.words.line("There is no visit that waits for your word.")

    def _about(self, turn: Turn, task: Task, visit: ServiceBooking) -> Step:
        words, told = turn.words, visit_in_short(turn, visit)
        if "rating" not in task.slots:
            line = words.line("How was %(visit)s? Very good, good, so-so, or not good?", visit=told)
            return Step(line, "rating")
        rating = _rating_words(turn, Rating(task.slots["rating"]))
        line = words.line("%(visit)s: you say it was %(rating)s. Is that right?", visit=told, rating=rating)
        return Step(line, CONFIRM)


class Complain(_AfterAVisit):
    """Something was wrong: told to a community worker after her yes."""

    intent = "complain"

    def act(self, turn: Turn, task: Task) -> Step:
        """See `Skill.act`."""
        about = ComplaintAbout(task.slots["about"])
        booking_id = UUID(task.about[BOOKING])
        try:
            with turn.all_or_nothing():
                complain(
                    turn.session,
                    turn.actor,
                    booking_id=booking_id,
                    about=about,
                    words=_her_words(task.slots),
                    now=turn.now,
                )
        except ServiceError as error:
            return explain_visit(turn, task, error)
        line = turn.words.line("Your complaint has arrived. A community worker looks into it and calls you.")
        return Step(line, effect={"action": self.intent, BOOKING: str(booking_id), "about": about.value})

    def what_is_wrong(self, turn: Turn) -> Line | None:
        """See `Skill.what_is_wrong`."""
        return _what_was_wrong(turn)

    def _can_be(self, visit: ServiceBooking, turn: Turn) -> bool:
        return visit.can_be_complained_about(turn.now)

    def _none_left(self, turn: Turn, every: Sequence[ServiceBooking]) -> Line:
        words, phone = turn.words, turn.tell.help_line
        waited_for = next((visit for visit in every if visit.is_coming), None)
        if waited_for is not None:
            return words.line(
                "%(visit)s: if nobody is there yet, call the provider: %(phone)s.",
                visit=visit_in_short(turn, waited_for),
                phone=turn.tell.phone(waited_for.provider.phone),
            )
        if any(visit.complaint is not None for visit in every):
            return words.line("Your complaint has arrived already. For anything else call %(phone)s.", phone=phone)
        return words.line(
            "I find no visit of the last days. If something else was wrong, please call %(phone)s.", phone=phone
        )

    def _about(self, turn: Turn, task: Task, visit: ServiceBooking) -> Step:
        words, told = turn.words, visit_in_short(turn, visit)
        if "about" not in task.slots:
            return Step(words.joined(words.line("%(visit)s.", visit=told), _what_was_wrong(turn)), "about")
        about = ComplaintAbout(task.slots["about"])
        own_words = _her_words(task.slots)
        what = Line.same(own_words) if about is ComplaintAbout.OTHER and own_words else _matter_words(turn, about)
        line = words.line("You complain about %(visit)s: %(matter)s. Shall I pass that on?", visit=told, matter=what)
        return Step(line, CONFIRM)


def _visits(turn: Turn) -> list[ServiceBooking]:
    """Her visits of the last time, the latest first."""
    found = list_service_bookings(turn.session, turn.actor, person_id=turn.person_id, from_day=turn.today - _DAYS_BACK)
    return [visit for visit in reversed(found) if visit.starts_at <= turn.now]


def _those_meant(visits: Sequence[ServiceBooking], said: Mapping[str, Any]) -> list[ServiceBooking]:
    """Those that fit what she says. 护理员 names who came as often as what was done: where no nursing fits, the day
    decides, and the read-back says which visit it is."""
    if BOOKING in said:
        return [visit for visit in visits if str(visit.id) == said[BOOKING]]
    of_the_day = [v for v in visits if said.get("date") in (None, local_day(v.starts_at).isoformat())]
    of_the_kind = [v for v in of_the_day if said.get("service") in (None, v.service.kind.value)]
    names_who_came = said.get("service") == ServiceKind.NURSING
    return of_the_kind or (of_the_day if names_who_came else [])


def _naming(visit: ServiceBooking) -> dict[str, Any]:
    """A visit by its id, with what she may call it: 打扫那个."""
    day = local_day(visit.starts_at).isoformat()
    return {BOOKING: str(visit.id), "date": day, "service": visit.service.kind.value}


def _her_words(slots: Mapping[str, Any]) -> str:
    return str(slots.get("words", ""))[:LONGEST_WORDS]


def _what_was_wrong(turn: Turn) -> Line:
    return turn.words.line(
        "What was wrong? You can say: nobody came, late, not done well, unfriendly, something broken, wanted money."
    )


def _rating_words(turn: Turn, rating: Rating) -> Line:
    words = turn.words
    return Line.same(
        {
            Rating.VERY_GOOD: words.say("very good"),
            Rating.GOOD: words.say("good"),
            Rating.FAIR: words.say("so-so"),
            Rating.POOR: words.say("not good"),
            Rating.VERY_POOR: words.say("very bad"),
        }[rating]
    )


def _matter_words(turn: Turn, about: ComplaintAbout) -> Line:
    words = turn.words
    return Line.same(
        {
            ComplaintAbout.NOBODY_CAME: words.say("nobody came"),
            ComplaintAbout.LATE_OR_SHORT: words.say("they came late or left early"),
            ComplaintAbout.NOT_DONE_WELL: words.say("it was not done well"),
            ComplaintAbout.UNFRIENDLY: words.say("they were unfriendly"),
            ComplaintAbout.SOMETHING_BROKEN: words.say("something is broken or missing"),
            ComplaintAbout.WANTED_MONEY: words.say("they wanted money"),
            ComplaintAbout.OTHER: words.say("something else"),
        }[about]
    )
