"""How fast the rules answer for a city: `python -m benchmarks.eligibility [PEOPLE]`.

Two figures: the rules alone, from arrays to arrays, and the whole command, from JSON lines to JSON lines in a process
of its own. People are made up with a fixed seed; nine of ten facts are known, one in ten is missing.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import numpy as np

from services.benefits.answers import verdicts_for
from services.benefits.reading import read_people
from services.people import Hukou, IncomeClass

# As many as hold a 颐年卡, by the city's reply of 2021.
CITY = 710_000
DAY = date(2026, 11, 24)
YES_OR_NO = (
    "resident",
    "three_withouts",
    "special_care",
    "bereaved_single_child_family",
    "can_look_after_self",
    "lives_alone",
    "has_card",
)
DISTRICTS = ("440303", "440304", "440305", "440306", "440307", "440308", "440309", "440310", "440311")


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CITY
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.jsonl"
        with file.open("w", encoding="ascii") as lines:
            lines.writelines(people(count))
        # First, while this process is small: the memory of a child is counted from that of its parent on.
        measure_command(file, count)
        measure_rules(file)


def people(count: int) -> Iterator[str]:
    """Lines of made-up people of 55 to 104 years."""
    random = Random(20261124)
    for number in range(count):
        facts = {
            "birth_on": (DAY - timedelta(days=random.randrange(55 * 365, 104 * 365))).isoformat(),
            "hukou": random.choice([Hukou.SHENZHEN, Hukou.SHENZHEN, Hukou.ELSEWHERE, Hukou.HK_MO_TW]),
            "income_class": random.choice([IncomeClass.NONE] * 20 + list(IncomeClass)),
            "ability_level": random.choice([0, 0, 0, 0, 1, 2, 3, 4]),
        } | {name: random.random() < 0.5 for name in YES_OR_NO}
        if facts["hukou"] == Hukou.SHENZHEN:
            facts["hukou_district"] = random.choice(DISTRICTS)
        known = {name: value for name, value in facts.items() if random.random() < 0.9}
        yield json.dumps({"id": f"p{number}", "as_of": DAY.isoformat(), **known}) + "\n"


def measure_rules(file: Path) -> None:
    """Arrays to arrays, in this process."""
    with file.open("rb") as lines:
        codes = np.concatenate([some.codes for some in read_people(lines)])
    started = time.perf_counter()
    for _, verdicts in verdicts_for(codes):
        assert len(verdicts[0].status) == len(codes)
    show("the rules alone", len(codes), time.perf_counter() - started)


def measure_command(file: Path, count: int) -> None:
    """JSON lines to JSON lines, in a process of its own."""
    command = [sys.executable, "-m", "services", "eligibility", "--json"]
    started = time.perf_counter()
    with file.open("rb") as lines:
        subprocess.run(command, stdin=lines, stdout=subprocess.DEVNULL, check=True)
    show("the command", count, time.perf_counter() - started)
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"memory of the command at most: {megabytes:.0f} MB")


def show(what: str, count: int, seconds: float) -> None:
    """One line."""
    print(f"{what}: {count} people in {seconds:.1f} s, {count / seconds:.0f} a second")


if __name__ == "__main__":
    main()
