"""Every table of the house in one place, for what concerns them all: migrations, new keys, what is held of a person."""

from __future__ import annotations

import services.activities.tables
import services.allowances.ledger.tables
import services.allowances.tables
import services.audit.tables
import services.calendar.engagements
import services.certification.tables
import services.conversations
import services.demo.phone
import services.emergencies.tables
import services.emergency_contacts.tables
import services.family.tables
import services.home_adaptation.tables
import services.home_care.tables
import services.inbox.tables
import services.long_work.tables
import services.meals.tables
import services.messages.phone_notes
import services.messages.smpp.tables
import services.messages.tables
import services.people
import services.personal_data.tables
import services.rate_limits
import services.records.tables
import services.registry.tables
import services.sign_in
import services.speaking
import services.staff.tables
import services.supervision.tables
import services.vouchers.tables
import services.worker_tasks.tables  # noqa: F401
from services.database.tables import Table

METADATA = Table.metadata
