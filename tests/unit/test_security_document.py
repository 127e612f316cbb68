"""docs/security.md names tests; each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
NAMED = re.compile(r"(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)")


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = NAMED.findall((PROJECT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(named) > 30
    missing = []
    for file, test in named:
        path = PROJECT / file
        if not path.exists() or f"def {test}(" not in path.read_text(encoding="utf-8"):
            missing.append(f"{file}::{test}")
    assert not missing
