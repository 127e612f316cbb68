"""The catalogue of what is held about a person: which tables, in which part of her life, and why it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select


class Section(StrEnum):
    """A part of what is held, as she knows it."""

    IDENTITY = "identity"
    BENEFITS = "benefits"
    PAYMENTS = "payments"
    CERTIFICATION = "certification"
    MEALS = "meals"
    CARE = "care"
    HOME = "home"
    MESSAGES = "messages"
    FAMILY = "family"
    EMERGENCIES = "emergencies"
    PREFERENCES = "preferences"
    DEVICES = "devices"
    OFFICE = "office"
    DEEDS = "deeds"


class Basis(StrEnum):
    """Why something is kept although she asks for its deletion; how long stands in the parameters."""

    REGISTERS = "registers"
    """what offices have to know of everybody who lives here"""
    PAYMENTS = "payments"
    """what was paid from public money, and booked for it"""
    CASE_FILE = "case_file"
    """what a benefit was decided by"""
    CONSENT = "consent"
    """what she agreed to, and what we texted her about it"""
    EMERGENCY = "emergency"
    DEEDS = "deeds"
    """who read and did what"""


@dataclass(frozen=True)
class Held:
    """A table whose rows say something about a person: those whose `column` is her id or, with `through`, names a row
    of that table about her. Without a `basis` they go when she asks. `hidden`: columns about others, or secrets."""

    table_name: str
    section: Section
    basis: Basis | None
    column: str = "person_id"
    through: str | None = None
    through_column: str = "id"
    hidden: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        """The table."""
        # That module names a table of this package, so neither can be there before the other.
        from services.all_tables import METADATA

        return METADATA.tables[self.table_name]

    def about(self, person_id: UUID) -> ColumnElement[bool]:
        """Which of its rows are about her."""
        column = self.table.c[self.column]
        if self.through is None:
            return column == person_id
        parent = BY_NAME[self.through]
        return column.in_(select(parent.table.c[self.through_column]).where(parent.about(person_id)))


def _of(section: Section, basis: Basis | None, *names: str) -> tuple[Held, ...]:
    return tuple(Held(name, section, basis) for name in names)


def _part(name: str, section: Section, basis: Basis | None, column: str, through: str) -> Held:
    return Held(name, section, basis, column, through)


PHONE_OF_SOMEBODY = frozenset({"phone_sealed"})
HELD: tuple[Held, ...] = (
    Held("persons", Section.IDENTITY, Basis.REGISTERS, "id"),
    Held("registry_records", Section.IDENTITY, Basis.REGISTERS, "id_number_index", "persons", "id_number_index"),
    Held("registry_other_names", Section.IDENTITY, Basis.REGISTERS, "id_number_index", "persons", "id_number_index"),
    *_of(Section.IDENTITY, Basis.REGISTERS, "former_id_numbers", "registry_findings"),
    *_of(Section.BENEFITS, Basis.CASE_FILE, "allowance_cases", "allowance_events", "tier_changes"),
    _part("allowance_suspensions", Section.BENEFITS, Basis.CASE_FILE, "case_id", "allowance_cases"),
    *_of(Section.PAYMENTS, Basis.PAYMENTS, "payables", "payment_lines", "adjustments", "refunds", "ledger_accounts"),
    *_of(Section.PAYMENTS, Basis.PAYMENTS, "vouchers"),
    _part("adjustment_decisions", Section.PAYMENTS, Basis.PAYMENTS, "adjustment_id", "adjustments"),
    _part("voucher_movements", Section.PAYMENTS, Basis.PAYMENTS, "voucher_id", "vouchers"),
    *_of(Section.CERTIFICATION, Basis.CASE_FILE, "certification_members", "certification_proofs"),
    *_of(Section.CERTIFICATION, Basis.CASE_FILE, "certification_signals"),
    _part("certification_shared_proofs", Section.CERTIFICATION, Basis.CASE_FILE, "proof_id", "certification_proofs"),
    Held("certification_challenges", Section.CERTIFICATION, None, hidden=frozenset({"digits"})),
    *_of(Section.MEALS, Basis.PAYMENTS, "meal_bookings", "meal_waits", "meal_standing_orders"),
    _part("meal_standing_days", Section.MEALS, Basis.PAYMENTS, "order_id", "meal_standing_orders"),
    *_of(Section.CARE, Basis.PAYMENTS, "service_bookings", "service_events"),
    _part("service_booking_workers", Section.CARE, Basis.PAYMENTS, "booking_id", "service_bookings"),
    _part("service_complaints", Section.CARE, Basis.PAYMENTS, "booking_id", "service_bookings"),
    *_of(Section.HOME, Basis.PAYMENTS, "adaptations", "adaptation_household_members"),
    _part("adaptation_events", Section.HOME, Basis.PAYMENTS, "adaptation_id", "adaptations"),
    _part("adaptation_quote_items", Section.HOME, Basis.PAYMENTS, "adaptation_id", "adaptations"),
    _part("adaptation_photos", Section.HOME, Basis.PAYMENTS, "adaptation_id", "adaptations"),
    Held("incoming_messages", Section.MESSAGES, Basis.CONSENT, hidden=PHONE_OF_SOMEBODY),
    Held("outgoing_messages", Section.MESSAGES, Basis.CONSENT, hidden=PHONE_OF_SOMEBODY),
    _part("outgoing_parts", Section.MESSAGES, Basis.CONSENT, "message_id", "outgoing_messages"),
    *_of(Section.MESSAGES, Basis.CONSENT, "phone_notes"),
    Held("demo_phone_messages", Section.MESSAGES, None, "message_id", "outgoing_messages", hidden=PHONE_OF_SOMEBODY),
    *_of(Section.FAMILY, Basis.CONSENT, "family_members"),
    # What a family member wrote to find her is that member's own.
    Held("delegations", Section.FAMILY, Basis.CONSENT, hidden=frozenset({"named_sealed", "known_account"})),
    _part("delegation_events", Section.FAMILY, Basis.CONSENT, "delegation_id", "delegations"),
    *_of(Section.EMERGENCIES, Basis.EMERGENCY, "emergencies"),
    _part("emergency_events", Section.EMERGENCIES, Basis.EMERGENCY, "emergency_id", "emergencies"),
    *_of(Section.EMERGENCIES, None, "emergency_contacts"),
    *_of(Section.PREFERENCES, None, "dietary_marks", "speaking_manners", "conversations"),
    *_of(Section.DEVICES, None, "sign_in_sessions"),
    *_of(Section.OFFICE, Basis.CASE_FILE, "worker_tasks", "correction_requests"),
    *_of(Section.DEEDS, Basis.DEEDS, "audit_entries", "record_openings"),
    _part("told_deeds", Section.DEEDS, Basis.DEEDS, "audit_entry_id", "audit_entries"),
)
BY_NAME = {held.table_name: held for held in HELD}

OF_THE_SENIOR = frozenset({"person_id", "named_sealed", "known_account", "state"})
# A family member is held as such; what she did for a senior is in the senior's data.
OF_FAMILY: tuple[Held, ...] = (
    Held("family_members", Section.IDENTITY, Basis.CONSENT, "id"),
    Held("delegations", Section.FAMILY, Basis.CONSENT, "family_member_id", hidden=OF_THE_SENIOR),
    Held("sign_in_sessions", Section.DEVICES, None, "family_member_id"),
    Held("conversations", Section.PREFERENCES, None, "family_member_id", hidden=OF_THE_SENIOR),
)

# These say nothing about a senior: places, offers, staff, and what passes through for minutes.
ABOUT_NOBODY = frozenset(
    {
        "adaptation_firms",
        "audit_chains",
        "canteens",
        "care_worker_credentials",
        "care_worker_shifts",
        "care_workers",
        "certification_campaigns",
        "certification_sharings",
        "community_activities",
        "engagements",
        "long_works",
        "menus",
        "payment_runs",
        "rate_limits",
        "reading_flags",
        "registry_imports",
        "service_providers",
        "sign_in_codes",
        "slots",
        "smpp_incoming_parts",
        "smpp_unproven_deliveries",
        "staff",
        "staff_recovery_codes",
        "staff_sessions",
        "uploaded_pieces",
        "voucher_months",
        "waiting_receipts",
    }
)
