"""Who would come when: the best of what is free for what she said, and two other times where nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from services.clock import CITY_TIME, local_day, local_moment
from services.home_care import (
    DayPart,
    NobodyFree,
    Offer,
    Service,
    ServiceKind,
    ServiceQuote,
    catalogue_on,
    list_offers,
    list_service_days,
    main_service,
    quote_service,
)
from voice.skills.skill import Turn

# The time that people mean by a part of the day, where they do not say one.
MEANT_BY = {DayPart.MORNING: time(9), DayPart.AFTERNOON: time(14), DayPart.EVENING: time(18)}
MEANT_BY_A_DAY = time(9)
MOST_OTHERS = 2


@dataclass(frozen=True)
class Wish:
    """A visit as far as she said how she wants it: in a part of the day, `at` a time, or at any time, `near` one.
    `worker_id`: whom to prefer; `instead_of`: the booking to change."""

    service: str
    day: date
    part: DayPart | None = None
    at: time | None = None
    near: time | None = None
    sex: str | None = None
    worker_id: str | None = None
    not_workers: Sequence[str] = field(default_factory=tuple)
    instead_of: UUID | None = None

    @classmethod
    def of(cls, turn: Turn, slots: dict[str, Any], *, service: str | None = None, **more: Any) -> Wish:
        """The wish that slots state; `service` is a code, where it is not the main one of the kind."""
        day = date.fromisoformat(slots["date"])
        return cls(
            service=service or service_meant(turn, slots).code,
            day=day,
            part=DayPart(slots["period"]) if "period" in slots and "time" not in slots else None,
            at=time.fromisoformat(slots["time"]) if "time" in slots else None,
            sex=slots.get("sex"),
            worker_id=slots.get("worker_id"),
            not_workers=tuple(slots.get("not_workers", ())),
            **more,
        )

    @property
    def meant(self) -> time:
        """The time of day that it comes closest to."""
        return self.at or self.near or (MEANT_BY[self.part] if self.part else MEANT_BY_A_DAY)


def service_meant(turn: Turn, slots: dict[str, Any]) -> Service:
    """The service that she named, or where she only named its kind the first one of that. Raises ServiceUnknown."""
    kind = ServiceKind(slots["service"])
    named = [each for each in other_services(turn, kind) if each.code == slots.get("named")]
    return named[0] if named else main_service(kind, turn.today)


def other_services(turn: Turn, kind: ServiceKind) -> list[Service]:
    """What there is of a kind besides the first service."""
    return [service for service in catalogue_on(turn.today) if service.kind is kind][1:]


@dataclass(frozen=True)
class Plan:
    """Who would come, and when."""

    offer: Offer
    starts_at: datetime

    @property
    def slots(self) -> dict[str, Any]:
        """The same as slots."""
        at = self.starts_at.astimezone(CITY_TIME)
        return {
            "date": local_day(self.starts_at).isoformat(),
            "time": f"{at:%H:%M}",
            "worker_id": str(self.offer.worker.id),
        }


def best_plan(turn: Turn, wish: Wish) -> Plan:
    """The best that is free for a wish. Raises ServiceError, NobodyFree above all."""
    offers = _offers(turn, wish)
    fitting = [offer for offer in offers if str(offer.worker.id) not in wish.not_workers] or offers
    known = [offer for offer in fitting if str(offer.worker.id) == wish.worker_id]
    offer = (known or fitting)[0]
    return Plan(offer, _nearest(offer.times, wish))


def two_other_times(turn: Turn, wish: Wish) -> list[Plan]:
    """Up to two other times: the nearest one on the same day, and the same time of the next day on which it is free;
    where one of them is missing, the next days. Empty where nobody is free any more. Raises ServiceError."""
    found: list[Plan] = []
    try:
        found.append(best_plan(turn, _any_time_of(wish, wish.day)))
    except NobodyFree:
        pass
    for day in _free_days_after(turn, wish):
        if len(found) == MOST_OTHERS:
            break
        try:
            found.append(best_plan(turn, replace(wish, day=day)))
        except NobodyFree:
            continue
    if len(found) < MOST_OTHERS:
        days = {local_day(plan.starts_at) for plan in found} | {wish.day}
        left = [day for day in _free_days_after(turn, _any_time_of(wish, wish.day)) if day not in days]
        found += [best_plan(turn, _any_time_of(wish, day)) for day in left[: MOST_OTHERS - len(found)]]
    return found


def first_free_day(turn: Turn, service: str) -> date | None:
    """The first day on which somebody is free. Raises ServiceError."""
    days = list_service_days(turn.session, turn.actor, person_id=turn.person_id, service=service, now=turn.now)
    return next((day.day for day in days if day.is_open), None)


def free_parts(turn: Turn, service: str, day: date) -> list[DayPart]:
    """The parts of a day in which somebody is free. Raises ServiceError."""
    days = list_service_days(turn.session, turn.actor, person_id=turn.person_id, service=service, now=turn.now)
    return [choice.part for each in days if each.day == day for choice in each.parts if choice.free_times]


def quote_plan(turn: Turn, plan: Plan, instead_of: UUID | None = None) -> ServiceQuote:
    """What it would cost her. Raises ServiceError."""
    return quote_service(
        turn.session,
        turn.actor,
        person_id=turn.person_id,
        service=plan.offer.service.code,
        worker_id=plan.offer.worker.id,
        starts_at=plan.starts_at,
        now=turn.now,
        instead_of=instead_of,
    )


def _offers(turn: Turn, wish: Wish) -> tuple[Offer, ...]:
    return list_offers(
        turn.session,
        turn.actor,
        person_id=turn.person_id,
        service=wish.service,
        day=wish.day,
        part=wish.part,
        at=wish.at,
        sex=wish.sex,
        now=turn.now,
        instead_of=wish.instead_of,
    )


def _any_time_of(wish: Wish, day: date) -> Wish:
    """The same wish for any time of a day; the nearest one to what was wanted is taken."""
    return replace(wish, day=day, part=None, at=None, near=wish.meant)


def _free_days_after(turn: Turn, wish: Wish) -> list[date]:
    days = list_service_days(
        turn.session,
        turn.actor,
        person_id=turn.person_id,
        service=wish.service,
        now=turn.now,
        instead_of=wish.instead_of,
    )
    return [
        day.day
        for day in days
        if day.day > wish.day and any(choice.free_times and wish.part in (None, choice.part) for choice in day.parts)
    ]


def _nearest(times: Sequence[datetime], wish: Wish) -> datetime:
    meant = local_moment(wish.day, wish.meant)
    return min(times, key=lambda starts_at: (abs(starts_at - meant), starts_at))
