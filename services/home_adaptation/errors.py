"""Why something could not be done with the adaptation of a home."""

from __future__ import annotations

from services.errors import ServiceError


class AdaptationParametersWrong(ServiceError):
    """The parameter file has an unknown key, a bad value or dates out of order. `file`, `problem`."""

    code = "adaptation_parameters_wrong"


class AdaptationUnknown(ServiceError):
    """There is no such case, or it is not for this actor to know."""

    code = "adaptation_unknown"


class AdaptationStepNotPossible(ServiceError):
    """A case in this state can't go that way. `state`."""

    code = "adaptation_step_not_possible"


class HomeAdaptedAlready(ServiceError):
    """This home was adapted, or is being adapted: each home once."""

    code = "home_adapted_already"


class HouseholdAdaptedAlready(ServiceError):
    """Somebody of the household had a home adapted, or has it adapted now: each household once, wherever it moves."""

    code = "household_adapted_already"


class NotInHousehold(ServiceError):
    """This is nobody for whom the case counts, or she whose case it is."""

    code = "not_in_household"


class AdaptationAppliedFor(ServiceError):
    """She has a case already. `adaptation_id`."""

    code = "adaptation_applied_for"


class AddressNotKnown(ServiceError):
    """Nobody knows where she lives: her community writes it down with the application."""

    code = "address_not_known"


class NeedsMissing(ServiceError):
    """An assessment names at least one thing that the home needs, each once and known to the parameters."""

    code = "needs_missing"


class FirmUnknown(ServiceError):
    """There is no such firm, or it does not work in her district."""

    code = "firm_unknown"


class QuoteWrong(ServiceError):
    """A quote has 1 to `most` lines, each with a known kind, a quantity and a price."""

    code = "quote_wrong"


class QuoteChanged(ServiceError):
    """The quote is another one than she was shown. `self_paid_fen`: what she would pay by it."""

    code = "quote_changed"


class QuoteExpired(ServiceError):
    """She could agree to the quote until `valid_until`; the firm makes a new one."""

    code = "quote_expired"


class PhotoMissing(ServiceError):
    """A photo belongs to this step. `stage`."""

    code = "photo_missing"


class PhotoWrong(ServiceError):
    """Not a photo that can be read: JPEG, PNG or WebP, of at most so many bytes and pixels."""

    code = "photo_wrong"


class TooManyPhotos(ServiceError):
    """Of each stage there are at most `most`."""

    code = "too_many_photos"


class CostAboveQuote(ServiceError):
    """The firm is paid no more than it quoted, neither for works nor for aids and devices."""

    code = "cost_above_quote"


class PaymentWrong(ServiceError):
    """The firm is paid exactly `expected_fen`, to its account, with the reference of the transfer."""

    code = "payment_wrong"


class NoteMissing(ServiceError):
    """Whoever finds something wrong says what."""

    code = "note_missing"


class NoteTooLong(ServiceError):
    """What is written has at most `most` characters."""

    code = "note_too_long"
