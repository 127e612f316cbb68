"""Sentences about visits: what is read back, what was done, what is booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.clock import CITY_TIME, local_day
from services.home_care import CareWorker, DayPart, PriceSplit, Service, ServiceBooking, ServiceKind, ServiceQuote
from services.vouchers import VoucherPart
from voice.skills.skill import Turn
from voice.wording import Line

MINUTES_IN_AN_HOUR = 60


def kind_of_service(turn: Turn, kind: ServiceKind) -> Line:
    """A service as she calls it."""
    words = turn.words
    return Line.same(
        {
            ServiceKind.CLEANING: words.say("cleaning"),
            ServiceKind.BATHING: words.say("help with bathing"),
            ServiceKind.HAIRCUT: words.say("a haircut"),
            ServiceKind.REHAB: words.say("rehabilitation exercises"),
            ServiceKind.MEDICAL_ESCORT: words.say("going to the hospital with you"),
            ServiceKind.COMPANIONSHIP: words.say("company and talk"),
            ServiceKind.COOKING: words.say("cooking"),
            ServiceKind.REPAIR: words.say("a repair"),
            ServiceKind.NURSING: words.say("nursing"),
        }[kind]
    )


def name_of_service(turn: Turn, service: Service) -> Line:
    """A service by its own name where its kind has several; else, and where a city added one without words here, by
    its kind."""
    words = turn.words
    named = {
        "DEEPCLEAN": words.say("thorough cleaning of kitchen and bathroom"),
        "NAIL": words.say("foot care"),
        "MED": words.say("fetching medicine or shopping"),
        "ESCORT": words.say("going out with you"),
        "DIGITAL": words.say("help with the mobile phone"),
        "CARE": words.say("a care worker by the hour"),
    }.get(service.code)
    return Line.same(named) if named else kind_of_service(turn, service.kind)


def part_of_day(turn: Turn, part: DayPart) -> Line:
    """A part of the day."""
    words = turn.words
    return Line.same(
        {
            DayPart.MORNING: words.say("in the morning"),
            DayPart.AFTERNOON: words.say("in the afternoon"),
            DayPart.EVENING: words.say("in the evening"),
        }[part]
    )


def when(turn: Turn, starts_at: datetime) -> Line:
    """The day and the time of a visit."""
    at = starts_at.astimezone(CITY_TIME).time()
    return turn.words.line("%(day)s, %(time)s", day=turn.tell.day(local_day(starts_at)), time=turn.tell.clock(at))


def names(turn: Turn, workers: Iterable[CareWorker]) -> Line:
    """Who comes."""
    return turn.tell.several([turn.tell.place(worker.name) for worker in workers])


def duration(turn: Turn, minutes: int) -> Line:
    """How long a visit takes."""
    hours, rest = divmod(minutes, MINUTES_IN_AN_HOUR)
    if rest == 0:
        return turn.words.counted("%(number)s hour", "%(number)s hours", hours, turn.tell.counted(hours))
    return turn.words.counted("%(number)s minute", "%(number)s minutes", minutes, turn.tell.number(minutes))


def visit_read_back(turn: Turn, quote: ServiceQuote, *preface: Line) -> Line:
    """Everything that she would get and pay, and the question whether that is right."""
    words = turn.words
    what = words.line(
        "%(when)s, %(service)s, %(duration)s. %(workers)s comes to you.",
        when=when(turn, quote.starts_at),
        service=name_of_service(turn, quote.service),
        duration=duration(turn, quote.service.minutes),
        workers=names(turn, quote.workers),
    )
    paying = visit_price(turn, quote.split, quote.left_after)
    return words.joined(*preface, what, paying, words.line("Is that right?"))


def visit_price(turn: Turn, split: PriceSplit, left_after: Sequence[VoucherPart] | None = None) -> Line:
    """What it costs, what the vouchers pay, what she pays herself, and what is then left of them."""
    tell, words = turn.tell, turn.words
    values = {
        "price": tell.money(split.price_fen),
        "voucher": tell.money(split.voucher_fen),
        "to_pay": tell.money(split.self_paid_fen),
    }
    if not split.voucher_fen:
        return words.line("You pay %(to_pay)s.", to_pay=values["to_pay"])
    if split.self_paid_fen:
        paying = words.line("It costs %(price)s. The voucher pays %(voucher)s, you pay %(to_pay)s.", **values)
    else:
        paying = words.line("It costs %(price)s, the voucher pays all of it.", price=values["price"])
    if left_after is None:
        return paying
    left = tell.money(sum(part.fen for part in left_after))
    return words.joined(paying, words.line("Then %(left)s of the voucher are left.", left=left))


def visit_booked(turn: Turn, booking: ServiceBooking) -> Line:
    """The booking was made."""
    return turn.words.line(
        "Done. %(visit)s is booked. The provider confirms it by text message.", visit=visit_in_short(turn, booking)
    )


def visit_in_short(turn: Turn, booking: ServiceBooking) -> Line:
    """One visit in a few words: for lists and choices."""
    service = name_of_service(turn, booking.service)
    return turn.words.line("%(service)s on %(when)s", when=when(turn, booking.starts_at), service=service)


def visit_in_full(turn: Turn, booking: ServiceBooking) -> Line:
    """One visit with who comes."""
    return turn.words.line(
        "%(visit)s, %(workers)s comes", visit=visit_in_short(turn, booking), workers=names(turn, booking.workers)
    )
