"""Where things are. All of it is inside the clone: the set-up leaves nothing elsewhere but Debian's own packages."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VAR = PROJECT / "var"
ENVIRONMENT = PROJECT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
REQUIREMENTS = PROJECT / "requirements"
VENDOR = PROJECT / "static" / "vendor"
