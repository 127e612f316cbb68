"""What people say, with the intent and the slots that it means: the sentences of `examples/zh/`, a file an intent.

The scorer learns from them, and the tests hold that each is understood. Sentences for measuring how well new ones are
understood are kept apart, in `tests/intents/zh/`, in the same form.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from services.clock import CITY_TIME

EXAMPLES_DIRECTORY = Path(__file__).parent / "examples" / "zh"
# The compiled loader is ten times as fast; where PyYAML was built without it the plain one does the same.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEYS = {"intent", "now", "style", "utterances"}


class ExamplesError(ValueError):
    """A file of sentences that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True)
class Example:
    """One sentence said at `now` (aware) with what it means; `style` tells how it is said."""

    say: str
    intent: str
    now: datetime
    slots: dict[str, Any] = field(default_factory=dict)
    style: str = ""


def read_examples(directory: Path = EXAMPLES_DIRECTORY) -> tuple[Example, ...]:
    """All sentences of all files; raises ExamplesError."""
    return tuple(example for path in sorted(directory.glob("*.yaml")) for example in _read(path))


def _read(path: Path) -> list[Example]:
    found = []
    try:
        groups = list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=_SafeLoader))
    except yaml.YAMLError as error:
        raise ExamplesError(f"{path.name}: not readable as YAML: {error}") from error
    for group in groups:
        if not isinstance(group, dict) or not group.keys() <= _KEYS:
            raise ExamplesError(f"{path.name}: each group has these keys only: {sorted(_KEYS)}")
        if group.get("intent") != path.stem:
            raise ExamplesError(f"{path.name}: intent: {path.stem!r} is expected, found {group.get('intent')!r}")
        now = datetime.fromisoformat(group["now"]).replace(tzinfo=CITY_TIME)
        for entry in group["utterances"]:
            slots = {name: _plain(value) for name, value in entry.get("slots", {}).items()}
            found.append(Example(entry["say"], path.stem, now, slots, group.get("style", "")))
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
