"""Where each role can go: the places at the top of every page of staff, the first of them where she lands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from services.actor import ActorKind

# role: endpoint and words of each place
PLACES: dict[ActorKind, tuple[tuple[str, LazyString], ...]] = {
    ActorKind.COMMUNITY_WORKER: (
        ("staff.home", _l("What waits")),
        ("staff_alarms.alarms", _l("Calls for help")),
        ("staff_people.search", _l("Find a person")),
        ("staff_adaptations.adaptations", _l("Safer homes")),
        ("staff_activities.activities", _l("Activities")),
    ),
    ActorKind.CANTEEN: (
        ("canteen.day", _l("Cook list")),
        ("canteen_till.till", _l("Till")),
        ("canteen_settlement.settlement", _l("Settlement")),
    ),
    ActorKind.OPERATOR: (
        ("staff.home", _l("Overview")),
        ("staff_alarms.alarms", _l("Calls for help")),
        ("staff_registers.registers", _l("Registers")),
        ("staff_screening.screening", _l("Screening")),
        ("staff_runs.runs", _l("Payment runs")),
    ),
    ActorKind.SUPERVISOR: (
        ("staff_supervision.trail", _l("What the staff did")),
        ("staff_supervision.reading", _l("Unusual reading")),
    ),
    ActorKind.PROVIDER: (
        ("provider.home", _l("Requests")),
        ("provider_days.day", _l("Calendar of the day")),
        ("provider_settlement.month", _l("Settlement")),
        ("provider_adaptations.adaptations", _l("Safer homes")),
    ),
    ActorKind.CARE_WORKER: (("visits.day", _l("My visits")),),
}
ROLES = {
    ActorKind.COMMUNITY_WORKER: _l("Community worker"),
    ActorKind.OPERATOR: _l("Operator"),
    ActorKind.SUPERVISOR: _l("Supervisor"),
    ActorKind.CANTEEN: _l("Canteen"),
    ActorKind.PROVIDER: _l("Provider of home care"),
    ActorKind.CARE_WORKER: _l("Care worker"),
}
