"""What the staff did, in words, for whoever watches over it."""

from __future__ import annotations

from flask_babel import gettext as _

from services.records import OpeningReason
from services.supervision import FlagKind, ReadingFlag, TrailEntry
from webapp.staff.records import reason_words


def deed_words(entry: TrailEntry) -> str:
    """A deed as it stands in the trail. One of a capability's many steps is told as such, with its code."""
    if entry.deed == "record_opened":
        return _("Opened the record: %(why)s", why=reason_words(OpeningReason(entry.facts["reason"])))
    words = {
        "person_read": _("Read the record"),
        "phone_read": _("Looked at the whole telephone number"),
        "people_searched": _("Searched for people"),
        "incoming_messages_seen": _("Read what she wrote to us"),
        "household_read": _("Read where and how she lives, for a visit"),
        "delivery_address_read": _("Read the address for a delivery"),
        "adaptation_home_read": _("Read the address of the home to be made safe"),
        "emergency_read": _("Read the call for help"),
        "task_closed": _("Decided a task"),
        "finding_settled": _("Decided which register is right"),
        "certified": _("Certified her"),
        "certification_not_passed": _("Did not certify her"),
        "missed_certification_decided": _("Decided about a missed certification"),
        "adjustment_decided": _("Decided about a correction of payments"),
        "refund_received": _("Recorded a refund"),
        "sessions_ended": _("Signed her out on her devices"),
        "staff_signed_in": _("Signed in"),
        "staff_enrolled": _("Signed in for the first time"),
        "staff_sessions_ended": _("Signed out on other devices"),
        "trail_read": _("Read this trail"),
        "trail_exported": _("Exported this trail"),
        "reading_looked_into": _("Looked into unusual reading"),
        "registry_imported": _("Imported a register"),
        "screened": _("Screened the city"),
        "bank_file_exported": _("Exported the bank file"),
        "payments_returned": _("Took in what the bank sent back"),
    }.get(entry.deed)
    return words or _of_a_capability(entry.deed)


def _of_a_capability(deed: str) -> str:
    capability = {
        "allowance": _("Allowance"),
        "adaptation": _("Making the home safe"),
        "delegation": _("Family who acts"),
        "emergency": _("Call for help"),
        "voucher": _("Vouchers"),
        "service": _("Care at home"),
        "meal": _("Meals"),
        "activity": _("Activities"),
        "certification": _("Certification"),
    }.get(deed.partition("_")[0], _("Other"))
    return _("%(what)s (%(code)s)", what=capability, code=deed)


def flag_words(flag: ReadingFlag) -> str:
    """What is unusual."""
    return {
        FlagKind.MANY_RECORDS: _("%(number)d records in one day", number=flag.records),
        FlagKind.OUTSIDE_HOURS: _("%(number)d records outside the working hours", number=flag.records),
        FlagKind.NEIGHBOURS: _("%(number)d records of one building without a task", number=flag.records),
        FlagKind.OWN_BUILDING: _("%(number)d records of her own building without a task", number=flag.records),
    }[flag.kind]
