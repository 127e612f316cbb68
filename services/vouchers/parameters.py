"""The dated parameters of vouchers, read strictly: whatever is wrong in the file stops the start and is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.dated_parameters import Metadata, Parameter, Strict, Words, read_file
from services.vouchers.errors import VoucherParametersWrong
from services.vouchers.kinds import ItemKind, VoucherKind

FILE = Path(__file__).with_name("parameters.yaml")

ShareOf = Literal["remainder", "price"]
Percent = Annotated[int, Field(ge=1, le=100)]
Shares = dict[ItemKind, Percent]


def _each_once(kinds: tuple[VoucherKind, ...]) -> tuple[VoucherKind, ...]:
    if sorted(kinds) != sorted(VoucherKind):
        raise ValueError(f"expected each of {', '.join(VoucherKind)} once")
    return kinds


def _every_kind(months: dict[VoucherKind, int]) -> dict[VoucherKind, int]:
    _each_once(tuple(months))
    return months


class _File(Strict):
    description: Words
    metadata: Metadata
    order: Parameter[Annotated[tuple[VoucherKind, ...], AfterValidator(_each_once)]]
    share_of: Parameter[ShareOf]
    home_care_subsidy_percent: Parameter[Shares]
    care_consumption_voucher_percent: Parameter[Shares]
    carry_over_months: Parameter[
        Annotated[dict[VoucherKind, Annotated[int, Field(ge=0, le=12)]], AfterValidator(_every_kind)]
    ]
    reminder_days_before_end: Parameter[Annotated[int, Field(ge=0, le=27)]]


@dataclass(frozen=True)
class Rules:
    """How vouchers pay on one day. `version` names the parameters, for the record of a booking."""

    order: tuple[VoucherKind, ...]
    share_of: ShareOf
    percent: Mapping[VoucherKind, Mapping[ItemKind, int]]
    carry_over_months: Mapping[VoucherKind, int]
    reminder_days_before_end: int
    version: str


@cache
def _file(file: Path = FILE) -> _File:
    return read_file(file, _File, VoucherParametersWrong)


def review_by(file: Path = FILE) -> date:
    """The day by which somebody must have looked whether all of this still holds."""
    return _file(file).metadata.review_by


@cache
def rules_on(day: date, file: Path = FILE) -> Rules:
    """What holds on a day. Raises VoucherParametersWrong, naming the file and what was expected."""
    read = _file(file)
    parts = (
        read.order,
        read.share_of,
        read.home_care_subsidy_percent,
        read.care_consumption_voucher_percent,
        read.carry_over_months,
    )
    changes = [part.since(day) for part in parts]
    return Rules(
        order=read.order.on(day),
        share_of=read.share_of.on(day),
        percent={
            VoucherKind.HOME_CARE_SUBSIDY: read.home_care_subsidy_percent.on(day),
            VoucherKind.CARE_CONSUMPTION_VOUCHER: read.care_consumption_voucher_percent.on(day),
        },
        carry_over_months=read.carry_over_months.on(day),
        reminder_days_before_end=read.reminder_days_before_end.on(day),
        version=f"vouchers-{max((since for since in changes if since <= day), default=min(changes))}",
    )


def check_parameters() -> None:
    """Read the file now. Raises VoucherParametersWrong."""
    _file()
