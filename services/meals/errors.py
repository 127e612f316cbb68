"""Why a meal could not be booked or cancelled: one class for each thing that she can do something about."""

from __future__ import annotations

from services.errors import ServiceError


class MealDayInThePast(ServiceError):
    """The day is over. `day`."""

    code = "meal_day_in_the_past"


class MealDayNotOffered(ServiceError):
    """No canteen has a menu for that day and meal (yet). `day`, `meal`, `last_day`: the last day with menus."""

    code = "meal_day_not_offered"


class MenuUnknown(ServiceError):
    """There is no such menu."""

    code = "menu_unknown"


class MealFull(ServiceError):
    """Fewer portions are left than she wants. `portions_left`."""

    code = "meal_full"


class OrdersClosed(ServiceError):
    """The canteen cooks already. `order_until_at`."""

    code = "orders_closed"


class DeliveryNotOffered(ServiceError):
    """This canteen does not bring meals to her home."""

    code = "delivery_not_offered"


class AlreadyBooked(ServiceError):
    """She has this meal on this day already. `booking_id`, `day`, `meal`."""

    code = "already_booked"


class PriceChanged(ServiceError):
    """It costs another amount now than the one she agreed to. `to_pay_fen`: the amount now."""

    code = "price_changed"


class QuantityWrong(ServiceError):
    """Not a number of portions that can be booked at once. `most`."""

    code = "quantity_wrong"


class BookingUnknown(ServiceError):
    """There is no such booking."""

    code = "booking_unknown"


class TooLateToCancel(ServiceError):
    """The time for cancelling is over. `cancel_until_at`."""

    code = "too_late_to_cancel"


class TooLateToChange(ServiceError):
    """The time for changing is over, or the booking is not one any more. `cancel_until_at`."""

    code = "too_late_to_change"


class AlreadyWaiting(ServiceError):
    """She stands in line for this meal already. `waiting_id`, `day`, `meal`."""

    code = "already_waiting"


class WaitingUnknown(ServiceError):
    """There is no such place in line."""

    code = "waiting_unknown"


class CanteenUnknown(ServiceError):
    """There is no such canteen."""

    code = "canteen_unknown"


class StandingOrderUnknown(ServiceError):
    """There is no such standing order."""

    code = "standing_order_unknown"


class StandingOrderWrong(ServiceError):
    """A standing order names at least one weekday, 1 to 7, and each once."""

    code = "standing_order_wrong"


class MealNotToComplainAbout(ServiceError):
    """It was not served yet, was cancelled, or is over for too long."""

    code = "meal_not_to_complain_about"


class StandingOrderExists(ServiceError):
    """Another standing order has this meal on one of these weekdays. `order_id`, `weekdays`: those of both."""

    code = "standing_order_exists"
