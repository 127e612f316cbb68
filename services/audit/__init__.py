"""The record of deeds: who did what to whose affairs, through which channel, when.

Rows are only ever added, each in the transaction of its deed, and each is chained to the one before it by a keyed hash
(docs/decisions/080). `verify` finds what was removed, changed or inserted behind our back.
"""

from services.audit.chaining import note_heads
from services.audit.exporting import EXPORTED, export_deeds
from services.audit.recording import LOOKS, record
from services.audit.tables import AuditEntry
from services.audit.verifying import Damage, DamageKind, NoteWrong, Verified, verify

__all__ = [
    "EXPORTED",
    "LOOKS",
    "AuditEntry",
    "Damage",
    "DamageKind",
    "NoteWrong",
    "Verified",
    "export_deeds",
    "note_heads",
    "record",
    "verify",
]
