"""A provider whose workers have time for everything, every day from morning to night: for rehearsed conversations,
which are about what is said and not about who happens to be free."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from services.demo.home_care import add_demo_provider
from services.demo.providers import (
    CARE,
    ELECTRIC,
    EVERY_DAY,
    EVERY_SERVICE,
    HAIR,
    HOUSE,
    NON_PROFIT,
    NURSE,
    THERAPY,
    DemoProvider,
    DemoWorker,
)

_ALL_DAY = ((time(7, 0), time(21, 0)),)
# A bath takes two of them, and one of the two may be with her already.
_NAMES = ("甲", "乙", "丙", "丁")

ALWAYS_FREE = DemoProvider(
    "随时有空的服务社(示例)",
    "52440399MJ0000990W",
    ("罗湖区",),
    *("翠竹", "翠竹", "0755-0000199"),
    EVERY_SERVICE,
    (NON_PROFIT,),
    tuple(
        DemoWorker(f"{name}师傅(示例)", "female", (CARE, HOUSE, NURSE, HAIR, THERAPY, ELECTRIC), EVERY_DAY, _ALL_DAY, 5)
        for name in _NAMES
    ),
)


def prepare_always_free(session: Session, *, city: str, now: datetime) -> None:
    """Add the provider. Only for a world that is gone afterwards."""
    add_demo_provider(session, ALWAYS_FREE, city=city, now=now)
