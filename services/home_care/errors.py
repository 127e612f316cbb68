"""Why a visit could not be booked, changed or carried out: one class for each thing that somebody can do something
about."""

from __future__ import annotations

from services.errors import ServiceError


class CatalogueWrong(ServiceError):
    """The catalogue or the terms have an unknown key, a bad value or days out of order; `file` and `problem`."""

    code = "service_catalogue_wrong"


class CreditCodeWrong(ServiceError):
    """Not a unified social credit code: 18 characters with the right check character (GB 32100)."""

    code = "credit_code_wrong"


class ServiceUnknown(ServiceError):
    """The catalogue has no such service, or not yet on that day. `service`."""

    code = "service_unknown"


class ServiceDayNotOffered(ServiceError):
    """The day is over or too far ahead. `day`, `first_day`, `last_day`."""

    code = "service_day_not_offered"


class ServiceNotOffered(ServiceError):
    """No provider comes to her home with this service. `service`."""

    code = "service_not_offered"


class NobodyFree(ServiceError):
    """Nobody is free then. `service`, `day`, `next_day`: the first day after it on which somebody is, or None."""

    code = "nobody_free"


class WorkerUnknown(ServiceError):
    """There is no such care worker, or not for this service and this home."""

    code = "care_worker_unknown"


class TimeTaken(ServiceError):
    """This time of the worker was just taken, or is not offered any more. `service`, `day`, `starts_at`."""

    code = "service_time_taken"


class OwnVisitThen(ServiceError):
    """She has a visit herself at that time. `booking_id`, where it is known; `service`, `day`, `starts_at` of what she
    wants now."""

    code = "own_visit_then"


class TooLateToBook(ServiceError):
    """It begins too soon. `service`, `day`, `book_until_at`."""

    code = "too_late_to_book_service"


class ServicePriceChanged(ServiceError):
    """She pays another amount now than the one she agreed to. `to_pay_fen`: the amount now; `service`, `day`,
    `starts_at`."""

    code = "service_price_changed"


class ServiceBookingUnknown(ServiceError):
    """There is no such booking."""

    code = "service_booking_unknown"


class TooLateToChange(ServiceError):
    """The time for changing or cancelling is over. `cancel_until_at`."""

    code = "too_late_to_change_service"


class VisitStepNotPossible(ServiceError):
    """What is wanted is not possible in the state of the booking. `state`, `wanted`: another state."""

    code = "visit_step_not_possible"


class TooEarly(ServiceError):
    """The visit cannot be begun, or nobody be called absent, yet. `from_at`."""

    code = "too_early_for_visit"


class TooLateToObject(ServiceError):
    """The days for confirming, rating or complaining are over. `until_at`."""

    code = "too_late_to_object"


class WorkersWrong(ServiceError):
    """Not as many different workers as the service takes. `wanted`: how many."""

    code = "care_workers_wrong"


class WorkerNotFree(ServiceError):
    """A worker has something else at that time, or is off. `worker_id`, `why`: see `WhyNot`."""

    code = "care_worker_not_free"


class WorkerNotQualified(ServiceError):
    """A worker may not do this. `worker_id`, `missing`: the credentials, as codes."""

    code = "care_worker_not_qualified"


class WordsTooLong(ServiceError):
    """A note or a complaint has at most `most` characters."""

    code = "words_too_long"
