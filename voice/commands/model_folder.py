"""Where this machine keeps its models, for the commands that need nothing else of the settings.

Reading the whole settings would ask for secrets that listening and speaking have no use for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.settings import PREFIX, PROJECT
from voice.models import ModelStore


def open_model_folder(environment: Mapping[str, str]) -> ModelStore:
    """The models in `var/models`, or under the folder that `YINIAN_VAR_DIR` names."""
    return ModelStore(Path(environment.get(f"{PREFIX}VAR_DIR") or PROJECT / "var") / "models")
