"""When a text that nobody waits for may ring: two stretches of the day, none of them at the nap, in the evening or at
night. What answers something that she did a moment ago goes at once, and so does what cannot wait until the morning.

No rule of the carriers asks for it: notices may go at any hour. The hours are our own (docs/gateways.md). The
demonstration has none, so that its phone rings whenever somebody tries it out.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from services.clock import CITY_TIME, local_day, local_moment
from services.database.opening import QUIET_HOURS

STRETCHES = ((time(9), time(11, 30)), (time(15), time(18)))
CAN_WAIT = frozenset(
    {
        "allowance_offer",
        "allowance_offer_shared",
        "allowance_reminder",
        "allowance_refused",
        "allowance_stopped",
        "allowance_reinstated",
        "allowance_suspended",
        "allowance_resumed",
        "allowance_kept",
        "allowance_withdrawn",
        "allowance_paid",
        "allowance_paid_with_others",
        "allowance_tier",
        "certification_due",
        "delegate_copy_offer",
        "delegate_copy_certification",
        "certification_reminder",
        "certification_matched",
        "certification_shared",
        "voucher_granted",
        "voucher_changed",
        "voucher_ended",
        "voucher_expires",
    }
)

# What goes before everything else that waits, also on the day on which a whole city is written to.
FIRST = frozenset({"emergency_raised", "emergency_called_off"})
AHEAD = timedelta(days=1)


def due_at(session: Session, template: str, now: datetime) -> datetime:
    """When a message of this template that is queued now is to go; the earliest due goes first."""
    if template in FIRST:
        return now - AHEAD
    if template in CAN_WAIT and session.info.get(QUIET_HOURS):
        return next_open(now)
    return now


def next_open(now: datetime) -> datetime:
    """`now` where it lies in one of the stretches, otherwise the beginning of the next one.

    >>> next_open(datetime.fromisoformat("2026-11-24T12:45+08:00")).astimezone(CITY_TIME).isoformat()
    '2026-11-24T15:00:00+08:00'
    """
    today, at = local_day(now), now.astimezone(CITY_TIME).time()
    for opens, closes in STRETCHES:
        if at < opens:
            return local_moment(today, opens)
        if at < closes:
            return now
    return local_moment(today + timedelta(days=1), STRETCHES[0][0])
