"""Why something cannot be done about an emergency."""

from __future__ import annotations

from services.actor import NotAllowed
from services.errors import ServiceError


class EmergencyUnknown(NotAllowed):
    """There is no such emergency, or it is not for this actor to know."""

    code = "emergency_unknown"


class EmergencyOver(ServiceError):
    """It was called off or closed. `state`: which."""

    code = "emergency_over"


class ClosingReasonMissing(ServiceError):
    """Whoever closes an emergency writes down what was found."""

    code = "closing_reason_missing"
