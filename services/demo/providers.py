"""The demonstration's providers of care at home, and who comes for them: every district has each service.

Their social credit codes have the right check characters and an area that was never given out, like the ID numbers of
the demonstration's people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from services.demo.people import years_before
from services.home_care import Credential, NewCareWorker, NewProvider, Shift

EVERY_SERVICE = (
    *("CLEAN", "DEEPCLEAN", "BATH", "HAIR", "NAIL", "REHAB", "HOSP", "MED", "TALK", "ESCORT", "DIGITAL", "COOK"),
    *("REPAIR", "NURSE", "CARE"),
)
# What a housekeeping firm without a nurse, a therapist or an electrician can send somebody for.
HOUSEHOLD_SERVICES = ("CLEAN", "DEEPCLEAN", "BATH", "HOSP", "MED", "TALK", "ESCORT", "DIGITAL", "COOK", "CARE")
# Whoever is certified is checked for health once a year.
HEALTH_CHECK_DAYS = 365
CERTIFIED_AFTER_DAYS = 30

MONDAY, TUESDAY, SATURDAY, SUNDAY = 0, 1, 5, 6
# Old people nap at noon: so do those who come to them.
DAY = ((time(8, 0), time(12, 0)), (time(14, 0), time(18, 0)))
EARLY = ((time(7, 0), time(13, 0)),)
LATE = ((time(13, 0), time(20, 30)),)
WEEKDAYS = range(MONDAY, SATURDAY)
SIX_DAYS = range(MONDAY, SUNDAY)
NOT_MONDAYS = range(TUESDAY, SUNDAY + 1)
EVERY_DAY = range(MONDAY, SUNDAY + 1)


@dataclass(frozen=True)
class DemoWorker:
    """Who comes into homes: `years` with her provider, and for how many more days she counts as healthy."""

    name: str
    sex: str
    credentials: tuple[str, ...]
    weekdays: Iterable[int]
    hours: tuple[tuple[time, time], ...]
    years: int
    healthy_days: int = HEALTH_CHECK_DAYS

    def as_new(self, today: date) -> NewCareWorker:
        """She as a city would enter her, certified after a month of training."""
        since = years_before(today, self.years)
        certified_on = since + timedelta(days=CERTIFIED_AFTER_DAYS)
        return NewCareWorker(
            name=self.name,
            sex=self.sex,
            credentials=tuple(Credential(kind, certified_on, None) for kind in self.credentials),
            shifts=tuple(Shift(weekday, *hours) for weekday in self.weekdays for hours in self.hours),
            health_checked_until=today + timedelta(days=self.healthy_days),
            since=since,
            is_demonstration=True,
        )


@dataclass(frozen=True)
class DemoProvider:
    """Who sends them. The first district is its own."""

    name: str
    credit_code: str
    areas: tuple[str, ...]
    street: str
    community: str
    phone: str
    services: tuple[str, ...]
    licences: tuple[str, ...]
    workers: tuple[DemoWorker, ...]

    def as_new(self) -> NewProvider:
        """It as a city would enter it."""
        return NewProvider(
            name=self.name,
            credit_code=self.credit_code,
            district=self.areas[0],
            street=self.street,
            community=self.community,
            phone=self.phone,
            licences=self.licences,
            areas=self.areas,
            services=self.services,
            is_demonstration=True,
        )


CARE, HOUSE, NURSE = "elderly_care", "housekeeping", "nurse"
HAIR, THERAPY, ELECTRIC = "hairdressing", "rehabilitation_therapist", "electrician"
NON_PROFIT, MEDICAL, BUSINESS = "民办非企业单位登记证书", "医疗机构执业许可证", "营业执照"

PROVIDERS = (
    DemoProvider(
        "乐邻居家养老服务中心(示例)",
        "52440399MJ0000018A",
        ("罗湖区", "福田区", "盐田区", "龙岗区", "龙华区"),
        *("翠竹", "翠竹", "0755-0000101"),
        EVERY_SERVICE,
        (NON_PROFIT, MEDICAL),
        (
            # Every day, so that whoever tries her phone finds visits on it.
            DemoWorker("阿梅", "female", (CARE, HOUSE), EVERY_DAY, DAY, 6),
            DemoWorker("谢桂香", "female", (CARE, HOUSE), NOT_MONDAYS, DAY, 9),
            DemoWorker("周建平", "male", (CARE,), SIX_DAYS, DAY, 3),
            DemoWorker("冯丽萍", "female", (CARE, HOUSE), EVERY_DAY, EARLY, 4),
            DemoWorker("叶春燕", "female", (HOUSE,), SIX_DAYS, LATE, 2),
            DemoWorker("许静怡", "female", (NURSE, CARE), SIX_DAYS, DAY, 5),
            DemoWorker("邓海涛", "male", (THERAPY,), WEEKDAYS, DAY, 4),
            DemoWorker("曾玉兰", "female", (HAIR,), NOT_MONDAYS, DAY, 7),
            DemoWorker("罗志明", "male", (ELECTRIC,), SIX_DAYS, DAY, 8),
            # Her check is overdue: nobody can send her until she has been there.
            DemoWorker("孔令珊", "female", (CARE, HOUSE), SIX_DAYS, DAY, 1, healthy_days=-3),
        ),
    ),
    DemoProvider(
        "安馨家政服务有限公司(示例)",
        "91440399MJ00000264",
        ("福田区", "罗湖区", "南山区"),
        *("莲花", "福中", "0755-0000102"),
        HOUSEHOLD_SERVICES,
        (BUSINESS,),
        (
            DemoWorker("刘银凤", "female", (CARE, HOUSE), SIX_DAYS, DAY, 5),
            DemoWorker("唐小琴", "female", (CARE, HOUSE), NOT_MONDAYS, DAY, 3),
            DemoWorker("彭国强", "male", (CARE,), SIX_DAYS, EARLY, 2),
            DemoWorker("梁惠芳", "female", (HOUSE,), EVERY_DAY, LATE, 6),
        ),
    ),
    DemoProvider(
        "海月护理服务有限公司(示例)",
        "91440399MJ0000034Y",
        ("南山区", "福田区", "宝安区"),
        *("招商", "海月", "0755-0000103"),
        EVERY_SERVICE,
        (BUSINESS, MEDICAL),
        (
            DemoWorker("曹秋霞", "female", (CARE, HOUSE), SIX_DAYS, DAY, 4),
            DemoWorker("蒋美娟", "female", (CARE, HOUSE), NOT_MONDAYS, DAY, 7),
            DemoWorker("沈文杰", "male", (CARE, ELECTRIC), SIX_DAYS, DAY, 2),
            DemoWorker("卢雪梅", "female", (NURSE, CARE), EVERY_DAY, EARLY, 6),
            DemoWorker("姚志远", "male", (THERAPY,), WEEKDAYS, DAY, 3),
            DemoWorker("温巧玲", "female", (HAIR, HOUSE), SIX_DAYS, LATE, 5),
        ),
    ),
    DemoProvider(
        "西乡长者服务中心(示例)",
        "52440399MJ0000042T",
        ("宝安区", "光明区", "龙华区", "南山区"),
        *("西乡", "龙珠", "0755-0000104"),
        EVERY_SERVICE,
        (NON_PROFIT, MEDICAL),
        (
            DemoWorker("赖秀清", "female", (CARE, HOUSE), SIX_DAYS, DAY, 8),
            DemoWorker("杜丽君", "female", (CARE, HOUSE), NOT_MONDAYS, DAY, 3),
            DemoWorker("韩志勇", "male", (CARE, ELECTRIC), SIX_DAYS, EARLY, 5),
            DemoWorker("方婉婷", "female", (NURSE, CARE), SIX_DAYS, DAY, 4),
            DemoWorker("任建军", "male", (THERAPY,), WEEKDAYS, DAY, 6),
            DemoWorker("姜凤仪", "female", (HAIR,), NOT_MONDAYS, LATE, 2),
        ),
    ),
    DemoProvider(
        "东部颐养居家服务有限公司(示例)",
        "91440399MJ0000050L",
        ("龙岗区", "坪山区", "大鹏新区", "盐田区"),
        *("南湾", "南岭村", "0755-0000105"),
        EVERY_SERVICE,
        (BUSINESS, MEDICAL),
        (
            DemoWorker("钟月娇", "female", (CARE, HOUSE), SIX_DAYS, DAY, 7),
            DemoWorker("廖玉珊", "female", (CARE, HOUSE), NOT_MONDAYS, DAY, 2),
            DemoWorker("邹国辉", "male", (CARE, ELECTRIC), SIX_DAYS, DAY, 5),
            DemoWorker("熊碧云", "female", (NURSE, CARE), EVERY_DAY, EARLY, 3),
            DemoWorker("范启明", "male", (THERAPY,), WEEKDAYS, DAY, 4),
            DemoWorker("石巧云", "female", (HAIR, HOUSE), SIX_DAYS, LATE, 6),
        ),
    ),
)
