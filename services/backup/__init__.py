"""Backups: the whole database in one sealed file, and back again (docs/decisions/082)."""

from services.backup.dumping import Backup, DatabaseNotEmpty, ProgramFailed, back_up
from services.backup.restoring import Restored, restore
from services.backup.sealed_file import BackupDamaged, BackupKeyUnknown

__all__ = [
    "Backup",
    "BackupDamaged",
    "BackupKeyUnknown",
    "DatabaseNotEmpty",
    "ProgramFailed",
    "Restored",
    "back_up",
    "restore",
]
