"""The people of a simulated city and what will happen to each of them, drawn once with a seed.

`happens` of a person is what life does; `did` is what she, workers and the bank did in the run, written down by the
simulation when it happens. The recount at the end reads these two and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar
from uuid import UUID

from services.people import id_check_digit

AREA_OF_NOBODY = "440399"
# Where people live: district, street, community. One worker each.
PLACES = (
    ("罗湖区", "翠竹", "翠竹"),
    ("福田区", "莲花", "景田"),
    ("南山区", "粤海", "麻岭"),
    ("龙华区", "民治", "民乐"),
)
SURNAMES, GIVEN = "王李张刘陈杨黄吴林何郭马罗梁宋郑谢唐许邓", "秀英丽华国志建明桂兰玉珍福生德全月娥文海"
PAID_BY_ANOTHER_SYSTEM = 0.8
Drawn = TypeVar("Drawn")


class Answer(StrEnum):
    """How somebody answers an offer."""

    TEXT = "text"
    UNCLEAR_FIRST = "unclear_first"
    SCREEN = "screen"
    DECLINE = "decline"
    SILENT = "silent"
    LATE = "late"


class Story(StrEnum):
    """The one thing out of the ordinary that happens to somebody."""

    NOTHING = "nothing"
    CARD_LATE = "card_late"
    NO_CARD = "no_card"
    MOVES_WITHIN = "moves_within"
    MOVES_OUT = "moves_out"
    GAP = "gap"
    BORN_EARLIER = "born_earlier"
    BORN_LATER = "born_later"
    WRONG_DEATH = "wrong_death"
    CERTIFIED_LATE = "certified_late"
    NEVER_CERTIFIED = "never_certified"
    BANK_RETURNS = "bank_returns"
    WITHDRAWS = "withdraws"


ANSWERS = {
    Answer.TEXT: 70,
    Answer.UNCLEAR_FIRST: 6,
    Answer.SCREEN: 6,
    Answer.DECLINE: 6,
    Answer.SILENT: 6,
    Answer.LATE: 6,
}
# What can happen to somebody who applies in the run, and to somebody who was paid before.
OF_APPLICANTS = {Story.NOTHING: 90, Story.CARD_LATE: 7, Story.NO_CARD: 3}
OF_OTHERS = {
    Story.NOTHING: 64,
    Story.CARD_LATE: 3,
    Story.NO_CARD: 1,
    Story.MOVES_WITHIN: 5,
    Story.MOVES_OUT: 4,
    Story.GAP: 3,
    Story.BORN_EARLIER: 3,
    Story.BORN_LATER: 3,
    Story.WRONG_DEATH: 3,
    Story.CERTIFIED_LATE: 4,
    Story.NEVER_CERTIFIED: 2,
    Story.BANK_RETURNS: 3,
    Story.WITHDRAWS: 2,
}
MORTAL = {Story.NOTHING, Story.CARD_LATE, Story.NO_CARD, Story.MOVES_WITHIN, Story.BANK_RETURNS}
DEATHS_IN_A_THOUSAND_DAYS = 120


@dataclass
class Happens:
    """What life does to somebody, and when the registers learn of it."""

    died_on: date | None = None
    death_known_on: date | None = None
    moved_on: date | None = None
    move_known_on: date | None = None
    back_on: date | None = None
    back_known_on: date | None = None
    birth_corrected_to: date | None = None
    correction_known_on: date | None = None
    # The day from which she has a card; None for never.
    card_from: date | None = None


@dataclass
class Did:
    """What was done in the run."""

    applied_on: date | None = None
    approved_on: date | None = None
    # The worker's decision on ending it, and the first month unpaid.
    stopped_on: date | None = None
    stopped_from: date | None = None
    # A death signal that a worker found to be wrong.
    kept_on: date | None = None
    suspended_on: date | None = None
    suspended_from: date | None = None
    resumed_on: date | None = None
    withdrew_on: date | None = None
    doubt_settled_on: date | None = None
    # Corrections that a worker approved (True) or left with her (False), by day.
    corrections: list[tuple[date, bool]] = field(default_factory=list)
    # Months whose payment the bank sent back.
    returned: set[date] = field(default_factory=set)


@dataclass
class Resident:
    """One of the city."""

    number: int
    name: str
    sex: str
    born_on: date
    id_number: str
    phone: str
    place: tuple[str, str, str]
    paid_before: bool
    answer: Answer
    story: Story
    happens: Happens
    did: Did = field(default_factory=Did)
    person_id: UUID | None = None

    @property
    def patience(self) -> int:
        """How many days pass before somebody acts for her or she acts herself: 0 to 4."""
        return self.number % 5

    def is_alive(self, day: date) -> bool:
        """Whether she lives on a day."""
        return self.happens.died_on is None or day <= self.happens.died_on


def invent(count: int, *, seed: int, start: date, days: int) -> list[Resident]:
    """That many people as of the first day; the same seed gives the same city."""
    random = Random(seed)
    residents: list[Resident] = []
    taken: set[str] = set()
    while len(residents) < count:
        one = _invent_one(random, len(residents), start, days, residents)
        if one.id_number not in taken:
            taken.add(one.id_number)
            residents.append(one)
    return residents


def _invent_one(random: Random, number: int, start: date, days: int, others: list[Resident]) -> Resident:
    # Half are younger than seventy, and one in ten reaches it in the run or shortly after.
    years = random.choice(
        (random.uniform(60, 70), random.uniform(68.7, 72), random.uniform(70, 101), random.uniform(70, 90))
    )
    born_on = start - timedelta(days=int(years * 365.2425))
    if random.random() < 0.01:
        born_on = date(born_on.year - born_on.year % 4, 2, 29)
    paid_before = years > 70.2 and random.random() < PAID_BY_ANOTHER_SYSTEM
    story = _drawn(random, OF_OTHERS if paid_before else OF_APPLICANTS)
    sex = random.choice(("female", "male"))
    shares = bool(others) and random.random() < 0.04
    first = f"{AREA_OF_NOBODY}{born_on:%Y%m%d}{(number * 2 + (sex == 'male')) % 1000:03}"
    return Resident(
        number=number,
        name=random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN),
        sex=sex,
        born_on=born_on,
        id_number=first + id_check_digit(first),
        phone=others[-1].phone if shares else f"154{number:08}",
        place=others[-1].place if shares else random.choice(PLACES),
        paid_before=paid_before,
        answer=_drawn(random, ANSWERS),
        story=story,
        happens=_life(random, story, born_on, start, days),
    )


def _drawn(random: Random, shares: dict[Drawn, int]) -> Drawn:
    return random.choices(list(shares), list(shares.values()))[0]


def _life(random: Random, story: Story, born_on: date, start: date, days: int) -> Happens:
    def some_day(first: int, last: int) -> date:
        return start + timedelta(days=random.randint(first, max(first, min(last, days))))

    happens = Happens(card_from=start)
    if story is Story.CARD_LATE:
        happens.card_from = some_day(30, days)
    elif story is Story.NO_CARD:
        happens.card_from = None
    elif story in (Story.MOVES_WITHIN, Story.MOVES_OUT, Story.GAP):
        happens.moved_on = some_day(20, days - 150)
        happens.move_known_on = happens.moved_on + timedelta(days=random.choice((0, 3, 10, 45)))
        if story is Story.GAP:
            happens.back_on = happens.moved_on + timedelta(days=random.randint(50, 100))
            happens.back_known_on = happens.back_on + timedelta(days=random.choice((0, 3, 10)))
    elif story in (Story.BORN_EARLIER, Story.BORN_LATER):
        away = timedelta(days=random.randint(40, 900))
        happens.birth_corrected_to = born_on - away if story is Story.BORN_EARLIER else born_on + away
        happens.correction_known_on = some_day(30, days - 60)
    elif story is Story.WRONG_DEATH:
        happens.death_known_on = some_day(20, days - 20)
    if story in MORTAL and random.randrange(1000) < DEATHS_IN_A_THOUSAND_DAYS * days // 1000:
        happens.died_on = some_day(1, days)
        happens.death_known_on = happens.died_on + timedelta(days=random.choice((0, 1, 2, 5, 9, 20, 40, 70)))
    return happens
