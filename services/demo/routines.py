"""Who of the demonstration has which visit on which day of the week, and when each of its steps is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import NAMESPACE_DNS, UUID, uuid5

from services.clock import local_moment
from services.home_care import Rating, ServiceState

T = TypeVar("T")

NAMES = uuid5(NAMESPACE_DNS, "visits.demonstration.invalid")
BOOKED_DAYS_BEFORE, ANSWERED_DAYS_BEFORE = 6, 5
BOOKED_AT, ANSWERED_AT, RATED_AT = time(10, 0), time(15, 0), time(11, 0)
# Whoever tries the care worker's phone has until late to press its buttons; her colleagues work by the clock.
WORKER_WITH_ACCOUNT = "阿梅"
LEFT_UNTIL = time(23, 0)
LATE_BY = timedelta(minutes=4)
# How it was, of ten visits. None: she says nothing, and it is confirmed when the days for objections are over.
OPINIONS = (*[Rating.VERY_GOOD] * 5, *[Rating.GOOD] * 2, Rating.FAIR, None, None)
# In one of so many weeks something is wrong.
COMPLAINT_EVERY_WEEKS = 4
OBSERVED = ("老人精神不错，聊得开心。(示例)", "血压正常，胃口好。(示例)", "浴室地滑，已提醒铺防滑垫。(示例)", "")
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


@dataclass(frozen=True)
class Routine:
    """Somebody who has the same service at the same time every week. `rates_after`: so many days later."""

    senior: str
    service: str
    worker: str
    weekday: int
    at: time
    rates_after: int = 1
    may_complain: bool = False


ROUTINES = (
    # The care worker with an account has two visits on every day.
    Routine("黄婉仪", "CLEAN", "阿梅", MON, time(9, 0)),
    Routine("赵玉梅", "CARE", "阿梅", MON, time(14, 30)),
    Routine("王秀珍", "CLEAN", "阿梅", TUE, time(9, 0), rates_after=6),
    Routine("黄婉仪", "TALK", "阿梅", TUE, time(15, 0)),
    Routine("郭志强", "COOK", "阿梅", WED, time(10, 0)),
    Routine("黄婉仪", "CARE", "阿梅", WED, time(15, 0)),
    Routine("李德全", "CARE", "阿梅", THU, time(9, 0)),
    Routine("赵玉梅", "CLEAN", "阿梅", THU, time(14, 0)),
    Routine("陈丽英", "CLEAN", "阿梅", FRI, time(9, 0)),
    Routine("王秀珍", "TALK", "阿梅", FRI, time(15, 0), rates_after=5, may_complain=True),
    Routine("林国华", "CARE", "阿梅", SAT, time(9, 0)),
    Routine("黄婉仪", "ESCORT", "阿梅", SAT, time(14, 0)),
    Routine("李德全", "CLEAN", "阿梅", SUN, time(9, 0)),
    Routine("郭志强", "TALK", "阿梅", SUN, time(15, 0)),
    # Her colleagues.
    Routine("李德全", "NURSE", "许静怡", MON, time(10, 0)),
    Routine("陈丽英", "COOK", "叶春燕", MON, time(16, 0)),
    Routine("林国华", "REHAB", "邓海涛", TUE, time(9, 30)),
    Routine("李德全", "BATH", "周建平", WED, time(10, 0)),
    Routine("黄婉仪", "BATH", "谢桂香", THU, time(15, 0)),
    Routine("李德全", "REHAB", "邓海涛", FRI, time(9, 30)),
    Routine("赵玉梅", "HAIR", "曾玉兰", SAT, time(10, 0)),
    Routine("郭志强", "CLEAN", "冯丽萍", SUN, time(9, 0)),
    # The other providers.
    Routine("周月娥", "CLEAN", "钟月娇", MON, time(14, 0)),
    Routine("张秀兰", "CLEAN", "曹秋霞", TUE, time(9, 0)),
    Routine("吴桂芳", "BATH", "赖秀清", WED, time(9, 30)),
    Routine("何嘉雯", "REHAB", "姚志远", THU, time(10, 0)),
    Routine("孙福生", "COOK", "杜丽君", FRI, time(10, 0)),
    Routine("吴桂芳", "CARE", "赖秀清", SAT, time(9, 0)),
    Routine("欧阳建国", "TALK", "廖玉珊", SAT, time(15, 0)),
)


@dataclass(frozen=True)
class PlannedVisit:
    """One visit of a routine. What is decided by chance is decided by its id: always the same."""

    routine: Routine
    day: date

    @property
    def request_id(self) -> UUID:
        """What the booking is known by."""
        return uuid5(NAMES, f"{self.routine.senior} {self.routine.service} {self.day}")

    @property
    def starts_at(self) -> datetime:
        """When the care worker comes."""
        return local_moment(self.day, self.routine.at)

    @property
    def booked_at(self) -> datetime:
        """When it is booked."""
        return local_moment(self.day - timedelta(days=BOOKED_DAYS_BEFORE), BOOKED_AT)

    @property
    def opinion(self) -> Rating | None:
        """How it was, if she says so."""
        return self._one_of(OPINIONS)

    @property
    def observed(self) -> str:
        """What the care worker writes down."""
        return self._one_of(OBSERVED)

    @property
    def leads_to_complaint(self) -> bool:
        """Whether something was wrong."""
        return self.routine.may_complain and self.day.toordinal() // 7 % COMPLAINT_EVERY_WEEKS == 0

    def next_step_at(self, state: ServiceState, ends_at: datetime) -> datetime | None:
        """When the visit goes on from a state; None: it waits for somebody else, or is over."""
        is_left = self.routine.worker == WORKER_WITH_ACCOUNT
        left_until = local_moment(self.day, LEFT_UNTIL)
        said_on = self.day + timedelta(days=self.routine.rates_after)
        return {
            ServiceState.REQUESTED: local_moment(self.day - timedelta(days=ANSWERED_DAYS_BEFORE), ANSWERED_AT),
            ServiceState.ACCEPTED: left_until if is_left else self.starts_at + LATE_BY,
            ServiceState.VISITING: left_until if is_left else ends_at,
            ServiceState.DONE: local_moment(said_on, RATED_AT) if self.opinion or self.leads_to_complaint else None,
        }.get(state)

    def _one_of(self, choices: Sequence[T]) -> T:
        return choices[self.request_id.int % len(choices)]
