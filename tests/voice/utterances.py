"""The sentences of `tests/intents/zh/`: what people say, with the intent and the slots that it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from services.clock import CITY_TIME

DIRECTORY = Path(__file__).parent.parent / "intents" / "zh"


@dataclass(frozen=True)
class Utterance:
    """One sentence and what it means, said at `now`."""

    say: str
    intent: str
    slots: dict[str, Any]
    now: datetime


def read_utterances() -> list[Utterance]:
    """All sentences of all files."""
    found = []
    for path in sorted(DIRECTORY.glob("*.yaml")):
        for group in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if group["intent"] != path.stem:
                raise ValueError(f"{path.name}: intent: {path.stem!r} is expected")
            now = datetime.fromisoformat(group["now"]).replace(tzinfo=CITY_TIME)
            for entry in group["utterances"]:
                slots = {
                    name: value.isoformat() if isinstance(value, date) else value
                    for name, value in entry.get("slots", {}).items()
                }
                found.append(Utterance(entry["say"], group["intent"], slots, now))
    return found
