"""What bookings share: places in a slot (`slots`), and the time of somebody or something (`engagements`)."""

from services.calendar.engagements import Engaged, Period, engage, engagements_of, release

__all__ = ["Engaged", "Period", "engage", "engagements_of", "release"]
