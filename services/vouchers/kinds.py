"""The vouchers there are, what can be paid with them, and what can happen to one."""

from __future__ import annotations

from enum import StrEnum

from services.benefits import Benefit


class VoucherKind(StrEnum):
    """A voucher that is issued for a month; each is a benefit of the city with rules of its own."""

    HOME_CARE_SUBSIDY = Benefit.HOME_CARE_SUBSIDY.value
    """居家养老消费券: pays the price of care at home as far as it reaches"""
    CARE_CONSUMPTION_VOUCHER = Benefit.CARE_CONSUMPTION_VOUCHER.value
    """养老服务消费补贴 of 2026: takes over a share of what she would pay herself"""

    @property
    def benefit(self) -> Benefit:
        """The benefit whose rules say who gets it and how much."""
        return Benefit(self.value)


class ItemKind(StrEnum):
    """What a service is to the rules of vouchers. A catalogue names one for each of its services."""

    CLEANING = "cleaning"
    """助洁, of the home"""
    BATHING = "bathing"
    """助浴"""
    PERSONAL_CARE = "personal_care"
    """hair, nails: 助洁 of the person"""
    MEALS = "meals"
    """助餐: cooking at home"""
    OUTINGS = "outings"
    """助行"""
    MEDICAL_HELP = "medical_help"
    """助医: escort to the doctor, fetching medicine, nursing at home"""
    REHABILITATION = "rehabilitation"
    """康复"""
    URGENT_HELP = "urgent_help"
    """助急: small repairs included"""
    COMPANIONSHIP = "companionship"
    """心理慰藉"""
    CARE_WORKER = "care_worker"
    """养老护理员 by the hour"""
    DAY_CARE = "day_care"
    SHORT_STAY = "short_stay"
    """喘息服务 in an institution"""
    LONG_STAY = "long_stay"
    ASSESSMENT = "assessment"
    OTHER = "other"
    """what no voucher pays"""


class MovementKind(StrEnum):
    """What happened to a voucher."""

    FORESEEN = "foreseen"
    """something was held against a month that has not begun"""
    ISSUED = "issued"
    RAISED = "raised"
    """a fact that became known makes it worth more"""
    LOWERED = "lowered"
    """the rules of the month's first day give less than was foreseen"""
    HELD = "held"
    RELEASED = "released"
    LOST = "lost"
    """held, but the month that came gives less"""
    SPENT = "spent"
    REFUNDED = "refunded"
