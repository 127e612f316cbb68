"""What the assistant learns from its examples of what people say, once for each version of examples and rules."""

from __future__ import annotations

from pathlib import Path

from setup.commands import Log
from setup.paths import PROJECT, PYTHON
from setup.steps import Step, stamped

UNDERSTANDING = PROJECT / "voice" / "understanding"


def step() -> Step:
    return stamped(
        "learning",
        title="learning what people say from the examples",
        usually="seconds",
        made_from=_sources,
        makes=lambda: [UNDERSTANDING / "learned.npz"],
        work=_learn,
    )


def _sources() -> list[Path]:
    return sorted([*UNDERSTANDING.rglob("*.py"), *UNDERSTANDING.rglob("*.yaml"), PROJECT / "voice" / "script.py"])


def _learn(log: Log) -> None:
    log.run(
        [PYTHON, "-m", "voice.understanding"],
        folder=PROJECT,
        sorry="The assistant could not learn from its examples.",
    )
