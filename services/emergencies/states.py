"""The words of an emergency: where it stands, and what can happen to it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

# So long she can call it off herself; afterwards a person looks first.
CALL_OFF_WITHIN = timedelta(minutes=1)
# An alarm that no community has taken for so long is shown to the city's operators as well.
GOES_TO_OPERATORS_AFTER = timedelta(minutes=5)


class EmergencyState(StrEnum):
    """Where an emergency stands."""

    RAISED = "raised"
    """nobody has taken it"""
    TAKEN = "taken"
    """somebody of the staff looks after it"""
    CALLED_OFF = "called_off"
    """she said within a minute that nothing is wrong"""
    CLOSED = "closed"
    """by somebody of the staff, with a reason"""


OPEN = frozenset({EmergencyState.RAISED, EmergencyState.TAKEN})
# Final states are final; whoever needs help again calls again.
ALLOWED: dict[EmergencyState, frozenset[EmergencyState]] = {
    EmergencyState.RAISED: frozenset({EmergencyState.TAKEN, EmergencyState.CALLED_OFF, EmergencyState.CLOSED}),
    EmergencyState.TAKEN: frozenset({EmergencyState.CALLED_OFF, EmergencyState.CLOSED}),
    EmergencyState.CALLED_OFF: frozenset(),
    EmergencyState.CLOSED: frozenset(),
}


class EmergencyEventKind(StrEnum):
    """What happened."""

    RAISED = "raised"
    RAISED_AGAIN = "raised_again"
    """she called once more while it was open"""
    CONTACT_TEXTED = "contact_texted"
    CONTACT_NOT_TEXTED = "contact_not_texted"
    """this contact's phone wants no messages"""
    TAKEN = "taken"
    CALLED_OFF = "called_off"
    SAID_ALL_WELL = "said_all_well"
    """she said so after the minute: noted, and a person looks"""
    CLOSED = "closed"
