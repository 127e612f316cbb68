"""The YAML files in this folder are run by OpenFisca's own test items, as part of every ordinary test run.

In them an input that is not told is not known; `..._status`, `..._amount_fen` (what is sure) and `..._missing` (the
fields that could still change the answer) are what is asserted. The period is the day asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openfisca_core.tools.test_runner import YamlFile, YamlItem

from services.benefits.system import city_rules

CASES = Path(__file__).parent


class Cases(YamlFile):
    """One YAML file; its items bear the names of the cases, so that a failing one can be found."""

    def collect(self) -> Iterator[YamlItem]:
        cases = yaml.load(self.path.read_text(encoding="utf-8"), yaml.BaseLoader)
        for item, case in zip(super().collect(), cases, strict=True):
            yield YamlItem.from_parent(
                self,
                name=case["name"],
                baseline_tax_benefit_system=self.tax_benefit_system,
                test=vars(item.test) | {"absolute_error_margin": 0, "relative_error_margin": None},
                options={},
            )


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> Any:
    """Take the YAML files of this folder as tests."""
    if file_path.suffix == ".yaml" and file_path.parent == CASES:
        return Cases.from_parent(parent, path=file_path, tax_benefit_system=city_rules().system, options={})
    return None
