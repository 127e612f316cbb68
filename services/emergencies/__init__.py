"""紧急求助: a senior calls for help, and people look after her (docs/emergencies.md).

`raising`: the alarm and the texts to her contacts, at once. `ending`: called off by her within a minute, taken and
closed by staff. `listing`: her own, and the alarms of a community. `all_well`: the words by which she calls it off.
"""

from services.emergencies.all_well import says_all_well
from services.emergencies.ending import close_emergency, say_all_well, take_emergency
from services.emergencies.errors import ClosingReasonMissing, EmergencyOver, EmergencyUnknown
from services.emergencies.listing import (
    Alarm,
    alarms_for,
    charges_in_emergency,
    get_dossier,
    has_open_emergency,
    latest_emergency,
    open_emergency,
)
from services.emergencies.raising import raise_emergency
from services.emergencies.states import EmergencyEventKind, EmergencyState
from services.emergencies.views import Dossier, Emergency, EmergencyEvent, Texted

__all__ = [
    "Alarm",
    "ClosingReasonMissing",
    "Dossier",
    "Emergency",
    "EmergencyEvent",
    "EmergencyEventKind",
    "EmergencyOver",
    "EmergencyState",
    "EmergencyUnknown",
    "Texted",
    "alarms_for",
    "charges_in_emergency",
    "close_emergency",
    "get_dossier",
    "has_open_emergency",
    "latest_emergency",
    "open_emergency",
    "raise_emergency",
    "say_all_well",
    "says_all_well",
    "take_emergency",
]
