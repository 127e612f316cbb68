"""How fast a household extract comes in: `python -m benchmarks.registry [PEOPLE]`.

The extract is made up with a fixed seed and imported twice over a database of its own: first everybody is new, then a
later extract says the same of all but a few. Both are the whole command's work: reading, checking every row, sealing,
writing, merging and looking for what does not fit together, in one transaction with everything encrypted.

Besides the clock it tells the processor seconds of Python and of PostgreSQL: where other programs want the machine too,
half of their sum is what the import would take on two idle cores.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from services.actor import Actor, Channel
from services.database import Database, migrate, open_database, unit_of_work
from services.people import id_check_digit
from services.registry import import_extract
from services.registry.command import progress
from services.settings import Settings, ensure_demo_settings

# As many as hold a 颐年卡, by the city's reply of 2021.
CITY = 710_000
CORES = 2
NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
FIRST_ON, LATER_ON = date(2026, 9, 30), date(2026, 10, 31)
# One in so many moved between the two extracts.
MOVED = 100
HEADER = (
    "id_number,name,sex,birth_on,hukou,hukou_district,hukou_changed_on,alive,died_on,resident,"
    "district,street,community,address,phone\n"
)
PLACES = (
    ("罗湖区", "翠竹", "水贝"),
    ("福田区", "莲花", "景田"),
    ("龙华区", "民治", "民强"),
    ("南山区", "粤海", "麻岭"),
    ("宝安区", "新安", "文汇"),
    ("盐田区", "海山", "田东"),
)
SURNAMES = "陈李黄张梁林刘吴罗杨何郑谢曾钟廖叶蔡邓许"
GIVEN = "秀英桂兰玉珍丽华国建明文德志强荣福少芬美云金凤"


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CITY
    with tempfile.TemporaryDirectory(prefix="yinian-registry-") as folder:
        first, later = Path(folder) / "first.csv", Path(folder) / "later.csv"
        write_extract(first, count, on=FIRST_ON)
        write_extract(later, count, on=LATER_ON, moved=MOVED)
        ensure_demo_settings(Path(folder))
        settings = Settings.from_environment({"YINIAN_VAR_DIR": folder})
        database = open_database(settings)
        try:
            migrate(database.engine)
            for name, path in (("everybody new", first), ("a later extract", later)):
                measure(database, settings.city, name, path)
        finally:
            database.close()


def write_extract(path: Path, count: int, *, on: date, moved: int = 0) -> None:
    """Write a household extract of made-up people; every `moved`th lives elsewhere than in an extract without it."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"#registry=household,source=公安人口库,extract_on={on}\n{HEADER}")
        file.writelines(rows(count, moved))


def rows(count: int, moved: int = 0) -> Iterator[str]:
    """Rows of made-up people between 60 and 100 years old, the same ones each time."""
    random = Random(20261124)
    day = date(2026, 9, 30)
    of_a_day: dict[int, int] = {}
    for number in range(count):
        days = random.randrange(60 * 365, 100 * 365)
        of_a_day[days] = sequence = of_a_day.get(days, -1) + 1
        born = day - timedelta(days=days)
        first_seventeen = f"4403{96 + sequence // 1000:02}{born:%Y%m%d}{sequence % 1000:03}"
        name = random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN)
        in_the_city = random.random() < 0.8
        district, street, community = random.choice(PLACES)
        home = f"{district}{street}街道{community}社区{random.randrange(1, 99)}栋{random.randrange(101, 3200)}"
        yield (
            ",".join(
                (
                    first_seventeen + id_check_digit(first_seventeen),
                    name,
                    "女" if sequence % 2 else "男",
                    born.isoformat(),
                    "本市" if in_the_city else "外地",
                    district if in_the_city else "",
                    "1988-07-01" if sequence % 3 else "",
                    "是",
                    "",
                    "是",
                    district,
                    street,
                    community,
                    home + ("B座" if moved and number % moved == 0 else ""),
                    f"154{number:08}",
                )
            )
            + "\n"
        )


def measure(database: Database, city: str, name: str, path: Path) -> None:
    """Import the file and print how long it took and what it took."""
    processors, started = processor_seconds(database), time.perf_counter()
    with path.open("rb") as file, unit_of_work(database.sessions) as session:
        report = import_extract(
            session, Actor.system(Channel.COMMAND_LINE), file, city=city, now=NOW, tell=progress(sys.stderr)
        )
    seconds = time.perf_counter() - started
    count = sum(vars(report.counts).values()) - report.counts.findings
    used = [after - before for before, after in zip(processors, processor_seconds(database), strict=True)]
    print(f"{name}: {count} rows in {seconds:.1f} s, {count / seconds:.0f} a second; {report.counts}")
    print(
        f"  processor seconds: Python {used[0]:.1f}, PostgreSQL {used[1]:.1f}; "
        f"on two idle cores about {count * CORES / sum(used):.0f} rows a second"
    )
    print(f"  most memory of one process of Python: {peak_kib() / 1024:.0f} MiB")


def processor_seconds(database: Database) -> tuple[float, float]:
    """Processor seconds so far of this process with its ended children, and of the database server."""
    mine = os.times()
    assert database.server is not None
    server = database.server.process()
    assert server is not None
    return sum(mine[:4]), sum(sum(process.cpu_times()[:4]) for process in (server, *server.children()))


def peak_kib() -> int:
    """The most memory that this process or one of its ended children held."""
    import resource

    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    sys.exit(main())
