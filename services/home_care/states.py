"""The states of a booked visit and the steps between them; nothing moves a booking but `services.home_care.steps`."""

from __future__ import annotations

from enum import StrEnum


class ServiceState(StrEnum):
    """Where a booking is."""

    REQUESTED = "requested"
    """booked, the workers' time is held; the provider has not answered yet"""
    ACCEPTED = "accepted"
    """the provider comes"""
    VISITING = "visiting"
    """a worker has begun the visit"""
    DONE = "done"
    """the visit has ended; she may confirm it, rate it or complain"""
    CONFIRMED = "confirmed"
    """she confirmed it, or let the days for an objection pass; it is paid"""
    DISPUTED = "disputed"
    """she complained; nothing is paid until a community worker has decided"""
    NOT_CHARGED = "not_charged"
    """her complaint was right: nothing is paid"""
    CANCELLED = "cancelled"
    """she took it back in time; nothing is paid"""
    DECLINED = "declined"
    """the provider does not come, and said why, or did not answer in time; nothing is paid"""
    NOT_AT_HOME = "not_at_home"
    """nobody opened the door; nothing is paid, and a community worker asks after her"""
    MISSED = "missed"
    """the day passed and nobody noted a visit; nothing is paid"""


# In these the time of the workers and of the person is taken.
HOLDING_TIME = frozenset({ServiceState.REQUESTED, ServiceState.ACCEPTED, ServiceState.VISITING})
# In these she can still change or cancel it, and the provider can send somebody else or decline.
CHANGEABLE = frozenset({ServiceState.REQUESTED, ServiceState.ACCEPTED})
# In these nothing is or will be paid, and the vouchers are free again.
UNPAID = frozenset(
    {
        ServiceState.NOT_CHARGED,
        ServiceState.CANCELLED,
        ServiceState.DECLINED,
        ServiceState.NOT_AT_HOME,
        ServiceState.MISSED,
    }
)
# Nobody was there in these, so that a complaint which is not right leaves them as they are.
WITHOUT_VISIT = frozenset({ServiceState.NOT_AT_HOME, ServiceState.MISSED})
FINAL = frozenset({ServiceState.NOT_CHARGED, ServiceState.CANCELLED, ServiceState.DECLINED})

# A changed booking is a request again. Whoever is not believed in a complaint has what was before, or what was done.
ALLOWED: dict[ServiceState, frozenset[ServiceState]] = {
    ServiceState.REQUESTED: frozenset(
        {ServiceState.REQUESTED, ServiceState.ACCEPTED, ServiceState.CANCELLED, ServiceState.DECLINED}
    ),
    ServiceState.ACCEPTED: frozenset(
        {
            ServiceState.REQUESTED,
            ServiceState.VISITING,
            ServiceState.CANCELLED,
            ServiceState.DECLINED,
            ServiceState.NOT_AT_HOME,
            ServiceState.MISSED,
        }
    ),
    ServiceState.VISITING: frozenset({ServiceState.DONE}),
    ServiceState.DONE: frozenset({ServiceState.CONFIRMED, ServiceState.DISPUTED}),
    ServiceState.CONFIRMED: frozenset({ServiceState.DISPUTED}),
    ServiceState.NOT_AT_HOME: frozenset({ServiceState.DISPUTED}),
    ServiceState.MISSED: frozenset({ServiceState.DISPUTED}),
    ServiceState.DISPUTED: frozenset(
        {ServiceState.CONFIRMED, ServiceState.NOT_CHARGED, ServiceState.NOT_AT_HOME, ServiceState.MISSED}
    ),
    ServiceState.NOT_CHARGED: frozenset(),
    ServiceState.CANCELLED: frozenset(),
    ServiceState.DECLINED: frozenset(),
}


class EventKind(StrEnum):
    """What happened to a booking."""

    BOOKED = "booked"
    CHANGED = "changed"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    PRICE_ASKED = "price_asked"
    """a voucher gives less than was foreseen; she is asked whether she still wants it"""
    PRICE_AGREED = "price_agreed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    """nobody of the provider answered in time"""
    CANCELLED = "cancelled"
    REMINDED = "reminded"
    STARTED = "started"
    ENDED = "ended"
    NOT_AT_HOME = "not_at_home"
    MISSED = "missed"
    CONFIRMED = "confirmed"
    RATED = "rated"
    COMPLAINED = "complained"
    COMPLAINT_UPHELD = "complaint_upheld"
    COMPLAINT_NOT_UPHELD = "complaint_not_upheld"


class ServiceKind(StrEnum):
    """What a senior calls the services, the vocabulary of speech; each holds one or more services of the catalogue."""

    CLEANING = "cleaning"
    BATHING = "bathing"
    HAIRCUT = "haircut"
    REHAB = "rehab"
    MEDICAL_ESCORT = "medical_escort"
    COMPANIONSHIP = "companionship"
    COOKING = "cooking"
    REPAIR = "repair"
    NURSING = "nursing"


class DayPart(StrEnum):
    """Parts of a day; which hours they are is in `terms.yaml`."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class DeclineReason(StrEnum):
    """Why a provider does not come."""

    NOBODY_FREE = "nobody_free"
    TOO_FAR = "too_far"
    NOT_SUITABLE = "not_suitable"
    """the service does not fit what she told, such as a repair that needs a firm"""
    BAD_WEATHER = "bad_weather"
    NO_ANSWER = "no_answer"
    """the machine's: the provider did not answer in time"""
    PRICE_NOT_AGREED = "price_not_agreed"
    """the machine's: a voucher gave less than was foreseen, and she did not agree to the new price"""


# What an office can say.
SAID_BY_OFFICES = frozenset(
    {DeclineReason.NOBODY_FREE, DeclineReason.TOO_FAR, DeclineReason.NOT_SUITABLE, DeclineReason.BAD_WEATHER}
)


class Rating(StrEnum):
    """How it was, in words that a senior says; `points` is what averages are made of."""

    VERY_GOOD = "very_good"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    VERY_POOR = "very_poor"

    @property
    def points(self) -> int:
        """5 for the best to 1 for the worst.

        >>> Rating.VERY_GOOD.points, Rating.VERY_POOR.points
        (5, 1)
        """
        return len(Rating) - list(Rating).index(self)

    @classmethod
    def of(cls, points: int) -> Rating:
        """The word for so many points.

        >>> Rating.of(4).value
        'good'
        """
        return list(cls)[len(cls) - points]


class ComplaintAbout(StrEnum):
    """What a complaint is about."""

    NOBODY_CAME = "nobody_came"
    LATE_OR_SHORT = "late_or_short"
    NOT_DONE_WELL = "not_done_well"
    UNFRIENDLY = "unfriendly"
    SOMETHING_BROKEN = "something_broken"
    WANTED_MONEY = "wanted_money"
    """asked for more than was agreed, or for cash"""
    OTHER = "other"


class WhyNot(StrEnum):
    """Why a worker cannot take a visit."""

    NOT_QUALIFIED = "not_qualified"
    """a credential or the health certificate is missing or runs out before the visit"""
    OFF_SHIFT = "off_shift"
    ENGAGED = "engaged"
    """with somebody else then, or on the way"""
